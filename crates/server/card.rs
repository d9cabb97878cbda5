//! Answers as messages for a chat: the verdict and the fix before the list, as on the terminal.

use chat::Message;

use crate::proto::Match;

mod answer;
mod class;
mod report;

pub(crate) use answer::{Buttons, answer};
pub(crate) use class::class;
pub(crate) use report::report;

/// The characters of a quotation that are shown.
const QUOTE_CHARS: usize = 600;

/// The best match and those of its class.
#[must_use]
pub fn same_failure(matches: &[Match]) -> Vec<&Match> {
    let Some((best, others)) = matches.split_first() else {
        return Vec::new();
    };
    let same =
        others.iter().filter(|other| !best.class_id.is_empty() && other.class_id == best.class_id);
    std::iter::once(best).chain(same).collect()
}

/// Adds words of an incident, the beginning where there are many.
fn quote(message: &mut Message, text: &str) {
    message.quote(chat::cut(text, QUOTE_CHARS));
}
