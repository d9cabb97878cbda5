//! The sorted terms of a segment.

/// Distinct terms in the order of their bytes, numbered from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Dictionary {
    bytes: String,
    ends: Vec<u32>,
}

impl Dictionary {
    /// Takes terms that are sorted and distinct.
    pub(crate) fn from_sorted<'a>(terms: impl Iterator<Item = &'a str>) -> Self {
        let mut dictionary = Self::default();
        for term in terms {
            dictionary.bytes.push_str(term);
            let end = u32::try_from(dictionary.bytes.len()).expect("terms fill less than 4 GiB");
            dictionary.ends.push(end);
        }
        dictionary
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The term numbered `id`.
    pub(crate) fn term(&self, id: usize) -> &str {
        let start = if id == 0 { 0 } else { self.ends[id - 1] as usize };
        &self.bytes[start..self.ends[id] as usize]
    }

    /// The number of `term`.
    pub(crate) fn find(&self, term: &str) -> Option<usize> {
        self.find_from(0, term)
    }

    /// The number of `term`, if it is not below `low`.
    pub(crate) fn find_from(&self, mut low: usize, term: &str) -> Option<usize> {
        let mut high = self.len();
        while low < high {
            let middle = low.midpoint(high);
            match self.term(middle).cmp(term) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|id| self.term(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_found_under_its_number() {
        let terms = ["auth", "disk", "full", "tls", "zone"];
        let dictionary = Dictionary::from_sorted(terms.into_iter());
        for (id, term) in terms.iter().enumerate() {
            assert_eq!((dictionary.find(term), dictionary.term(id)), (Some(id), *term));
        }
        assert_eq!(dictionary.find("dis"), None);
        assert_eq!(
            (dictionary.find_from(1, "auth"), dictionary.find_from(2, "zone")),
            (None, Some(4))
        );
        assert_eq!(Dictionary::default().find("tls"), None);
    }
}
