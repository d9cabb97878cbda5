//! Whether something was seen before.

use chat::{Message, Part};

use super::{quote, same_failure};
use crate::proto::{FindSimilarResponse, FixStatus, Match, NextStep, Verdict};
use crate::words::{
    count, date, fix_status, joined, occurrences, rhythm, services, sureness, verdict, warning,
};

/// Whether a message asks what a match was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Buttons {
    /// Under each match.
    Shown,
    /// Nowhere: nobody would hear.
    Hidden,
}

/// The answer card.
pub(crate) fn answer(answer: &FindSimilarResponse, buttons: Buttons) -> Message {
    let verdict = verdict(answer.verdict());
    let mut message = Message::new(format!("{verdict}: {}", answer.headline));
    if let Some(confidence) = answer.confidence {
        message.line(sureness(confidence, answer.calibration_cases));
    }
    tell_fix(&mut message, answer);
    tell_next_steps(&mut message, &answer.next_steps);
    tell_class(&mut message, answer);
    tell_matches(&mut message, answer, buttons);
    for limit in answer.warnings() {
        message.note(format!("Note: {}", warning(limit)));
    }
    if let Some(searched) = &answer.searched {
        let incidents = count(searched.incidents as usize, "incident", "incidents");
        let as_of = date(searched.as_of.as_ref(), false);
        message.note(format!("Searched {incidents} up to {as_of} UTC."));
    }
    message
}

/// Whether the fix held, what it was and why it was needed, in the words of the best match that says so.
fn tell_fix(message: &mut Message, answer: &FindSimilarResponse) {
    // What is only similar had a fix of its own.
    let place = match answer.verdict() {
        Verdict::Recurrence => "",
        Verdict::Similar => " there",
        Verdict::Unspecified | Verdict::New | Verdict::InsufficientText => return,
    };
    if answer.fix_status() != FixStatus::Unspecified {
        message.line(format!("Fix{place}: {}", fix_status(answer.fix_status())));
    }
    let same = same_failure(&answer.matches);
    let fixed = same.iter().find_map(|found| Some((found, found.resolution.as_ref()?)));
    if let Some((found, resolution)) = fixed {
        message.heading(format!("What fixed it{place} ({})", found.incident_id));
        quote(message, &resolution.text);
    }
    if let Some(found) = same.iter().find(|found| !found.root_cause.trim().is_empty()) {
        message.heading(format!("Root cause{place} ({})", found.incident_id));
        quote(message, &found.root_cause);
    }
}

fn tell_next_steps(message: &mut Message, steps: &[NextStep]) {
    if !steps.is_empty() {
        message.heading("What was done before");
    }
    for NextStep { text, incident_id, times_used, times_held } in steps {
        quote(message, text);
        let used = count(*times_used as usize, "time", "times");
        message.line(format!("used {used}, held {times_held}; from {incident_id}"));
    }
}

fn tell_class(message: &mut Message, answer: &FindSimilarResponse) {
    if let Some(class) = &answer.failure_class {
        message.heading(format!("Class {}: {}", class.id, class.name));
        message.line(occurrences(class));
        message.line(rhythm(class));
    }
}

fn tell_matches(message: &mut Message, answer: &FindSimilarResponse, buttons: Buttons) {
    if !answer.matches.is_empty() {
        message.heading("Matches");
    }
    for found in &answer.matches {
        message.parts.push(entry(found));
        if buttons == Buttons::Shown && !answer.query_id.is_empty() {
            let (query_id, incident_id) = (answer.query_id.clone(), found.incident_id.clone());
            message.parts.push(Part::Rate { query_id, incident_id });
        }
    }
    if let Some(nearest) = &answer.nearest_miss {
        message.heading("Nearest, but not close");
        message.parts.push(entry(nearest));
    }
}

fn entry(found: &Match) -> Part {
    let detail = joined([
        &found.incident_id,
        &date(found.started_at.as_ref(), found.started_at_date_only),
        &services(&found.services),
        &found.severity,
    ]);
    Part::Entry { title: found.title.clone(), url: Some(found.url.clone()), detail }
}

#[cfg(test)]
mod tests {
    use chat::plain;

    use super::*;
    use crate::proto::{Resolution, Warning};

    fn found(id: &str, class: &str) -> Match {
        Match {
            incident_id: id.into(),
            title: "Handshakes fail".into(),
            url: "https://wiki.example/7".into(),
            root_cause: "The chain lacked a certificate.".into(),
            resolution: Some(Resolution {
                text: "Installed the chain.".into(),
                field: String::new(),
            }),
            class_id: class.into(),
            ..Match::default()
        }
    }

    fn recurrence() -> FindSimilarResponse {
        FindSimilarResponse {
            query_id: "q-1-2".into(),
            verdict: Verdict::Recurrence.into(),
            confidence: Some(0.97),
            calibration_cases: 58,
            headline: "3rd handshake failure in 90 d".into(),
            fix_status: FixStatus::RecurredAfterFix.into(),
            matches: vec![found("INC-7", "FC-3")],
            warnings: vec![Warning::StaleFix.into()],
            ..FindSimilarResponse::default()
        }
    }

    #[test]
    fn the_verdict_and_the_fix_come_before_the_list() {
        let expected = "\
RECURRENCE: 3rd handshake failure in 90 d
97 % sure, by 58 judged cases
Fix: did not hold, the failure came back

What fixed it (INC-7)
  \"Installed the chain.\"

Root cause (INC-7)
  \"The chain lacked a certificate.\"

Matches
- Handshakes fail, INC-7, undated, https://wiki.example/7
  the same? useful q-1-2 INC-7 yes|no
Note: the fix shown is old, or another one followed it
";
        assert_eq!(plain(&answer(&recurrence(), Buttons::Shown)), expected);
    }

    #[test]
    fn nobody_is_asked_where_nobody_hears() {
        let text = plain(&answer(&recurrence(), Buttons::Hidden));
        assert!(!text.contains("the same?"), "{text}");
    }

    #[test]
    fn what_is_new_is_given_no_fix() {
        let new = FindSimilarResponse {
            verdict: Verdict::New.into(),
            headline: "Nothing close".into(),
            nearest_miss: Some(found("INC-9", "")),
            ..FindSimilarResponse::default()
        };
        let text = plain(&answer(&new, Buttons::Shown));
        assert!(text.starts_with("NEW: Nothing close\n\nNearest, but not close\n- "), "{text}");
        assert!(!text.contains("fixed"), "{text}");
    }

    #[test]
    fn a_fix_of_another_class_is_not_given_for_this_one() {
        let mut answered = recurrence();
        answered.matches[0].resolution = None;
        answered.matches.push(found("INC-8", "FC-4"));
        let text = plain(&answer(&answered, Buttons::Hidden));
        assert!(!text.contains("What fixed it"), "{text}");
    }
}
