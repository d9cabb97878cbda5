//! The facts of every document to bytes and back.

use std::sync::Arc;

use flat::{Input, Output, Result, require};
use incident::Status;

use super::Catalog;
use crate::column::Column;
use crate::facts::{Facts, Named};
use crate::names::{Holders, Names};

impl Catalog {
    /// Writes all of it.
    pub(crate) fn write(&self, out: &mut Output<'_>) -> Result<()> {
        [&self.severities, &self.services, &self.tags].iter().try_for_each(|it| it.write(out))?;
        out.number(self.n_docs as u64)?;
        self.runs.iter().try_for_each(|run| run.write(out))?;
        let classes: Vec<u32> = (0..self.n_docs).map(|doc| *self.classes.get(doc)).collect();
        out.array(&classes)?;
        out.array(&sizes_of(&classes))
    }

    /// Reads what [`Catalog::write`] wrote.
    pub(crate) fn read(input: &mut Input<'_>) -> Result<Self> {
        let [severities, services, tags] =
            [Names::read(input)?, Names::read(input)?, Names::read(input)?];
        let n_docs = input.n_elements(1)?;
        require(u32::try_from(n_docs).is_ok(), "there are too many documents")?;
        let named =
            Named { severities: severities.len(), services: services.len(), tags: tags.len() };
        let runs = (0..n_docs)
            .step_by(Facts::ROWS)
            .map(|from| Facts::read(input, (n_docs - from).min(Facts::ROWS), named).map(Arc::new));
        let runs = runs.collect::<Result<Vec<_>>>()?;
        let classes: Vec<u32> = input.array_of(n_docs)?;
        let sizes: Vec<u32> = input.array()?;
        let are_listed = classes.iter().all(|class| (*class as usize) < sizes.len());
        require(are_listed && sizes == sizes_of(&classes), "classes have other sizes")?;
        let rows = || runs.iter().flat_map(|run| (0..run.len()).map(move |at| (run, at)));
        let of_class = classes.iter().map(|class| Some(*class).filter(|class| *class > 0));
        let mut column = Column::new();
        classes.iter().for_each(|class| column.push(*class));
        let severity = rows().map(|(run, at)| run.severity(at));
        let level = rows().map(|(run, at)| run.level(at).map(u32::from));
        let status = rows().map(|(run, at)| run.status(at).map(|status| status as u32));
        let catalog = Self {
            of_severity: Holders::of_rows(severity, severities.len()),
            of_level: Holders::of_rows(level, usize::from(u8::MAX) + 1),
            of_status: Holders::of_rows(status, Status::ALL.len()),
            of_service: Holders::of_rows(rows().map(|(run, at)| run.services(at)), services.len()),
            of_tag: Holders::of_rows(rows().map(|(run, at)| run.tags(at)), tags.len()),
            of_class: Holders::of_rows(of_class, sizes.len()),
            classes: column,
            n_docs,
            severities,
            services,
            tags,
            runs: Vec::new(),
        };
        Ok(Self { runs, ..catalog })
    }

    /// How many documents.
    pub(crate) fn len(&self) -> usize {
        self.n_docs
    }
}

/// By number of a class: how many documents it has. The last has one at least.
fn sizes_of(classes: &[u32]) -> Vec<u32> {
    let mut sizes = vec![0_u32; classes.iter().max().map_or(0, |last| *last as usize + 1)];
    classes.iter().for_each(|class| sizes[*class as usize] += 1);
    sizes
}
