//! Re-ranking against the formula worked out the long way.

use analysis::Analyzer;
use incident::{Incident, IncidentId};
use index::{DocId, Entry, Filter, Hit, Index, Snapshot};
use rank::{Blend, Document, Features, Inquirer, Ranked, Reranker, Signals};
use testkit::Rng;
use vector::Weighting;

const SEED: u64 = 3;

struct Corpus {
    snapshot: Snapshot,
    documents: Vec<(DocId, Document)>,
    reranker: Reranker,
}

impl Corpus {
    fn of(incidents: &[Incident]) -> Self {
        let (analyzer, weighting) = (Analyzer::stemmed(), Weighting::search());
        let mut index = Index::new(weighting.slope());
        let read = |one| Document::read(one, &analyzer, &weighting);
        let documents: Vec<Document> = incidents.iter().map(read).collect();
        let entries = incidents.iter().map(Entry::of);
        let bags = documents.iter().map(|one| one.search.clone());
        let docs = index.add(entries.zip(bags));
        index.refresh(1);
        let snapshot = index.snapshot();
        let documents: Vec<(DocId, Document)> = docs.into_iter().zip(documents).collect();
        let reranker = Reranker::build(&documents, &snapshot, SEED);
        Self { snapshot, documents, reranker }
    }

    fn hits(&self, at: usize, filter: &Filter, k: usize) -> Vec<Hit> {
        let query = self.snapshot.postings().embed(&self.documents[at].1.search);
        let exclude = Some(IncidentId::new(self.snapshot.catalog().id(self.documents[at].0)));
        self.snapshot.search(&query, &Filter { exclude, ..filter.clone() }, k)
    }

    fn inquirer(&self, at: usize, asked_at: Option<i64>) -> Inquirer {
        Inquirer { own: Some(self.documents[at].0), asked_at }
    }

    /// What compares others with a document.
    fn compared(
        &self,
        at: usize,
        asked_at: Option<i64>,
    ) -> impl Fn(&Features, f64) -> Signals + '_ {
        let postings = self.snapshot.postings();
        let question = self.reranker.model().question(&self.documents[at].1, postings, asked_at);
        move |features, score| features.signals(score, &question, postings)
    }

    fn signals(&self, hit: Hit, at: usize, asked_at: Option<i64>) -> Signals {
        let compared = self.compared(at, asked_at);
        self.reranker.signals(hit, self.inquirer(at, asked_at), compared)
    }

    fn ranked(&self, at: usize, asked_at: Option<i64>) -> Vec<Ranked> {
        let filter = Filter { before: asked_at, ..Filter::default() };
        let hits = self.hits(at, &filter, 50);
        let (inquirer, compared) = (self.inquirer(at, asked_at), self.compared(at, asked_at));
        self.reranker.rerank(&hits, inquirer, compared, &Blend::DOCUMENTED, &self.snapshot)
    }

    fn id(&self, doc: DocId) -> &str {
        self.snapshot.catalog().id(doc)
    }
}

/// Incidents with a class per ten, a tenth of them undated.
fn incidents(n: usize) -> Vec<Incident> {
    let labelled = testkit::corpus::generate(SEED, n, n / 10).into_iter().enumerate();
    let incidents = labelled.map(|(at, one)| match at % 10 {
        0 => Incident { started_at: None, resolved_at: None, ..one.incident },
        _ => one.incident,
    });
    incidents.collect()
}

#[test]
fn hubness_is_the_mean_of_the_ten_nearest_that_are_older() {
    let corpus = Corpus::of(&incidents(120));
    for at in [3, 17, 55, 91] {
        let asked_at = corpus.documents[at].1.started_at;
        let older = Filter { before: asked_at, ..Filter::default() };
        for hit in corpus.hits(at, &older, 20) {
            let neighbours = corpus.hits(hit.doc.0 as usize, &older, 10);
            let sum: f64 = neighbours.iter().map(|hit| hit.score / 0.85).sum();
            let found = corpus.signals(hit, at, asked_at);
            assert!((found.hubness - sum / 10.0).abs() < 1e-6, "{found:?} not {sum} / 10");
        }
    }
}

#[test]
fn without_a_moment_all_but_the_question_speak_of_hubness() {
    let corpus = Corpus::of(&incidents(120));
    let (asked, everything) = (10, Filter::default());
    for hit in corpus.hits(asked, &everything, 20) {
        let others = corpus.hits(hit.doc.0 as usize, &everything, 11).into_iter();
        let others = others.filter(|other| other.doc != corpus.documents[asked].0).take(10);
        let sum: f64 = others.map(|hit| hit.score / 0.85).sum();
        let found = corpus.signals(hit, asked, None);
        assert!((found.hubness - sum / 10.0).abs() < 1e-6, "{found:?} not {sum} / 10");
        assert_eq!(found.age_days, None);
    }
}

#[test]
fn the_unpivoted_words_are_a_cosine() {
    let corpus = Corpus::of(&incidents(60));
    let postings = corpus.snapshot.postings();
    let docs: Vec<DocId> = corpus.documents.iter().map(|(doc, _)| *doc).collect();
    let matrix = postings.matrix(&docs);
    for hit in corpus.hits(5, &Filter::default(), 60) {
        let found = corpus.signals(hit, 5, None).words_unpivoted;
        let cosine = matrix.cosine(5, hit.doc.0 as usize);
        assert!((found - cosine).abs() < 1e-9, "{found} not {cosine}");
    }
}

#[test]
fn the_parts_sum_to_a_score_between_0_and_1_best_first() {
    let corpus = Corpus::of(&incidents(120));
    for at in 0..corpus.documents.len() {
        let ranked = corpus.ranked(at, corpus.documents[at].1.started_at);
        assert!(ranked.is_sorted_by(|one, next| one.score >= next.score - 1e-12));
        for one in ranked {
            assert!((one.parts.sum() - one.score).abs() < 1e-9, "{one:?}");
            assert!((-1e-9..=1.0 + 1e-9).contains(&one.score), "{one:?}");
        }
    }
}

#[test]
fn no_score_depends_on_the_order_of_arrival() {
    let mut incidents = incidents(120);
    let said = |incidents: &[Incident]| {
        let corpus = Corpus::of(incidents);
        let mut said: Vec<(String, Vec<(String, u64)>)> = (0..incidents.len())
            .map(|at| {
                let ranked = corpus.ranked(at, corpus.documents[at].1.started_at);
                let ranked = ranked.iter();
                let shown = ranked.map(|one| (corpus.id(one.doc).into(), one.score.to_bits()));
                (corpus.id(corpus.documents[at].0).to_owned(), shown.collect())
            })
            .collect();
        said.sort();
        said
    };
    let before = said(&incidents);
    Rng::new(SEED).shuffle(&mut incidents);
    assert_eq!(said(&incidents), before);
}
