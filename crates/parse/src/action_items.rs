//! Follow-ups: tables, lists, or lines under sub-headings.

use incident::{ActionItem, Moment};

use crate::block::{Kind, Line};
use crate::calendar::Calendar;
use crate::inline::{first_url, pattern};
use crate::meaning::Meaning;
use crate::outline::Outline;
use crate::table::{Row, Table, tables};
use entry::{line_entries, list_entries};
use item::items;

mod entry;
mod item;

/// What the names of the columns begin with, the likeliest first.
const ACTION: [&str; 11] = [
    "action",
    "task",
    "item",
    "todo",
    "descr",
    "follow",
    "what",
    "improvement",
    "measure",
    "title",
    "summary",
];
const PRIORITY: [&str; 3] = ["prio", "severity", "urgency"];
const OWNER: [&str; 7] = ["owner", "assign", "team", "responsible", "who", "dri", "poc"];
const DUE: [&str; 5] = ["due", "deadline", "target", "eta", "date"];
const STATUS: [&str; 4] = ["status", "state", "done", "progress"];
const CLOSED: [&str; 3] = ["closed", "completed", "finished"];
const LINK: [&str; 8] = ["ticket", "link", "url", "issue", "jira", "bug", "tracking", "pr"];

/// The action items of a page, in order.
pub(crate) fn action_items(outline: &Outline<'_>, calendar: &Calendar) -> Vec<ActionItem> {
    let mut items = Vec::new();
    for (at, section) in outline.of(Meaning::Actions) {
        let lines = promised(outline, at);
        for group in lines.chunk_by(|_, next| !is_heading(next)) {
            let heading = group.first().filter(|line| is_heading(line));
            let state = state_of_heading(heading.map_or(section.heading, Line::text));
            items.extend(group_items(group, calendar).into_iter().map(|mut item| {
                item.status = item.status.or_else(|| state.clone());
                item
            }));
        }
    }
    items
}

fn is_heading(line: &Line<'_>) -> bool {
    matches!(line.kind, Kind::Heading { .. })
}

/// The lines of section number `at` that promise something: of one that holds both tasks and thoughts
/// on what could be better, those of the tasks.
fn promised<'a>(outline: &Outline<'a>, at: usize) -> Vec<Line<'a>> {
    let has_tasks = outline.inside(at).any(|inner| inner.means(Meaning::Actions));
    let start = outline.sections[at].body.start;
    let mut kept = vec![true; outline.sections[at].body.len()];
    for inner in outline.inside(at) {
        let opening = inner.opening - start;
        if has_tasks && inner.means(Meaning::Lessons) {
            kept[opening..inner.body.end - start].fill(false);
        } else if inner.means(Meaning::Actions) && inner.lead.is_empty() {
            // A label such as `Tasks:` is no task; headings part the groups.
            kept[opening] = is_heading(&outline.lines[inner.opening]);
        }
    }
    let body = outline.body(&outline.sections[at]).iter();
    body.zip(kept).filter(|(_, kept)| *kept).map(|(line, _)| *line).collect()
}

/// The items under one heading: rows of a table, else a list, else lines of their own.
fn group_items(lines: &[Line<'_>], calendar: &Calendar) -> Vec<ActionItem> {
    let of_tables: Vec<ActionItem> =
        tables(lines).iter().flat_map(|table| rows(table, calendar)).collect();
    if !of_tables.is_empty() {
        return of_tables;
    }
    let is_list =
        lines.iter().any(|line| matches!(line.kind, Kind::Item { .. }) && !line.text().is_empty());
    let entries = if is_list { list_entries(lines) } else { line_entries(lines) };
    items(&entries, calendar)
}

fn rows(table: &Table, calendar: &Calendar) -> Vec<ActionItem> {
    let Some(action) = table.column(&ACTION) else {
        return Vec::new();
    };
    let other = |stems: &[&str]| table.column(stems).filter(|at| *at != action);
    let (priority, owner) = (other(&PRIORITY), other(&OWNER));
    let (due, closed) = (other(&DUE), other(&CLOSED));
    let status = other(&STATUS).filter(|at| Some(*at) != closed);
    let link = other(&LINK);
    let read = |row: &Row| {
        let action_text = row.text(Some(action))?;
        let moment = |column: Option<usize>| calendar.moment(&row.text(column)?);
        let cell = |column: Option<usize>| row.cells.get(column?).map(String::as_str);
        Some(ActionItem {
            priority: row.text(priority),
            owner: row.text(owner),
            due: moment(due).map(Moment::date),
            status: row.text(status),
            closed_at: moment(closed),
            url: cell(link).and_then(first_url).or_else(|| cell(Some(action)).and_then(first_url)),
            action: action_text,
            told: None,
        })
    };
    table.rows.iter().filter_map(read).collect()
}

/// What the heading says of the items under it: `Immediate actions (completed)`.
fn state_of_heading(heading: &str) -> Option<String> {
    let found = pattern!(r"(?i)[(\[](completed?|done|in progress|open)[)\]]").captures(heading)?;
    Some(found.get(1)?.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::scan;

    fn read(page: &str) -> Vec<ActionItem> {
        let lines = scan(page, 1);
        action_items(&Outline::new(&lines), &Calendar::default())
    }

    fn actions(page: &str) -> Vec<String> {
        read(page).into_iter().map(|item| item.action).collect()
    }

    #[test]
    fn tables_are_read_by_the_names_of_their_columns() {
        let items = read(
            "## Action Items\n\n| Prio | Task | Owner | Due | State | Ticket |\n|--|--|--|--|--|--|\n| P1 | Add an alert | SRE | 2025-01-02 | Done | [T-1](https://x.test/1) |\n| - | Tidy up | - | TBD | - | - |\n",
        );
        assert_eq!(
            items[0],
            ActionItem {
                priority: Some("P1".into()),
                action: "Add an alert".into(),
                owner: Some("SRE".into()),
                due: Some(jiff::civil::date(2025, 1, 2)),
                status: Some("Done".into()),
                closed_at: None,
                url: Some("https://x.test/1".into()),
                told: None,
            }
        );
        assert_eq!(items[1], ActionItem { action: "Tidy up".into(), ..ActionItem::default() });
    }

    #[test]
    fn boxes_tell_the_state() {
        let items = read("# Action items\n- [x] add a metric\n- [ ] add an alert\n- tidy up\n");
        let states: Vec<_> = items.iter().map(|item| item.status.as_deref()).collect();
        assert_eq!(states, [Some("done"), Some("open"), None]);
        let ticked = read("# Action items\n- \u{2705} add a metric\n");
        assert_eq!(
            (ticked[0].status.as_deref(), ticked[0].action.as_str()),
            (Some("done"), "add a metric")
        );
    }

    #[test]
    fn items_say_who_and_by_when() {
        let items = read(
            "## Next steps\n1. **[P2] Add an alert** (owner: SRE, due 2025-01-02)\n2. Tidy up @team-db\n3. Pin it (done)\n",
        );
        assert_eq!(
            (items[0].priority.as_deref(), items[0].action.as_str()),
            (Some("P2"), "Add an alert")
        );
        assert_eq!(
            (items[0].owner.as_deref(), items[0].due),
            (Some("SRE"), Some(jiff::civil::date(2025, 1, 2)))
        );
        assert_eq!(
            (items[1].owner.as_deref(), items[1].action.as_str()),
            (Some("team-db"), "Tidy up")
        );
        assert_eq!(
            (items[2].status.as_deref(), items[2].action.as_str()),
            (Some("done"), "Pin it")
        );
    }

    #[test]
    fn a_name_at_the_end_of_every_item_is_its_owner() {
        let owners = |page: &str| -> Vec<_> {
            read(page).into_iter().map(|item| (item.action, item.owner)).collect()
        };
        assert_eq!(
            owners("## Tasks\n- [x] Add an alert (Search team)\n- Pin it (SRE)\n"),
            [
                ("Add an alert".into(), Some("Search team".into())),
                ("Pin it".into(), Some("SRE".into()))
            ]
        );
        assert_eq!(
            owners("## Tasks\n- Add an alert (SRE)\n- Try another proxy (not now)\n"),
            [("Add an alert (SRE)".into(), None), ("Try another proxy (not now)".into(), None)]
        );
    }

    #[test]
    fn tasks_are_promised_and_improvements_are_not() {
        assert_eq!(
            actions(
                "**Preventive Measures:**\n- **Improvements:**\n  - better tests\n- **Tasks:**\n  1. **Write** tests\n     for all\n  2. Add an alert\n\nThis report ends here.\n"
            ),
            ["Write tests for all", "Add an alert"]
        );
        assert_eq!(
            actions("**Preventive Measures:**\n- **Improvements:**\n  - better tests\n"),
            ["better tests"]
        );
    }

    #[test]
    fn details_below_an_item_are_not_items() {
        assert_eq!(actions("## Tasks\n- one\n  - a detail\n- two\n"), ["one", "two"]);
        assert_eq!(actions("## Tasks\n1. one\n\n- a detail\n\n2. two\n"), ["one", "two"]);
        assert_eq!(
            actions("## Tasks\n- Alerts:\n  - one\n  - two\n- Docs:\n  - three\n"),
            ["one", "two", "three"]
        );
    }

    #[test]
    fn a_plain_page_has_a_line_per_item() {
        assert_eq!(
            actions(
                "Summary\nAll fell.\nSpecific Action Items\nLoad Testing\nAdd a stress test for logins\nwith many users\nCode Standards\nReview the checklist\nThis was bad. We will do better.\n"
            ),
            ["Add a stress test for logins with many users", "Review the checklist"]
        );
    }

    #[test]
    fn headings_part_groups_and_may_tell_their_state() {
        let items = read(
            "## Remediation\n### Immediate actions (completed)\n- pin it\n### Planned actions\n- move it\n",
        );
        let states: Vec<_> = items.iter().map(|item| item.status.as_deref()).collect();
        assert_eq!(states, [Some("completed"), None]);
    }

    #[test]
    fn broken_addresses_are_made_whole() {
        let items =
            read("Action Items\n- Add an alert https://x.test/infra\n/issues/7\nTimeline\n");
        assert_eq!(items[0].url.as_deref(), Some("https://x.test/infra/issues/7"));
    }

    #[test]
    fn placeholders_are_not_items() {
        assert_eq!(actions("Action Items\nNo comments added\n"), [""; 0]);
        assert_eq!(actions("## Action Items\n-\n- TBD\n"), [""; 0]);
    }
}
