//! A classifier of documents that were grouped before.

use std::collections::HashMap;

use super::{Classifier, Thresholds};

impl Classifier {
    /// One that goes on where another was. `terms` are by their numbers. By row it takes the terms as numbers, ascending,
    /// with their frequencies, and the number of its group, whatever that is called, or `None` where it is alone; `None`
    /// for a row that was removed. Without `thresholds` no epoch has begun yet.
    ///
    /// It answers as one does to which the documents were added one by one, but the groups are added up only once.
    ///
    /// # Panics
    /// Where a row has a term without a text.
    #[must_use]
    pub fn resumed<'t, C: Iterator<Item = (u32, u16)>>(
        terms: impl Iterator<Item = &'t str>,
        rows: impl Iterator<Item = Option<(C, Option<u32>)>>,
        thresholds: Option<Thresholds>,
    ) -> Self {
        let mut classifier = Self::new();
        let thresholds = thresholds.unwrap_or_else(|| classifier.thresholds.clone());
        classifier.documents.number_all(terms, &thresholds.frequencies);
        let mut firsts: HashMap<u32, u32> = HashMap::new();
        for row in rows {
            let (cells, group) = row.map_or((None, None), |(cells, group)| (Some(cells), group));
            let is_live = cells.is_some();
            let row = classifier.documents.push_cells(cells);
            let first = group.map_or(row, |group| *firsts.entry(group).or_insert(row));
            classifier.group_of.push(is_live.then_some(first));
        }
        classifier.restore(thresholds);
        classifier
    }
}
