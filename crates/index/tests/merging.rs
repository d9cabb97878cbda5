//! Segments that are merged beside the writer.

use incident::Incident;
use index::{DocId, Entry, Filter, Hit, Index};
use vector::Bag;

/// Larger than what is merged at once.
const BATCH: usize = 3_000;

fn document(number: usize) -> (Entry, Bag) {
    let incident = Incident::new("test", format!("i{number:05}"), "t");
    let words = [number % 7, 10 + number % 90, 100 + number % 2_999].map(|word| format!("w{word}"));
    (Entry::of(&incident), Bag::count(words.iter().map(|word| (word.as_str(), 1))))
}

fn indexed(n_batches: usize) -> Index {
    let mut index = Index::new(0.85);
    for batch in 0..n_batches {
        index.add((batch * BATCH..(batch + 1) * BATCH).map(document));
    }
    index.refresh(1);
    index
}

fn answers(index: &Index) -> Vec<Vec<Hit>> {
    let snapshot = index.snapshot();
    let asked = (0..40).map(|number| document(number * 331).1);
    let vectors = asked.map(|bag| snapshot.postings().embed(&bag));
    vectors.map(|query| snapshot.search(&query, &Filter::default(), 20)).collect()
}

fn n_segments(index: &Index) -> usize {
    index.postings().size().n_segments
}

#[test]
fn answers_are_the_same_before_and_after() {
    let mut index = indexed(5);
    let (before, n_before) = (answers(&index), n_segments(&index));
    assert_eq!(n_before, 5);
    let merged = index.due_merge().expect("five of one size are due").run();
    index.take_merged(merged);
    assert_eq!((n_segments(&index), index.due_merge().is_none()), (1, true));
    assert_eq!(answers(&index), before);
}

#[test]
fn what_happens_meanwhile_is_kept() {
    let (mut index, mut other) = (indexed(3), indexed(3));
    let merged = index.due_merge().expect("three of one size are due").run();
    for index in [&mut index, &mut other] {
        index.erase(DocId(331));
        index.add((9 * BATCH..9 * BATCH + 5).map(document));
        index.refresh(2);
    }
    index.take_merged(merged);
    assert_eq!((n_segments(&index), n_segments(&other)), (2, 4));
    assert_eq!(answers(&index), answers(&other));
    assert_eq!(index.postings().weights(), other.postings().weights());
}

#[test]
fn a_merge_that_came_too_late_is_passed_over() {
    let mut index = indexed(3);
    let [first, second] = [index.due_merge(), index.due_merge()];
    index.take_merged(first.expect("three of one size are due").run());
    let before = answers(&index);
    index.take_merged(second.expect("nothing was merged by then").run());
    assert_eq!((n_segments(&index), answers(&index)), (1, before));
}

#[test]
fn what_arrives_one_by_one_spoils_no_merge() {
    let mut index = indexed(3);
    index.add((9 * BATCH..9 * BATCH + 700).map(document));
    let merged = index.due_merge().expect("three of one size are due").run();
    (0..40).for_each(|number| drop(index.add([document(20 * BATCH + number)])));
    let before = answers(&index);
    index.take_merged(merged);
    assert_eq!((n_segments(&index), answers(&index)), (2, before));
}

#[test]
fn segments_without_a_live_document_go() {
    let mut index = indexed(2);
    (0..2 * BATCH as u32).for_each(|doc| index.remove(DocId(doc)));
    let merged = index.due_merge().expect("two of one size are due").run();
    index.take_merged(merged);
    assert_eq!((n_segments(&index), index.snapshot().n_docs()), (0, 0));
}
