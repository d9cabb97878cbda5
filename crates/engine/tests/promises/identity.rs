//! When a record is new, the same, another version, or a copy.

use engine::{Ingested, Outcome};
use incident::IncidentId;

use crate::folder::{Folder, ask, documents, line, now, page, tally};

const POOL: &str = "# Checkout pool exhausted\n\n**Severity:** P2\n\n## Root Cause\nA nested transaction held two connections.\n";
const EDITED: &str = "# Checkout pool exhausted\n\n**Severity:** P1\n\n## Root Cause\nA nested transaction held three connections.\n";

#[track_caller]
fn check(receipt: &Ingested, outcome: Outcome, id: &str) {
    let given = receipt.id.as_ref().map(IncidentId::as_str);
    assert_eq!((receipt.outcome, given), (outcome, Some(id)));
}

fn title(folder: &Folder, id: &str) -> String {
    folder.incident(&IncidentId::new(id), now()).expect("it is stored").incident.title
}

#[test]
fn the_same_page_sent_again_is_unchanged_and_an_edited_one_updated() {
    let folder = Folder::new();
    check(&folder.take(page("pages/pool", POOL)), Outcome::New, "pages/pool");
    check(&folder.take(page("pages/pool", POOL)), Outcome::Unchanged, "pages/pool");
    assert_eq!(folder.position(), 1);
    check(&folder.take(page("pages/pool", EDITED)), Outcome::Updated, "pages/pool");
    assert_eq!((folder.position(), folder.n_incidents()), (2, 1));
}

#[test]
fn a_byte_equal_copy_is_an_alias_until_its_bytes_differ() {
    let folder = Folder::new();
    folder.take(page("pages/pool", POOL));
    for _ in 0..2 {
        check(&folder.take(page("copy/pool", POOL)), Outcome::Identical, "pages/pool");
        assert_eq!((folder.position(), folder.n_incidents()), (2, 1));
    }
    let original = IncidentId::new("pages/pool");
    assert_eq!(folder.aliases(&original).expect("readable"), ["markdown/copy/pool"]);
    assert!(folder.incident(&IncidentId::new("copy/pool"), now()).is_err());

    check(&folder.take(page("copy/pool", EDITED)), Outcome::New, "copy/pool");
    assert!(folder.aliases(&original).expect("readable").is_empty());
    assert_eq!(folder.n_incidents(), 2);
    check(&folder.take(page("copy/pool", POOL)), Outcome::Updated, "copy/pool");
}

#[test]
fn a_copy_of_what_the_original_was_is_no_copy_any_more() {
    let items = || vec![page("a", POOL), page("b", POOL), page("a", EDITED), page("b", POOL)];
    let check_all = |receipts: &[Ingested]| {
        check(&receipts[1], Outcome::Identical, "a");
        check(&receipts[2], Outcome::Updated, "a");
        check(&receipts[3], Outcome::New, "b");
    };
    let (at_once, one_by_one) = (Folder::new(), Folder::new());
    check_all(&at_once.take_all(items()));
    check_all(&items().into_iter().map(|item| one_by_one.take(item)).collect::<Vec<_>>());
    for folder in [at_once, one_by_one] {
        assert_eq!(folder.n_incidents(), 2);
        assert!(folder.aliases(&IncidentId::new("a")).expect("readable").is_empty());
    }
}

#[test]
fn a_new_name_for_what_the_original_was_is_new_in_one_batch_too() {
    let folder = Folder::new();
    folder.take(page("a", POOL));
    let receipts = folder.take_all(vec![page("a", EDITED), page("b", POOL), page("c", EDITED)]);
    check(&receipts[1], Outcome::New, "b");
    check(&receipts[2], Outcome::Identical, "a");
}

#[test]
fn after_its_original_is_deleted_a_copy_has_a_life_of_its_own() {
    let folder = Folder::new();
    folder.take_all(vec![page("a", POOL), page("b", POOL)]);
    folder.delete(&IncidentId::new("a")).expect("it is stored");
    check(&folder.take(page("b", POOL)), Outcome::New, "b");
    check(&folder.take(page("a", POOL)), Outcome::Identical, "b");
}

#[test]
fn an_older_version_changes_nothing_and_a_newer_one_does() {
    let folder = Folder::new();
    let version = |title: &str, updated: &str| {
        line("jsonl", &format!(r#"{{"id":"T-1","title":"{title}"{updated}}}"#))
    };
    folder.take(version("second", r#","updated_at":"2026-03-02T10:00:00Z""#));
    let older = version("first", r#","updated_at":"2026-03-02T09:59:59Z""#);
    check(&folder.take(older), Outcome::Unchanged, "T-1");
    assert_eq!(title(&folder, "T-1"), "second");

    let newer = version("third", r#","updated_at":"2026-03-03""#);
    check(&folder.take(newer), Outcome::Updated, "T-1");
    assert_eq!(title(&folder, "T-1"), "third");
}

#[test]
fn without_a_time_of_update_the_last_received_wins() {
    let folder = Folder::new();
    let version = |title: &str, rest: &str| {
        line("jsonl", &format!(r#"{{"id":"T-1","title":"{title}"{rest}}}"#))
    };
    folder.take(version("first", r#","updated_at":"2026-03-02""#));
    check(&folder.take(version("second", "")), Outcome::Updated, "T-1");
    check(&folder.take(version("third", "")), Outcome::Updated, "T-1");
    assert_eq!(title(&folder, "T-1"), "third");
}

#[test]
fn equal_records_of_different_ids_are_different_incidents() {
    let folder = Folder::new();
    let lines = ["A-1", "A-2", "A-3"].map(|id| {
        line("jsonl", &format!(r#"{{"id":"{id}","title":"Certificate expired on the edge"}}"#))
    });
    let receipts = folder.take_all(lines.to_vec());
    assert_eq!(tally(&receipts), [3, 0, 0, 0, 0, 0]);
    let classes: Vec<_> = receipts.iter().map(|receipt| receipt.class).collect();
    assert!(classes[0].is_some(), "a recurrence is a class");
    assert!(classes.iter().all(|class| *class == classes[0]), "{classes:?}");
}

#[test]
fn where_two_sources_clash_the_second_names_its_source() {
    let folder = Folder::new();
    let ticket = |source, title| line(source, &format!(r#"{{"id":"7","title":"{title}"}}"#));
    check(&folder.take(ticket("desk", "Disk full")), Outcome::New, "7");
    check(&folder.take(ticket("pager", "Queue stuck")), Outcome::New, "pager/7");
    check(&folder.take(ticket("pager", "Queue stuck again")), Outcome::Updated, "pager/7");
    check(&folder.take(ticket("desk", "Disk full")), Outcome::Unchanged, "7");
    assert_eq!((title(&folder, "7"), folder.n_incidents()), ("Disk full".to_owned(), 2));
}

#[test]
fn of_the_same_id_twice_in_a_batch_the_last_is_live() {
    let folder = Folder::new();
    let ticket = |title| line("jsonl", &format!(r#"{{"id":"7","title":"{title}"}}"#));
    let receipts =
        folder.take_all(vec![ticket("zebra crossing broken"), ticket("giraffe gate broken")]);
    check(&receipts[0], Outcome::New, "7");
    check(&receipts[1], Outcome::Updated, "7");
    assert_eq!((title(&folder, "7"), folder.n_incidents()), ("giraffe gate broken".to_owned(), 1));
    assert_eq!(ask(&folder, "zebra crossing").matches, []);
    assert_eq!(ask(&folder, "giraffe gate").matches.len(), 1);
}

#[test]
fn what_cannot_be_read_is_refused_and_the_rest_goes_in() {
    let folder = Folder::new();
    let receipts = folder.take_all(vec![
        line("jsonl", r#"{"id":"1","title":"Disk full"}"#),
        line("jsonl", r#"{"title":"no id"}"#),
        page("docs/README", "# How we write post-mortems\n\nPlease be kind.\n"),
        line("jsonl", r#"{"id":"2","title":"Disk full"}"#),
    ]);
    assert_eq!(tally(&receipts), [2, 0, 0, 0, 1, 1]);
    let problem = receipts[1].problem.as_ref().expect("a refusal says why");
    assert_eq!(problem.field, "id");
    assert!(receipts[2].skipped.as_ref().expect("so does a skip").contains("README"));
    assert_eq!((folder.n_incidents(), folder.position()), (2, 2));
}

#[test]
fn the_seeds_and_the_vault_overlap_in_three_documents() {
    let paths = ["seeds", "corpora/rca_vault/md"].map(testkit::shared::path);
    let Some(paths) = paths.into_iter().collect::<Option<Vec<_>>>() else {
        return;
    };
    let folder = Folder::new();
    let [new, updated, unchanged, identical, refused, _] =
        tally(&folder.take_all(documents(&paths)));
    assert_eq!([new, updated, unchanged, identical, refused], [113, 0, 0, 3, 0]);
    let position = folder.position();
    let [new, updated, unchanged, identical, refused, _] =
        tally(&folder.take_all(documents(&paths)));
    assert_eq!([new, updated, unchanged, identical, refused], [0, 0, 113, 3, 0]);
    assert_eq!((folder.position(), folder.n_incidents()), (position, 113));
}

#[test]
fn other_bytes_that_say_the_same_are_remembered_for_their_copies() {
    let folder = Folder::new();
    let touched = format!("{POOL}\n");
    check(&folder.take(page("wiki/a", POOL)), Outcome::New, "wiki/a");
    check(&folder.take(page("wiki/a", &touched)), Outcome::Unchanged, "wiki/a");
    check(&folder.take(page("wiki/d", &touched)), Outcome::Identical, "wiki/a");
    assert_eq!(folder.n_incidents(), 1);
}
