//! Recurrences as they happen, read from where a watcher stands.

use std::future::poll_fn;

use engine::{Cursor, Happened, Told, Wanted};
use incident::{AsOf, Moment};
use jiff::civil::Date;
use tonic::Code;

use super::{Result, Service, answered};
use crate::convert::event::{thresholds, wire_event};
use crate::convert::filter::filter;
use crate::proto::{WatchRecurrencesRequest, WatchRecurrencesResponse};
use crate::status::with_hint;
use crate::violations::Violations;

/// A watcher: what it wants to hear of, and how far it has come.
#[derive(Debug, Clone)]
pub struct Watcher {
    wanted: Wanted,
    cursor: Cursor,
}

impl Watcher {
    /// Tells nothing but where the watcher stands.
    #[must_use]
    pub fn sign_of_life(&self) -> WatchRecurrencesResponse {
        let resume_token = self.cursor.to_string();
        WatchRecurrencesResponse { resume_token, ..WatchRecurrencesResponse::default() }
    }
}

impl Service {
    /// Begins to watch: behind the resume token, without one behind what has happened so far.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`; `NOT_FOUND` for a class that does not exist; `OUT_OF_RANGE` for a token of another store, or
    /// of one that was set back.
    pub fn watch(&self, request: WatchRecurrencesRequest) -> Result<Watcher> {
        let WatchRecurrencesRequest {
            resume_token,
            filter: which,
            min_occurrences,
            thresholds: from,
        } = request;
        let mut found = Violations::new();
        let mut filter = filter(which, &mut found);
        let thresholds = thresholds(min_occurrences, from, &mut found);
        let token = resume_token.trim();
        let cursor = if token.is_empty() { None } else { Some(token.parse::<Cursor>()) };
        if let Some(Err(())) = cursor {
            let expected = "the resume_token of a response, 0 for everything, or none for what comes from now on";
            found.add("resume_token", format_args!("`{token}`"), expected);
        }
        found.finish()?;
        self.settle(&mut filter)?;
        let cursor = match cursor {
            Some(Ok(cursor)) => self.known(cursor)?,
            _ => answered(self.engine.last_event())?,
        };
        Ok(Watcher { wanted: Wanted { filter, thresholds }, cursor })
    }

    fn known(&self, cursor: Cursor) -> Result<Cursor> {
        match self.engine.check_cursor(cursor) {
            Err(error @ engine::Error::UnknownCursor { .. }) => {
                let hint =
                    "watch again without a token, and ask ListFailureClasses what was missed";
                Err(with_hint(Code::OutOfRange, error.to_string(), hint))
            }
            checked => answered(checked).map(|()| cursor),
        }
    }

    /// The day, UTC.
    #[must_use]
    pub fn today(&self) -> Date {
        Moment::exact(self.now()).date()
    }

    /// Notes which follow-ups had become overdue when `today` began; says of how many incidents.
    ///
    /// # Errors
    /// `DATA_LOSS`, `UNAVAILABLE`.
    pub fn reckon(&self, today: Date) -> Result<usize> {
        answered(self.engine.reckon(today))
    }

    /// What a watcher has not been told yet, the first of it where it is much; and the watcher behind it. The flag says
    /// whether more may follow at once.
    ///
    /// # Errors
    /// `DATA_LOSS`, `UNAVAILABLE`.
    pub fn recurrences(
        &self,
        mut watcher: Watcher,
    ) -> Result<(Watcher, Vec<WatchRecurrencesResponse>, bool)> {
        let now = AsOf::now(self.now());
        let Happened { told, cursor, more } =
            answered(self.engine.events(watcher.cursor, &watcher.wanted, now))?;
        watcher.cursor = cursor;
        let told: Vec<_> = told.into_iter().map(|told: Told| wire_event(told)).collect();
        Ok((watcher, told, more))
    }

    /// Ends when something may have happened that the watcher has not looked at.
    pub async fn happened(&self, watcher: &Watcher) {
        poll_fn(|context| self.engine.poll_events(watcher.cursor, context)).await;
    }
}
