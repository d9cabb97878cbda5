//! The answer card: readable on a phone at 3 am, the verdict and the fix before the list.

use relapse::card::same_failure;
use relapse::proto::{FindSimilarResponse, FixStatus, Match, Verdict, Warning};

use self::matches::{Detail, write_match};
use super::follow_up;
use super::page::{Look, Page};
use super::paint::Tone;
use super::words::{
    count, date, fix_status, occurrences, rhythm, sureness, time_to_resolve, verdict, warning,
};

mod matches;

/// The card; with `explain` every part of every score.
pub fn answer(answer: &FindSimilarResponse, look: Look, explain: bool) -> String {
    let detail = if explain { Detail::All } else { Detail::Reasons };
    let mut page = Page::new(look);
    write_verdict(&mut page, answer);
    write_fix(&mut page, answer);
    write_next_steps(&mut page, answer);
    follow_up::most_telling(&mut page, &answer.action_items);
    write_class(&mut page, answer);
    write_matches(&mut page, answer, detail);
    write_warnings(&mut page, answer);
    write_searched(&mut page, answer);
    page.finish()
}

fn write_verdict(page: &mut Page, answer: &FindSimilarResponse) {
    let (word, tone) = verdict(answer.verdict());
    page.tell(tone, word);
    page.tell(Tone::Strong, &answer.headline);
    if let Some(confidence) = answer.confidence {
        page.say(&sureness(confidence, answer.calibration_cases));
    }
}

/// Whether the fix held; what fixed it, and why it happened, in the words of the best match that says so.
fn write_fix(page: &mut Page, answer: &FindSimilarResponse) {
    if !matches!(answer.verdict(), Verdict::Recurrence | Verdict::Similar) {
        return;
    }
    page.gap();
    // What is only similar had a fix of its own.
    let place = if answer.verdict() == Verdict::Similar { " there" } else { "" };
    let (word, tone) = fix_status(answer.fix_status());
    if answer.fix_status() != FixStatus::Unspecified {
        page.item(tone, &format!("Fix{place}: "), word);
    }
    let same = same_failure(&answer.matches);
    let fixed = same.iter().find_map(|found| Some((found, found.resolution.as_ref()?)));
    if let Some((found, resolution)) = fixed {
        page.say(&format!("What fixed it{place} ({}):", found.incident_id));
        page.quote("  ", &resolution.text, &found.incident_id);
    }
    if let Some(found) = same.iter().find(|found| !found.root_cause.trim().is_empty()) {
        page.say(&format!("Root cause{place} ({}):", found.incident_id));
        page.quote("  ", &found.root_cause, &found.incident_id);
    }
}

fn write_next_steps(page: &mut Page, answer: &FindSimilarResponse) {
    if answer.next_steps.is_empty() {
        return;
    }
    page.heading("What was done before:");
    for (number, step) in answer.next_steps.iter().enumerate() {
        page.quote(&format!("{}. ", number + 1), &step.text, &step.incident_id);
        let used = count(step.times_used as usize, "time", "times");
        let held = format!("used {used}, held {}", step.times_held);
        page.item(Tone::Plain, "   ", &format!("{held}; from {}", step.incident_id));
    }
}

fn write_class(page: &mut Page, answer: &FindSimilarResponse) {
    let Some(class) = &answer.failure_class else {
        return;
    };
    page.heading(&format!("Class {}: {}", class.id, class.name));
    page.say(&occurrences(class));
    page.say(&rhythm(class));
    let resolved = time_to_resolve(class);
    if !resolved.is_empty() {
        page.say(&format!("time to resolve: {resolved}"));
    }
}

fn write_matches(page: &mut Page, answer: &FindSimilarResponse, detail: Detail) {
    if !answer.matches.is_empty() {
        page.heading("Matches");
    }
    for (number, found) in answer.matches.iter().enumerate() {
        write_match(page, &format!("{}. ", number + 1), found, detail);
    }
    if let Some(nearest) = &answer.nearest_miss {
        page.heading("Nearest, but not close");
        write_match(page, "", nearest, detail);
    }
}

fn write_warnings(page: &mut Page, answer: &FindSimilarResponse) {
    if !answer.warnings.is_empty() {
        page.gap();
    }
    for limit in answer.warnings() {
        let told = match limit {
            Warning::FieldEmpty => field_empty(answer.matches.first()),
            limit => warning(limit),
        };
        page.item(Tone::Warning, "Note: ", told);
    }
}

/// Which of the two the best match leaves out.
fn field_empty(best: Option<&Match>) -> &'static str {
    let cause = best.is_some_and(|best| !best.root_cause.trim().is_empty());
    let resolution = best.is_some_and(|best| best.resolution.is_some());
    match (cause, resolution) {
        (false, true) => "the best match states no root cause",
        (true, false) => "the best match states no resolution",
        (false, false) => "the best match states neither root cause nor resolution",
        (true, true) => warning(Warning::FieldEmpty),
    }
}

fn write_searched(page: &mut Page, answer: &FindSimilarResponse) {
    let Some(searched) = &answer.searched else {
        return;
    };
    page.gap();
    let number = count(searched.incidents as usize, "incident", "incidents");
    let as_of = date(searched.as_of.as_ref(), false);
    let scope = match searched.filters {
        Some(_) => " that pass the filters",
        None => "",
    };
    page.tell(Tone::Faint, &format!("Searched {number}{scope} up to {as_of} UTC."));
    if !answer.query_id.is_empty() && !answer.matches.is_empty() {
        page.tell(
            Tone::Faint,
            &format!("Right or wrong? relapse useful {} ID yes|no", answer.query_id),
        );
    }
}

#[cfg(test)]
mod tests {
    use prost_types::Timestamp;
    use relapse::proto::{
        Contribution, FailureClass, FollowUp, NextStep, Occurrences, Resolution, Searched,
    };

    use super::super::paint::Paint;
    use super::super::wrap::columns;
    use super::*;

    const NIGHT: Timestamp = Timestamp { seconds: 1_759_460_220, nanos: 0 };

    fn best() -> Match {
        Match {
            incident_id: "INC-7".into(),
            title: "Handshakes with the token service fail".into(),
            started_at: Some(NIGHT),
            age_days: Some(12),
            services: vec!["auth".into()],
            score: 0.8249,
            contributions: vec![
                contribution("title", "handshakes", 0.6),
                contribution("root_cause", "certificate", 0.2249),
            ],
            root_cause: "The chain lacked its intermediate certificate.".into(),
            resolution: Some(Resolution {
                text: "Installed the full chain and reloaded the proxies.".into(),
                field: "resolution".into(),
            }),
            class_id: "FC-3".into(),
            ..Match::default()
        }
    }

    fn contribution(field: &str, term: &str, contribution: f64) -> Contribution {
        Contribution { field: field.into(), term: term.into(), contribution }
    }

    fn recurrence() -> FindSimilarResponse {
        FindSimilarResponse {
            verdict: Verdict::Recurrence.into(),
            headline: "5th handshake failure on auth in 90 d; last 12 d ago; last fix did not hold"
                .into(),
            failure_class: Some(FailureClass {
                id: "FC-3".into(),
                name: "handshake failure".into(),
                occurrences: Some(Occurrences { total: 11, in_30d: 2, in_90d: 5, in_365d: 9 }),
                ..FailureClass::default()
            }),
            fix_status: FixStatus::RecurredAfterFix.into(),
            action_items: vec![FollowUp {
                action: "Alert on chains that expire".into(),
                days_overdue: 34,
                ..FollowUp::default()
            }],
            matches: vec![best()],
            next_steps: vec![NextStep {
                text: "Reload the proxies".into(),
                incident_id: "INC-7".into(),
                times_used: 2,
                times_held: 1,
            }],
            warnings: vec![Warning::NotCalibrated.into()],
            searched: Some(Searched { incidents: 116, as_of: Some(NIGHT), ..Searched::default() }),
            ..FindSimilarResponse::default()
        }
    }

    #[track_caller]
    fn in_order(text: &str, parts: &[&str]) {
        let mut rest = text;
        for part in parts {
            let place = rest
                .find(part)
                .unwrap_or_else(|| unreachable!("`{part}` is missing or late in\n{text}"));
            rest = &rest[place + part.len()..];
        }
    }

    #[test]
    fn the_verdict_and_the_fix_come_before_the_list() {
        let text = answer(&recurrence(), Look::plain(80), false);
        in_order(
            &text,
            &[
                "RECURRENCE\n5th handshake failure",
                "Fix: did not hold, the failure came back\nWhat fixed it (INC-7):\n  \"Installed the full chain",
                "Root cause (INC-7):",
                "What was done before:\n1. \"Reload the proxies\"\n   used 2 times, held 1; from INC-7",
                "- Alert on chains that expire\n  34 d overdue",
                "Class FC-3: handshake failure\n11 in all",
                "1. 0.82  2025-10-03 02:57 (12 d ago)",
                "Handshakes with the token service fail",
                "because handshakes (title) 73 %, certificate (root cause) 27 %",
                "Note: not calibrated",
            ],
        );
        assert!(
            text.ends_with("\n\nSearched 116 incidents up to 2025-10-03 02:57 UTC.\n"),
            "{text}"
        );
    }

    #[test]
    fn it_is_readable_at_forty_columns() {
        for width in [40, 80] {
            let text = answer(&recurrence(), Look::plain(width), true);
            let widest = text.lines().map(columns).max().expect("it has lines");
            assert!(widest <= width.min(Look::PROSE_COLUMNS_MAX), "{widest}:\n{text}");
        }
    }

    #[test]
    fn what_is_new_shows_the_nearest_miss_and_no_fix() {
        let text = answer(
            &FindSimilarResponse {
                verdict: Verdict::New.into(),
                headline: "Nothing like it in 116 incidents".into(),
                nearest_miss: Some(best()),
                ..FindSimilarResponse::default()
            },
            Look::plain(80),
            false,
        );
        in_order(&text, &["NEW\nNothing like it", "Nearest, but not close\n0.82"]);
        assert!(!text.contains("What fixed it"), "{text}");
    }

    #[test]
    fn the_fix_of_another_failure_is_not_shown_as_its_fix() {
        let mut given = recurrence();
        let mut silent = best();
        silent.resolution = None;
        let mut other = best();
        other.incident_id = "INC-9".into();
        other.class_id = "FC-4".into();
        given.matches = vec![silent, other.clone()];
        assert!(!answer(&given, Look::plain(80), false).contains("What fixed it"));
        other.class_id = "FC-3".into();
        given.matches[1] = other;
        assert!(answer(&given, Look::plain(80), false).contains("What fixed it (INC-9):"));
    }

    #[test]
    fn the_fix_of_a_similar_failure_is_not_called_the_fix() {
        let mut given = recurrence();
        given.verdict = Verdict::Similar.into();
        given.fix_status = FixStatus::Held.into();
        given.failure_class = None;
        let text = answer(&given, Look::plain(80), false);
        in_order(
            &text,
            &[
                "SIMILAR\n",
                "Fix there: held\nWhat fixed it there (INC-7):",
                "Root cause there (INC-7):",
                "Matches\n1. 0.82",
            ],
        );
        assert!(!text.contains("\nClass "), "{text}");
    }

    #[test]
    fn what_the_best_match_leaves_out_is_named() {
        let told = |change: fn(&mut Match)| {
            let mut given = recurrence();
            given.warnings = vec![Warning::FieldEmpty.into()];
            change(&mut given.matches[0]);
            let text = answer(&given, Look::plain(72), false);
            text.lines().find(|line| line.starts_with("Note: ")).unwrap_or_default().to_owned()
        };
        let cause = told(|best| best.root_cause.clear());
        assert_eq!(cause, "Note: the best match states no root cause");
        let resolution = told(|best| best.resolution = None);
        assert_eq!(resolution, "Note: the best match states no resolution");
        let both = told(|best| {
            best.root_cause.clear();
            best.resolution = None;
        });
        assert_eq!(both, "Note: the best match states neither root cause nor resolution");
    }

    #[test]
    fn an_incident_cannot_steer_the_terminal() {
        let mut given = recurrence();
        given.headline = "a\u{1b}]0;b\u{7}".into();
        given.matches[0].title = "\u{1b}[2J\u{9b}1mtitle".into();
        given.matches[0].root_cause = "\u{202e}reversed\r".into();
        let text = answer(&given, Look::plain(80), true);
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        assert!(!text.contains('\u{202e}'));
    }

    #[test]
    fn colours_change_nothing_but_the_colours() {
        let look = Look { paint: Paint::new(true), ..Look::plain(60) };
        let coloured = answer(&recurrence(), look, false);
        assert!(coloured.starts_with("\u{1b}[1;31mRECURRENCE\u{1b}[0m\n"), "{coloured:?}");
        let mut plain = coloured;
        for code in ["\u{1b}[1;31m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[33m", "\u{1b}[0m"] {
            plain = plain.replace(code, "");
        }
        assert_eq!(plain, answer(&recurrence(), Look::plain(60), false));
    }
}
