//! An index that was written and read, against the one it was.

use flat::{Input, Output};
use incident::{Incident, Moment, Severity, Status};
use index::{DocId, Entry, Filter, Index, Snapshot};
use vector::Bag;

const SLOPE: f64 = 0.8;
const DOCS: usize = 2_500;

/// A multiplicative congruential generator (Lehmer, modulus 2^61 - 1): enough to scatter words.
struct Draws(u64);

impl Draws {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = (u128::from(self.0) * 437_799_614_237_992_725 % ((1 << 61) - 1)) as u64;
        (self.0 >> 8) % below
    }

    /// Some words stand in nearly every bag, most in few.
    fn bag(&mut self) -> Bag {
        let length = self.next(20) + 1;
        let word = |draws: &mut Self| {
            let room = 1 << draws.next(11);
            (format!("w{}", room - 1 + draws.next(room)), draws.next(3) as u16 + 1)
        };
        let words: Vec<(String, u16)> = (0..length).map(|_| word(self)).collect();
        Bag::count(words.iter().map(|(word, times)| (word.as_str(), *times)))
    }

    fn document(&mut self, number: usize) -> (Entry, Bag) {
        let mut incident = Incident::new("test", format!("i{number:05}"), "t");
        if self.next(9) > 0 {
            let day = format!("2025-01-{:02}", self.next(28) + 1);
            incident.started_at = Moment::parse(&day).ok();
            incident.severity = Some(Severity::new(["SEV-1", "sev-2", "purple"][number % 3]));
            incident.status = Some(Status::ALL[number % 3]);
        }
        let services = self.next(3);
        incident.services = (0..services).map(|_| format!("S-{}", self.next(40))).collect();
        incident.tags = vec![format!("tag {}", self.next(5))];
        (Entry::of(&incident), self.bag())
    }
}

/// An index of several segments, half of its documents in classes.
fn index(n_docs: usize) -> Index {
    let mut draws = Draws(20_251_121);
    let mut index = Index::new(SLOPE);
    let mut number = 0;
    for share in [2, 3, 5, 9, 1] {
        let until = (number + n_docs / share).min(n_docs);
        let docs = index.add((number..until).map(|number| draws.document(number)));
        docs.iter().step_by(2).for_each(|doc| index.set_class(*doc, Some(doc.0 % 90 + 1)));
        number = until;
    }
    index.refresh(n_docs as u64);
    // Words that the weights do not know.
    index.add([(
        Entry::of(&Incident::new("test", "late", "t")),
        Bag::count([("late", 2)].into_iter()),
    )]);
    index
}

fn written(snapshot: &Snapshot) -> Vec<u8> {
    let mut bytes = Vec::new();
    snapshot.write(&mut Output::new(&mut bytes)).expect("memory takes everything");
    bytes
}

fn read(mut bytes: &[u8]) -> flat::Result<Index> {
    let len = bytes.len() as u64;
    let mut input = Input::new(&mut bytes, len);
    let index = Index::read(&mut input, SLOPE)?;
    input.end()?;
    Ok(index)
}

/// What an index finds, down to the last bit, with and without filters.
fn found(snapshot: &Snapshot, n_queries: usize) -> Vec<String> {
    let mut draws = Draws(7);
    let filters = [
        Filter::default(),
        Filter { services: vec!["s-7".into(), "S-31".into()], ..Filter::default() },
        Filter { classes: vec![3, 4], ..Filter::default() },
        Filter { tags: vec!["tag 2".into()], ..Filter::default() },
    ];
    let mut found = Vec::new();
    for _ in 0..n_queries {
        let bag = draws.bag();
        let query = snapshot.postings().embed(&bag);
        for filter in &filters {
            for hit in snapshot.search(&query, filter, 10) {
                let (id, class) =
                    (snapshot.catalog().id(hit.doc), snapshot.catalog().class_of(hit.doc));
                found.push(format!("{id} {class:?} {:x}", hit.score.to_bits()));
            }
            found.push(format!("{:?}", snapshot.extent(filter)));
        }
    }
    found
}

#[test]
fn what_is_read_finds_what_was_written_and_goes_on_alike() {
    let mut index = index(DOCS);
    let bytes = written(&index.snapshot());
    let mut read = read(&bytes).expect("it was just written");
    assert!(written(&read.snapshot()) == bytes, "it is the same to the byte");
    assert_eq!(found(&read.snapshot(), 20), found(&index.snapshot(), 20));
    for index in [&mut index, &mut read] {
        let mut draws = Draws(99);
        index.add((DOCS..DOCS + 50).map(|number| draws.document(number)));
        index.set_class(DocId(7), Some(3));
        index.erase(DocId(11));
        index.refresh(DOCS as u64 + 51);
    }
    assert_eq!(found(&read.snapshot(), 20), found(&index.snapshot(), 20));
}

#[test]
fn what_is_compacted_finds_the_same_and_holds_nothing_else() {
    let mut index = index(DOCS);
    (0..DOCS as u32).step_by(3).for_each(|doc| index.remove(DocId(doc)));
    let (before, compacted) = (index.snapshot(), index.snapshot().compacted());
    assert_eq!(found(&compacted, 20), found(&before, 20));
    let live: Vec<Entry> =
        before.postings().live_docs().map(|doc| before.catalog().entry(doc)).collect();
    let kept: Vec<Entry> =
        (0..live.len() as u32).map(|doc| compacted.catalog().entry(DocId(doc))).collect();
    assert_eq!(kept, live);
    let bytes = written(&compacted);
    let gone = before.catalog().id(DocId(0)).as_bytes();
    assert!(!bytes.windows(gone.len()).any(|window| window == gone));
    assert_eq!(found(&read(&bytes).expect("just written").snapshot(), 20), found(&before, 20));
}

#[test]
fn an_empty_index_comes_back() {
    let bytes = written(&Index::new(SLOPE).snapshot());
    let read = read(&bytes).expect("it was just written").snapshot();
    assert_eq!((read.n_docs(), found(&read, 1).len()), (0, 4));
}

#[test]
fn bytes_that_are_no_index_are_an_error_or_another_index_and_never_a_panic() {
    // More than one run of facts and more rows than are scored in full.
    let bytes = written(&index(1_200).snapshot());
    for len in (0..bytes.len()).step_by(397) {
        assert!(read(&bytes[..len]).is_err(), "{len} bytes of it");
    }
    let mut draws = Draws(3);
    let (mut refused, mut taken) = (0, 0);
    for _ in 0..1_500 {
        let mut flipped = bytes.clone();
        for _ in 0..=draws.next(3) {
            let place = draws.next(bytes.len() as u64 * 8) as usize;
            flipped[place / 8] ^= 1 << (place % 8);
        }
        match read(&flipped) {
            Err(_) => refused += 1,
            Ok(index) => {
                taken += 1;
                let snapshot = index.snapshot();
                found(&snapshot, 3);
                snapshot.postings().live_docs().for_each(|doc| {
                    drop((snapshot.catalog().entry(doc), snapshot.postings().bag(doc)));
                });
                drop(snapshot.compacted());
            }
        }
    }
    assert!(refused > 100 && taken > 100, "{refused} refused, {taken} taken");
}
