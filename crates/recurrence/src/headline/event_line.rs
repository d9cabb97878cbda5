//! An event in one line.

use super::fitted;
use super::wording::{in_sentence, ordinal, singular};
use crate::event::{Event, EventKind};

/// The event in one line of at most [`super::HEADLINE_CHARS_MAX`] characters; `name` is that of the class, `kinds` why
/// it is told.
///
/// `3rd TLS handshake failure in 90 d; a fix did not hold; 2 follow-ups overdue`
#[must_use]
pub fn event_headline(event: &Event, name: &str, kinds: &[EventKind]) -> String {
    let after = &event.after;
    let reasons: String = kinds
        .iter()
        .filter_map(|kind| reason(*kind, event))
        .map(|text| format!("; {text}"))
        .collect();
    if !event.joined {
        return fitted("", name, &reasons);
    }
    let (number, window) = match after.in_90d {
        0 | 1 => (after.occurrences, ""),
        in_90d => (in_90d, " in 90 d"),
    };
    let rest = format!("{window}{reasons}");
    fitted(&format!("{} ", ordinal(number)), &singular(&in_sentence(name)), &rest)
}

/// What a kind says besides that the incident joined, which the rest of the line says.
fn reason(kind: EventKind, event: &Event) -> Option<String> {
    let after = &event.after;
    Some(match kind {
        EventKind::Joined => return None,
        EventKind::FixDidNotHold => "a fix did not hold".to_owned(),
        EventKind::Overdue if after.overdue == 1 => "1 follow-up overdue".to_owned(),
        EventKind::Overdue => format!("{} follow-ups overdue", after.overdue),
        EventKind::In30d => format!("{} in 30 d", after.in_30d),
        EventKind::In90d => format!("{} in 90 d", after.in_90d),
        EventKind::Minutes => format!("{} min in all", after.minutes),
        EventKind::UsersAffected => format!("{} users in all", after.users_affected),
        EventKind::Revenue => format!("revenue {} in all", after.revenue_hundredths / 100),
    })
}

#[cfg(test)]
mod tests {
    use incident::IncidentId;

    use super::*;
    use crate::headline::HEADLINE_CHARS_MAX;
    use crate::{ClassId, Figures};

    fn event(joined: bool, in_90d: u32) -> Event {
        Event {
            incident: IncidentId::new("INC-1"),
            class: ClassId::new(1),
            joined,
            before: Figures::default(),
            after: Figures { occurrences: 5, in_90d, overdue: 2, ..Figures::default() },
            reckoned_at: None,
        }
    }

    #[test]
    fn a_line_says_which_occurrence_it_is_and_why_it_is_told() {
        let kinds = [EventKind::Joined, EventKind::FixDidNotHold, EventKind::Overdue];
        assert_eq!(
            event_headline(&event(true, 3), "TLS handshake failures", &kinds),
            "3rd TLS handshake failure in 90 d; a fix did not hold; 2 follow-ups overdue"
        );
        for in_90d in [0, 1] {
            let line = event_headline(&event(true, in_90d), "Disk full", &kinds[..1]);
            assert_eq!(line, "5th disk full");
        }
        assert_eq!(
            event_headline(&event(false, 3), "Disk full", &kinds[1..2]),
            "Disk full; a fix did not hold"
        );
    }

    #[test]
    fn only_the_name_is_cut() {
        let line = event_headline(&event(true, 3), &"long name ".repeat(40), &[EventKind::Overdue]);
        assert!(line.chars().count() <= HEADLINE_CHARS_MAX, "{line}");
        assert!(line.ends_with("2 follow-ups overdue"), "{line}");
    }
}
