//! Classes that people put together or took apart, in words.

use std::collections::BTreeMap;

use incident::AsOf;

use crate::class::FailureClass;
use crate::class_id::ClassId;
use crate::decision::{Decision, DecisionId, Ruling};
use crate::standing::undone;

/// A merge or a split that stands, as the report tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedClass {
    /// The class it is told of: the one that was split off, or that others were merged into.
    pub id: ClassId,
    /// Its name.
    pub name: String,
    /// The decision.
    pub decision: DecisionId,
    /// What was done, by whom, when and why, and that it holds.
    pub told: String,
}

/// The merges and splits among `decisions` that stand, were made by `as_of` and concern one of `classes`; latest
/// first. `current` says where the id of a class leads today.
#[must_use]
pub fn decided(
    decisions: &[Decision],
    classes: &[FailureClass],
    current: impl Fn(ClassId) -> ClassId,
    as_of: AsOf,
) -> Vec<DecidedClass> {
    let gone = undone(decisions);
    let known: BTreeMap<ClassId, &FailureClass> =
        classes.iter().map(|class| (class.id, class)).collect();
    let standing = decisions.iter().rev().filter(|decision| !gone.contains_key(&decision.id));
    standing
        .filter(|decision| decision.decided_at <= as_of.at)
        .filter_map(|decision| {
            let (class, what) = match &decision.ruling {
                Ruling::Divided { class, stayed, new_class, left } => {
                    split(current(*class), stayed.len(), current(*new_class), left.len(), &known)?
                }
                Ruling::Merged { class, merged, .. } => merge(current(*class), merged, &known)?,
                _ => return None,
            };
            let told = format!("{what}; {}; by {}", holds(&decision.ruling), origin(decision));
            Some(DecidedClass {
                id: class.id,
                name: class.name.clone(),
                decision: decision.id,
                told,
            })
        })
        .collect()
}

type Known<'a> = BTreeMap<ClassId, &'a FailureClass>;

/// The class that is told of, and what was done to it; `None` where neither half is known.
fn split<'a>(
    old: ClassId,
    n_stayed: usize,
    new: ClassId,
    n_left: usize,
    known: &Known<'a>,
) -> Option<(&'a FailureClass, String)> {
    let beside = |id: ClassId| match known.get(&id) {
        Some(class) => format!("{} ({id})", class.name),
        None => id.to_string(),
    };
    match (known.get(&new), known.get(&old)) {
        (Some(class), _) => {
            let what = format!("split off from {}, {n_left} from {n_stayed}", beside(old));
            Some((class, what))
        }
        (None, Some(class)) => {
            Some((class, format!("{n_left} split off as {}, {n_stayed} stayed", beside(new))))
        }
        (None, None) => None,
    }
}

fn merge<'a, M>(
    class: ClassId,
    merged: &[(ClassId, M)],
    known: &Known<'a>,
) -> Option<(&'a FailureClass, String)> {
    let others: Vec<String> = merged.iter().map(|(id, _)| id.to_string()).collect();
    Some((known.get(&class)?, format!("merged with {}", others.join(", "))))
}

/// `ann on 2026-01-02 (D-7: two causes)`.
fn origin(decision: &Decision) -> String {
    let origin = decision.origin();
    match (decision.by.why.trim(), origin.strip_suffix(')')) {
        ("", _) | (_, None) => origin,
        (why, Some(origin)) => format!("{origin}: {why})"),
    }
}

fn holds(ruling: &Ruling) -> &'static str {
    match ruling {
        Ruling::Merged { .. } => "no clustering takes them apart",
        _ => "no clustering brings them together",
    }
}

#[cfg(test)]
mod tests {
    use incident::IncidentId;

    use super::super::fixtures::{as_of, incident, recurring};
    use super::*;
    use crate::decision::{Attribution, Wish};

    fn class(number: u32) -> FailureClass {
        let days = ["2025-10-01", "2025-11-01"].map(|day| incident(day, 5));
        recurring(number, days.to_vec()).class
    }

    fn decision(number: u32, day: &str, why: &str, ruling: Ruling) -> Decision {
        Decision {
            id: DecisionId::new(number),
            by: Attribution { who: "ann".into(), why: why.into() },
            decided_at: format!("{day}T09:00:00Z").parse().expect("a time"),
            request_id: String::new(),
            wish: Wish::Undo { decision: DecisionId::new(0) },
            ruling,
        }
    }

    fn split_off(number: u32, day: &str) -> Decision {
        let ids = |ids: &[&str]| ids.iter().map(|id| IncidentId::new(*id)).collect();
        let (stayed, left) = (ids(&["a", "b"]), ids(&["c", "d", "e"]));
        let (class, new_class) = (ClassId::new(1), ClassId::new(2));
        decision(number, day, "two causes", Ruling::Divided { class, stayed, new_class, left })
    }

    fn merged(number: u32) -> Decision {
        let merged = vec![(ClassId::new(3), Vec::new()), (ClassId::new(4), Vec::new())];
        let ruling = Ruling::Merged { class: ClassId::new(1), members: Vec::new(), merged };
        decision(number, "2025-12-01", "", ruling)
    }

    fn told(decisions: &[Decision], classes: &[FailureClass]) -> Vec<String> {
        let decided = decided(decisions, classes, |id| id, as_of());
        decided.into_iter().map(|one| format!("{}: {}", one.id, one.told)).collect()
    }

    #[test]
    fn a_split_is_told_of_the_class_that_was_split_off() {
        let (old, new) = (class(1), class(2));
        let name = old.name.clone();
        assert_eq!(
            told(&[split_off(7, "2025-12-01")], &[old, new]),
            [format!(
                "FC-2: split off from {name} (FC-1), 3 from 2; no clustering brings them together; \
                 by ann on 2025-12-01 (D-7: two causes)"
            )]
        );
    }

    #[test]
    fn a_split_off_part_outside_the_scope_is_told_of_the_rest() {
        let found = told(&[split_off(7, "2025-12-01")], &[class(1)]);
        assert!(
            found[0].starts_with("FC-1: 3 split off as FC-2, 2 stayed; no clustering"),
            "{found:?}"
        );
        assert_eq!(told(&[split_off(7, "2025-12-01")], &[class(5)]), [""; 0]);
    }

    #[test]
    fn the_latest_stands_first_and_what_was_taken_back_or_came_later_is_not_told() {
        let both = [split_off(7, "2025-11-30"), merged(8)];
        let classes = [class(1), class(2)];
        let found = told(&both, &classes);
        assert!(
            found[0].starts_with("FC-1: merged with FC-3, FC-4; no clustering takes them apart")
        );
        assert!(found[0].ends_with("; by ann on 2025-12-01 (D-8)"), "{found:?}");
        assert_eq!(found.len(), 2);
        let undo = Ruling::Undone { decision: DecisionId::new(8) };
        let taken_back = [&both[..], &[decision(9, "2025-12-02", "", undo)]].concat();
        assert_eq!(told(&taken_back, &classes), found[1..]);
        assert_eq!(told(&[split_off(7, "2099-01-01")], &classes), [""; 0]);
    }
}
