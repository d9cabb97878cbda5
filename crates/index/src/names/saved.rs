//! Names to bytes and back.

use std::sync::Arc;

use flat::{Input, Output, Result, require};

use super::{Held, Holders, Names};
use crate::column::Column;
use crate::segment::DocId;
use crate::texts::Texts;

impl Names {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.known.texts.len()
    }

    /// Writes all of them.
    pub(crate) fn write(&self, out: &mut Output<'_>) -> Result<()> {
        let mut texts = Texts::default();
        self.known.texts.iter().for_each(|text| texts.push(text));
        texts.write(out)
    }

    /// Reads what [`Names::write`] wrote.
    pub(crate) fn read(input: &mut Input<'_>) -> Result<Self> {
        let texts = Texts::read(input)?;
        let mut names = Self::default();
        texts.iter().for_each(|text| {
            names.intern(text);
        });
        require(names.len() == texts.len(), "a name stands twice")?;
        Ok(names)
    }
}

impl Holders {
    /// The holders of `n` numbers; `rows` has those of each document.
    pub(crate) fn of_rows<R: IntoIterator<Item = u32>>(
        rows: impl Iterator<Item = R>,
        n: usize,
    ) -> Self {
        let mut all = vec![Held::List(Vec::new()); n];
        for (doc, numbers) in (0..).map(DocId).zip(rows) {
            numbers.into_iter().for_each(|number| all[number as usize].add(doc));
        }
        let mut docs = Column::new();
        all.into_iter().for_each(|held| docs.push(Arc::new(held)));
        Self { docs }
    }
}
