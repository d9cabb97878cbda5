//! Alerts: each becomes part of an incident, and is answered with what is known of its kind.

use std::sync::{Arc, PoisonError};

use alerts::{Fact, Merged, Notice, merge, prefix};
use engine::Item;
use incident::{Incident, IncidentId, Moment, Status as State};
use jiff::Timestamp;

use super::{Listener, Result, Service, answered};
use crate::convert::time::wire;
use crate::proto::find_similar_request::Query;
use crate::proto::{FindSimilarRequest, FindSimilarResponse};

/// How many of the last incidents of a group an alert may belong to.
const RECENT: usize = 50;
/// The matches of an answer to an alert.
const MATCHES: u32 = 3;

/// What became of an incident that an alert belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It is new.
    Created,
    /// Something of it changed.
    Updated,
    /// It is over.
    Resolved,
    /// It was known as it is.
    Unchanged,
}

/// What a message led to.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// An incident.
    Incident {
        /// Its id.
        id: String,
        /// What became of it.
        became: Became,
        /// What is known of its kind; `None` where it is over, or as it was.
        answer: Option<Box<FindSimilarResponse>>,
    },
    /// Nothing.
    Ignored {
        /// Why.
        reason: String,
    },
}

/// Messages, and who is told of the answers to them.
pub(crate) struct Taken {
    /// The messages.
    pub(crate) notices: Vec<Notice>,
    /// Where the answers go besides the response.
    pub(crate) listeners: Arc<[Listener]>,
}

/// What a message tells.
struct Message {
    source: String,
    group: String,
    /// Its own id, where it has one.
    id: Option<String>,
    facts: Vec<Fact>,
}

/// An incident that a message told of.
struct Changed {
    id: IncidentId,
    became: Became,
    is_over: bool,
    /// When it began.
    started_at: Option<Moment>,
}

impl Service {
    /// Adds what `notices` tell to the incidents of their groups; durable and searchable when it returns. A message that
    /// was received before changes nothing.
    ///
    /// # Errors
    /// Where a commit failed; then the message may be sent again.
    pub(crate) fn take_alerts(&self, taken: Taken) -> Result<Vec<Told>> {
        let Taken { notices, listeners } = taken;
        let mut told = Vec::new();
        for notice in notices {
            match notice {
                Notice::Nothing { reason } => told.push(Told::Ignored { reason }),
                Notice::Facts { source, group, message, facts } => {
                    let message = Message { source, group, id: message, facts };
                    told.extend(self.take_message(message, &listeners)?);
                }
            }
        }
        Ok(told)
    }

    fn take_message(&self, message: Message, listeners: &[Listener]) -> Result<Vec<Told>> {
        let Message { source, group, id, facts } = message;
        if let Some(id) = &id
            && answered(self.engine.has_message(&source, id))?
        {
            let reason = "this message was received before".to_owned();
            return Ok(vec![Told::Ignored { reason }]);
        }
        let changed = self.add_facts(&source, &group, facts)?;
        let told = changed.into_iter().map(|changed| self.told(changed, &source, listeners));
        let told = told.collect::<Result<_>>()?;
        // Only now: a message that failed half-way is taken again when it is repeated, and adds up to the same.
        if let Some(id) = &id {
            answered(self.engine.remember_message(&source, id, self.now()))?;
        }
        Ok(told)
    }

    /// Reads the group, adds the facts, stores it: one message at a time.
    fn add_facts(&self, source: &str, group: &str, facts: Vec<Fact>) -> Result<Vec<Changed>> {
        let _alone = self.alerts.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = answered(self.engine.last_of(source, &prefix(group), RECENT))?;
        let ids: Vec<(String, IncidentId)> =
            stored.iter().map(|one| (one.external_id.clone(), one.id.clone())).collect();
        let id_of = |external_id: &str| {
            ids.iter().find(|(known, _)| known == external_id).map(|(_, id)| id.clone())
        };
        let as_it_was: Vec<(String, Changed)> = stored.iter().map(same).collect();
        let Merged { puts, deletes, unchanged } = merge(source, group, facts, stored);
        let became: Vec<(Became, bool, Option<Moment>)> = puts
            .iter()
            .map(|one| {
                let became = became(one, id_of(&one.external_id).is_some());
                (became, is_over(one), one.started_at)
            })
            .collect();
        let items = puts.into_iter().map(|one| Item::Incident(Box::new(one))).collect();
        let receipts = answered(self.engine.ingest(items))?;
        for id in deletes.iter().filter_map(|external_id| id_of(external_id)) {
            answered(self.engine.delete(&id))?;
        }
        let put = receipts.into_iter().zip(became);
        let put = put.filter_map(|(receipt, (became, is_over, started_at))| {
            Some(Changed { id: receipt.id?, became, is_over, started_at })
        });
        let told_of = |(external_id, same): (String, Changed)| {
            unchanged.contains(&external_id).then_some(same)
        };
        Ok(put.chain(as_it_was.into_iter().filter_map(told_of)).collect())
    }

    /// What is known of the kind of an incident, for the response and for `listeners`.
    fn told(&self, changed: Changed, source: &str, listeners: &[Listener]) -> Result<Told> {
        let Changed { id, became, is_over, started_at } = changed;
        let asks = matches!(became, Became::Created | Became::Updated);
        // Whoever repeats a message may do so because the first one ended half-way.
        let is_awaited = !is_over && self.is_awaited(listeners, source, &id)?;
        let mut answer = None;
        if asks || is_awaited {
            let found = self.answer_to(&id, started_at)?;
            self.tell(if is_over { &[] } else { listeners }, source, &id, &found)?;
            answer = asks.then_some(Box::new(found));
        }
        Ok(Told::Incident { id: id.as_str().to_owned(), became, answer })
    }

    fn answer_to(
        &self,
        id: &IncidentId,
        started_at: Option<Moment>,
    ) -> Result<FindSimilarResponse> {
        // The clock of a sender may be ahead of ours: an alert is known from when it says it began.
        let ahead = started_at.map(|moment| moment.at).filter(|at| *at > self.now());
        self.find_similar(FindSimilarRequest {
            query: Some(Query::IncidentId(id.as_str().to_owned())),
            k: MATCHES,
            as_of: ahead.map(wire),
            ..FindSimilarRequest::default()
        })
    }

    /// When messages are received.
    pub(crate) fn received_at(&self) -> Timestamp {
        self.now()
    }
}

/// An incident that stays as it is, by its external id.
fn same(incident: &Incident) -> (String, Changed) {
    let changed = Changed {
        id: incident.id.clone(),
        became: Became::Unchanged,
        is_over: is_over(incident),
        started_at: incident.started_at,
    };
    (incident.external_id.clone(), changed)
}

fn is_over(incident: &Incident) -> bool {
    incident.status == Some(State::Resolved)
}

fn became(incident: &Incident, is_known: bool) -> Became {
    match (incident.status, is_known) {
        (Some(State::Resolved), true) => Became::Resolved,
        (_, true) => Became::Updated,
        (_, false) => Became::Created,
    }
}
