//! The index against a brute-force search over the same documents.

use std::collections::HashMap;

use incident::{Incident, IncidentId, Moment, Severity, Status};
use index::{Entry, Extent, Filter, Index};
use proptest::prelude::*;
use vector::{Bag, DocumentFrequencies, SparseVector, tf_weight};

const SLOPE: f64 = 0.85;

/// A document of a few words out of a small vocabulary, so that terms are shared and scores tie.
#[derive(Debug, Clone)]
struct Doc {
    words: Vec<u8>,
    day: Option<u8>,
    service: u8,
    level: u8,
    resolved: bool,
}

impl Doc {
    fn bag(&self) -> Bag {
        let words: Vec<String> = self.words.iter().map(|word| format!("w{word}")).collect();
        Bag::count(words.iter().map(|word| (word.as_str(), 1)))
    }

    fn entry(&self, number: usize) -> Entry {
        let mut incident = Incident::new("test", format!("i{number:03}"), "t");
        incident.started_at =
            self.day.map(|day| Moment::parse(&format!("2025-01-{:02}", day + 1)).expect("a day"));
        incident.services = vec![format!("service-{}", self.service)];
        incident.severity = Some(Severity::new(format!("P{}", self.level)));
        incident.status = Some(if self.resolved { Status::Resolved } else { Status::Open });
        Entry::of(&incident)
    }
}

fn doc() -> impl Strategy<Value = Doc> {
    (
        prop::collection::vec(0_u8..25, 0..12),
        prop::option::of(0_u8..20),
        0_u8..3,
        1_u8..4,
        any::<bool>(),
    )
        .prop_map(|(words, day, service, level, resolved)| Doc {
            words,
            day,
            service,
            level,
            resolved,
        })
}

fn filter() -> impl Strategy<Value = Filter> {
    let day = |day: u8| Moment::parse(&format!("2025-01-{:02}", day + 1)).expect("a day").secs();
    (
        prop::collection::vec((0_u8..4).prop_map(|n| format!("Service-{n}")), 0..2),
        prop::collection::vec(prop_oneof![Just("p1".to_owned()), Just("2".to_owned())], 0..2),
        prop::option::of(0_u8..20),
        prop::option::of(0_u8..20),
        any::<bool>(),
    )
        .prop_map(move |(services, severities, since, before, resolved)| Filter {
            services,
            severities,
            since: since.map(day),
            before: before.map(day),
            statuses: if resolved { vec![Status::Resolved] } else { Vec::new() },
            ..Filter::default()
        })
}

/// What a filter means, written out the long way.
fn accepts(filter: &Filter, entry: &Entry) -> bool {
    let folded = |names: &[String]| -> Vec<String> {
        names.iter().map(|name| name.to_lowercase()).collect()
    };
    let services = folded(&entry.services);
    let severity = entry.severity.as_ref().expect("every document has one");
    let level = severity.level.expect("every severity has one").to_string();
    let in_services =
        filter.services.is_empty() || folded(&filter.services).iter().any(|s| services.contains(s));
    let in_severities = filter.severities.is_empty()
        || filter.severities.iter().any(|s| *s == severity.verbatim.to_lowercase() || *s == level);
    let in_statuses = filter.statuses.is_empty()
        || entry.status.is_some_and(|status| filter.statuses.contains(&status));
    let since = filter.since.is_none_or(|since| entry.started_at.is_some_and(|at| at >= since));
    let before = filter.before.is_none_or(|before| entry.started_at.is_some_and(|at| at < before));
    in_services && in_severities && in_statuses && since && before
}

/// Scores every document one by one, in the order of the terms' bytes.
fn brute_force(
    query: &SparseVector,
    docs: &[(Entry, Bag)],
    frequencies: &DocumentFrequencies,
    mean_norm: f64,
    keep: impl Fn(&Entry) -> bool,
) -> Vec<(IncidentId, f64)> {
    let mut scored: Vec<(&Entry, f64)> = Vec::new();
    for (entry, bag) in docs.iter().filter(|(entry, _)| keep(entry)) {
        let held: HashMap<&str, u16> = bag.iter().collect();
        let mut dot = 0.0;
        for (term, weight) in query.iter() {
            if let Some(frequency) = held.get(term) {
                dot += weight * frequencies.idf(term) * tf_weight(*frequency);
            }
        }
        let norm = SparseVector::embed(bag, frequencies).norm();
        let scale = SLOPE / (query.norm() * ((1.0 - SLOPE) * mean_norm + SLOPE * norm));
        if dot > 0.0 {
            scored.push((entry, dot * scale));
        }
    }
    scored.sort_by(|(left, l), (right, r)| {
        r.total_cmp(l)
            .then_with(|| right.started_at.cmp(&left.started_at))
            .then_with(|| left.id.cmp(&right.id))
    });
    scored.into_iter().map(|(entry, score)| (entry.id.clone(), score)).collect()
}

fn search(
    index: &Index,
    query: &SparseVector,
    filter: &Filter,
    k: usize,
) -> Vec<(IncidentId, f64)> {
    let snapshot = index.snapshot();
    let hits = snapshot.search(query, filter, k);
    hits.iter().map(|hit| (IncidentId::new(snapshot.catalog().id(hit.doc)), hit.score)).collect()
}

proptest! {
    #[test]
    fn the_index_finds_what_brute_force_finds(
        docs in prop::collection::vec(doc(), 1..60),
        removed in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        query in doc(),
        filter in filter(),
        batch in 1_usize..9,
        k in 0_usize..12,
    ) {
        let all: Vec<(Entry, Bag)> =
            docs.iter().enumerate().map(|(number, doc)| (doc.entry(number), doc.bag())).collect();
        let mut index = Index::new(SLOPE);
        let mut numbers = Vec::new();
        for part in all.chunks(batch) {
            numbers.extend(index.add(part.to_vec()));
        }
        let mut live: Vec<bool> = vec![true; all.len()];
        for pick in removed {
            let at = pick.index(all.len());
            live[at] = false;
            index.remove(numbers[at]);
        }
        index.refresh(all.len() as u64);
        let left: Vec<(Entry, Bag)> =
            all.iter().zip(&live).filter(|(_, live)| **live).map(|(doc, _)| doc.clone()).collect();
        let mut frequencies = DocumentFrequencies::default();
        left.iter().for_each(|(_, bag)| frequencies.add(bag));
        prop_assert_eq!(&index.postings().weights().frequencies, &frequencies);

        let query = index.postings().embed(&query.bag());
        let mean_norm = index.postings().weights().mean_norm;
        let mut expect =
            brute_force(&query, &left, &frequencies, mean_norm, |entry| accepts(&filter, entry));
        expect.truncate(k);
        prop_assert_eq!(search(&index, &query, &filter, k), expect);
        let accepted: Vec<&Entry> =
            left.iter().map(|(entry, _)| entry).filter(|entry| accepts(&filter, entry)).collect();
        let starts = || accepted.iter().filter_map(|entry| entry.started_at);
        let span = starts().min().zip(starts().max());
        prop_assert_eq!(index.snapshot().extent(&filter), Extent { n_docs: accepted.len(), span });
    }

    #[test]
    fn scores_do_not_depend_on_the_order_of_arrival(
        docs in prop::collection::vec(doc(), 1..40),
        query in doc(),
        turn in 0_usize..40,
    ) {
        let all: Vec<(Entry, Bag)> =
            docs.iter().enumerate().map(|(number, doc)| (doc.entry(number), doc.bag())).collect();
        let mut turned = all.clone();
        turned.rotate_left(turn % all.len());
        turned.reverse();
        let answers: Vec<Vec<(IncidentId, f64)>> = [all, turned]
            .into_iter()
            .map(|docs| {
                let mut index = Index::new(SLOPE);
                docs.into_iter().for_each(|doc| { index.add([doc]); });
                index.refresh(1);
                search(&index, &index.postings().embed(&query.bag()), &Filter::default(), 10)
            })
            .collect();
        prop_assert_eq!(&answers[0], &answers[1]);
    }

    #[test]
    fn the_parts_of_a_score_sum_to_it(
        docs in prop::collection::vec(doc(), 1..30),
        query in doc(),
    ) {
        let mut index = Index::new(SLOPE);
        let added = index.add(docs.iter().enumerate().map(|(number, doc)| (doc.entry(number), doc.bag())));
        index.refresh(1);
        let query = index.postings().embed(&query.bag());
        let snapshot = index.snapshot();
        for hit in snapshot.search(&query, &Filter::default(), 30) {
            let bag = docs[added.iter().position(|doc| *doc == hit.doc).expect("it was added")].bag();
            let parts = snapshot.postings().parts(&query, &bag);
            let shared = snapshot.postings().shared_terms(&query, hit.doc);
            prop_assert!(parts.iter().map(|part| part.0).eq(shared.iter().map(|term| term.0)));
            let sum: f64 = parts.iter().map(|(_, part)| part).sum();
            prop_assert!((sum - hit.score).abs() < 1e-12);
            prop_assert!(hit.score > 0.0 && hit.score <= 1.0 + 1e-12);
        }
    }
}

#[test]
fn a_snapshot_does_not_see_what_came_after_it() {
    let bag = |words: &str| Bag::count(words.split(' ').map(|word| (word, 1)));
    let mut index = Index::new(SLOPE);
    let first = index.add([(Entry::of(&Incident::new("test", "a", "t")), bag("tls handshake"))]);
    index.refresh(1);
    let before = index.snapshot();
    index.add([(Entry::of(&Incident::new("test", "b", "t")), bag("tls expired"))]);
    index.remove(first[0]);
    let query = before.postings().embed(&bag("tls"));
    let ids = |snapshot: &index::Snapshot| -> Vec<String> {
        let hits = snapshot.search(&query, &Filter::default(), 9);
        hits.iter().map(|hit| snapshot.catalog().id(hit.doc).to_owned()).collect()
    };
    assert_eq!(ids(&before), ["a"]);
    assert_eq!(ids(&index.snapshot()), ["b"]);
}

#[test]
fn a_deletion_leaves_no_word_behind() {
    let bag = |words: &str| Bag::count(words.split(' ').map(|word| (word, 1)));
    let mut index = Index::new(SLOPE);
    let docs = index.add([
        (Entry::of(&Incident::new("test", "a", "t")), bag("tls canary")),
        (Entry::of(&Incident::new("test", "b", "t")), bag("tls")),
    ]);
    index.refresh(2);
    index.erase(docs[0]);
    let frequencies = &index.postings().weights().frequencies;
    assert_eq!((frequencies.of("canary"), frequencies.of("tls")), (0, 2));
}
