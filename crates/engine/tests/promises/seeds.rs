//! The five seed documents: one class of three, one of its family, one that is not.

use std::collections::BTreeSet;
use std::path::PathBuf;

use engine::{Item, Verdict};
use recurrence::{FailureClass, FixStatus};

use crate::folder::{Folder, ask, at, documents, ids};

const N_SEEDS: usize = 5;

/// The five documents in order; `None` where they are not there.
fn seeds() -> Option<Vec<Item>> {
    let folder: PathBuf = testkit::shared::path("seeds")?;
    let seeds: Vec<Item> = documents(&[folder])
        .into_iter()
        .filter(|item| matches!(item, Item::Record(record) if record.path_id.contains("/00")))
        .collect();
    assert_eq!(seeds.len(), N_SEEDS);
    Some(seeds)
}

/// The class of the first three, with the numbers of the seeds in it.
#[track_caller]
fn tls_class(folder: &Folder, seeds: &[Item]) -> (FailureClass, BTreeSet<usize>) {
    let receipts = folder.take_all(seeds.to_vec());
    let class = receipts[0].class.expect("it came back twice");
    let of_class = (0..N_SEEDS).filter(|seed| receipts[*seed].class == Some(class)).collect();
    (folder.class(class, at("2026-02-26")).expect("it exists"), of_class)
}

#[track_caller]
fn check_membership(folder: &Folder, seeds: &[Item], order: &[usize]) {
    let (_, members) = tls_class(folder, seeds);
    assert!(members.is_superset(&BTreeSet::from([0, 1, 2])), "{members:?} in the order {order:?}");
    assert!(!members.contains(&4), "{members:?} in the order {order:?}");
}

/// All orders of the numbers below `n`.
fn orders(n: usize) -> Vec<Vec<usize>> {
    (0..n).fold(vec![Vec::new()], |shorter, next| {
        let longer = shorter.iter().flat_map(|order| {
            (0..=order.len()).map(move |place| {
                let mut order = order.clone();
                order.insert(place, next);
                order
            })
        });
        longer.collect()
    })
}

#[test]
fn a_tls_question_is_answered_with_the_class_and_the_report_of_its_family() {
    let Some(seeds) = seeds() else { return };
    let folder = Folder::new();
    let receipts = folder.take_all(seeds.clone());
    let answer = ask(&folder, "TLS handshake failures after a load balancer configuration change");
    assert_eq!(answer.verdict, Verdict::Recurrence);
    assert_eq!(answer.failure_class.as_ref().map(|class| class.id), receipts[0].class);
    let id = |seed: usize| receipts[seed].id.as_ref().expect("all were read").as_str();
    let found: BTreeSet<&str> = ids(&answer).into_iter().collect();
    for seed in 0..4 {
        assert!(found.contains(id(seed)), "seed {seed} is not in {found:?}");
    }

    let answer = ask(&folder, "login fails, database connection pool exhausted");
    assert_eq!(ids(&answer).first(), Some(&id(4)));
}

#[test]
fn in_every_order_the_three_are_one_class_without_the_fifth() {
    let Some(seeds) = seeds() else { return };
    let orders = orders(N_SEEDS);
    assert_eq!(orders.iter().collect::<BTreeSet<_>>().len(), 120);
    for order in &orders {
        let in_order: Vec<Item> = order.iter().map(|seed| seeds[*seed].clone()).collect();
        let one_by_one = Folder::new();
        for item in &in_order {
            one_by_one.take(item.clone());
        }
        check_membership(&one_by_one, &seeds, order);
        let at_once = Folder::new();
        at_once.take_all(in_order);
        check_membership(&at_once, &seeds, order);
    }
}

#[test]
fn the_class_knows_its_gaps_and_the_follow_ups_that_nobody_recorded() {
    let Some(seeds) = seeds() else { return };
    let (class, members) = tls_class(&Folder::new(), &seeds);
    assert_eq!(members, BTreeSet::from([0, 1, 2]));
    assert_eq!(class.gaps_days, [35.0, 51.0]);
    assert_eq!((class.occurrences.total, class.quiet_days), (3, Some(60.0)));
    assert_eq!(class.fix_status, FixStatus::Overdue);

    assert_eq!(class.action_items.len(), 12);
    for (place, item) in class.action_items.iter().enumerate() {
        assert_eq!(item.incident_id, class.members[place / 4]);
        assert_eq!(item.recurrences_since, [2, 1, 0][place / 4]);
        assert!(item.owner.is_some() && !item.state_recorded, "{item:?}");
        let due = item.due.expect("each has a due date");
        let overdue = (at("2026-02-26").date() - due).get_days();
        assert_eq!(i64::from(item.days_overdue), i64::from(overdue.max(0)), "{item:?}");
    }
    assert!(class.action_items.iter().any(|item| item.days_overdue > 0));
}
