//! Alerts: each becomes part of an incident, and is answered with what is known of its kind.

use std::sync::PoisonError;

use alerts::{Fact, Merged, Notice, merge, prefix};
use engine::Item;
use incident::{Incident, IncidentId, Moment, Status as State};
use jiff::Timestamp;

use super::{Result, Service, answered};
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

/// An incident that a message changed.
struct Changed {
    id: IncidentId,
    became: Became,
    /// When it began, where that is of interest.
    started_at: Option<Moment>,
}

impl Service {
    /// Adds what `notices` tell to the incidents of their groups; durable and searchable when it returns. A message that
    /// was received before changes nothing.
    ///
    /// # Errors
    /// Where a commit failed; then the message may be sent again.
    pub(crate) fn take_alerts(&self, notices: Vec<Notice>) -> Result<Vec<Told>> {
        let mut told = Vec::new();
        for notice in notices {
            match notice {
                Notice::Nothing { reason } => told.push(Told::Ignored { reason }),
                Notice::Facts { source, group, message, facts } => {
                    told.extend(self.take_message(&source, &group, message, facts)?);
                }
            }
        }
        Ok(told)
    }

    fn take_message(
        &self,
        source: &str,
        group: &str,
        message: Option<String>,
        facts: Vec<Fact>,
    ) -> Result<Vec<Told>> {
        if let Some(message) = &message
            && answered(self.engine.has_message(source, message))?
        {
            let reason = "this message was received before".to_owned();
            return Ok(vec![Told::Ignored { reason }]);
        }
        let changed = self.add_facts(source, group, facts)?;
        // Only now: a message that failed half-way is taken again when it is repeated, and adds up to the same.
        if let Some(message) = &message {
            answered(self.engine.remember_message(source, message, self.now()))?;
        }
        changed.into_iter().map(|changed| self.told(changed)).collect()
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
        let Merged { puts, deletes, unchanged } = merge(source, group, facts, stored);
        let became: Vec<(Became, Option<Moment>)> = puts
            .iter()
            .map(|one| (became(one, id_of(&one.external_id).is_some()), one.started_at))
            .collect();
        let items = puts.into_iter().map(|one| Item::Incident(Box::new(one))).collect();
        let receipts = answered(self.engine.ingest(items))?;
        for id in deletes.iter().filter_map(|external_id| id_of(external_id)) {
            answered(self.engine.delete(&id))?;
        }
        let put = receipts.into_iter().zip(became);
        let put = put.filter_map(|(receipt, (became, started_at))| {
            Some(Changed { id: receipt.id?, became, started_at })
        });
        let same = unchanged.iter().filter_map(|one| {
            Some(Changed { id: id_of(one)?, became: Became::Unchanged, started_at: None })
        });
        Ok(put.chain(same).collect())
    }

    fn told(&self, changed: Changed) -> Result<Told> {
        let Changed { id, became, started_at } = changed;
        let id = id.as_str().to_owned();
        let asks = matches!(became, Became::Created | Became::Updated);
        // The clock of a sender may be ahead of ours: an alert is known from when it says it began.
        let ahead = started_at.map(|moment| moment.at).filter(|at| *at > self.now());
        let question = FindSimilarRequest {
            query: Some(Query::IncidentId(id.clone())),
            k: MATCHES,
            as_of: ahead.map(wire),
            ..FindSimilarRequest::default()
        };
        let answer = if asks { Some(Box::new(self.find_similar(question)?)) } else { None };
        Ok(Told::Incident { id, became, answer })
    }

    /// When messages are received.
    pub(crate) fn received_at(&self) -> Timestamp {
        self.now()
    }
}

fn became(incident: &Incident, is_known: bool) -> Became {
    match (incident.status, is_known) {
        (Some(State::Resolved), true) => Became::Resolved,
        (_, true) => Became::Updated,
        (_, false) => Became::Created,
    }
}
