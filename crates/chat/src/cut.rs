//! Texts that are too long for where they are shown.

use std::borrow::Cow;

/// What stands at the end of a text that was cut.
const ELLIPSIS: char = '…';

/// `text` where it has at most `max` characters, else its beginning with `…` behind it, `max` characters in all.
///
/// Characters are counted as chats count them, in units of UTF-16, and never divided.
#[must_use]
pub fn cut(text: &str, max: usize) -> Cow<'_, str> {
    if length(text) <= max {
        return Cow::Borrowed(text);
    }
    let mut room = max.saturating_sub(ELLIPSIS.len_utf16());
    let fits = |c: &char| {
        let fits = c.len_utf16() <= room;
        room = room.saturating_sub(c.len_utf16());
        fits
    };
    let mut beginning: String = text.chars().take_while(fits).collect();
    beginning.truncate(beginning.trim_end().len());
    beginning.push(ELLIPSIS);
    Cow::Owned(beginning)
}

/// The length of `text` in characters, as [`cut`] counts them.
pub(crate) fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_and_says_so() {
        assert_eq!(cut("disk full", 9), "disk full");
        assert_eq!(cut("disk full", 8), "disk fu…");
        assert_eq!(cut("disk full", 6), "disk…");
        assert_eq!(cut("ab🔥🔥", 5), "ab🔥…");
        assert_eq!(cut("🔥🔥", 2), "…");
    }

    proptest! {
        #[test]
        fn no_text_is_longer_than_it_may_be(text in ".{0,40}", max in 1usize..50) {
            let cut = cut(&text, max);
            prop_assert!(length(&cut) <= max);
            prop_assert!(cut == text || cut.ends_with(ELLIPSIS));
        }
    }
}
