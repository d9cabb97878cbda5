//! What the states of tickets did.

use relapse::proto::{Problem, TicketSummary};

use super::page::{Look, Page};
use super::paint::Tone;
use super::words::count;

/// How many tickets without a follow-up are listed.
const UNMATCHED_SHOWN: usize = 20;

/// The summary, then what was refused, then which tickets track nothing.
pub fn tickets(summary: &TicketSummary, look: Look) -> String {
    let mut page = Page::new(look);
    page.tell(Tone::Strong, &count(summary.tickets as usize, "ticket", "tickets"));
    for (number, what) in [
        (summary.done, "done"),
        (summary.dropped, "dropped: closed without being done"),
        (summary.open, "open"),
        (summary.unchanged, "unchanged"),
        (summary.unmatched, "track no action item"),
        (summary.refused, "refused"),
    ] {
        if number > 0 {
            page.item(Tone::Plain, &format!("{number:>5} "), what);
        }
    }
    list(&mut page, "Refused", &summary.problems, summary.problems.len());
    list(&mut page, "Track no action item", &summary.unmatched_tickets, UNMATCHED_SHOWN);
    page.finish()
}

fn list(page: &mut Page, heading: &str, problems: &[Problem], shown: usize) {
    if problems.is_empty() {
        return;
    }
    page.heading(heading);
    for problem in problems.iter().take(shown) {
        let Problem { file, line, field, reason } = problem;
        page.item(Tone::Plain, "- ", &format!("{file}:{line}: {field}: {reason}"));
    }
    let more = problems.len().saturating_sub(shown);
    if more > 0 {
        page.say(&format!("and {more} more; `--output json` has them all"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_happened_is_told() {
        let problem = Problem {
            file: "t.csv".into(),
            line: 3,
            field: "closed_at".into(),
            reason: "`soon`; expected a date".into(),
        };
        let summary = TicketSummary {
            tickets: 4,
            done: 2,
            dropped: 1,
            refused: 1,
            problems: vec![problem],
            ..TicketSummary::default()
        };
        assert_eq!(
            tickets(&summary, Look::plain(80)),
            concat!(
                "4 tickets\n    2 done\n    1 dropped: closed without being done\n    1 refused\n",
                "\nRefused\n- t.csv:3: closed_at: `soon`; expected a date\n"
            )
        );
    }
}
