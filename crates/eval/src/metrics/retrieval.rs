//! Scores of ranked lists against the documents known to be relevant.

use std::collections::BTreeSet;

use calibration::HeldOut;
use serde::Serialize;

use super::evidence::{Judged, area_under_curve};

/// The ranks nDCG looks at.
const NDCG_RANKS: usize = 10;

/// What was found for a query, and what should have been.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RankedQuery {
    /// The id of the query; where `ranked` holds it too, it is passed over.
    pub query_id: String,
    /// Ids, best first, none twice. Everything below its end counts as not found.
    pub ranked: Vec<String>,
    /// The ids it should find, those that are no candidates too.
    pub relevant: BTreeSet<String>,
    /// How many documents it could have found.
    pub candidates: usize,
    /// How many of the candidates are relevant.
    pub relevant_candidates: usize,
}

/// Means over queries, each in `[0, 1]` and 0 of no queries. Unrounded.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RetrievalScores {
    /// How many queries were asked.
    pub queries: usize,
    /// The share of queries whose first result is relevant.
    pub hit_at_1: f64,
    /// The share of queries with a relevant result among the first 5.
    pub hit_at_5: f64,
    /// The share of queries with a relevant result among the first 10.
    pub hit_at_10: f64,
    /// Mean reciprocal rank of the first relevant result: Voorhees, "The TREC-8 question answering
    /// track report", 1999.
    pub mrr: f64,
    /// Mean average precision over all relevant documents; what is not ranked contributes 0: Manning,
    /// Raghavan and Schuetze, "Introduction to information retrieval", 2008, section 8.4.
    pub map: f64,
    /// Discounted gain of the first 10 results over the best possible, with gains 0 and 1: Jarvelin and
    /// Kekalainen, "Cumulated gain-based evaluation of IR techniques", 2002, discounted by
    /// log2(rank + 1) as usual since Burges et al., 2005.
    pub ndcg_at_10: f64,
    /// `hit_at_1` of a random order: the mean share of relevant documents among the candidates.
    pub chance_p_at_1: f64,
    /// How well the score tells seen failures from new ones, [`super::area_under_curve`]; `None`
    /// where not measured, or not measurable for want of one of the two kinds.
    pub seen_auc: Option<f64>,
    /// The share of relevant ones among the matches shown; `None` where not measured, or nothing was shown.
    pub abstain_precision: Option<f64>,
    /// The share of pages with a relevant match shown among those whose failure was seen before; `None` where not
    /// measured, or there was none.
    pub abstain_coverage: Option<f64>,
    /// How many pages the cut was learnt from; 0 where not measured.
    pub abstain_cases: usize,
    /// The expected calibration error of the pages it was applied to, in `[0, 1]`; `None` where not measured.
    pub abstain_expected_error: Option<f64>,
}

impl RetrievalScores {
    /// The scores of the rankings alone.
    ///
    /// # Panics
    /// Where a list ranks an id twice, or nothing is relevant to a query.
    #[must_use]
    pub fn of(queries: &[RankedQuery]) -> Self {
        let ranks: Vec<Ranks> = queries.iter().map(Ranks::of).collect();
        let mean = |score: &dyn Fn(&Ranks) -> f64| {
            ranks.iter().map(score).sum::<f64>() / ranks.len().max(1) as f64
        };
        Self {
            queries: queries.len(),
            hit_at_1: mean(&|ranks| ranks.hit_within(1)),
            hit_at_5: mean(&|ranks| ranks.hit_within(5)),
            hit_at_10: mean(&|ranks| ranks.hit_within(10)),
            mrr: mean(&Ranks::reciprocal),
            map: mean(&Ranks::average_precision),
            ndcg_at_10: mean(&Ranks::discounted_gain),
            chance_p_at_1: mean(&|ranks| ranks.chance),
            ..Self::default()
        }
    }

    /// Adds `seen_auc`: a case per query, its score and whether the failure was seen before.
    #[must_use]
    pub fn with_seen(self, cases: &[Judged]) -> Self {
        Self { seen_auc: area_under_curve(cases), ..self }
    }

    /// Adds what was shown past a cut learnt on older pages; nothing where `told` is `None`.
    #[must_use]
    pub fn with_abstention(self, told: Option<HeldOut>) -> Self {
        let Some(told) = told else {
            return self;
        };
        Self {
            abstain_precision: told.precision(),
            abstain_coverage: told.coverage(),
            abstain_cases: told.learnt_from as usize,
            abstain_expected_error: told.expected_error,
            ..self
        }
    }
}

/// Where the relevant documents of a query stand.
struct Ranks {
    /// From 1, ascending.
    found: Vec<usize>,
    relevant: usize,
    chance: f64,
}

impl Ranks {
    fn of(query: &RankedQuery) -> Self {
        let id = &query.query_id;
        assert!(!query.relevant.is_empty(), "{id}: nothing is relevant");
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for ranked in query.ranked.iter().filter(|ranked| *ranked != id) {
            assert!(seen.insert(ranked), "{id}: {ranked} is ranked twice");
            if query.relevant.contains(ranked) {
                found.push(seen.len());
            }
        }
        Self {
            found,
            relevant: query.relevant.len(),
            chance: query.relevant_candidates as f64 / query.candidates.max(1) as f64,
        }
    }

    fn hit_within(&self, depth: usize) -> f64 {
        let hit = self.found.first().is_some_and(|rank| *rank <= depth);
        f64::from(u8::from(hit))
    }

    fn reciprocal(&self) -> f64 {
        self.found.first().map_or(0.0, |rank| 1.0 / *rank as f64)
    }

    fn average_precision(&self) -> f64 {
        let precisions = self.found.iter().enumerate();
        let sum: f64 = precisions.map(|(before, rank)| (before + 1) as f64 / *rank as f64).sum();
        sum / self.relevant as f64
    }

    fn discounted_gain(&self) -> f64 {
        let discount = |rank: usize| 1.0 / ((rank + 1) as f64).log2();
        let best: f64 = (1..=self.relevant.min(NDCG_RANKS)).map(discount).sum();
        let within = self.found.iter().copied().filter(|rank| *rank <= NDCG_RANKS);
        within.map(discount).sum::<f64>() / best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(ranked: &str, relevant: &str) -> RankedQuery {
        let ids = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        RankedQuery {
            query_id: "q".into(),
            ranked: ids(ranked),
            relevant: ids(relevant).into_iter().collect(),
            candidates: 8,
            relevant_candidates: 2,
        }
    }

    #[test]
    fn a_perfect_ranking_scores_one() {
        let scores = RetrievalScores::of(&[query("a b c", "a b")]);
        assert_eq!((scores.hit_at_1, scores.mrr), (1.0, 1.0));
        assert_eq!((scores.map, scores.ndcg_at_10), (1.0, 1.0));
    }

    #[test]
    fn depths_and_ranks_count_from_one() {
        let scores =
            RetrievalScores::of(&[query("x y z v a", "a"), query("1 2 3 4 5 6 7 8 9 a", "a")]);
        assert_eq!((scores.hit_at_1, scores.hit_at_5, scores.hit_at_10), (0.0, 0.5, 1.0));
        assert_eq!(scores.mrr, (0.2 + 0.1) / 2.0);
    }

    #[test]
    fn what_is_not_ranked_lowers_the_average_precision() {
        let scores = RetrievalScores::of(&[query("x a y b", "a b c d")]);
        assert_eq!(scores.map, (1.0 / 2.0 + 2.0 / 4.0) / 4.0);
    }

    #[test]
    fn gains_are_discounted_by_the_logarithm_of_the_rank() {
        let scores = RetrievalScores::of(&[query("x y a", "a")]);
        assert_eq!(scores.ndcg_at_10, 0.5);
        let eleventh = query("1 2 3 4 5 6 7 8 9 10 a", "a");
        assert_eq!(RetrievalScores::of(&[eleventh]).ndcg_at_10, 0.0);
    }

    #[test]
    fn the_query_itself_is_passed_over() {
        let with_itself = RetrievalScores::of(&[query("q x a", "a")]);
        assert_eq!(with_itself, RetrievalScores::of(&[query("x a", "a")]));
    }

    #[test]
    fn chance_is_the_share_of_relevant_candidates() {
        let none = RankedQuery { candidates: 0, relevant_candidates: 0, ..query("", "a") };
        assert_eq!(RetrievalScores::of(&[query("", "a"), none]).chance_p_at_1, 0.125);
    }

    #[test]
    #[should_panic(expected = "q: a is ranked twice")]
    fn an_id_ranked_twice_is_a_broken_promise() {
        let _ = RetrievalScores::of(&[query("a b a", "b")]);
    }

    #[test]
    fn the_json_form_has_the_names_of_the_contract() {
        let cases = [Judged { score: 0.9, holds: true }, Judged { score: 0.2, holds: false }];
        let told = HeldOut {
            learnt_from: 60,
            pages: 6,
            seen: 4,
            shown: 2,
            right: 2,
            expected_error: Some(0.25),
        };
        let scores =
            RetrievalScores::of(&[query("a", "a")]).with_seen(&cases).with_abstention(Some(told));
        let json = serde_json::to_string(&scores).expect("it serialises");
        assert_eq!(
            json,
            r#"{"queries":1,"hit_at_1":1.0,"hit_at_5":1.0,"hit_at_10":1.0,"mrr":1.0,"map":1.0,"ndcg_at_10":1.0,"chance_p_at_1":0.25,"seen_auc":1.0,"abstain_precision":1.0,"abstain_coverage":0.5,"abstain_cases":60,"abstain_expected_error":0.25}"#
        );
    }

    #[test]
    fn no_queries_score_nothing() {
        assert_eq!(RetrievalScores::of(&[]), RetrievalScores::default());
    }
}
