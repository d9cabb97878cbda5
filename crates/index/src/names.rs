//! Numbers for the names that filters compare.

use std::collections::HashMap;
use std::sync::Arc;

use crate::bits::Bits;
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

/// For each number the documents that were ever given it. Cloning copies a pointer per 512 numbers.
#[derive(Debug, Clone)]
pub(crate) struct Holders {
    docs: Column<Arc<Held>>,
}

/// The documents of a number, in what takes less room.
#[derive(Debug, Clone)]
enum Held {
    List(Vec<DocId>),
    Bits(Bits),
}

impl Holders {
    pub(crate) fn new() -> Self {
        Self { docs: Column::new() }
    }

    /// Adds `doc` to those of `number`.
    pub(crate) fn add(&mut self, number: u32, doc: DocId) {
        while self.docs.len() <= number as usize {
            self.docs.push(Arc::new(Held::List(Vec::new())));
        }
        Arc::make_mut(self.docs.get_mut(number as usize)).add(doc);
    }

    /// Adds the documents of these numbers to `bits`.
    pub(crate) fn add_to(&self, bits: &mut Bits, numbers: &[u32]) {
        for number in numbers.iter().filter(|number| (**number as usize) < self.docs.len()) {
            match &**self.docs.get(*number as usize) {
                Held::List(docs) => docs.iter().for_each(|doc| bits.insert(*doc)),
                Held::Bits(held) => bits.add(held),
            }
        }
    }

    pub(crate) fn n_bytes(&self) -> usize {
        let of_number = |number| match &**self.docs.get(number) {
            Held::List(docs) => n_bytes(docs),
            Held::Bits(bits) => bits.n_bytes(),
        };
        self.docs.n_bytes() + (0..self.docs.len()).map(of_number).sum::<usize>()
    }
}

impl Held {
    fn add(&mut self, doc: DocId) {
        match self {
            Self::Bits(bits) => bits.insert(doc),
            Self::List(docs) => {
                docs.push(doc);
                // A bit for each document so far, or 32 for each of these.
                if docs.len() * 32 > (doc.0 as usize).max(1_024) {
                    let mut bits = Bits::default();
                    docs.iter().for_each(|doc| bits.insert(*doc));
                    *self = Self::Bits(bits);
                }
            }
        }
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
    fn few_documents_and_many_are_found_alike() {
        let mut holders = Holders::new();
        let given = |number: u32| {
            (0..5_000).filter(move |doc| u32::is_multiple_of(*doc, (number + 1).pow(3)))
        };
        for number in [0, 2, 9] {
            given(number).for_each(|doc| holders.add(number, DocId(doc)));
        }
        for numbers in [vec![0], vec![2, 9], vec![9, 1, 77], vec![]] {
            let mut bits = Bits::none(5_000);
            holders.add_to(&mut bits, &numbers);
            let held = |doc: &u32| {
                numbers.iter().any(|it| [0, 2, 9].contains(it) && given(*it).any(|d| d == *doc))
            };
            assert!(bits.iter().eq((0..5_000).filter(held).map(DocId)), "{numbers:?}");
        }
    }
}
