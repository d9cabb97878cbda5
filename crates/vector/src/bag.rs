//! The distinct terms of a document.

use crate::weighting::tf_weight;

/// Each term of a document once, in the order of its bytes, with its weighted frequency (1 to 65,535).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bag {
    bytes: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    end: u32,
    frequency: u16,
}

impl Bag {
    /// Counts `occurrences` of `(term, weight)`; a frequency stops at 65,535.
    #[must_use]
    pub fn count<'a>(occurrences: impl Iterator<Item = (&'a str, u16)>) -> Self {
        let mut sorted = Vec::with_capacity(occurrences.size_hint().1.unwrap_or(0));
        sorted.extend(occurrences);
        sorted.sort_unstable_by_key(|(term, _)| *term);
        sorted.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 = earlier.1.saturating_add(later.1);
            }
            same
        });
        let n_bytes = sorted.iter().map(|(term, _)| term.len()).sum();
        let mut bag = Self {
            bytes: String::with_capacity(n_bytes),
            entries: Vec::with_capacity(sorted.len()),
        };
        sorted.into_iter().for_each(|(term, frequency)| bag.append(term, frequency));
        bag
    }

    /// How many distinct terms.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many bytes it takes, about.
    #[must_use]
    pub fn n_bytes(&self) -> usize {
        self.bytes.len() + size_of_val(&*self.entries)
    }

    /// Every term with its frequency, in the order of the terms' bytes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u16)> {
        let mut start = 0;
        self.entries.iter().map(move |entry| {
            let term = &self.bytes[start..entry.end as usize];
            start = entry.end as usize;
            (term, entry.frequency)
        })
    }

    /// The cosine of the frequencies, damped by [`tf_weight`], every term weighing alike: in [0, 1], 0 for an empty
    /// bag.
    #[must_use]
    pub fn cosine(&self, other: &Self) -> f64 {
        let squares = |bag: &Self| -> f64 {
            bag.entries.iter().map(|entry| tf_weight(entry.frequency).powi(2)).sum()
        };
        let norms = (squares(self) * squares(other)).sqrt();
        let mut others = other.iter().peekable();
        let mut product = 0.0;
        for (term, frequency) in self.iter() {
            while others.next_if(|(other, _)| *other < term).is_some() {}
            if let Some((_, other)) = others.next_if(|(other, _)| *other == term) {
                product += tf_weight(frequency) * tf_weight(other);
            }
        }
        if norms > 0.0 { (product / norms).min(1.0) } else { 0.0 }
    }

    /// Adds a term that comes after all that are here, with its frequency; `None`, and nothing is added,
    /// where it does not, or the frequency is 0.
    pub fn push(&mut self, term: &str, frequency: u16) -> Option<()> {
        let ends = [self.entries.len().checked_sub(2), self.entries.len().checked_sub(1)];
        let [from, to] = ends.map(|at| at.map_or(0, |at| self.entries[at].end as usize));
        let follows = self.entries.is_empty() || self.bytes[from..to] < *term;
        (follows && frequency > 0).then(|| self.append(term, frequency))
    }

    fn append(&mut self, term: &str, frequency: u16) {
        self.bytes.push_str(term);
        let end = u32::try_from(self.bytes.len()).expect("a document is smaller than 4 GiB");
        self.entries.push(Entry { end, frequency });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_counted_and_sorted() {
        let bag = Bag::count([("tls", 3), ("auth", 1), ("tls", 1)].into_iter());
        assert_eq!(bag.iter().collect::<Vec<_>>(), [("auth", 1), ("tls", 4)]);
    }

    #[test]
    fn the_cosine_is_that_of_damped_frequencies() {
        let bag = |words: &str| Bag::count(words.split_whitespace().map(|word| (word, 1)));
        let close = |left: &str, right: &str, expect: f64| {
            let found = bag(left).cosine(&bag(right));
            assert!((found - expect).abs() < 1e-12, "{left} | {right}: {found}");
        };
        close("a b c", "c b a", 1.0);
        close("a b", "b c", 0.5);
        close("a a a", "a", 1.0);
        close("a", "b", 0.0);
        close("", "a", 0.0);
        let twice = 1.0 + 2.0_f64.ln();
        close("a a b", "a", twice / (twice * twice + 1.0).sqrt());
    }

    #[test]
    fn only_a_term_that_comes_after_all_others_is_pushed() {
        let mut bag = Bag::default();
        assert_eq!(bag.push("auth", 1), Some(()));
        assert_eq!(bag.push("tls", 4), Some(()));
        assert_eq!(
            (bag.push("tls", 1), bag.push("disk", 1), bag.push("zone", 0)),
            (None, None, None)
        );
        assert_eq!(bag.iter().collect::<Vec<_>>(), [("auth", 1), ("tls", 4)]);
    }

    #[test]
    fn a_frequency_stops_at_its_limit() {
        let bag = Bag::count([("a", u16::MAX), ("a", 9)].into_iter());
        assert_eq!(bag.iter().next(), Some(("a", u16::MAX)));
    }
}
