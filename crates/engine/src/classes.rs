//! What keeps coming back.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::sync::Arc;

use incident::{AsOf, Incident, IncidentId};
use index::Filter;
use recurrence::{ClassId, FailureClass, LineageEvent, Recurring, describe};

use crate::class_terms::label;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::prepare::in_parallel;
use crate::records::known_at;
use crate::report::{Groups, Scope};
use crate::state::State;
use crate::stop::NEVER;

impl Engine {
    /// The classes with at least `min_occurrences` members known at `as_of`: the one seen last first,
    /// then by id.
    ///
    /// # Errors
    /// [`Error::Store`] where the record cannot be read.
    pub fn classes(&self, min_occurrences: u32, as_of: AsOf) -> Result<Vec<FailureClass>> {
        let state = self.state();
        let Groups { classes, .. } = self.grouped(as_of, &Scope::default(), NEVER)?;
        let least = min_occurrences.max(1) as usize;
        let groups: Vec<_> =
            classes.into_iter().filter(|(_, members)| members.len() >= least).collect();
        let mut classes =
            in_parallel(groups, |(id, members)| self.describe(id, &members, as_of, &state));
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
        self.settled(|state| {
            let current = self.current(id)?;
            let members = self.members(current, as_of, None, state)?;
            if members.is_empty() {
                // Its id may lead to a class that has just begun.
                let is_late = self.store.last_position() > state.position;
                return Err(if is_late { Error::Overtaken } else { Error::NoClass { id } });
            }
            Ok(self.describe(current, &members, as_of, state))
        })
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
        Ok(led_to(id, &self.leads()?))
    }

    /// The classes that ended, each with the class that its id leads to next.
    pub(crate) fn leads(&self) -> Result<BTreeMap<ClassId, ClassId>> {
        let records = self.store.classes()?.into_iter();
        Ok(records.filter_map(|record| Some((record.id, record.merged_into?))).collect())
    }

    /// The members of the class `id` as they were known at `as_of`, in the order of the log; `but` left out.
    fn members(
        &self,
        id: ClassId,
        as_of: AsOf,
        but: Option<&IncidentId>,
        state: &State,
    ) -> Result<Vec<Arc<Incident>>> {
        let (classes, exclude) = (vec![id.number()], but.cloned());
        let others = Filter { classes, exclude, ..Filter::default() };
        let members = state.records.of(&state.snapshot.docs(&others), self, state)?;
        Ok(members.into_iter().filter_map(|member| known_at(member, as_of)).collect())
    }

    /// A class for an answer, with its members; `None` where, without the incident asked about, no two
    /// members were known.
    pub(crate) fn described(
        &self,
        id: ClassId,
        as_of: AsOf,
        but: Option<&IncidentId>,
        state: &State,
    ) -> Result<Option<Recurring<Arc<Incident>>>> {
        let members = self.members(id, as_of, but, state)?;
        Ok((members.len() >= 2).then(|| {
            let class = self.describe(id, &members, as_of, state);
            Recurring { class, members }
        }))
    }

    pub(crate) fn describe(
        &self,
        id: ClassId,
        members: &[impl Borrow<Incident>],
        as_of: AsOf,
        state: &State,
    ) -> FailureClass {
        let borrowed: Vec<&Incident> = members.iter().map(Borrow::borrow).collect();
        let postings = state.snapshot.postings();
        let mut label = label(id, &borrowed, &self.retriever, postings, &state.class_terms);
        if let Some(name) = state.standing.name_of(id) {
            label.name = name.to_owned();
        }
        label.pinned = state.standing.is_pinned(id);
        describe(label, &borrowed, as_of)
    }
}

/// The class that `id` leads to, by the ways that `leads` knows.
pub(crate) fn led_to(id: ClassId, leads: &BTreeMap<ClassId, ClassId>) -> ClassId {
    std::iter::successors(Some(id), |class| leads.get(class).copied()).last().unwrap_or(id)
}
