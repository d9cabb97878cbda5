//! What keeps coming back.

use std::collections::BTreeMap;

use incident::{AsOf, Incident, IncidentId};
use recurrence::{
    ClassId, FailureClass, History, LineageEvent, Period, Recurring, Report, describe, report,
};

use crate::class_terms::label;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::state::State;

/// What a report looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Names of services, in any case; empty: all.
    pub services: Vec<String>,
    /// Names of teams, in any case; empty: all.
    pub teams: Vec<String>,
    /// Tags, in any case; empty: all.
    pub tags: Vec<String>,
}

impl Scope {
    fn includes(&self, incident: &Incident) -> bool {
        let any = |asked: &[String], held: &[String]| {
            let is_held = |name: &String| {
                held.iter().any(|other| other.to_lowercase() == name.trim().to_lowercase())
            };
            asked.is_empty() || asked.iter().any(is_held)
        };
        any(&self.services, &incident.services)
            && any(&self.tags, &incident.tags)
            && any(&self.teams, incident.team.as_slice())
    }
}

/// A report, and the classes it speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// The report.
    pub report: Report,
    /// Every class of two or more incidents in scope, by id.
    pub classes: Vec<FailureClass>,
}

impl Engine {
    /// The classes with at least `min_occurrences` members known at `as_of`: the one seen last first,
    /// then by id.
    ///
    /// # Errors
    /// [`Error::Store`] where the record cannot be read.
    pub fn classes(&self, min_occurrences: u32, as_of: AsOf) -> Result<Vec<FailureClass>> {
        let state = self.state();
        let (groups, _) = self.grouped(as_of, &Scope::default())?;
        let mut classes: Vec<FailureClass> = groups
            .into_iter()
            .filter(|(_, members)| members.len() >= min_occurrences.max(1) as usize)
            .map(|(id, members)| self.describe(id, &members, as_of, &state))
            .collect();
        classes.sort_by(|left, right| {
            right.last_seen.cmp(&left.last_seen).then_with(|| left.id.cmp(&right.id))
        });
        Ok(classes)
    }

    /// The class `id` as it was known at `as_of`. The id of a class that ended leads to the class most of
    /// its members went to: the answer then has another id than the question.
    ///
    /// # Errors
    /// [`Error::NoClass`] where it does not exist or had no member yet, [`Error::Store`] where the
    /// record cannot be read.
    pub fn class(&self, id: ClassId, as_of: AsOf) -> Result<FailureClass> {
        let current = self.current(id)?;
        let members = self.members(current, as_of, None)?;
        if members.is_empty() {
            return Err(Error::NoClass { id });
        }
        Ok(self.describe(current, &members, as_of, &self.state()))
    }

    /// What happened to the class `id`, or to another where it was concerned, oldest first.
    ///
    /// # Errors
    /// [`Error::Store`] where the record cannot be read.
    pub fn lineage(&self, id: ClassId) -> Result<Vec<LineageEvent>> {
        let events = self.store.lineage(id)?.into_iter();
        Ok(events.map(|event| event.seen_from(id)).collect())
    }

    /// The class that the id leads to.
    pub(crate) fn current(&self, id: ClassId) -> Result<ClassId> {
        let records = self.store.classes()?;
        let mut current = id;
        while let Some(into) =
            records.iter().find(|record| record.id == current).and_then(|record| record.merged_into)
        {
            current = into;
        }
        Ok(current)
    }

    /// The members of the class `id` as they were known at `as_of`, in the order of the log.
    ///
    /// # Errors
    /// [`Error::Store`] where the record cannot be read.
    pub fn members(
        &self,
        id: ClassId,
        as_of: AsOf,
        but: Option<&IncidentId>,
    ) -> Result<Vec<Incident>> {
        let stored = self.store.members(id)?;
        let others = stored.into_iter().filter(|stored| Some(&stored.incident.id) != but);
        Ok(others.filter_map(|stored| stored.incident.as_known_at(as_of)).collect())
    }

    /// What kept coming back in `period`, within `scope`, looking from `as_of`.
    ///
    /// # Errors
    /// [`Error::Store`] where the record cannot be read.
    pub fn report(&self, period: Period, scope: &Scope, as_of: AsOf) -> Result<Reported> {
        let state = self.state();
        let (groups, mut one_offs) = self.grouped(as_of, scope)?;
        let mut classes = Vec::new();
        for (id, mut members) in groups {
            if members.len() < 2 {
                one_offs.append(&mut members);
            } else {
                let class = self.describe(id, &members, as_of, &state);
                classes.push(Recurring { class, members });
            }
        }
        let history = History { classes, one_offs };
        let report = report(&history, period, as_of);
        let classes = history.classes.into_iter().map(|recurring| recurring.class).collect();
        Ok(Reported { report, classes })
    }

    /// A class for an answer, with its members; `None` where, without the incident asked about, no two
    /// members were known.
    pub(crate) fn described(
        &self,
        id: ClassId,
        as_of: AsOf,
        but: Option<&IncidentId>,
        state: &State,
    ) -> Result<Option<Recurring<Incident>>> {
        let members = self.members(id, as_of, but)?;
        Ok((members.len() >= 2).then(|| {
            let class = self.describe(id, &members, as_of, state);
            Recurring { class, members }
        }))
    }

    fn describe(
        &self,
        id: ClassId,
        members: &[Incident],
        as_of: AsOf,
        state: &State,
    ) -> FailureClass {
        let borrowed: Vec<&Incident> = members.iter().collect();
        let mut label = label(id, &borrowed, &self.retriever, state.snapshot.postings());
        if let Some(name) = state.standing.name_of(id) {
            label.name = name.to_owned();
        }
        label.pinned = state.standing.is_pinned(id);
        describe(label, members, as_of)
    }

    /// The incidents of `scope` known at `as_of`, by class; and the one-offs.
    fn grouped(&self, as_of: AsOf, scope: &Scope) -> Result<Grouped> {
        let mut groups: BTreeMap<ClassId, Vec<Incident>> = BTreeMap::new();
        let mut one_offs = Vec::new();
        self.store.for_each(|stored| {
            let known = stored.incident.as_known_at(as_of).filter(|known| scope.includes(known));
            match (known, stored.class) {
                (Some(incident), Some(class)) => groups.entry(class).or_default().push(incident),
                (Some(incident), None) => one_offs.push(incident),
                (None, _) => {}
            }
            Ok::<(), store::Error>(())
        })?;
        Ok((groups, one_offs))
    }
}

type Grouped = (BTreeMap<ClassId, Vec<Incident>>, Vec<Incident>);
