//! Decisions, and what came of them.

use relapse::proto::decision::Change;
use relapse::proto::{
    Attribution, Decision, FailureClass, LinkIncidentsResponse, ListDecisionsResponse,
    MergeFailureClassesResponse, PinFailureClassResponse, ReclusterResponse,
    RenameFailureClassResponse, SplitFailureClassResponse, UndoDecisionResponse,
    UnlinkIncidentsResponse,
};

use super::class::happened;
use super::page::{Look, Page};
use super::paint::Tone;
use super::table::{Column, Table};
use super::words::{count, date};

/// How many ids are named one by one.
const IDS_SHOWN: usize = 5;
/// How many events of a batch pass are told one by one.
const EVENTS_SHOWN: usize = 20;

/// The renamed class.
pub fn renamed(response: &RenameFailureClassResponse, look: Look) -> String {
    decided(response.decision.as_ref(), [response.failure_class.as_ref()], look)
}

/// The pinned or released class.
pub fn pinned(response: &PinFailureClassResponse, look: Look) -> String {
    decided(response.decision.as_ref(), [response.failure_class.as_ref()], look)
}

/// The merged class.
pub fn merged(response: &MergeFailureClassesResponse, look: Look) -> String {
    decided(response.decision.as_ref(), [response.failure_class.as_ref()], look)
}

/// Both classes after a split.
pub fn divided(response: &SplitFailureClassResponse, look: Look) -> String {
    let classes = [response.failure_class.as_ref(), response.new_failure_class.as_ref()];
    decided(response.decision.as_ref(), classes, look)
}

/// The class of two linked incidents.
pub fn linked(response: &LinkIncidentsResponse, look: Look) -> String {
    decided(response.decision.as_ref(), [response.failure_class.as_ref()], look)
}

/// The classes of two unlinked incidents.
pub fn unlinked(response: &UnlinkIncidentsResponse, look: Look) -> String {
    let mut page = Page::new(look);
    tell(&mut page, response.decision.as_ref());
    if let Some(Change::Unlinked(pair)) =
        response.decision.as_ref().and_then(|decision| decision.change.as_ref())
    {
        for (id, class) in [
            (&pair.incident_id, &response.class_id),
            (&pair.other_incident_id, &response.other_class_id),
        ] {
            page.say(&match class.as_str() {
                "" => format!("{id} is a one-off now"),
                class => format!("{id} is in {class} now"),
            });
        }
    }
    page.finish()
}

/// What was taken back.
pub fn undone(response: &UndoDecisionResponse, look: Look) -> String {
    let mut page = Page::new(look);
    tell(&mut page, response.decision.as_ref());
    if let Some(undone) = &response.undone {
        page.say(&format!("no longer holds: {}", what(undone)));
    }
    page.finish()
}

/// The decisions as a table, in the order of the message.
pub fn decisions(listed: &ListDecisionsResponse, look: Look) -> String {
    let mut page = Page::new(look);
    if listed.decisions.is_empty() {
        page.say("Nothing was decided so far.");
        return page.finish();
    }
    let mut table = Table::new([
        Column::id("Decision").labelled(""),
        Column::new("Date").labelled(""),
        Column::new("Who").labelled("by"),
        Column::new("State").labelled(""),
        Column::new("What").labelled(""),
        Column::new("Why").labelled("because"),
    ]);
    for decision in &listed.decisions {
        let tone = if decision.undone_by.is_empty() { Tone::Plain } else { Tone::Faint };
        table.row(tone, cells(decision));
    }
    table.write(&mut page);
    page.gap();
    page.tell(Tone::Faint, &count(listed.decisions.len(), "decision", "decisions"));
    page.finish()
}

/// What a batch pass changed.
pub fn reclustered(response: &ReclusterResponse, look: Look) -> String {
    let mut page = Page::new(look);
    let classes = count(response.classes as usize, "class", "classes");
    page.tell(Tone::Strong, &format!("Batch pass {}: {classes}", response.pass));
    if response.events.is_empty() {
        page.say("Nothing changed.");
    }
    for event in response.events.iter().take(EVENTS_SHOWN) {
        page.item(Tone::Plain, "- ", &happened(event, ""));
    }
    let more = response.events.len().saturating_sub(EVENTS_SHOWN);
    if more > 0 {
        page.say(&format!("and {more} more; `--output json` has them all"));
    }
    page.finish()
}

fn decided<const N: usize>(
    decision: Option<&Decision>,
    classes: [Option<&FailureClass>; N],
    look: Look,
) -> String {
    let mut page = Page::new(look);
    tell(&mut page, decision);
    for class in classes.into_iter().flatten() {
        let total = class.occurrences.map_or(0, |counted| counted.total);
        let occurrences = count(total as usize, "occurrence", "occurrences");
        page.say(&format!("{}: {}, {occurrences}", class.id, class.name));
    }
    page.finish()
}

fn tell(page: &mut Page, decision: Option<&Decision>) {
    if let Some(decision) = decision {
        page.tell(Tone::Strong, &format!("{}: {}", decision.id, what(decision)));
    }
}

fn cells(decision: &Decision) -> [String; 6] {
    let Attribution { who, why } = decision.attribution.clone().unwrap_or_default();
    let state = match decision.undone_by.as_str() {
        "" => "stands".to_owned(),
        by => format!("undone by {by}"),
    };
    let at = date(decision.decided_at.as_ref(), false);
    [decision.id.clone(), at, who, state, what(decision), why]
}

/// What was decided, in a line.
fn what(decision: &Decision) -> String {
    match &decision.change {
        None => "nothing that this version knows".to_owned(),
        Some(Change::Renamed(it)) if it.name.is_empty() => {
            format!("{} is named by its members again", it.class_id)
        }
        Some(Change::Renamed(it)) => format!("{} is named \"{}\"", it.class_id, it.name),
        Some(Change::Pinned(it)) if it.pinned => format!("{} is pinned", it.class_id),
        Some(Change::Pinned(it)) => format!("{} is released", it.class_id),
        Some(Change::Merged(it)) => {
            format!("{} merged into {}", it.merged_class_ids.join(", "), it.class_id)
        }
        Some(Change::Divided(it)) => {
            format!(
                "{} split off from {} as {}",
                ids(&it.incident_ids),
                it.class_id,
                it.new_class_id
            )
        }
        Some(Change::Linked(it)) => {
            format!("{} is the same failure as {}", it.incident_id, it.other_incident_id)
        }
        Some(Change::Unlinked(it)) => {
            format!("{} is not the same failure as {}", it.incident_id, it.other_incident_id)
        }
        Some(Change::Undone(it)) => format!("{} taken back", it.decision_id),
    }
}

/// The first few ids, and how many more there are.
fn ids(ids: &[String]) -> String {
    let shown = ids.iter().take(IDS_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match ids.len().saturating_sub(IDS_SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use relapse::proto::{Divided, Merged, Occurrences, Undone};

    use super::*;

    fn decision(change: Change) -> Decision {
        Decision {
            id: "D-7".into(),
            attribution: Some(Attribution { who: "ann".into(), why: "two causes".into() }),
            change: Some(change),
            ..Decision::default()
        }
    }

    fn split() -> Decision {
        decision(Change::Divided(Divided {
            class_id: "FC-3".into(),
            new_class_id: "FC-9".into(),
            incident_ids: (1..=7).map(|number| format!("INC-{number}")).collect(),
        }))
    }

    #[test]
    fn a_split_tells_both_classes() {
        let class = |id: &str, total| FailureClass {
            id: id.into(),
            name: "handshake failure".into(),
            occurrences: Some(Occurrences { total, ..Occurrences::default() }),
            ..FailureClass::default()
        };
        let response = SplitFailureClassResponse {
            decision: Some(split()),
            failure_class: Some(class("FC-3", 4)),
            new_failure_class: Some(class("FC-9", 7)),
        };
        assert_eq!(
            divided(&response, Look::plain(100)),
            concat!(
                "D-7: INC-1, INC-2, INC-3, INC-4, INC-5 and 2 more split off from FC-3 as\n",
                "FC-9\n",
                "FC-3: handshake failure, 4 occurrences\n",
                "FC-9: handshake failure, 7 occurrences\n"
            )
        );
    }

    #[test]
    fn the_history_says_what_stands() {
        let merged = decision(Change::Merged(Merged {
            class_id: "FC-1".into(),
            merged_class_ids: vec!["FC-2".into(), "FC-4".into()],
        }));
        let undone = Decision { undone_by: "D-8".into(), ..merged };
        let undo = decision(Change::Undone(Undone { decision_id: "D-7".into() }));
        let listed = ListDecisionsResponse {
            decisions: vec![undo, undone],
            ..ListDecisionsResponse::default()
        };
        let text = decisions(&listed, Look::plain(120));
        assert!(text.contains("undone by D-8  FC-2, FC-4 merged into FC-1  two causes"), "{text}");
        assert!(text.contains("stands         D-7 taken back"), "{text}");
    }
}
