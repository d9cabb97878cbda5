//! Hubness: a document near to everything says little.

use index::{DocId, Filter, Hit, Postings, Snapshot};
use vector::SparseVector;

/// How many neighbours are averaged.
const NEIGHBOURS: usize = 10;
/// By what part of itself a score is off that is kept in 32 bits, at most.
const ROUNDING: f64 = 1e-6;
/// How many are remembered: some of them do not count for everybody who asks.
const REMEMBERED: usize = 16;

/// The mean of the ten largest scores of each document among those older than a moment (Radovanovic,
/// Nanopoulos and Ivanovic, "Hubs in space", 2010; a score is lessened by it as in cross-domain similarity
/// local scaling, Conneau et al., 2018). Fewer than ten are filled up with 0.
///
/// For each document the moments are kept at which a newer neighbour changed its mean, so what holds at any
/// moment is found by bisection. Of `n` documents in a random order about `10 + 10 ln(n / 10)` change it.
#[derive(Debug)]
pub(crate) struct Hubness {
    offsets: Vec<usize>,
    /// By document: when it changed, ascending.
    moments: Vec<i64>,
    /// The mean from just after that moment.
    means: Vec<f32>,
    /// By document: its nearest among all, nearest first, one more than are averaged.
    nearest: Vec<Nearest>,
}

/// The nearest neighbours of a document with their scores, nearest first, some more than are averaged.
#[derive(Debug, Clone, Default)]
pub struct Nearest {
    rows: Vec<(u32, f32)>,
    /// Whether no other document has a term in common with it.
    is_whole: bool,
}

impl Hubness {
    /// Searches by every one of `vectors`, which belong to `docs`, ascending. `dates` are when they began,
    /// in seconds; `None` for undated ones, which only count where no moment is given. Takes as long as a
    /// search per document.
    pub(crate) fn build(
        postings: &Postings,
        docs: &[DocId],
        vectors: &[SparseVector],
        dates: &[Option<i64>],
    ) -> Self {
        let order = by_date(dates);
        let places = places(docs, &order);
        let mut hubness = Self {
            offsets: vec![0],
            moments: Vec::new(),
            means: Vec::new(),
            nearest: Vec::with_capacity(docs.len()),
        };
        let mut scores = vec![0.0; docs.len()];
        for (row, vector) in vectors.iter().enumerate() {
            postings.for_each_score(vector, |doc, score| {
                if let Some(Some(place)) = places.get(doc.0 as usize) {
                    scores[*place as usize] = (score / postings.slope()) as f32;
                }
            });
            let scores = order.iter().zip(&mut scores);
            let taken = scores.map(|(other, score)| (*other, std::mem::take(score)));
            hubness.add(taken.filter(|(other, score)| *score > 0.0 && *other != row), dates);
        }
        hubness
    }

    /// The mean of `row` among the documents that began before `before`; among all where that is `None`,
    /// `except` left out.
    pub(crate) fn of(&self, row: usize, before: Option<i64>, except: Option<usize>) -> f64 {
        match before {
            Some(moment) => {
                let changes = self.offsets[row]..self.offsets[row + 1];
                let known = self.moments[changes.clone()].partition_point(|at| *at < moment);
                known.checked_sub(1).map_or(0.0, |last| self.means[changes][last].into())
            }
            None => self.nearest[row].mean(|other| Some(other as usize) == except),
        }
    }

    /// Adds the next document, by the scores of the others in the order of their dates.
    fn add(&mut self, scores: impl Iterator<Item = (usize, f32)>, dates: &[Option<i64>]) {
        let mut nearest = Nearest::default();
        for (other, score) in scores {
            let changes = nearest.insert(other, score);
            if let (true, Some(date)) = (changes, dates[other]) {
                self.moments.push(date);
                self.means.push(nearest.mean(|_| false) as f32);
            }
        }
        self.nearest.push(nearest);
        self.offsets.push(self.moments.len());
    }
}

impl Nearest {
    /// Those among `docs`, which ascend and are other documents.
    #[must_use]
    pub fn among(
        vector: &SparseVector,
        docs: impl Iterator<Item = DocId>,
        snapshot: &Snapshot,
    ) -> Self {
        let hits = snapshot.search_among(vector, docs, REMEMBERED);
        Self { is_whole: hits.len() < REMEMBERED, rows: rows(hits.into_iter(), snapshot) }
    }

    /// These, which are of the document with the terms `vector` among those numbered below `first`, and those from there on
    /// that are nearer than some of them. `None` where `stop` ended it.
    #[must_use]
    pub fn or_newer(
        &self,
        vector: &SparseVector,
        first: DocId,
        snapshot: &Snapshot,
        stop: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let farthest = if self.is_whole { None } else { self.rows.last() };
        let least = farthest.map_or(0.0, |(_, score)| f64::from(*score) * (1.0 - ROUNDING));
        let floor = least * snapshot.postings().slope();
        let hits = snapshot.search_from(vector, first, REMEMBERED, floor, stop)?;
        let is_whole = self.is_whole && hits.len() < REMEMBERED;
        Some(self.or(&Self { is_whole, rows: rows(hits.into_iter(), snapshot) }))
    }

    /// Looks for the neighbours of the document `own`, which has the terms `vector`, among those that `filter` lets
    /// through. `None` where `stop` ended it.
    #[must_use]
    pub fn find(
        own: DocId,
        vector: &SparseVector,
        filter: &Filter,
        snapshot: &Snapshot,
        stop: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let hits = snapshot.search_until(vector, filter, REMEMBERED + 1, stop)?;
        let is_whole = hits.len() <= REMEMBERED;
        let others = hits.into_iter().filter(|hit| hit.doc != own).take(REMEMBERED);
        Some(Self { rows: rows(others, snapshot), is_whole })
    }

    /// The nearest of two sets of documents that have none in common, of the nearest of each.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let mut rows = [&*self.rows, &*other.rows].concat();
        let is_whole = self.is_whole && other.is_whole && rows.len() <= REMEMBERED;
        rows.sort_by(|left, right| right.1.total_cmp(&left.1));
        rows.truncate(REMEMBERED);
        Self { rows, is_whole }
    }

    /// The hubness of the document among those that count: the mean of their ten largest scores; fewer than ten are
    /// filled up with 0. `None` where fewer are remembered than that takes.
    #[must_use]
    pub fn hubness(&self, counts: impl Fn(DocId) -> bool) -> Option<f64> {
        let counted = self.rows.iter().filter(|(row, _)| counts(DocId(*row)));
        let mut n_counted = 0;
        let scores = counted.map(|(_, score)| f64::from(*score)).take(NEIGHBOURS);
        let mean = mean(scores.inspect(|_| n_counted += 1));
        (self.is_whole || n_counted == NEIGHBOURS).then_some(mean)
    }

    /// Whether one of them `is`.
    #[must_use]
    pub fn any(&self, is: impl Fn(DocId) -> bool) -> bool {
        self.rows.iter().any(|(row, _)| is(DocId(*row)))
    }

    /// How many bytes it takes.
    #[must_use]
    pub fn n_bytes(&self) -> usize {
        size_of_val(&*self.rows) + size_of::<Self>()
    }

    /// Whether the mean changes.
    fn insert(&mut self, row: usize, score: f32) -> bool {
        let farthest = self.rows.get(NEIGHBOURS).map_or(0.0, |(_, farthest)| *farthest);
        if score <= farthest {
            return false;
        }
        let at = self.rows.partition_point(|(_, other)| *other >= score);
        let row = u32::try_from(row).expect("documents are counted in 32 bits");
        self.rows.insert(at, (row, score));
        self.rows.truncate(NEIGHBOURS + 1);
        at < NEIGHBOURS
    }

    fn mean(&self, is_left_out: impl Fn(u32) -> bool) -> f64 {
        let counted = self.rows.iter().filter(|(row, _)| !is_left_out(*row));
        mean(counted.map(|(_, score)| f64::from(*score)).take(NEIGHBOURS))
    }
}

fn rows(hits: impl Iterator<Item = Hit>, snapshot: &Snapshot) -> Vec<(u32, f32)> {
    let slope = snapshot.postings().slope();
    hits.map(|hit| (hit.doc.0, (hit.score / slope) as f32)).collect()
}

/// Of ten scores at most, the largest first.
fn mean(scores: impl Iterator<Item = f64>) -> f64 {
    scores.fold(0.0, |sum, score| sum + score) / NEIGHBOURS as f64
}

/// By number of document: its place in `order`; `None` for one that is not among `docs`.
fn places(docs: &[DocId], order: &[usize]) -> Vec<Option<u32>> {
    let mut places = vec![None; docs.last().map_or(0, |last| last.0 as usize + 1)];
    for (place, row) in (0_u32..).zip(order) {
        places[docs[*row].0 as usize] = Some(place);
    }
    places
}

/// The rows by date, undated last, ties in the order given.
fn by_date(dates: &[Option<i64>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..dates.len()).collect();
    order.sort_by_key(|row| (dates[*row].is_none(), dates[*row]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hubness of one document whose neighbours began at second 0, 10, 20 ... and have these scores.
    fn hubness(scores: &[f32]) -> Hubness {
        let dates: Vec<Option<i64>> = (0..).step_by(10).take(scores.len()).map(Some).collect();
        let mut hubness = Hubness {
            offsets: vec![0],
            moments: Vec::new(),
            means: Vec::new(),
            nearest: Vec::new(),
        };
        hubness.add(scores.iter().copied().enumerate(), &dates);
        hubness
    }

    #[track_caller]
    fn check(hubness: &Hubness, before: Option<i64>, expect: f64) {
        let found = hubness.of(0, before, None);
        assert!((found - expect).abs() < 1e-6, "{found} not {expect}");
    }

    #[test]
    fn only_what_is_older_counts() {
        let hubness = hubness(&[0.5, 0.25, 1.0]);
        check(&hubness, Some(0), 0.0);
        check(&hubness, Some(1), 0.05);
        check(&hubness, Some(20), 0.075);
        check(&hubness, Some(21), 0.175);
        check(&hubness, None, 0.175);
    }

    #[test]
    fn the_ten_nearest_count() {
        let scores: Vec<f32> = (1_u8..=20).map(|score| f32::from(score) / 20.0).collect();
        check(&hubness(&scores), None, 0.775);
        let backwards: Vec<f32> = scores.into_iter().rev().collect();
        let hubness = hubness(&backwards);
        check(&hubness, Some(1_000), 0.775);
        assert_eq!(hubness.moments.len(), 10, "a farther neighbour changes nothing");
    }

    fn nearest(scores: &[f32], is_whole: bool) -> Nearest {
        Nearest { rows: (0..).zip(scores.iter().copied()).collect(), is_whole }
    }

    #[test]
    fn who_does_not_count_is_made_up_for_by_the_next() {
        let scores: Vec<f32> = (0_u8..16).map(|at| f32::from(16 - at) / 16.0).collect();
        let some = nearest(&scores, false);
        let mean = |range: std::ops::RangeInclusive<u8>| {
            range.rev().fold(0.0, |sum, at| sum + f64::from(at) / 16.0) / 10.0
        };
        assert_eq!(some.hubness(|_| true), Some(mean(7..=16)));
        assert_eq!(some.hubness(|doc| doc.0 >= 6), Some(mean(1..=10)));
        assert_eq!(some.hubness(|doc| doc.0 >= 7), None, "nine are too few to tell");
        let all = nearest(&scores[..3], true);
        assert_eq!(all.hubness(|_| true), Some((1.0 + 0.9375 + 0.875) / 10.0));
        assert_eq!(all.hubness(|_| false), Some(0.0));
    }

    #[test]
    fn the_nearest_of_two_sets_are_those_of_both() {
        let (left, right) = (nearest(&[0.9, 0.5], true), nearest(&[0.7], true));
        let both = left.or(&right);
        assert_eq!(both.rows.iter().map(|(_, score)| *score).collect::<Vec<_>>(), [0.9, 0.7, 0.5]);
        assert!(both.is_whole && !left.or(&nearest(&[0.7], false)).is_whole);
        let full = nearest(&[0.5; REMEMBERED], true);
        let more = full.or(&right);
        assert_eq!((more.rows.len(), more.rows[0].1, more.is_whole), (REMEMBERED, 0.7, false));
    }

    #[test]
    fn the_question_itself_is_left_out() {
        let scores: Vec<f32> = (1_u8..=20).map(|score| f32::from(score) / 20.0).collect();
        let found = hubness(&scores).of(0, None, Some(19));
        assert!((found - 0.725).abs() < 1e-6, "{found}");
    }
}
