//! What people decide holds: in every later clustering, over a restart, until they take it back.

use std::collections::BTreeSet;

use engine::{Algorithm, Error, Item, Petition};
use incident::{Incident, IncidentId};
use recurrence::{ClassId, DecisionId, LineageKind, Ruling, Wish};

use crate::folder::{Folder, decide, members_by_class, now, petition};

/// Three failures of four incidents each: `tls-0` to `tls-3`, `disk-0` ..., `dns-0` ...
fn folder() -> Folder {
    let topics = [
        ("tls", "TLS handshake failures after the certificate chain expired"),
        ("disk", "Disk full on the volume of the write-ahead log"),
        ("dns", "Resolver answers SERVFAIL for internal zones"),
    ];
    let folder = Folder::new();
    for number in 0..4 {
        for (topic, title) in topics {
            let incident = Incident::new("jsonl", format!("{topic}-{number}"), title);
            folder.take(Item::Incident(Box::new(incident)));
        }
    }
    assert_eq!(members_by_class(&folder).len(), 3);
    folder
}

fn id(name: &str) -> IncidentId {
    IncidentId::new(name)
}

fn ids(names: &str) -> BTreeSet<IncidentId> {
    names.split(' ').map(id).collect()
}

fn class_of(folder: &Folder, name: &str) -> ClassId {
    folder.incident(&id(name), now()).expect("stored").class.expect("in a class")
}

fn members(folder: &Folder, class: ClassId) -> BTreeSet<IncidentId> {
    folder.class(class, now()).expect("there").members.into_iter().collect()
}

fn recluster_twice(folder: &Folder) {
    folder.recluster(Algorithm::AverageLink).expect("committed");
    folder.recluster(Algorithm::Dbscan { min_points: 2 }).expect("committed");
}

fn split(class: ClassId, names: &str) -> Wish {
    Wish::Split { class, leaving: ids(names).into_iter().collect() }
}

fn link(one: &str, other: &str) -> Wish {
    Wish::Link { one: id(one), other: id(other) }
}

fn unlink(one: &str, other: &str) -> Wish {
    Wish::Unlink { one: id(one), other: id(other) }
}

#[track_caller]
fn check_refused(folder: &Folder, wish: Wish, told: &[&str]) {
    let before = (members_by_class(folder), folder.position());
    let error = folder.decide(petition(wish), now().at).expect_err("a decision says otherwise");
    assert!(matches!(error, Error::Contradiction { .. }), "{error}");
    let message = error.to_string();
    assert!(told.iter().all(|part| message.contains(part)), "{message}");
    assert_eq!((members_by_class(folder), folder.position()), before);
}

#[test]
fn what_was_split_does_not_come_together_again() {
    let folder = folder();
    let class = class_of(&folder, "tls-0");
    let decision = decide(&folder, split(class, "tls-2 tls-3"));
    let Ruling::Divided { new_class, .. } = decision.ruling else {
        unreachable!("it is a split: {decision:?}");
    };
    recluster_twice(&folder);
    assert_eq!(members(&folder, class), ids("tls-0 tls-1"));
    assert_eq!(members(&folder, new_class), ids("tls-2 tls-3"));
    let folder = folder.reopened();
    recluster_twice(&folder);
    assert_eq!(members(&folder, new_class), ids("tls-2 tls-3"));
    let lineage = folder.lineage(new_class).expect("readable");
    assert_eq!(lineage[0].kind, LineageKind::SplitFrom);
    assert_eq!((lineage[0].other, lineage[0].decision), (Some(class), Some(decision.id)));
}

#[test]
fn one_alone_that_was_split_off_stays_a_class() {
    let folder = folder();
    let class = class_of(&folder, "tls-0");
    decide(&folder, split(class, "tls-3"));
    recluster_twice(&folder);
    let alone = class_of(&folder, "tls-3");
    assert_ne!(alone, class);
    assert_eq!(members(&folder.reopened(), alone), ids("tls-3"));
}

#[test]
fn what_was_merged_stays_one_class_and_an_undo_brings_the_ids_back() {
    let folder = folder();
    let (tls, disk) = (class_of(&folder, "tls-0"), class_of(&folder, "disk-0"));
    let before = members_by_class(&folder);
    let merge = decide(&folder, Wish::Merge { class: disk, merged: vec![tls] });
    recluster_twice(&folder);
    let merged = folder.class(tls, now()).expect("its id leads on");
    assert_eq!((merged.id, merged.members.len()), (disk, 8));
    assert_eq!(
        folder.lineage(tls).expect("readable").last().expect("one").decision,
        Some(merge.id)
    );

    decide(&folder, Wish::Undo { decision: merge.id });
    recluster_twice(&folder);
    assert_eq!(members_by_class(&folder), before);
}

#[test]
fn what_is_linked_is_together_and_what_is_unlinked_is_not() {
    let folder = folder();
    decide(&folder, link("tls-0", "dns-0"));
    decide(&folder, unlink("disk-0", "disk-1"));
    recluster_twice(&folder);
    let folder = folder.reopened();
    assert_eq!(class_of(&folder, "tls-0"), class_of(&folder, "dns-0"));
    let class = |name: &str| folder.incident(&id(name), now()).expect("stored").class;
    assert_ne!(class("disk-0"), class("disk-1"));
}

#[test]
fn a_contradiction_names_the_chain_behind_it() {
    let folder = folder();
    decide(&folder, link("tls-0", "dns-0"));
    decide(&folder, link("dns-0", "disk-0"));
    check_refused(
        &folder,
        unlink("tls-0", "disk-0"),
        &[
            "`tls-0` is the same as `dns-0` by ann on 2026-12-31 (D-1)",
            "`dns-0` is the same as `disk-0` by ann",
            "(D-2)",
        ],
    );
    let class = class_of(&folder, "tls-0");
    check_refused(&folder, split(class, "tls-0"), &["`tls-0` cannot leave", "(D-1)"]);
    let rest = class_of(&folder, "dns-1");
    if rest != class {
        decide(&folder, unlink("dns-1", "disk-0"));
        check_refused(
            &folder,
            link("dns-1", "tls-0"),
            &["(D-1)", "(D-2)", "`dns-1` is not the same as `disk-0`"],
        );
    }
}

#[test]
fn a_merge_against_a_split_is_refused_until_the_split_is_undone() {
    let folder = folder();
    let class = class_of(&folder, "tls-0");
    let decision = decide(&folder, split(class, "tls-2 tls-3"));
    let new = class_of(&folder, "tls-2");
    check_refused(
        &folder,
        Wish::Merge { class, merged: vec![new] },
        &["is not the same as", "(D-1)"],
    );
    decide(&folder, Wish::Rename { class: new, name: "chain".into() });
    check_refused(
        &folder,
        Wish::Undo { decision: decision.id },
        &["D-1 cannot be undone alone", "(D-2)"],
    );
    decide(&folder, Wish::Undo { decision: DecisionId::new(2) });
    decide(&folder, Wish::Undo { decision: decision.id });
    assert_eq!(members(&folder, new), ids("tls-0 tls-1 tls-2 tls-3"), "its id leads back");
    check_refused(&folder, Wish::Undo { decision: decision.id }, &["done that already"]);
}

#[test]
fn two_incidents_whose_classes_people_hold_are_not_linked_and_the_reason_names_both() {
    let folder = folder();
    let (tls, disk) = (class_of(&folder, "tls-0"), class_of(&folder, "disk-0"));
    decide(&folder, Wish::Pin { class: disk, pinned: true });
    decide(&folder, split(tls, "tls-2 tls-3"));
    let told =
        ["which was made of it by ann on 2026-12-31 (D-2)", "which was pinned by ann", "(D-1)"];
    check_refused(&folder, link("tls-2", "disk-0"), &told);
    decide(&folder, link("disk-0", "tls-0"));
    assert_eq!(class_of(&folder, "tls-0"), disk, "the free one goes to the one that is held");
}

#[test]
fn a_name_stays_through_every_clustering_and_goes_with_its_undo() {
    let folder = folder();
    let class = class_of(&folder, "dns-0");
    let by_itself = folder.class(class, now()).expect("there").name;
    let renamed = decide(&folder, Wish::Rename { class, name: "Split horizon".into() });
    recluster_twice(&folder);
    let name = |folder: &Folder| folder.class(class, now()).expect("there").name;
    let folder = folder.reopened();
    assert_eq!(name(&folder), "Split horizon");
    decide(&folder, Wish::Undo { decision: renamed.id });
    assert_eq!(name(&folder), by_itself);
}

#[test]
fn a_pinned_class_loses_no_member_to_a_clustering() {
    let folder = folder();
    decide(&folder, link("tls-0", "dns-0"));
    let class = class_of(&folder, "tls-0");
    decide(&folder, Wish::Pin { class, pinned: true });
    let held = members(&folder, class);
    decide(&folder, Wish::Undo { decision: DecisionId::new(1) });
    recluster_twice(&folder);
    assert!(members(&folder, class).is_superset(&held));
    assert!(folder.class(class, now()).expect("there").pinned);
    decide(&folder, Wish::Pin { class, pinned: false });
    recluster_twice(&folder);
    assert!(!folder.class(class, now()).expect("there").pinned);
    assert_eq!(members_by_class(&folder).len(), 3);
}

#[test]
fn a_retry_gets_the_first_result_and_another_wish_under_its_id_is_refused() {
    let folder = folder();
    let asked = |name: &str| Petition {
        request_id: "r-1".into(),
        ..petition(Wish::Rename { class: class_of(&folder, "dns-0"), name: name.into() })
    };
    let first = folder.decide(asked("resolver"), now().at).expect("granted");
    let again = folder.decide(asked("resolver"), "2027-01-01T00:00:00Z".parse().expect("a time"));
    assert_eq!(again.expect("the same"), first);
    let error = folder.decide(asked("zones"), now().at).expect_err("another wish");
    assert!(matches!(error, Error::RequestIdTaken { .. }), "{error}");
    let linked = decide(&folder, link("tls-0", "tls-1"));
    assert_eq!(decide(&folder, link("tls-1", "tls-0")), linked, "saying it twice says no more");
    assert_eq!(folder.decisions(None).expect("readable").len(), 2);
}

#[test]
fn the_decisions_of_a_class_are_listed_latest_first_with_what_undid_them() {
    let folder = folder();
    let (tls, disk) = (class_of(&folder, "tls-0"), class_of(&folder, "disk-0"));
    let merge = decide(&folder, Wish::Merge { class: disk, merged: vec![tls] });
    decide(&folder, unlink("dns-0", "dns-1"));
    let undo = decide(&folder, Wish::Undo { decision: merge.id });
    let listed = folder.decisions(Some(disk)).expect("readable");
    let listed: Vec<_> = listed.iter().map(|ruled| (ruled.decision.id, ruled.undone_by)).collect();
    assert_eq!(listed, [(undo.id, None), (merge.id, Some(undo.id))]);
}

#[test]
fn a_credential_in_the_reason_is_masked() {
    let folder = folder();
    let mut asked = petition(link("tls-0", "tls-1"));
    asked.by.why = "see password=hunter2hunter2".into();
    let decision = folder.decide(asked, now().at).expect("granted");
    assert!(!decision.by.why.contains("hunter2"), "{}", decision.by.why);
}

#[test]
fn an_incident_that_comes_back_goes_where_people_hold_it() {
    let folder = folder();
    decide(&folder, link("tls-0", "dns-0"));
    decide(&folder, unlink("disk-0", "disk-1"));
    let again = |name: &str, title: &str| {
        folder.delete(&id(name)).expect("stored");
        folder.take(Item::Incident(Box::new(Incident::new("jsonl", name, title))));
    };
    again("dns-0", "Resolver answers SERVFAIL for internal zones");
    again("disk-1", "Disk full on the volume of the write-ahead log");
    assert_eq!(class_of(&folder, "tls-0"), class_of(&folder, "dns-0"));
    let class = |name: &str| folder.incident(&id(name), now()).expect("stored").class;
    assert!(class("disk-1").is_none() || class("disk-0") != class("disk-1"));
}
