//! Hubness: a document near to everything says little.

use index::{DocId, Filter, Postings, Snapshot};
use vector::SparseVector;

/// How many neighbours are averaged.
const NEIGHBOURS: usize = 10;

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

/// The nearest neighbours of a document with their scores, nearest first, one more than are averaged.
#[derive(Debug, Clone, Default)]
pub struct Nearest {
    rows: Vec<(u32, f32)>,
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
    /// Looks for the neighbours of the document `own`, which has the terms `vector`, among those that
    /// `filter` lets through.
    #[must_use]
    pub fn find(own: DocId, vector: &SparseVector, filter: &Filter, snapshot: &Snapshot) -> Self {
        let slope = snapshot.postings().slope();
        let hits = snapshot.search(vector, filter, NEIGHBOURS + 2).into_iter();
        let others = hits.filter(|hit| hit.doc != own).take(NEIGHBOURS + 1);
        Self { rows: others.map(|hit| (hit.doc.0, (hit.score / slope) as f32)).collect() }
    }

    /// The hubness of the document: the mean of the ten largest scores, those left out not counted; fewer
    /// than ten are filled up with 0. Of more than one left out the mean is of fewer.
    #[must_use]
    pub fn hubness(&self, is_left_out: impl Fn(DocId) -> bool) -> f64 {
        self.mean(|row| is_left_out(DocId(row)))
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
        let counted = self.rows.iter().filter(|(row, _)| !is_left_out(*row)).take(NEIGHBOURS);
        counted.fold(0.0, |sum, (_, score)| sum + f64::from(*score)) / NEIGHBOURS as f64
    }
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

    #[test]
    fn the_question_itself_is_left_out() {
        let scores: Vec<f32> = (1_u8..=20).map(|score| f32::from(score) / 20.0).collect();
        let found = hubness(&scores).of(0, None, Some(19));
        assert!((found - 0.725).abs() < 1e-6, "{found}");
    }
}
