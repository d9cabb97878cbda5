//! Searches that leave postings out, against scoring every document in full.
//!
//! The corpus is large enough for windows, tiers, bitmaps and several segments; words are drawn by
//! Zipf's law, so that few are in nearly every document.

use incident::{AsOf, Incident, IncidentId, Moment, Severity};
use index::{DocId, Entry, Filter, Index};
use vector::{Bag, Damping, SparseVector};

/// More than one window of 65,536 rows, and a segment beside it.
const DOCS: usize = 71_000;
const QUERIES: usize = 6;

/// A multiplicative congruential generator (Lehmer, modulus 2^61 - 1): enough to scatter words.
struct Draws(u64);

impl Draws {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = (u128::from(self.0) * 437_799_614_237_992_725 % ((1 << 61) - 1)) as u64;
        (self.0 >> 8) % below
    }

    /// Word 0 is the most frequent, word `n` about `n` times rarer.
    fn word(&mut self) -> u64 {
        let room = 1 << self.next(15);
        room - 1 + self.next(room)
    }

    fn bag(&mut self) -> Bag {
        let (length, repeated) = (self.next(40), self.next(3) as u16 + 1);
        let words: Vec<String> = (0..length).map(|_| format!("w{}", self.word())).collect();
        Bag::count(words.iter().map(|word| (word.as_str(), repeated)))
    }
}

fn day_of_january(day: u64) -> Moment {
    Moment::parse(&format!("2025-01-{day:02}")).expect("a day")
}

fn documents() -> Vec<(Entry, Bag)> {
    let mut draws = Draws(20_251_120);
    let document = |number: usize| {
        let mut incident = Incident::new("test", format!("i{number:05}"), "t");
        // Half of them come in the order in which they began, and a few are undated.
        let in_order = number as u64 * 28 / DOCS as u64 + 1;
        let day = if number.is_multiple_of(2) { in_order } else { draws.next(28) + 1 };
        incident.started_at = (number % 37 != 5).then(|| day_of_january(day));
        incident.services = vec![format!("service-{}", draws.next(400))];
        incident.services.extend((draws.next(10) == 0).then(|| "Tenth".to_owned()));
        incident.tags.extend((draws.next(3_000) == 0).then(|| "rare".to_owned()));
        incident.tags.extend((draws.next(10) != 0).then(|| "most".to_owned()));
        let severity =
            ["P1", "P2", "P3"][usize::from(number % 900 != 4) + usize::from(number % 20 > 1)];
        incident.severity = Some(Severity::new(severity));
        let bag = if number % 5_000 == 7 {
            Bag::count((0..3_000).map(|_| ("long", 1)).chain([("w0", 9)]))
        } else {
            draws.bag()
        };
        (Entry::of(&incident), bag)
    };
    (0..DOCS).map(document).collect()
}

/// Every document scored, by the definition, in the order of answers.
fn in_full(
    index: &Index,
    documents: &[(Entry, Bag)],
    norms: &[f64],
    query: &SparseVector,
    keep: impl Fn(usize, &Entry) -> bool,
) -> Vec<(IncidentId, f64)> {
    let postings = index.postings();
    let mut scored: Vec<(&Entry, f64)> = Vec::new();
    let candidates = documents.iter().enumerate();
    for (number, (entry, bag)) in candidates.filter(|(number, (entry, _))| keep(*number, entry)) {
        let mut held = bag.iter().peekable();
        let mut dot = 0.0;
        for (term, weight) in query.iter() {
            while held.next_if(|(other, _)| *other < term).is_some() {}
            if let Some((_, frequency)) = held.next_if(|(other, _)| *other == term) {
                let idf = postings.weights().frequencies.idf(term);
                dot += weight * idf * Damping::Log.weight(frequency);
            }
        }
        if dot > 0.0 {
            let scale = postings.slope() / (query.norm() * postings.pivoted(norms[number]));
            scored.push((entry, dot * scale));
        }
    }
    scored.sort_by(|(left, l), (right, r)| {
        r.total_cmp(l).then_with(|| right.recency().cmp(&left.recency()))
    });
    scored.into_iter().map(|(entry, score)| (entry.id.clone(), score)).collect()
}

fn found(index: &Index, query: &SparseVector, filter: &Filter, k: usize) -> Vec<(IncidentId, f64)> {
    let snapshot = index.snapshot();
    let hits = snapshot.search(query, filter, k);
    hits.iter().map(|hit| (IncidentId::new(snapshot.catalog().id(hit.doc)), hit.score)).collect()
}

#[test]
fn a_search_that_is_stopped_ends_without_a_result_and_never_with_a_wrong_one() {
    let documents = documents();
    let mut index = Index::new(0.85);
    // More than a window.
    index.add(documents.clone());
    index.refresh(1);
    let snapshot = index.snapshot();
    let query = index.postings().embed(&documents[0].1);
    let all = Filter::default();
    let whole = snapshot.search(&query, &all, 10);
    let until = |n_asks: u32| {
        let asked = std::cell::Cell::new(0);
        let stop = || {
            asked.set(asked.get() + 1);
            asked.get() > n_asks
        };
        (snapshot.search_until(&query, &all, 10, &stop), asked.get())
    };
    let (unstopped, n_asks) = until(u32::MAX);
    assert_eq!(unstopped.as_ref(), Some(&whole));
    assert!(n_asks >= 3, "asked before each of two windows: {n_asks}");
    for n in 0..n_asks {
        let (hits, asked) = until(n);
        assert!(hits.is_none() && asked <= n + 3, "stopped after {n}: {asked}");
    }
}

#[test]
fn the_few_documents_after_a_whole_window_are_found() {
    let documents = documents();
    for n_after in [1, 40, 64, 65] {
        let mut index = Index::new(0.85);
        let n_docs = (1 << 16) + n_after;
        index.add(documents[..n_docs].to_vec());
        index.refresh(1);
        let snapshot = index.snapshot();
        for doc in (1 << 16..n_docs).filter(|doc| documents[*doc].1.len() > 5) {
            let query = index.postings().embed(&documents[doc].1);
            let hits = snapshot.search(&query, &Filter::default(), 10);
            assert!(hits.iter().any(|hit| hit.doc == DocId(doc as u32)), "{doc} of {n_docs}");
        }
    }
}

#[test]
fn a_search_among_some_finds_what_a_search_of_all_finds_of_them() {
    let documents = documents();
    let mut index = Index::new(0.85);
    index.add(documents[..60_000].to_vec());
    index.refresh(1);
    let last = index.add(documents[60_000..].to_vec());
    index.remove(last[3]);
    let snapshot = index.snapshot();
    let query = index.postings().embed(&documents[5].1);
    let is_asked = |doc: &DocId| doc.0 % 1_000 < 3;
    let mut expect = snapshot.search(&query, &Filter::default(), documents.len());
    expect.retain(|hit| is_asked(&hit.doc));
    expect.truncate(20);
    let some = (0..snapshot.n_numbers()).map(DocId).filter(is_asked);
    assert_eq!(snapshot.search_among(&query, some, 20), expect);
    let no_service = Filter { services: vec!["nobody".into()], ..Filter::default() };
    let passing = snapshot.passing(&no_service);
    assert!(!(0..snapshot.n_numbers()).map(DocId).any(passing));
    assert!(!snapshot.passing(&Filter::default())(last[3]), "it was removed");
}

#[test]
fn a_search_from_a_number_on_finds_what_a_search_of_all_finds_of_them() {
    let documents = documents();
    let mut index = Index::new(0.85);
    index.add(documents[..66_000].to_vec());
    index.refresh(1);
    for batch in documents[66_000..].chunks(777) {
        let added = index.add(batch.to_vec());
        index.remove(added[3]);
    }
    let snapshot = index.snapshot();
    for (query, first) in [(5, 0), (77, 300), (5, 65_000), (9, 66_000), (5, 69_500), (8, 80_000)] {
        let query = index.postings().embed(&documents[query].1);
        let mut expect = snapshot.search(&query, &Filter::default(), documents.len());
        expect.retain(|hit| hit.doc >= DocId(first));
        expect.truncate(20);
        for n in [0, 3, 15] {
            let floor = expect.get(n).filter(|_| n > 0).map_or(0.0, |hit| hit.score);
            let found = snapshot.search_from(&query, DocId(first), 20, floor, &|| false);
            let expect: Vec<_> = expect.iter().filter(|hit| hit.score >= floor).collect();
            assert_eq!(found.iter().flatten().collect::<Vec<_>>(), expect, "{first}, {floor}");
        }
        assert!(snapshot.search_from(&query, DocId(first), 20, 0.0, &|| true).is_none());
    }
}

/// From next to none to nearly all.
fn filters() -> Vec<Filter> {
    let day = |day| Some(day_of_january(day).secs());
    let service = |name: &str| Filter { services: vec![name.into()], ..Filter::default() };
    let tag = |name: &str| Filter { tags: vec![name.into()], ..Filter::default() };
    let severity = |level: &str| Filter { severities: vec![level.into()], ..Filter::default() };
    vec![
        Filter::default(),
        Filter { since: day(20), ..Filter::default() },
        service("service-3"),
        service("tenth"),
        tag("rare"),
        tag("most"),
        severity("1"),
        severity("p2"),
        severity("3"),
        Filter { classes: vec![3], ..Filter::default() },
        Filter { not_class: Some(3), ..Filter::default() },
        Filter { until: day(1), ..Filter::default() },
        Filter { since: day(27), ..service("tenth") },
        Filter { before: day(2), ..tag("most") },
        Filter { as_of: Some(AsOf::parse("2025-01-09").expect("a day")), ..Filter::default() },
        Filter { since: day(28), until: day(3), ..Filter::default() },
    ]
}

/// What a filter means, written out the long way.
fn accepts(filter: &Filter, entry: &Entry, is_of_class: bool) -> bool {
    let any = |asked: &[String], held: &[String]| {
        let is_held = |name: &String| held.iter().any(|held| held.eq_ignore_ascii_case(name));
        asked.is_empty() || asked.iter().any(is_held)
    };
    let at = entry.started_at;
    let severity = entry.severity.as_ref().expect("each has one");
    let level = severity.level.expect("a known one").to_string();
    any(&filter.services, &entry.services)
        && any(&filter.tags, &entry.tags)
        && any(&filter.severities, &[severity.verbatim.clone(), level])
        && filter.since.is_none_or(|since| at.is_some_and(|at| at >= since))
        && filter.until.is_none_or(|until| at.is_some_and(|at| at <= until))
        && filter.before.is_none_or(|before| at.is_some_and(|at| at < before))
        && filter.as_of.is_none_or(|as_of| {
            let by_then = |at: Option<i64>| at.is_some_and(|at| at <= as_of.secs());
            by_then(at) && by_then(entry.known_from)
        })
        && (filter.classes.is_empty() || is_of_class)
        && (filter.not_class.is_none() || !is_of_class)
}

#[test]
fn nothing_that_is_left_out_would_have_been_found() {
    let documents = documents();
    let mut index = Index::new(0.85);
    let added = index.add(documents[..68_000].to_vec());
    index.refresh(1);
    index.add(documents[68_000..70_500].to_vec());
    // A segment that is scored in full.
    index.add(documents[70_500..].to_vec());
    let is_removed = |number: usize| number % 11 == 3;
    added.iter().filter(|doc| is_removed(doc.0 as usize)).for_each(|doc| index.remove(*doc));
    let removed = |number: usize| number < added.len() && is_removed(number);
    let norms: Vec<f64> =
        documents.iter().map(|(_, bag)| index.postings().embed(bag).norm()).collect();
    let mut draws = Draws(7);
    for doc in added.iter().filter(|doc| doc.0 % 50 == 9) {
        index.set_class(*doc, Some(3));
    }
    added.iter().filter(|doc| doc.0 % 100 == 9).for_each(|doc| index.set_class(*doc, None));
    for number in 0..QUERIES {
        let bag = match number % 4 {
            0 => documents[draws.next(DOCS as u64) as usize].1.clone(),
            1 => Bag::count([("w0", 1), ("w1", 1), ("w2", 2)].into_iter()),
            _ => draws.bag(),
        };
        let query = index.postings().embed(&bag);
        for (filter, k) in filters().iter().zip([10, 200].into_iter().cycle()) {
            let keep = |number: usize, entry: &Entry| {
                let is_of_class = number % 50 == 9 && number % 100 != 9 && number < added.len();
                !removed(number) && accepts(filter, entry, is_of_class)
            };
            let mut expect = in_full(&index, &documents, &norms, &query, keep);
            expect.truncate(k);
            assert_eq!(found(&index, &query, filter, k), expect, "query {number}, {filter:?}");
        }
    }
}
