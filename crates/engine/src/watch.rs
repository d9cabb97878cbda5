//! What keeps coming back, as it happens.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::task::{Context, Poll};

use incident::{AsOf, Incident, Moment};
use index::Filter;
use recurrence::{Event, EventKind, FailureClass, Thresholds};
use store::EventRecord;

use crate::answer::{IncidentLine, IncidentView};
use crate::engine::Engine;
use crate::error::{Error, Result};

/// The events read at once.
const READ_AT_ONCE: u32 = 64;

/// A place among the events: how many come before, and a checksum of all of them. Its text is `12-00c0ffee00c0ffee`;
/// `0` stands before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    number: u64,
    chain: u64,
}

/// What to tell of.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Which incidents; those that were deleted pass the empty filter alone.
    pub filter: Filter,
    /// From which figures on.
    pub thresholds: Thresholds,
}

/// An event as it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The place behind it; no two events have the same.
    pub cursor: Cursor,
    /// The position of the log it happened at.
    pub position: u64,
    /// What happened.
    pub event: Event,
    /// Why it is told; never empty.
    pub kinds: Vec<EventKind>,
    /// The incident as it is now; `None` where it was deleted since.
    pub incident: Option<IncidentLine>,
    /// The class that the id of the event leads to, as it was before the log last grew by a hundredth or since; `None`
    /// where it has no members left.
    pub class: Option<Arc<FailureClass>>,
}

/// The events behind a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    /// Those that are told, in the order of the log.
    pub told: Vec<Told>,
    /// The place behind all that was looked at.
    pub cursor: Cursor,
    /// Whether more may follow at once.
    pub more: bool,
}

impl Cursor {
    /// Before the first event.
    pub const START: Self = Self { number: 0, chain: 0 };

    fn behind(record: &EventRecord) -> Self {
        Self { number: record.number, chain: record.chain }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            0 => out.write_str("0"),
            number => write!(out, "{number}-{:016x}", self.chain),
        }
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        if text == "0" {
            return Ok(Self::START);
        }
        let (number, chain) = text.split_once('-').ok_or(())?;
        let number = number.parse().map_err(drop)?;
        let cursor = Self { number, chain: u64::from_str_radix(chain, 16).map_err(drop)? };
        // One event has one text: leading zeros and signs are none of ours.
        if number > 0 && cursor.to_string() == text { Ok(cursor) } else { Err(()) }
    }
}

impl Engine {
    /// The place behind the last event.
    ///
    /// # Errors
    /// [`Error::Store`] where the record cannot be read.
    pub fn last_event(&self) -> Result<Cursor> {
        let last = self.store.last_event();
        let kept = self.store.events(last.saturating_sub(1), 1)?;
        Ok(kept.last().map_or(Cursor::START, Cursor::behind))
    }

    /// Checks that `cursor` is a place among the events of this store.
    ///
    /// # Errors
    /// [`Error::UnknownCursor`] where it is not, [`Error::Store`] where the record cannot be read.
    pub fn check_cursor(&self, cursor: Cursor) -> Result<()> {
        let last = self.store.last_event();
        let known = match cursor.number {
            0 => true,
            number if number > last => false,
            number => {
                let kept = self.store.events(number - 1, 1)?;
                kept.first().map(Cursor::behind) == Some(cursor)
            }
        };
        if known { Ok(()) } else { Err(Error::UnknownCursor { cursor: cursor.to_string(), last }) }
    }

    /// Whether events follow behind `cursor`; where none does, the task of `context` is woken once one may.
    pub fn poll_events(&self, cursor: Cursor, context: &Context<'_>) -> Poll<()> {
        // Waiting first: an event between the look and the waiting would be slept through.
        self.bell.wait(context);
        if self.store.last_event() > cursor.number { Poll::Ready(()) } else { Poll::Pending }
    }

    /// What happened behind `cursor` that is `wanted`, in the order of the log; the first of it, where it is much. The
    /// incidents and classes are shown as they are at `as_of`, which is now.
    ///
    /// # Errors
    /// [`Error::Store`] where the record cannot be read.
    pub fn events(&self, cursor: Cursor, wanted: &Wanted, as_of: AsOf) -> Result<Happened> {
        let records = self.store.events(cursor.number, READ_AT_ONCE)?;
        let behind = records.last().map_or(cursor, Cursor::behind);
        let more = records.len() == READ_AT_ONCE as usize;
        let mut told = Vec::new();
        for record in records {
            let kinds = record.event.kinds(&wanted.thresholds);
            if !kinds.is_empty() {
                told.extend(self.shown(record, kinds, &wanted.filter, as_of)?);
            }
        }
        Ok(Happened { told, cursor: behind, more })
    }

    /// The event with its incident and class, where `filter` lets it through.
    fn shown(
        &self,
        record: EventRecord,
        kinds: Vec<EventKind>,
        filter: &Filter,
        as_of: AsOf,
    ) -> Result<Option<Told>> {
        let cursor = Cursor::behind(&record);
        let EventRecord { position, event, .. } = record;
        let class = self.described.class(self, event.class, as_of)?;
        let seen = match self.incident(&event.incident, as_of) {
            Err(Error::NoIncident { .. }) => None,
            view => Some(view?),
        };
        let lets_through = |seen: &IncidentView| passes(filter, &seen.incident, class.as_deref());
        if !(filter.is_empty() || seen.as_ref().is_some_and(lets_through)) {
            return Ok(None);
        }
        let incident = seen.map(|seen| IncidentLine::of(seen.incident, seen.class));
        Ok(Some(Told { cursor, position, event, kinds, incident, class }))
    }
}

/// Whether an incident, in the class that it joined, is one that `filter` lets through.
fn passes(filter: &Filter, incident: &Incident, class: Option<&FailureClass>) -> bool {
    let any = |asked: &[String], held: &[String]| {
        let is_held = |name: &String| held.iter().any(|other| folded(other) == folded(name));
        asked.is_empty() || asked.iter().any(is_held)
    };
    let severe = |asked: &String| {
        incident.severity.as_ref().is_some_and(|severity| {
            let level = severity.level.map(|level| level.to_string());
            folded(&severity.verbatim) == folded(asked) || level.as_deref() == Some(asked.trim())
        })
    };
    let started = incident.started_at.map(Moment::secs);
    let bounded = |bound: Option<i64>, test: fn(i64, i64) -> bool| {
        bound.is_none_or(|bound| started.is_some_and(|at| test(at, bound)))
    };
    any(&filter.services, &incident.services)
        && any(&filter.tags, &incident.tags)
        && (filter.severities.is_empty() || filter.severities.iter().any(severe))
        && (filter.statuses.is_empty()
            || incident.status.is_some_and(|status| filter.statuses.contains(&status)))
        && (filter.classes.is_empty()
            || class.is_some_and(|class| filter.classes.contains(&class.id.number())))
        && bounded(filter.since, |at, bound| at >= bound)
        && bounded(filter.until, |at, bound| at <= bound)
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}
