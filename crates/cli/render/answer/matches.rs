//! One match of an answer, with its reasons.

use relapse::proto::{Contribution, Match, Rating, Status};

use super::super::page::Page;
use super::super::paint::Tone;
use super::super::table::{Column, Table};
use super::super::words::{date, joined, minutes, status};

/// The terms shown as reasons.
const REASONS_MAX: usize = 4;

/// How much of a score is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// The terms that weigh most.
    Reasons,
    /// Every part.
    All,
}

/// Writes `found` behind `lead`.
pub(super) fn write_match(page: &mut Page, lead: &str, found: &Match, detail: Detail) {
    let age = found.age_days.map_or_else(String::new, |days| format!(" ({days} d ago)"));
    let date = date(found.started_at.as_ref(), found.started_at_date_only);
    page.row(&format!("{lead}{:.2}  {date}{age}", found.score));
    let lead = " ".repeat(lead.len());
    page.item(Tone::Strong, &lead, &found.title);
    page.item(Tone::Plain, &lead, &about(found));
    page.item(Tone::Plain, &lead, &reasons(found));
    page.item(Tone::Plain, &lead, &differences(found));
    found.ratings.iter().for_each(|rating| page.item(Tone::Warning, &lead, &marked(rating)));
    page.item(Tone::Plain, &lead, &found.url);
    if detail == Detail::All {
        write_contributions(page, found);
    }
}

fn about(found: &Match) -> String {
    let resolved =
        found.time_to_resolve_minutes.map(|taken| format!("resolved in {}", minutes(taken.into())));
    // How long it took says that it is over.
    let state = match (&resolved, found.status()) {
        (Some(_), Status::Resolved) => "",
        (_, state) => status(state),
    };
    let collapsed = match found.collapsed_count {
        0 => String::new(),
        more => format!("stands for {more} more"),
    };
    joined([
        &found.services.join(", "),
        &found.severity,
        state,
        &resolved.unwrap_or_default(),
        &found.incident_id,
        &found.class_id,
        &collapsed,
    ])
}

/// `because handshakes (title) 73 %, certificate (root cause) 27 %`.
fn reasons(found: &Match) -> String {
    let parts = found.contributions.iter();
    let terms = parts.filter(|part| !part.term.is_empty() && part.contribution > 0.0);
    let reasons: Vec<_> = terms
        .take(REASONS_MAX)
        .map(|part| format!("{} ({}) {}", part.term, field(part), share(part, found.score)))
        .collect();
    match reasons.is_empty() {
        true => String::new(),
        false => format!("because {}", reasons.join(", ")),
    }
}

fn differences(found: &Match) -> String {
    match found.differs.is_empty() {
        true => String::new(),
        false => format!("differs: {}", found.differs.join("; ")),
    }
}

/// `marked not the same by ann on 2026-11-02: another cause`.
fn marked(rating: &Rating) -> String {
    let word = if rating.useful { "the same" } else { "not the same" };
    let day = date(rating.rated_at.as_ref(), true);
    let why = if rating.why.is_empty() { String::new() } else { format!(": {}", rating.why) };
    format!("marked {word} by {} on {day}{why}", rating.who)
}

fn write_contributions(page: &mut Page, found: &Match) {
    let mut table = Table::new(["Part", "Share", "Field", "Term"].map(Column::new));
    for part in &found.contributions {
        let value = format!("{:+.4}", part.contribution);
        let share = share(part, found.score);
        table.row(Tone::Plain, [value, share, field(part), part.term.clone()]);
    }
    table.write(page);
}

fn field(part: &Contribution) -> String {
    part.field.replace('_', " ")
}

fn share(part: &Contribution, score: f64) -> String {
    if score <= 0.0 {
        return "-".into();
    }
    format!("{:.0} %", part.contribution / score * 100.0)
}

#[cfg(test)]
mod tests {
    use super::super::super::page::Look;
    use super::*;

    fn part(field: &str, term: &str, contribution: f64) -> Contribution {
        Contribution { field: field.into(), term: term.into(), contribution }
    }

    fn found() -> Match {
        Match {
            title: "Disk full".into(),
            score: 0.5,
            contributions: vec![
                part("title", "disk", 0.4),
                part("root_cause", "inode", 0.2),
                part("hubness", "", -0.1),
            ],
            ..Match::default()
        }
    }

    #[test]
    fn only_terms_that_speak_for_it_are_reasons() {
        assert_eq!(reasons(&found()), "because disk (title) 80 %, inode (root cause) 40 %");
        assert_eq!(reasons(&Match::default()), "");
    }

    #[test]
    fn every_part_is_listed_when_all_are_asked_for() {
        let mut page = Page::new(Look::plain(72));
        write_match(&mut page, "1. ", &found(), Detail::All);
        let text = page.finish();
        assert!(text.contains("-0.1000  -20 %  hubness"), "{text}");
    }

    #[test]
    fn what_people_said_of_it_is_shown() {
        let rated_at = Some(prost_types::Timestamp { seconds: 1_793_577_600, nanos: 0 });
        let rating =
            |useful, why: &str| Rating { useful, who: "ann".into(), why: why.into(), rated_at };
        assert_eq!(marked(&rating(true, "")), "marked the same by ann on 2026-11-02");
        let why = marked(&rating(false, "another cause"));
        assert_eq!(why, "marked not the same by ann on 2026-11-02: another cause");
    }

    #[test]
    fn that_it_is_over_is_said_once() {
        let mut over = found();
        over.status = Status::Resolved.into();
        assert_eq!(about(&over), "resolved");
        over.time_to_resolve_minutes = Some(45);
        assert_eq!(about(&over), "resolved in 45 min");
        over.status = Status::Mitigated.into();
        assert_eq!(about(&over), "mitigated, resolved in 45 min");
    }

    #[test]
    fn a_score_of_nothing_has_no_shares() {
        assert_eq!(share(&part("title", "a", 0.0), 0.0), "-");
    }
}
