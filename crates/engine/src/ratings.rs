//! What people said of matches.

use std::collections::{BTreeMap, BTreeSet};

use incident::{AsOf, IncidentId};
use jiff::Timestamp;
use recurrence::Attribution;
use store::{Change, RatingRecord};

use crate::answer::Query;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::query_id::{question_name, question_of};
use crate::state::State;

/// Says whether a match was of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateRequest {
    /// The answer it was shown in.
    pub query_id: String,
    /// The incident that was shown.
    pub incident: IncidentId,
    /// Whether it was the same failure.
    pub useful: bool,
    /// Who says so, and why.
    pub by: Attribution,
    /// When.
    pub at: Timestamp,
}

/// What a person said of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// Whether it was the same failure.
    pub useful: bool,
    /// Who said so.
    pub who: String,
    /// Why; empty: not said.
    pub why: String,
    /// When, to the second.
    pub at: Timestamp,
}

/// Every rating that stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ratings {
    /// With its log position; by question, incident shown and person.
    all: BTreeMap<Key, (u64, RatingRecord)>,
    /// The ratings that speak of an incident, as the one shown or the one asked about.
    of: BTreeMap<IncidentId, Vec<Key>>,
}

type Key = (String, IncidentId, String);

/// What was asked: a rating holds for the same question asked again and, where a stored incident was asked about, for
/// the pair of the two, whichever of them is asked about.
#[derive(Debug, Clone)]
pub(crate) struct AskedAbout {
    pub(crate) question: String,
    pub(crate) id: Option<IncidentId>,
}

impl Engine {
    /// Keeps what a person said of a match, and returns its log position. Saying the same again changes nothing; of two
    /// ratings of one person for one match the last stands. Credentials in the words are masked.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the query id is none, [`Error::NoIncident`] where the incident is not stored,
    /// [`Error::Store`] where the commit failed.
    pub fn rate(&self, request: RateRequest) -> Result<u64> {
        let question = question_of(&request.query_id).ok_or_else(|| Error::Invalid {
            field: "query_id",
            reason: format!(
                "`{}` is no query id; expected the `query_id` of an answer, such as q-0123456789abcdef-01234567",
                request.query_id
            ),
        })?;
        let asked = asked_incident(&self.state(), question);
        let rating = RatingRecord {
            question: question.to_owned(),
            asked,
            incident: request.incident,
            useful: request.useful,
            who: secrets::mask(&request.by.who).text.into_owned(),
            why: secrets::mask(&request.by.why).text.into_owned(),
            at_secs: request.at.as_second(),
        };
        self.change(|writer| {
            if let Some(missing) = rating.incidents().find(|id| !writer.holds(id)) {
                return Err(Error::NoIncident { id: missing.clone() });
            }
            if let Some(position) = writer.experience().ratings().position_of(&rating) {
                return Ok((position, Vec::new()));
            }
            let position = writer.rate(rating.clone());
            Ok((position, vec![Change::Rate { position, rating }]))
        })
    }
}

/// The stored incident that is the question of this name; `None` where the question was a text.
fn asked_incident(state: &State, question: &str) -> Option<IncidentId> {
    let docs = state.snapshot.postings().live_docs();
    let mut ids = docs.map(|doc| IncidentId::new(state.snapshot.catalog().id(doc)));
    ids.find(|id| question_name(&Query::Id(id.clone())) == question)
}

impl Ratings {
    pub(crate) fn of(records: Vec<(u64, RatingRecord)>) -> Self {
        let mut ratings = Self::default();
        records.into_iter().for_each(|(position, record)| ratings.put(position, record));
        ratings
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(crate) fn put(&mut self, position: u64, rating: RatingRecord) {
        let key = key(&rating);
        let incidents: BTreeSet<IncidentId> = rating.incidents().cloned().collect();
        if self.all.insert(key.clone(), (position, rating)).is_none() {
            for id in incidents {
                self.of.entry(id).or_default().push(key.clone());
            }
        }
    }

    pub(crate) fn forget(&mut self, id: &IncidentId) {
        for key in self.of.remove(id).unwrap_or_default() {
            self.all.remove(&key);
        }
        let all = &self.all;
        self.of.values_mut().for_each(|keys| keys.retain(|key| all.contains_key(key)));
    }

    /// The log position of a rating that says the same.
    fn position_of(&self, rating: &RatingRecord) -> Option<u64> {
        let (position, known) = self.all.get(&key(rating))?;
        (known.useful == rating.useful && known.why == rating.why).then_some(*position)
    }

    /// What was said by `as_of` of `shown` as an answer to `asked`: the last first.
    pub(crate) fn about(&self, asked: &AskedAbout, shown: &IncidentId, as_of: AsOf) -> Vec<Rating> {
        let keys = self.of.get(shown).into_iter().flatten();
        let mut found: Vec<&(u64, RatingRecord)> = keys
            .map(|key| &self.all[key])
            .filter(|(_, rating)| asked.is_meant_by(rating, shown))
            .filter(|(_, rating)| !as_of.explicit || rating.at_secs <= as_of.secs())
            .collect();
        found.sort_by_key(|(position, _)| std::cmp::Reverse(*position));
        found.into_iter().map(|(_, rating)| rating.into()).collect()
    }

    /// How many say that the match was of use, and how many that it was not.
    pub(crate) fn counted(&self) -> (usize, usize) {
        let useful = self.all.values().filter(|(_, rating)| rating.useful).count();
        (useful, self.all.len() - useful)
    }
}

impl AskedAbout {
    fn is_meant_by(&self, rating: &RatingRecord, shown: &IncidentId) -> bool {
        let same_question = rating.question == self.question && rating.incident == *shown;
        let is_asked = |id: &IncidentId| self.id.as_ref() == Some(id);
        let same_pair = rating.asked.as_ref().is_some_and(|asked| {
            (is_asked(asked) && rating.incident == *shown)
                || (is_asked(&rating.incident) && asked == shown)
        });
        same_question || same_pair
    }
}

impl From<&RatingRecord> for Rating {
    fn from(rating: &RatingRecord) -> Self {
        Self {
            useful: rating.useful,
            who: rating.who.clone(),
            why: rating.why.clone(),
            at: Timestamp::from_second(rating.at_secs).unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }
}

fn key(rating: &RatingRecord) -> Key {
    (rating.question.clone(), rating.incident.clone(), rating.who.clone())
}
