//! Numbers for the names that filters compare.

use std::collections::HashMap;
use std::sync::Arc;

use crate::column::Column;
use crate::segment::DocId;

/// Names in lower case, numbered in the order in which they were first seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    numbers: Arc<HashMap<String, u32>>,
}

impl Names {
    /// The number of `name`, a new one if it was never seen.
    pub(crate) fn intern(&mut self, name: &str) -> u32 {
        let folded = fold(name);
        if let Some(number) = self.numbers.get(&folded) {
            return *number;
        }
        let number = u32::try_from(self.numbers.len()).expect("fewer than 2^32 names");
        Arc::make_mut(&mut self.numbers).insert(folded, number);
        number
    }

    /// The number of `name`; `None` where it was never seen.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(&fold(name)).copied()
    }
}

/// For each number the documents that were ever given it, ascending where they were given it on arrival.
/// Cloning copies a pointer per 512 numbers.
#[derive(Debug, Clone)]
pub(crate) struct Holders {
    docs: Column<Arc<Vec<DocId>>>,
}

impl Holders {
    pub(crate) fn new() -> Self {
        Self { docs: Column::new() }
    }

    /// Adds `doc` to those of `number`.
    pub(crate) fn add(&mut self, number: u32, doc: DocId) {
        while self.docs.len() <= number as usize {
            self.docs.push(Arc::default());
        }
        Arc::make_mut(self.docs.get_mut(number as usize)).push(doc);
    }

    /// Every document of these numbers, ascending, each once.
    pub(crate) fn of(&self, numbers: &[u32]) -> Vec<DocId> {
        let known = numbers.iter().filter(|number| (**number as usize) < self.docs.len());
        let lists = known.map(|number| self.docs.get(*number as usize));
        let mut docs: Vec<DocId> = lists.flat_map(|list| list.iter().copied()).collect();
        docs.sort_unstable();
        docs.dedup();
        docs
    }

    /// How many [`Holders::of`] looks at.
    pub(crate) fn count(&self, numbers: &[u32]) -> usize {
        let known = numbers.iter().filter(|number| (**number as usize) < self.docs.len());
        known.map(|number| self.docs.get(*number as usize).len()).sum()
    }
}

fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_outer_blanks_do_not_matter() {
        let mut names = Names::default();
        let number = names.intern("Auth-Service");
        assert_eq!(names.intern(" auth-service "), number);
        assert_eq!(names.find("AUTH-SERVICE"), Some(number));
        assert_eq!(names.find("auth"), None);
    }

    #[test]
    fn a_document_with_two_of_the_names_is_there_once() {
        let mut holders = Holders::new();
        for (number, doc) in [(0, 1), (2, 1), (2, 4), (0, 3)] {
            holders.add(number, DocId(doc));
        }
        assert_eq!(holders.of(&[2, 0, 9]), [DocId(1), DocId(3), DocId(4)]);
        assert_eq!((holders.count(&[2, 0, 9]), holders.of(&[1])), (4, vec![]));
    }
}
