//! What is put into the store comes out of it, as it was, in order, and only that.

use std::path::Path;
use std::slice;

use incident::{ActionItem, Incident, IncidentId, Link, Moment, Severity, Status, TimelineEvent};
use recurrence::ClassId;
use store::{
    Alias, CalibrationRecord, Change, ClassRecord, EpochRecord, Error, MESSAGES_KEPT_SECS,
    RatingRecord, Store, StoredIncident,
};

fn simple(id: &str) -> Incident {
    Incident::new("jsonl", id, format!("Search slow, {id}"))
}

fn rich() -> Incident {
    let moment = |text: &str| Moment::parse(text).ok();
    let mut incident = Incident::new("markdown", "post-mortems/0042", "Orders doubled \u{1f4a5}");
    incident.id = IncidentId::new("markdown/post-mortems/0042");
    incident.started_at = moment("2025-03-09T22:10:05Z");
    incident.resolved_at = moment("2025-03-10");
    incident.updated_at = moment("2025-03-12T08:00:00Z");
    incident.duration_minutes = Some(95);
    incident.severity = Some(Severity::new("SEV-2"));
    incident.status = Some(Status::Mitigated);
    incident.services = vec!["orders".into(), "billing-worker".into()];
    incident.tags = vec!["queue".into()];
    incident.team = Some("payments".into());
    incident.root_cause = Some("a retry without an idempotency key\n\"quoted\" \0 nul".into());
    incident.users_affected = Some(u64::MAX);
    incident.revenue = Some(0.1 + 0.2);
    incident.text = Some("x".repeat(20_000));
    incident.labels.insert("region".into(), "eu-1".into());
    incident.timeline = vec![TimelineEvent {
        at: moment("2025-03-09T22:15:00Z"),
        time: "22:15".into(),
        event: "first doubled order seen".into(),
    }];
    incident.action_items = vec![ActionItem {
        action: "send the key with every retry".into(),
        due: "2025-04-01".parse().ok(),
        ..ActionItem::default()
    }];
    incident.links = vec![Link { target: "0017".into(), label: None }];
    let ratio = serde_json::json!({"z": 1, "a": [0.000_123_456_789_012_345_67, null]});
    incident.extra.insert("ratio".into(), ratio);
    incident
}

fn put(position: u64, incident: Incident) -> Change {
    Change::Put { position, incident: Box::new(incident), class: None, digest: None }
}

fn alias(position: u64, name: &str, of: &str) -> Change {
    Change::Alias {
        position,
        source: "markdown".into(),
        external_id: name.into(),
        digest: [7; 32],
        of: IncidentId::new(of),
    }
}

fn class(number: u32, opened_at_position: u64) -> Change {
    Change::Class(ClassRecord { id: ClassId::new(number), opened_at_position, merged_into: None })
}

fn assign(id: &str, class: Option<u32>) -> Change {
    Change::Assign { id: IncidentId::new(id), class: class.map(ClassId::new) }
}

fn all(store: &Store) -> Vec<StoredIncident> {
    let mut found = Vec::new();
    let visited: store::Result<()> = store.for_each(|stored| {
        found.push(stored);
        Ok(())
    });
    visited.expect("readable");
    found
}

fn ids(found: &[StoredIncident]) -> Vec<&str> {
    found.iter().map(|stored| stored.incident.id.as_str()).collect()
}

/// A store in a folder that goes with the test.
fn with_store(test: impl FnOnce(&Path, Store)) {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::open(dir.path()).expect("a store");
    test(dir.path(), store);
}

#[test]
fn a_rich_incident_comes_back_as_it_was_also_after_reopening() {
    with_store(|dir, store| {
        let expected = StoredIncident {
            position: 3,
            incident: rich(),
            class: Some(ClassId::new(9)),
            digest: Some([1; 32]),
        };
        let put = Change::Put {
            position: 3,
            incident: Box::new(rich()),
            class: Some(ClassId::new(9)),
            digest: Some([1; 32]),
        };
        // The class may be recorded after its first member, within the commit.
        store.commit(&[put, class(9, 3)]).expect("committed");
        let look = |store: &Store| {
            assert_eq!(all(store), slice::from_ref(&expected));
            assert_eq!(store.incident(&rich().id).expect("read"), Some(expected.clone()));
            let found = store.find("markdown", "post-mortems/0042").expect("read");
            assert_eq!(found, Some(expected.clone()));
            assert_eq!(store.by_digest(&[1; 32]).expect("read"), Some(rich().id));
            assert_eq!(store.members(ClassId::new(9)).expect("read"), slice::from_ref(&expected));
            assert_eq!(store.last_position(), 3);
            store.check().expect("sound");
        };
        look(&store);
        drop(store);
        look(&Store::open(dir).expect("reopened"));
    });
}

#[test]
fn an_update_replaces_and_moves_to_its_new_position() {
    with_store(|_, store| {
        let first = [put(1, simple("a")), put(2, simple("b")), class(1, 2), assign("a", Some(1))];
        store.commit(&first).expect("committed");
        let mut newer = simple("a");
        newer.title = "Search slow again".into();
        store.commit(&[put(3, newer.clone())]).expect("committed");
        let found = all(&store);
        assert_eq!(ids(&found), ["b", "a"]);
        assert_eq!(found[1].incident, newer);
        assert_eq!((found[1].position, found[1].class), (3, None));
    });
}

#[test]
fn positions_must_grow_within_and_across_commits() {
    with_store(|_, store| {
        store.commit(&[put(5, simple("a"))]).expect("committed");
        for changes in [
            vec![put(5, simple("b"))],
            vec![put(4, simple("b"))],
            vec![put(6, simple("b")), put(6, simple("c"))],
        ] {
            let error = store.commit(&changes).expect_err("not growing");
            assert!(matches!(error, Error::Position { .. }), "{error}");
        }
        assert_eq!(store.last_position(), 5);
        store.commit(&[put(9, simple("b"))]).expect("gaps are allowed");
        assert_eq!(ids(&all(&store)), ["a", "b"]);
    });
}

#[test]
fn a_change_that_fails_in_the_middle_undoes_the_whole_commit() {
    with_store(|dir, store| {
        store.commit(&[put(1, simple("a"))]).expect("committed");
        let missing = IncidentId::new("missing");
        let mut clash = simple("other-id");
        clash.external_id = "a".into();
        for failing in [
            Change::Delete { position: 3, id: missing },
            alias(3, "copy", "missing"),
            assign("missing", Some(1)),
            assign("a", Some(77)),
            Change::DropAlias { source: "markdown".into(), external_id: "copy".into() },
            put(3, clash),
        ] {
            let changes = [put(2, simple("b")), class(1, 2), failing, put(4, simple("c"))];
            let error = store.commit(&changes).expect_err("it fails");
            assert!(matches!(error, Error::Constraint { .. }), "{error}");
            assert_eq!(ids(&all(&store)), ["a"]);
            assert_eq!(store.classes().expect("read"), []);
            assert_eq!(store.last_position(), 1);
        }
        drop(store);
        assert_eq!(Store::open(dir).expect("reopened").last_position(), 1);
    });
}

#[test]
fn an_alias_lives_until_it_is_dropped_or_its_incident_goes() {
    with_store(|_, store| {
        let look = |name: &str| store.alias("markdown", name).expect("read");
        let changes = [put(1, simple("a")), alias(2, "b", "a"), alias(3, "c", "a")];
        store.commit(&changes).expect("committed");
        let expected = Alias { of: IncidentId::new("a"), digest: [7; 32] };
        assert_eq!(look("b"), Some(expected.clone()));
        assert_eq!(look("a"), None);
        let names = || store.aliases_of(&IncidentId::new("a")).expect("read");
        let name = |name: &str| ("markdown".to_owned(), name.to_owned());
        assert_eq!(names(), [name("b"), name("c")]);

        let (source, external_id) = ("markdown".into(), "b".into());
        store.commit(&[Change::DropAlias { source, external_id }]).expect("committed");
        assert_eq!((look("b"), look("c")), (None, Some(expected)));
        assert_eq!(names(), [name("c")]);

        store.commit(&[put(4, simple("a"))]).expect("an update keeps them");
        assert!(look("c").is_some());
        let id = IncidentId::new("a");
        store.commit(&[Change::Delete { position: 5, id }]).expect("committed");
        assert_eq!((look("c"), all(&store)), (None, vec![]));
    });
}

#[test]
fn equal_bytes_are_found_at_their_smallest_position() {
    with_store(|_, store| {
        let whole_file = |position, id, digest| Change::Put {
            position,
            incident: Box::new(simple(id)),
            class: None,
            digest: Some([digest; 32]),
        };
        let changes = [whole_file(1, "z", 1), whole_file(2, "a", 1), whole_file(3, "b", 2)];
        store.commit(&changes).expect("committed");
        let look = |digest| store.by_digest(&[digest; 32]).expect("read");
        assert_eq!(look(1), Some(IncidentId::new("z")));
        assert_eq!(look(3), None);
        store.commit(&[whole_file(4, "z", 3)]).expect("committed");
        assert_eq!(look(1), Some(IncidentId::new("a")));
        assert_eq!(look(3), Some(IncidentId::new("z")));
    });
}

#[test]
fn classes_list_their_members_by_position() {
    with_store(|_, store| {
        let changes = [
            put(1, simple("c")),
            put(2, simple("a")),
            put(3, simple("b")),
            class(12, 2),
            class(3, 3),
            assign("a", Some(12)),
            assign("c", Some(12)),
            assign("b", Some(3)),
        ];
        store.commit(&changes).expect("committed");
        let members = |number| store.members(ClassId::new(number)).expect("read");
        assert_eq!(ids(&members(12)), ["c", "a"]);
        store.commit(&[assign("b", Some(12)), assign("c", None)]).expect("committed");
        assert_eq!(ids(&members(12)), ["a", "b"]);
        assert_eq!(members(3), []);
        let opened: Vec<_> = store.classes().expect("read").into_iter().collect();
        assert_eq!(opened.iter().map(|class| class.id.number()).collect::<Vec<_>>(), [3, 12]);
        assert_eq!(opened[1].opened_at_position, 2);
    });
}

#[test]
fn only_the_newest_epoch_is_kept() {
    with_store(|_, store| {
        assert_eq!(store.epoch().expect("read"), None);
        let epoch = |number, payload: &[u8]| EpochRecord {
            number,
            position: number * 10,
            payload: payload.to_vec(),
        };
        store
            .commit(&[Change::Epoch(epoch(1, b"one")), Change::Epoch(epoch(2, b"\0two"))])
            .expect("committed");
        assert_eq!(store.epoch().expect("read"), Some(epoch(2, b"\0two")));
        store.commit(&[Change::Epoch(epoch(3, b""))]).expect("committed");
        assert_eq!(store.epoch().expect("read"), Some(epoch(3, b"")));
    });
}

#[test]
fn only_the_newest_calibration_is_kept_and_has_its_place_in_the_log() {
    with_store(|_, store| {
        assert_eq!(store.calibration().expect("read"), None);
        let learnt =
            |position, payload: &[u8]| CalibrationRecord { position, payload: payload.to_vec() };
        for (position, payload) in [(1, &b"one"[..]), (2, b"\0two")] {
            store.commit(&[Change::Calibrate(learnt(position, payload))]).expect("committed");
            assert_eq!(store.calibration().expect("read"), Some(learnt(position, payload)));
            assert_eq!(store.last_position(), position);
        }
        let late = store.commit(&[Change::Calibrate(learnt(2, b""))]);
        assert!(matches!(late, Err(Error::Position { given: 2, last: 2 })), "{late:?}");
    });
}

fn rating(who: &str, incident: &str, useful: bool) -> RatingRecord {
    RatingRecord {
        question: "q".into(),
        asked: Some(IncidentId::new("asked")),
        incident: IncidentId::new(incident),
        useful,
        who: who.into(),
        why: String::new(),
        at_secs: -5,
    }
}

#[test]
fn the_last_word_of_each_person_stands_and_goes_with_its_incidents() {
    with_store(|_, store| {
        let rate = |position, rating| Change::Rate { position, rating };
        let changes = [
            put(1, simple("a")),
            put(2, simple("b")),
            put(3, simple("asked")),
            rate(4, rating("ann", "a", true)),
            rate(5, rating("bob", "a", true)),
            rate(6, rating("ann", "a", false)),
            rate(7, rating("ann", "b", true)),
        ];
        store.commit(&changes).expect("committed");
        let all = || store.ratings().expect("read");
        let last = (6, rating("ann", "a", false));
        assert_eq!(all(), [last, (5, rating("bob", "a", true)), (7, rating("ann", "b", true))]);
        let delete = |position, id: &str| Change::Delete { position, id: IncidentId::new(id) };
        store.commit(&[delete(8, "a")]).expect("committed");
        assert_eq!(all(), [(7, rating("ann", "b", true))]);
        store.commit(&[delete(9, "asked")]).expect("committed");
        assert_eq!(all(), []);
        let orphan = store.commit(&[rate(10, rating("ann", "a", true))]);
        assert!(matches!(orphan, Err(Error::Constraint { .. })), "{orphan:?}");
    });
}

#[test]
fn a_list_of_ids_is_answered_in_its_order_without_the_missing_ones() {
    with_store(|_, store| {
        store.commit(&[put(1, simple("a")), put(2, simple("b"))]).expect("committed");
        let asked = ["b", "x", "a", "b"].map(IncidentId::new);
        assert_eq!(ids(&store.incidents(&asked).expect("read")), ["b", "a", "b"]);
    });
}

#[test]
fn a_message_is_remembered_for_a_week() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::open(dir.path()).expect("it opens");
    let receive = |id: &str, received_at| {
        let (source, id) = ("pagerduty".to_owned(), id.to_owned());
        store.commit(&[Change::Message { source, id, received_at }]).expect("kept");
    };
    let knows = |source: &str, id: &str| store.has_message(source, id).expect("read");
    receive("a", 0);
    receive("a", 0);
    assert!(knows("pagerduty", "a") && !knows("opsgenie", "a") && !knows("pagerduty", "b"));
    receive("b", MESSAGES_KEPT_SECS);
    assert!(knows("pagerduty", "a"));
    receive("c", MESSAGES_KEPT_SECS + 1);
    assert!(!knows("pagerduty", "a") && knows("pagerduty", "b"));
    store.check().expect("sound");
}

#[test]
fn the_last_of_a_prefix_are_found() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::open(dir.path()).expect("it opens");
    let ids = ["a/1", "a/2", "a/3", "a", "a0", "b/1"];
    let changes: Vec<Change> = (1..)
        .zip(ids)
        .map(|(position, id)| Change::Put {
            position,
            incident: Box::new(Incident::new("alerts", id, "Disk full")),
            class: None,
            digest: None,
        })
        .collect();
    store.commit(&changes).expect("kept");
    let found = |source: &str, prefix: &str, n| -> Vec<String> {
        let found = store.last_of(source, prefix, n).expect("read");
        found.into_iter().map(|stored| stored.incident.external_id).collect()
    };
    assert_eq!(found("alerts", "a/", 9), ["a/1", "a/2", "a/3"]);
    assert_eq!(found("alerts", "a/", 2), ["a/2", "a/3"]);
    assert!(found("other", "a/", 9).is_empty());
}
