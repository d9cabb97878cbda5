//! Values of the wire in words, and how bad they are.

use relapse::proto::{FixStatus, Verdict};
pub use relapse::words::{
    cost, count, date, days, fix_in_short, joined, minutes, occurrences, rhythm, services, status,
    sureness, time_to_resolve, times_the_gap, trend_test, warning,
};

use super::paint::Tone;

/// The verdict, and how bad it is.
pub fn verdict(verdict: Verdict) -> (&'static str, Tone) {
    let tone = match verdict {
        Verdict::Recurrence => Tone::Bad,
        Verdict::Similar => Tone::Warning,
        Verdict::Unspecified | Verdict::New | Verdict::InsufficientText => Tone::Strong,
    };
    (relapse::words::verdict(verdict), tone)
}

/// Whether the fix held, and how bad it is.
pub fn fix_status(status: FixStatus) -> (&'static str, Tone) {
    let tone = match status {
        FixStatus::RecurredAfterFix | FixStatus::Overdue => Tone::Bad,
        FixStatus::Open | FixStatus::NoneFiled => Tone::Warning,
        FixStatus::Held => Tone::Good,
        FixStatus::Unspecified | FixStatus::Unknown => Tone::Plain,
    };
    (relapse::words::fix_status(status), tone)
}
