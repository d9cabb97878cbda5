//! What was worked out of late.

use hashbrown::HashMap;
use index::DocId;

/// Something that can be worked out again, by document. It changes how fast an answer comes, never the answer.
///
/// Two halves: what is asked for goes to the young one; when that is full it becomes the old one, and what
/// nobody asked for meanwhile is dropped.
#[derive(Debug)]
pub(crate) struct Recent<T> {
    young: HashMap<DocId, T>,
    old: HashMap<DocId, T>,
    young_bytes: usize,
    /// How many bytes a half may take.
    half_bytes_max: usize,
    /// How many one of them takes.
    n_bytes: fn(&T) -> usize,
}

impl<T: Clone> Recent<T> {
    /// Nothing yet; at most twice `half_bytes_max` bytes as `n_bytes` counts them.
    pub(crate) fn new(half_bytes_max: usize, n_bytes: fn(&T) -> usize) -> Self {
        let (young, old) = (HashMap::new(), HashMap::new());
        Self { young, old, young_bytes: 0, half_bytes_max, n_bytes }
    }

    /// What is kept of `doc`.
    pub(crate) fn get(&mut self, doc: DocId) -> Option<T> {
        if let Some(one) = self.young.get(&doc) {
            return Some(one.clone());
        }
        let one = self.old.remove(&doc)?;
        self.put(doc, one.clone());
        Some(one)
    }

    /// Keeps `one` in the place of what was kept of `doc`.
    pub(crate) fn put(&mut self, doc: DocId, one: T) {
        let n_bytes = (self.n_bytes)(&one);
        self.young_bytes += n_bytes;
        if self.young_bytes > self.half_bytes_max {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = n_bytes;
        }
        if let Some(replaced) = self.young.insert(doc, one) {
            self.young_bytes -= (self.n_bytes)(&replaced);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let mut recent = Recent::new(100, |_: &u32| 1);
        for number in 0..1_000 {
            recent.put(DocId(number), number);
            assert_eq!(recent.get(DocId(0)), Some(0), "asked for at {number}");
        }
        assert_eq!((recent.get(DocId(1)), recent.get(DocId(999))), (None, Some(999)));
        assert!(recent.young.len() + recent.old.len() <= 200, "{}", recent.young.len());
    }

    #[test]
    fn what_is_put_again_takes_no_more_room() {
        let mut recent = Recent::new(100, |_: &u32| 1);
        (0..99).for_each(|number| recent.put(DocId(number), number));
        (0..1_000).for_each(|version| recent.put(DocId(0), version));
        assert_eq!((recent.get(DocId(0)), recent.get(DocId(98))), (Some(999), Some(98)));
        assert!(recent.old.is_empty());
    }
}
