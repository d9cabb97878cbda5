//! Plain requests and answers.

use std::sync::Arc;

use incident::{AsOf, Field, Incident, IncidentId, Moment, Severity, Status};
use index::Filter;
use jiff::Timestamp;
use recurrence::{ClassId, FailureClass, FixStatus, FollowUp, NextStep, Verdict};

use crate::ratings::Rating;

/// Asks for incidents like one that is going on.
#[derive(Debug, Clone)]
pub struct SimilarRequest {
    /// What is known of it.
    pub query: Query,
    /// How many matches at most, 1 to 100.
    pub k: usize,
    /// Which incidents may answer.
    pub filter: Filter,
    /// The moment the answer looks from.
    pub as_of: AsOf,
}

/// What is known of the incident asked about.
#[derive(Debug, Clone)]
pub enum Query {
    /// A title, an alert, a log line, a description.
    Text(String),
    /// An incident that is not stored.
    Incident(Box<Incident>),
    /// A stored incident; it does not answer itself.
    Id(IncidentId),
}

/// Have we seen this before, what fixed it, and did the fix hold?
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The same question to the same log has the same id.
    pub query_id: String,
    /// The answer in one word.
    pub verdict: Verdict,
    /// The probability that the verdict is right, in [0, 1]: for a recurrence that the best match is the same failure,
    /// for what is similar or new that it is not. `None` where nothing is calibrated, too little was said, or a rule stood above
    /// the calibration.
    pub confidence: Option<f64>,
    /// How many judged cases stand behind it; 0 without one.
    pub calibration_cases: u32,
    /// The answer in one line.
    pub headline: String,
    /// The class of the failure; `None` where it is a one-off, or nothing like it is known.
    pub failure_class: Option<FailureClass>,
    /// Whether the fix held: of the class, else of the best match.
    pub fix_status: FixStatus,
    /// The follow-ups behind the fix status.
    pub action_items: Vec<FollowUp>,
    /// Best first; empty where the verdict is new or too little was said.
    pub matches: Vec<Match>,
    /// What was done before, where this is a recurrence or similar: of the class, else of the best matches.
    pub next_steps: Vec<NextStep>,
    /// The closest incident, where the verdict is new.
    pub nearest_miss: Option<Match>,
    /// What limits the answer.
    pub warnings: Vec<Caveat>,
    /// What the answer rests on.
    pub searched: Searched,
}

/// A past incident like the one asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The incident, as it was known at the as-of.
    pub incident: Arc<Incident>,
    /// The class it is in; `None` for a one-off.
    pub class: Option<ClassId>,
    /// What people said of it as an answer to this question, the last first.
    pub ratings: Vec<Rating>,
    /// What it is ranked by, in [0, 1].
    pub score: f64,
    /// The score without recency, in [0, 1]: what the verdict goes by.
    pub likeness: f64,
    /// They sum to the score; greatest first, then by origin and term.
    pub contributions: Vec<Contribution>,
    /// What the two do not share: services, and the weightiest words of the question.
    pub differs: Vec<String>,
    /// Days from the date of its start to that of the as-of, UTC; `None` for an undated incident.
    pub age_days: Option<u32>,
    /// How many further matches it stands for: other times that a flapping incident came up, and incidents of its
    /// class of nearly the same text.
    pub collapsed: u32,
}

impl Match {
    /// What ended it, word for word, and the field it was read from; `None` where nothing is stated.
    #[must_use]
    pub fn resolution(&self) -> Option<(&str, Field)> {
        self.incident.resolution.as_deref().map(|text| (text, Field::Resolution))
    }
}

/// A part of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// What it comes from.
    pub origin: Origin,
    /// As the question spells it; empty for a part that belongs to no single term.
    pub term: String,
    /// Its part of the score.
    pub contribution: f64,
}

/// What a part of a score comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A term that the past incident has in this field.
    Field(Field),
    /// A term that it has nowhere: others of its words are spelled alike, or stand for the same.
    Related,
    /// Stop words, numbers and marks that both have.
    Filler,
    /// Against it: it is near to everything.
    Hubness,
    /// How new it is.
    Recency,
    /// It is nearly the same text.
    NearIdentical,
    /// What keeps the score in [0, 1].
    Bound,
}

impl Origin {
    /// Its name: that of the field, or `related`, `filler`, `hubness`, `recency`, `near_identical`, `bound`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Field(field) => field.name(),
            Self::Related => "related",
            Self::Filler => "filler",
            Self::Hubness => "hubness",
            Self::Recency => "recency",
            Self::NearIdentical => "near_identical",
            Self::Bound => "bound",
        }
    }
}

/// Something that limits an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caveat {
    /// The fix of the best match was followed by a recurrence.
    StaleFix,
    /// The best match states no root cause or no resolution.
    FieldEmpty,
    /// No word of the question occurs in the history.
    AllTermsUnknown,
    /// The question was longer than what is read of one.
    Truncated,
    /// No confidence: nothing is calibrated on this corpus.
    NotCalibrated,
}

/// What an answer rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Searched {
    /// How many incidents the filters and the as-of let through.
    pub incidents: usize,
    /// The starts of the oldest and the newest of them; `None` where none is dated.
    pub time_range: Option<(Timestamp, Timestamp)>,
    /// The filters as given.
    pub filter: Filter,
    /// The last position of the log taken into account.
    pub position: u64,
    /// The number of the epoch whose weights were used.
    pub epoch: u64,
    /// The number of the batch pass that the classes come from; 0: none was made yet.
    pub pass: u64,
    /// The moment the answer looks from.
    pub as_of: AsOf,
}

/// An incident with its class.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentView {
    /// The incident, as it was known at the as-of.
    pub incident: Incident,
    /// The class it is in; `None` for a one-off.
    pub class: Option<ClassId>,
    /// Whether it joined the class on arrival, and no batch pass has confirmed it yet.
    pub provisional: bool,
}

/// A line of a list of incidents.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentLine {
    /// Its id.
    pub id: IncidentId,
    /// Its title.
    pub title: String,
    /// Where its document lives.
    pub url: Option<String>,
    /// When it began.
    pub started_at: Option<Moment>,
    /// How bad it was.
    pub severity: Option<Severity>,
    /// How far it has come.
    pub status: Option<Status>,
    /// The affected services.
    pub services: Vec<String>,
    /// Minutes from start to resolution; `None` where they are not known.
    pub time_to_resolve_minutes: Option<u32>,
    /// The class it is in; `None` for a one-off.
    pub class: Option<ClassId>,
    /// Whether it joined the class on arrival, and no batch pass has confirmed it yet.
    pub provisional: bool,
}

impl IncidentLine {
    /// The line of `incident`, which is in `class` for good.
    #[must_use]
    pub fn of(incident: Incident, class: Option<ClassId>) -> Self {
        Self {
            provisional: false,
            time_to_resolve_minutes: incident.time_to_resolve_minutes(),
            id: incident.id,
            title: incident.title,
            url: incident.url,
            started_at: incident.started_at,
            severity: incident.severity,
            status: incident.status,
            services: incident.services,
            class,
        }
    }
}
