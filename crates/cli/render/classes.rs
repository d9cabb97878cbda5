//! The list of failure classes.

use relapse::proto::{FailureClass, ListFailureClassesResponse};

use super::page::{Look, Page};
use super::paint::Tone;
use super::table::{Column, Table};
use super::words::{count, date, days, fix_in_short, times_the_gap};

/// The classes as a table, in the order of the message.
pub fn classes(listed: &ListFailureClassesResponse, look: Look) -> String {
    let mut page = Page::new(look);
    if listed.classes.is_empty() {
        page.say("No failure has come back so far.");
        return page.finish();
    }
    let mut table = Table::new([
        Column::new("Class").labelled(""),
        Column::new("Count"),
        Column::new("90 d").labelled("in 90 d").dispensable(),
        Column::new("Last seen"),
        Column::new("Quiet").dispensable(),
        Column::new("Usual gap").dispensable(),
        Column::new("Fix").labelled("fix:"),
        Column::new("Name"),
    ]);
    for class in &listed.classes {
        table.row(Tone::Plain, cells(class));
    }
    table.write(&mut page);
    page.gap();
    page.tell(Tone::Faint, &count(listed.classes.len(), "class", "classes"));
    page.finish()
}

fn cells(class: &FailureClass) -> [String; 8] {
    let counted = class.occurrences.unwrap_or_default();
    let quiet = class.quiet_ratio.map(times_the_gap);
    let gap = class.gap_days.as_ref().map(|gap| days(gap.median));
    [
        class.id.clone(),
        counted.total.to_string(),
        counted.in_90d.to_string(),
        date(class.last_seen.as_ref(), true),
        quiet.unwrap_or_default(),
        gap.unwrap_or_default(),
        fix_in_short(class.fix_status()).to_owned(),
        class.name.clone(),
    ]
}

#[cfg(test)]
mod tests {
    use prost_types::Timestamp;
    use relapse::proto::{FixStatus, GapDays, Occurrences};

    use super::super::wrap::columns;
    use super::*;

    fn listed() -> ListFailureClassesResponse {
        let class = FailureClass {
            id: "FC-3".into(),
            name: "handshake failure with the token service".into(),
            occurrences: Some(Occurrences { total: 11, in_30d: 0, in_90d: 5, in_365d: 9 }),
            last_seen: Some(Timestamp { seconds: 1_759_460_220, nanos: 0 }),
            gap_days: Some(GapDays { median: 12.0, ..GapDays::default() }),
            quiet_ratio: Some(3.1),
            fix_status: FixStatus::Overdue.into(),
            ..FailureClass::default()
        };
        ListFailureClassesResponse { classes: vec![class], ..ListFailureClassesResponse::default() }
    }

    #[test]
    fn a_class_is_one_row() {
        assert_eq!(
            classes(&listed(), Look::plain(120)),
            concat!(
                "Class  Count  90 d  Last seen   Quiet  Usual gap  Fix      Name\n",
                "FC-3   11     5     2025-10-03  3.1 x  12 d       overdue  ",
                "handshake failure with the token service\n\n1 class\n"
            )
        );
    }

    #[test]
    fn on_a_narrow_screen_nothing_is_cut_off() {
        let text = classes(&listed(), Look::plain(40));
        assert!(text.lines().all(|line| columns(line) <= 40), "{text}");
        assert!(
            text.starts_with(
                "handshake failure with the token service\n  FC-3, count 11, in 90 d 5, last seen"
            ),
            "{text}"
        );
    }

    #[test]
    fn an_empty_list_says_so() {
        let text = classes(&ListFailureClassesResponse::default(), Look::plain(80));
        assert_eq!(text, "No failure has come back so far.\n");
    }
}
