//! Follow-ups that become overdue because time passes, and nothing else happens.
//!
//! Everything else that is told follows from a change of the record. A due date passes without one, so somebody has to
//! look at the calendar: whoever serves, once a day. What is found is noted as an event like any other, with its
//! day, and told once.

use std::collections::BTreeMap;

use incident::{IncidentId, Moment};
use jiff::civil::Date;
use recurrence::{ClassId, Event, Facts, Figures, Tally};
use store::{Change, EventRecord};

use crate::engine::Engine;
use crate::error::Result;

/// The members of each class, as far as figures need them.
type Members = BTreeMap<ClassId, BTreeMap<IncidentId, Facts>>;

impl Engine {
    /// Notes an event for each incident of a class of two or more with follow-ups that are overdue when `today` begins, UTC,
    /// and that no event has told of; says how many. The same day again finds nothing new. The record is read beside
    /// whoever writes.
    ///
    /// A follow-up of an incident that was told of before is told of when its due date passes: one that is written
    /// into a document after its due date has passed is told of only where it is the first of its incident.
    ///
    /// # Errors
    /// [`Error::Store`](crate::Error::Store) where the record cannot be read, or the commit failed.
    pub fn reckon(&self, today: Date) -> Result<usize> {
        let at = Moment::day(today).secs();
        let mut events = Vec::new();
        for (class, members) in self.members_by_class()? {
            if members.len() > 1 {
                events.extend(self.overdue_of(class, members, at)?);
            }
        }
        let mut guard = self.writer();
        let writer = self.loaded(&mut guard)?;
        // Whoever moved or went since is told of another day, if at all.
        events.retain(|event| writer.class_of(&event.incident) == Some(event.class));
        let told = events.len();
        self.commit(&mut guard, events.into_iter().map(Change::Event).collect())?;
        Ok(told)
    }

    fn members_by_class(&self) -> Result<Members> {
        let mut members = Members::new();
        self.store.for_each(|stored| {
            if let Some(class) = stored.class {
                let facts = Facts::of(&stored.incident);
                members.entry(class).or_default().insert(stored.incident.id, facts);
            }
            Ok::<(), store::Error>(())
        })?;
        Ok(members)
    }

    /// The events of one class, by incident: each counts on from the one before.
    fn overdue_of(
        &self,
        class: ClassId,
        members: BTreeMap<IncidentId, Facts>,
        at: i64,
    ) -> Result<Vec<Event>> {
        let mut newly: Vec<(IncidentId, u32)> = Vec::new();
        for (id, facts) in &members {
            if facts.overdue(None, at) > 0 {
                let untold = untold(facts, &self.store.events_of(id)?, at);
                newly.extend((untold > 0).then(|| (id.clone(), untold)));
            }
        }
        let mut tally = Tally::default();
        members.into_iter().for_each(|(id, facts)| tally.put(id, facts));
        let mut figures = tally.figures(Some(at));
        figures.overdue -= newly.iter().map(|(_, untold)| untold).sum::<u32>();
        let event = |(incident, untold): (IncidentId, u32)| {
            let before = figures;
            figures = Figures { overdue: before.overdue + untold, ..before };
            Event { incident, class, joined: false, before, after: figures, reckoned_at: Some(at) }
        };
        Ok(newly.into_iter().map(event).collect())
    }
}

/// How many follow-ups of an incident are overdue at `at` that none of its `events` told of.
fn untold(facts: &Facts, events: &[EventRecord], at: i64) -> u32 {
    let reckoned = events.iter().filter_map(|told| told.event.reckoned_at).max();
    if reckoned.is_some() {
        return facts.overdue(reckoned, at);
    }
    let told = events.iter().map(|told| {
        let Event { before, after, .. } = &told.event;
        after.overdue.saturating_sub(before.overdue)
    });
    facts.overdue(None, at).saturating_sub(told.sum())
}
