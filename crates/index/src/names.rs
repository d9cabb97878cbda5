//! Numbers for the names that filters compare.

use std::collections::HashMap;
use std::sync::Arc;

use crate::column::Column;
use crate::footprint::n_bytes;
use crate::segment::DocId;

mod saved;

/// Names as documents have them, numbered in the order in which they were first seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    known: Arc<Known>,
}

#[derive(Debug, Clone, Default)]
struct Known {
    texts: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
    /// By name in lower case without outer blanks: its forms.
    forms: HashMap<String, Vec<u32>>,
}

impl Names {
    /// The number of `name`, a new one if it was never seen.
    pub(crate) fn intern(&mut self, name: &str) -> u32 {
        if let Some(number) = self.known.numbers.get(name) {
            return *number;
        }
        let known = Arc::make_mut(&mut self.known);
        let number = u32::try_from(known.texts.len()).expect("fewer than 2^32 names");
        let text: Arc<str> = name.into();
        known.texts.push(Arc::clone(&text));
        known.numbers.insert(text, number);
        known.forms.entry(fold(name)).or_default().push(number);
        number
    }

    /// The numbers of all forms of `name`: case and outer blanks do not matter.
    pub(crate) fn find(&self, name: &str) -> &[u32] {
        self.known.forms.get(&fold(name)).map_or(&[], Vec::as_slice)
    }

    /// The name of the number `number`, as it was seen.
    pub(crate) fn text(&self, number: u32) -> &str {
        &self.known.texts[number as usize]
    }

    /// About how many bytes they take.
    pub(crate) fn n_bytes(&self) -> usize {
        let texts: usize = self.known.texts.iter().map(|text| 2 * text.len()).sum();
        let entry = 2 * size_of::<Arc<str>>() + size_of::<(String, Vec<u32>)>() + 32;
        texts + self.known.texts.len() * entry
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

    pub(crate) fn n_bytes(&self) -> usize {
        let lists = (0..self.docs.len()).map(|number| n_bytes(self.docs.get(number)));
        self.docs.n_bytes() + lists.sum::<usize>()
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
        let forms = ["Auth-Service", "disk", " auth-service "].map(|name| names.intern(name));
        assert_eq!(names.find("AUTH-SERVICE"), [forms[0], forms[2]]);
        assert_eq!(names.intern("disk"), forms[1]);
        assert!(names.find("auth").is_empty());
    }

    #[test]
    fn names_come_back_as_they_were() {
        let mut names = Names::default();
        for name in ["Auth-Service", " auth-service ", "AUTH-SERVICE"] {
            let number = names.intern(name);
            assert_eq!(names.text(number), name);
        }
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
