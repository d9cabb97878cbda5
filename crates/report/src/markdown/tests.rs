//! What a report looks like.

use incident::{ActionItem, AsOf, Incident, Moment};
use recurrence::{ClassLabel, History, Period, Recurring, describe, report};

use super::*;

fn as_of() -> AsOf {
    AsOf::parse("2026-02-26").expect("a day")
}

fn incident(day: &str, minutes: u32) -> Incident {
    Incident {
        started_at: Moment::parse(day).ok(),
        duration_minutes: Some(minutes),
        root_cause: Some("the cache was emptied by a deploy".into()),
        ..Incident::new("jsonl", day, format!("Cache stampede on {day}"))
    }
}

fn promising(mut incident: Incident, action: &str, due: &str) -> Incident {
    incident.action_items.push(ActionItem {
        action: action.into(),
        owner: Some("platform".into()),
        due: due.parse().ok(),
        ..ActionItem::default()
    });
    incident
}

fn reported(members: Vec<Incident>, one_offs: Vec<Incident>, since: Option<&str>) -> Reported {
    let label = ClassLabel {
        id: ClassId::new(3),
        name: "Cache | stampede".into(),
        terms: vec![],
        pinned: false,
    };
    let class = describe(label, &members, as_of());
    let since = since.map(|since| since.parse().expect("a time"));
    let history = History { classes: vec![Recurring { class: class.clone(), members }], one_offs };
    let period = Period { since, until: as_of().at };
    Reported { report: report(&history, period, as_of()), classes: vec![class] }
}

fn sample() -> Reported {
    let members = vec![
        promising(incident("2025-12-03", 35), "stagger the `expiry` | all of it", "2026-01-15"),
        incident("2026-01-07", 20),
        incident("2026-02-10", 265),
    ];
    let mut one_off = incident("2026-02-01", 90);
    one_off.title = "<script>alert(1)</script>\n# Fibre cut".into();
    reported(members, vec![one_off], Some("2026-01-01T00:00:00Z"))
}

#[test]
fn a_report_reads_like_this() {
    let scope = Scope { services: vec!["edge".into(), "a_b".into()], ..Scope::default() };
    let expected = "\
# What keeps coming back

From 2026-01-01 to 2026-02-26, as known on 2026-02-26.
Services: edge, a\\_b.

**3 incidents, 2 of them of 1 failure that keeps coming back.**

- All of them cost: 6 h 15 min
- Those that recur cost: 4 h 45 min

| failure | times | before | last seen | usual gap | did the fix hold? | cost |
| --- | ---: | ---: | --- | ---: | --- | --- |
| **Cache \\| stampede** (FC-3) | 2 | 1 | 2026-02-10 | 34.5 d | a follow-up is overdue | 4 h 45 min |

## Overdue follow-ups

| follow-up | owner | due | days overdue | back since | failure | promised after | state |
| --- | --- | --- | ---: | ---: | --- | --- | --- |
| stagger the \\`expiry\\` \\| all of it | platform | 2026-01-15 | 42 | 2 | Cache \\| stampede | 2025-12-03 | no record that it was done |

## One-offs

- 2026-02-01: \\<script\\>alert(1)\\</script\\> \\# Fibre cut (2026-02-01), over in 1 h 30 min
";
    assert_eq!(page(&sample(), &scope), expected);
}

#[test]
fn each_row_of_a_table_is_one_line_with_its_cells() {
    let text = page(&sample(), &Scope::default());
    for line in text.lines().filter(|line| line.starts_with('|')) {
        let cells = line.replace("\\|", "").matches('|').count() - 1;
        assert!(cells == 7 || cells == 8, "{line}");
    }
}

#[test]
fn an_empty_period_says_so() {
    let nothing = reported(vec![incident("2025-12-03", 35)], vec![], Some("2026-02-01T00:00:00Z"));
    let text = page(&nothing, &Scope::default());
    assert!(text.contains("**0 incidents"), "{text}");
    assert!(text.contains("\nNothing came back in this period.\n"), "{text}");
    assert!(!text.contains("## "), "{text}");
}

#[test]
fn the_whole_history_has_no_period_before() {
    let whole =
        reported(vec![incident("2025-12-03", 35), incident("2026-01-07", 20)], vec![], None);
    let text = page(&whole, &Scope::default());
    assert!(text.contains("The whole history up to 2026-02-26"), "{text}");
    assert!(text.contains("| 2 | - | 2026-01-07 | 35 d | no follow-up was filed |"), "{text}");
}

#[test]
fn a_long_list_is_cut_and_says_so() {
    let one_offs = (0..ROWS_MAX + 7).map(|number| Incident {
        id: incident::IncidentId::new(format!("n{number}")),
        ..incident("2026-02-01", 5)
    });
    let long = reported(vec![], one_offs.collect(), None);
    let text = page(&long, &Scope::default());
    assert_eq!(text.matches("\n- 2026-02-01").count(), ROWS_MAX);
    assert!(text.ends_with("\nAnd 7 more.\n"), "{text}");
}
