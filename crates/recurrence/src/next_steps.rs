//! What was done before: steps to take again, in the words of those who took them.

use std::borrow::Borrow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use incident::{AsOf, Incident, IncidentId};

use crate::occurrences::Occurrences;

mod blocks;
mod deed;
mod fold;
mod phrases;
mod sentences;
mod telling;
mod verbs;
mod words;

/// The most steps of an answer.
pub const NEXT_STEPS_MAX: usize = 3;

/// A step somebody took, quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    /// A sentence or list item of the resolution, verbatim but for the marker of its list.
    pub text: String,
    /// The incident it is quoted from: the newest in which the step was taken.
    pub incident_id: IncidentId,
    /// The incidents in which it was taken; at least 1. Spellings of it with the same stems are one step.
    pub times_used: u32,
    /// After how many of these it stayed quiet for longer than usual; at most `times_used`.
    pub times_held: u32,
}

/// The steps taken in `members`, incidents as they were known at `as_of`, in any order: those after which
/// it held most often, then those used most, then the newest, then by incident and place in its text; at
/// most [`NEXT_STEPS_MAX`].
///
/// Only sentences of a resolution that tell of an action taken are steps: none that is denied, supposed,
/// promised, or was tried for nothing.
///
/// `usual_gap_days` is the median gap of the class. A step held in an incident where more days passed
/// until the next one, or for the last until `as_of`. `None` where the incidents are no class, or have no
/// gap: then none is known to have held.
#[must_use]
pub fn next_steps<I: Borrow<Incident>>(
    members: &[I],
    usual_gap_days: Option<f64>,
    as_of: AsOf,
) -> Vec<NextStep> {
    let class = Occurrences::of(members);
    let mut uses: BTreeMap<BTreeSet<String>, Use<'_>> = BTreeMap::new();
    for (nth, &incident) in class.members().iter().enumerate() {
        let quiet = class.quiet_after_days(nth, as_of);
        let held = quiet.zip(usual_gap_days).is_some_and(|(quiet, gap)| quiet > gap);
        for (stems, (place, text)) in steps_of(incident) {
            let taken = Use { text, incident, place, used: 1, held: u32::from(held) };
            uses.entry(stems).and_modify(|known| known.join(&taken)).or_insert(taken);
        }
    }
    let mut uses: Vec<Use<'_>> = uses.into_values().collect();
    uses.sort_by_key(Use::rank);
    uses.into_iter().take(NEXT_STEPS_MAX).map(Use::quoted).collect()
}

/// A step and the incidents that used it.
#[derive(Debug, Clone, Copy)]
struct Use<'a> {
    text: &'a str,
    incident: &'a Incident,
    /// Which of the steps of the incident it is.
    place: usize,
    used: u32,
    held: u32,
}

impl<'a> Use<'a> {
    /// Takes in a use of the same step in an incident that comes later in the order of time.
    fn join(&mut self, other: &Self) {
        if other.started_at() > self.started_at() {
            (self.text, self.incident, self.place) = (other.text, other.incident, other.place);
        }
        self.used += other.used;
        self.held += other.held;
    }

    fn started_at(&self) -> Option<i64> {
        self.incident.started_at.map(incident::Moment::secs)
    }

    fn rank(&self) -> impl Ord + use<'a> {
        let newest_first = Reverse((self.held, self.used, self.started_at()));
        (newest_first, &self.incident.id, self.place)
    }

    fn quoted(self) -> NextStep {
        NextStep {
            text: self.text.to_owned(),
            incident_id: self.incident.id.clone(),
            times_used: self.used,
            times_held: self.held,
        }
    }
}

/// The steps of an incident by their stems, with their place in its resolution; the first of equals.
fn steps_of(incident: &Incident) -> BTreeMap<BTreeSet<String>, (usize, &str)> {
    let mut by_stems = BTreeMap::new();
    let text = incident.resolution.as_deref().unwrap_or_default();
    for (place, step) in steps(text).into_iter().enumerate() {
        let stems = fold::stems(fold::main_clause(step));
        if stems.len() > 1 {
            by_stems.entry(stems).or_insert((place, step));
        }
    }
    by_stems
}

/// The sentences and list items of `text` that tell of an action taken, as slices of it.
fn steps(text: &str) -> Vec<&str> {
    let blocks = blocks::blocks(text).into_iter();
    let told: Vec<(&str, bool)> = blocks.flat_map(sentences_of).collect();
    let is_step = |place: usize, (sentence, is_disowned): (&str, bool)| {
        let taken_back = told.get(place + 1).is_some_and(|(next, _)| deed::takes_back(next));
        !is_disowned && !taken_back && deed::is_deed(sentence)
    };
    let told = told.iter().copied().enumerate();
    told.filter(|&(place, told)| is_step(place, told)).map(|(_, (step, _))| step).collect()
}

/// The sentences of a block, each with whether its heading or lead says that it was not done.
fn sentences_of(block: blocks::Block<'_>) -> Vec<(&str, bool)> {
    let is_disowned = [block.heading, block.lead].into_iter().flatten().any(deed::disowns);
    let sentences = sentences::sentences(block.text).into_iter();
    sentences.map(|sentence| (sentence, is_disowned)).collect()
}

#[cfg(test)]
mod tests;
