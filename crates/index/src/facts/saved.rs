//! The facts of a run of documents to bytes and back.

use flat::{Input, Output, Result, require};
use incident::Status;

use super::{Facts, Numbers, end};
use crate::ints::Ints;

/// How many names there are of each kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named {
    pub(crate) severities: usize,
    pub(crate) services: usize,
    pub(crate) tags: usize,
}

impl Facts {
    /// Writes all of them.
    pub(crate) fn write(&self, out: &mut Output<'_>) -> Result<()> {
        out.number(self.started_at.len() as u64)?;
        out.text(&self.ids)?;
        let columns =
            [&self.id_ends, &self.started_at, &self.known_from, &self.severities, &self.levels];
        columns.into_iter().try_for_each(|column| column.write(out))?;
        self.statuses.write(out)?;
        self.services.write(out)?;
        self.tags.write(out)
    }

    /// Reads what [`Facts::write`] wrote of `n_rows` documents.
    pub(crate) fn read(input: &mut Input<'_>, n_rows: usize, named: Named) -> Result<Self> {
        require(input.number::<u64>()? == n_rows as u64, "a run has other documents")?;
        let facts = Self {
            ids: input.text()?,
            id_ends: Ints::read(input, n_rows)?,
            started_at: Ints::read(input, n_rows)?,
            known_from: Ints::read(input, n_rows)?,
            severities: Ints::read(input, n_rows)?,
            levels: Ints::read(input, n_rows)?,
            statuses: Ints::read(input, n_rows)?,
            services: Numbers::read(input, n_rows, named.services)?,
            tags: Numbers::read(input, n_rows, named.tags)?,
        };
        require(are_ends(&facts.id_ends, facts.ids.len()), "an id ends where it cannot")?;
        let between = (0..n_rows).all(|at| facts.ids.is_char_boundary(end(&facts.id_ends, at)));
        let known = are_below(&facts.severities, named.severities)
            && are_below(&facts.statuses, Status::ALL.len());
        require(between && known, "a document has a fact that is none")?;
        Ok(facts)
    }

    /// How many documents.
    pub(crate) fn len(&self) -> usize {
        self.started_at.len()
    }
}

impl Numbers {
    fn write(&self, out: &mut Output<'_>) -> Result<()> {
        self.ends.write(out)?;
        out.number(self.numbers.len() as u64)?;
        self.numbers.write(out)
    }

    fn read(input: &mut Input<'_>, n_rows: usize, n_names: usize) -> Result<Self> {
        let ends = Ints::read(input, n_rows)?;
        let n_numbers = usize::try_from(input.number::<u64>()?).unwrap_or(usize::MAX);
        require(are_ends(&ends, n_numbers), "a list ends where no names are")?;
        let numbers = Ints::read(input, n_numbers)?;
        let known = numbers.iter().all(|number| number.is_some());
        require(known && are_below(&numbers, n_names), "a document has a name that is none")?;
        Ok(Self { ends, numbers })
    }
}

/// Whether `ends` ascend from 0 to `len`.
fn are_ends(ends: &Ints, len: usize) -> bool {
    let mut last = Some(0);
    let ascend = ends.iter().all(|end| end.is_some() && std::mem::replace(&mut last, end) <= end);
    ascend && last == i64::try_from(len).ok()
}

/// Whether all that are there number one of `n` things.
fn are_below(numbers: &Ints, n: usize) -> bool {
    numbers.iter().flatten().all(|number| usize::try_from(number).is_ok_and(|it| it < n))
}
