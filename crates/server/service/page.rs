//! Lists in pages.
//!
//! A page token says where the next page begins, in which state of the log and at which time the listing was begun;
//! it is bound to its request by a hash. So pages of one listing show one state, or say that they cannot.

use jiff::Timestamp;
use prost::{Message, Name};
use sha2::{Digest, Sha256};
use tonic::Status;

use super::Result;
use crate::limits::{PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX};
use crate::violations::Violations;

/// The part of a list that is asked for.
#[derive(Debug)]
pub(super) struct Page {
    /// How many entries come before.
    pub(super) offset: usize,
    /// How many entries at most.
    pub(super) limit: usize,
    /// When the listing was begun.
    pub(super) now: Timestamp,
    /// The state of the log it was begun in.
    position: u64,
    /// What is listed.
    listing: Vec<u8>,
}

impl Page {
    /// The first page of the list that `request` asks for, less its size and token.
    pub(super) fn first<M: Message + Name>(request: &M, position: u64, now: Timestamp) -> Self {
        let mut listing = M::full_name().into_bytes();
        listing.push(0);
        listing.extend(request.encode_to_vec());
        Self { offset: 0, limit: PAGE_SIZE_DEFAULT as usize, now, position, listing }
    }

    /// The page that `size` and `token` ask for; what is wrong with them is noted.
    pub(super) fn asked(mut self, size: u32, token: &str, found: &mut Violations) -> Self {
        if size > PAGE_SIZE_MAX {
            let expected = format_args!("1 to {PAGE_SIZE_MAX}, or 0 for {PAGE_SIZE_DEFAULT}");
            found.add("page_size", size, expected);
        }
        if size > 0 {
            self.limit = size as usize;
        }
        if !token.is_empty() && self.resume(token).is_none() {
            let expected = "the next_page_token of a page of the same request";
            found.add("page_token", "a token of another listing", expected);
        }
        self
    }

    /// Checks that the listing can go on in the state it was begun in.
    pub(super) fn check(&self, position: u64) -> Result<()> {
        if self.position == position {
            return Ok(());
        }
        let message =
            "the history has changed since the first page; begin again without page_token";
        Err(Status::aborted(message))
    }

    /// The token of the page after this one, which shows `shown` of `total` entries; empty after the last.
    pub(super) fn next(&self, shown: usize, total: usize) -> String {
        let next = self.offset + shown;
        if shown == 0 || next >= total { String::new() } else { self.token(next as u64) }
    }

    fn resume(&mut self, token: &str) -> Option<()> {
        let mut parts = token.splitn(4, '-').map(|part| u64::from_str_radix(part, 16).ok());
        let (offset, position, secs) = (parts.next()??, parts.next()??, parts.next()??);
        self.position = position;
        self.now = Timestamp::from_second(secs.cast_signed()).ok()?;
        self.offset = usize::try_from(offset).ok()?;
        (self.token(offset) == token).then_some(())
    }

    fn token(&self, offset: u64) -> String {
        let secs = self.now.as_second().cast_unsigned();
        let content = format!("{offset:x}-{:x}-{secs:x}", self.position);
        let digest = Sha256::new().chain_update(&self.listing).chain_update(&content).finalize();
        let tag = digest.iter().take(8).fold(0, |tag: u64, byte| tag << 8 | u64::from(*byte));
        format!("{content}-{tag:x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{Filter, ListFailureClassesRequest, ListIncidentsRequest};

    fn of_tag(tag: &str) -> ListIncidentsRequest {
        let filter = Filter { tags: vec![tag.into()], ..Filter::default() };
        ListIncidentsRequest { filter: Some(filter), ..ListIncidentsRequest::default() }
    }

    fn first(tag: &str) -> Page {
        Page::first(&of_tag(tag), 7, Timestamp::UNIX_EPOCH)
    }

    #[track_caller]
    fn check_refused(page: Page, size: u32, token: &str, field: &str) {
        let mut found = Violations::new();
        let _ = page.asked(size, token, &mut found);
        assert_eq!(found.summary().map(|(field, _)| field).as_deref(), Some(field), "{token}");
    }

    #[test]
    fn a_token_leads_to_the_next_page() {
        let page = first("all").asked(2, "", &mut Violations::new());
        let token = page.next(2, 3);
        let mut found = Violations::new();
        let later = Page::first(&of_tag("all"), 9, Timestamp::MAX).asked(2, &token, &mut found);
        assert!(found.is_empty());
        assert_eq!((later.offset, later.limit, later.now), (2, 2, Timestamp::UNIX_EPOCH));
        assert_eq!(later.next(1, 3), "");
        assert!(later.check(7).is_ok());
        assert_eq!(later.check(9).expect_err("the log moved on").code(), tonic::Code::Aborted);
    }

    #[test]
    fn a_token_of_another_listing_is_refused() {
        let token = first("all").next(2, 3);
        check_refused(first("some"), 2, &token, "page_token");
        check_refused(first("all"), 2, &token.replacen('2', "1", 1), "page_token");
        for token in ["x", "2-7", "-", "2-7-0-", &"f".repeat(999)] {
            check_refused(first("all"), 2, token, "page_token");
        }
    }

    #[test]
    fn two_lists_of_everything_are_not_the_same_list() {
        let (position, now) = (7, Timestamp::UNIX_EPOCH);
        let token = Page::first(&ListIncidentsRequest::default(), position, now).next(2, 3);
        let classes = Page::first(&ListFailureClassesRequest::default(), position, now);
        check_refused(classes, 2, &token, "page_token");
    }

    #[test]
    fn a_page_has_at_most_a_thousand_entries_and_a_hundred_unless_told() {
        check_refused(first("all"), PAGE_SIZE_MAX + 1, "", "page_size");
        let mut found = Violations::new();
        assert_eq!(first("all").asked(PAGE_SIZE_MAX, "", &mut found).limit, 1000);
        assert_eq!(first("all").asked(0, "", &mut found).limit, 100);
        assert!(found.is_empty());
    }
}
