use super::*;
use crate::decision::{Attribution, Wish};

fn id(name: &str) -> IncidentId {
    IncidentId::new(name)
}

fn ids(names: &str) -> Vec<IncidentId> {
    names.split(' ').filter(|name| !name.is_empty()).map(id).collect()
}

/// Decisions by ann, numbered from 1, one a day.
fn decided(rulings: impl IntoIterator<Item = Ruling>) -> Vec<Decision> {
    let decision = |(number, ruling): (u32, Ruling)| Decision {
        id: DecisionId::new(number),
        by: Attribution { who: "ann".into(), why: String::new() },
        decided_at: format!("2026-01-{number:02}T00:00:00Z").parse().expect("a time"),
        request_id: String::new(),
        wish: Wish::Undo { decision: DecisionId::new(0) },
        ruling,
    };
    (1..).zip(rulings).map(decision).collect()
}

fn linked(one: &str, other: &str) -> Ruling {
    Ruling::Linked { one: id(one), other: id(other) }
}

fn unlinked(one: &str, other: &str) -> Ruling {
    Ruling::Unlinked { one: id(one), other: id(other) }
}

fn undo(number: u32) -> Ruling {
    Ruling::Undone { decision: DecisionId::new(number) }
}

fn renamed(name: &str) -> Ruling {
    Ruling::Renamed { class: ClassId::new(1), name: name.into(), previous_name: String::new() }
}

fn pinned(pinned: bool, name: &str) -> Ruling {
    Ruling::Pinned { class: ClassId::new(1), pinned, name: name.into() }
}

#[test]
fn bonds_reach_as_far_as_they_lead() {
    let standing = Standing::of(&decided([linked("a", "b"), linked("c", "d"), linked("b", "c")]));
    assert_eq!(standing.together(&id("d")), ids("a b c d"));
    assert_eq!(standing.together(&id("e")), ids("e"));
    assert_eq!(standing.blocks().count(), 1);
}

#[test]
fn the_chain_of_reasons_goes_from_the_one_to_the_other() {
    let standing = Standing::of(&decided([linked("a", "b"), linked("c", "b")]));
    let reasons = standing.why_together(&id("a"), &id("c")).expect("they are connected");
    assert_eq!(
        reasons,
        [
            "`a` is the same as `b` by ann on 2026-01-01 (D-1)",
            "`c` is the same as `b` by ann on 2026-01-02 (D-2)"
        ]
    );
    assert_eq!(standing.why_together(&id("a"), &id("x")), None);
    assert_eq!(standing.why_apart(&id("a"), &id("c")), None);
}

#[test]
fn a_rift_parts_all_that_is_held_together_with_its_ends() {
    let rulings = [linked("a", "b"), unlinked("c", "b"), linked("c", "d")];
    let standing = Standing::of(&decided(rulings));
    let reasons = standing.why_apart(&id("a"), &id("d")).expect("they are apart");
    assert_eq!(
        reasons,
        [
            "`a` is the same as `b` by ann on 2026-01-01 (D-1)",
            "`c` is not the same as `b` by ann on 2026-01-02 (D-2)",
            "`c` is the same as `d` by ann on 2026-01-03 (D-3)"
        ]
    );
    assert_eq!(standing.rifts().len(), 1);
    assert_eq!(standing.apart_from(&id("a")), [&id("c"), &id("d")]);
    assert_eq!(standing.apart_from(&id("x")), Vec::<&IncidentId>::new());
}

#[test]
fn a_split_holds_together_what_left_and_parts_it_from_what_stayed() {
    let split = Ruling::Divided {
        class: ClassId::new(1),
        stayed: ids("a b"),
        new_class: ClassId::new(2),
        left: ids("c d"),
    };
    let standing = Standing::of(&decided([split]));
    assert_eq!(standing.together(&id("d")), ids("c d"));
    assert_eq!(standing.together(&id("a")), ids("a"), "those that stayed stay free");
    assert!(standing.why_apart(&id("b"), &id("d")).is_some());
    let claims: Vec<_> = standing.claims().collect();
    assert_eq!(claims, [(ClassId::new(2), vec![&id("c"), &id("d")])]);
}

#[test]
fn a_merge_holds_all_members_together() {
    let merge = Ruling::Merged {
        class: ClassId::new(1),
        members: ids("a b"),
        merged: vec![(ClassId::new(2), ids("c")), (ClassId::new(3), ids("d"))],
    };
    let standing = Standing::of(&decided([merge]));
    assert_eq!(standing.together(&id("d")), ids("a b c d"));
}

#[test]
fn what_was_taken_back_holds_no_more() {
    let decisions = decided([linked("a", "b"), unlinked("c", "d"), undo(1), undo(2)]);
    let standing = Standing::of(&decisions);
    assert_eq!((standing.blocks().count(), standing.rifts().len()), (0, 0));
    let early = Standing::without(&decisions[..2], DecisionId::new(1));
    assert_eq!((early.blocks().count(), early.rifts().len()), (0, 1));
}

#[test]
fn the_last_name_counts_and_an_undo_brings_the_one_before_back() {
    let mut rulings = vec![renamed("dns"), renamed("resolver")];
    let name = |rulings: &[Ruling]| {
        let standing = Standing::of(&decided(rulings.to_vec()));
        standing.name_of(ClassId::new(1)).map(str::to_owned)
    };
    assert_eq!(name(&rulings).as_deref(), Some("resolver"));
    rulings.push(undo(2));
    assert_eq!(name(&rulings).as_deref(), Some("dns"));
    rulings.push(renamed(""));
    assert_eq!(name(&rulings), None);
}

#[test]
fn a_pinned_class_keeps_its_name_until_it_is_released() {
    let pin = |rulings: Vec<Ruling>| {
        let standing = Standing::of(&decided(rulings));
        let class = ClassId::new(1);
        (standing.is_pinned(class), standing.name_of(class).map(str::to_owned))
    };
    assert_eq!(pin(vec![pinned(true, "disk")]), (true, Some("disk".into())));
    assert_eq!(pin(vec![renamed("dns"), pinned(true, "dns")]), (true, Some("dns".into())));
    assert_eq!(pin(vec![pinned(true, "disk"), pinned(false, "")]), (false, None));
}
