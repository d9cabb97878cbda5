//! From prepared items to one commit.

use std::collections::BTreeMap;

use incident::{Incident, IncidentId, carry_over, identifier};
use parse::{Problem, Warning};
use recurrence::ClassId;
use secrets::Kind;
use store::{Alias, Change, Digest, Store};
use vector::Bag;

use crate::known::{Known, Name};
use crate::prepare::{Prepared, Ready};
use crate::writer::Writer;

/// So many items are looked ahead for at once: enough to keep all cores at work, ...
const AHEAD_MAX: usize = 1_024;
/// ... and for fewer it is not worth it.
const AHEAD_MIN: usize = 64;

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was not known.
    New,
    /// It replaced an older version.
    Updated,
    /// It is known as it is, or in a newer version.
    Unchanged,
    /// It is a byte-equal copy of a known document under another name.
    Identical,
    /// It cannot be read; the problem says why.
    Refused,
    /// It is no incident and is not meant to be.
    Skipped,
}

/// The receipt for an item: it is durable and searchable.
#[derive(Debug, Clone, PartialEq)]
pub struct Ingested {
    /// What became of it.
    pub outcome: Outcome,
    /// The incident it is; `None` where it was refused or skipped.
    pub id: Option<IncidentId>,
    /// The class that incident is in; `None` for a one-off.
    pub class: Option<ClassId>,
    /// What was tolerated while reading it.
    pub warnings: Vec<Warning>,
    /// Why it was refused.
    pub problem: Option<Problem>,
    /// Why it was skipped.
    pub skipped: Option<String>,
    /// How many different credentials of each kind were masked in it.
    pub masked: BTreeMap<Kind, u32>,
}

/// One commit under way.
#[derive(Debug)]
pub(crate) struct Commit<'a> {
    writer: &'a mut Writer,
    known: Known<'a>,
    changes: Vec<Change>,
}

impl<'a> Commit<'a> {
    pub(crate) fn new(writer: &'a mut Writer, store: &'a Store) -> Self {
        Self { writer, known: Known::new(store), changes: Vec::new() }
    }

    /// Decides on `items` in order and applies them to the indices; nothing is stored yet. One receipt each.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn take_all(&mut self, items: Vec<Prepared>) -> store::Result<Vec<Ingested>> {
        let mut receipts = Vec::with_capacity(items.len());
        let mut rest = items.into_iter();
        while rest.len() > 0 {
            let n_items = self.writer.n_until_epoch().min(AHEAD_MAX);
            let mut run: Vec<Prepared> = rest.by_ref().take(n_items).collect();
            if run.len() >= AHEAD_MIN {
                self.look_ahead(&mut run)?;
            }
            for item in run {
                receipts.push(self.take(item)?);
            }
        }
        Ok(receipts)
    }

    /// Finds out on all cores what deciding on the items will ask for: which are known, which classes are near the others.
    fn look_ahead(&mut self, items: &mut [Prepared]) -> store::Result<()> {
        let mut ready: Vec<&mut Ready> = items.iter_mut().filter_map(Prepared::ready).collect();
        self.known.look_up(ready.iter().map(|one| one.name()).collect())?;
        ready.retain(|one| !self.known.is_stored(&one.name()));
        let bags: Vec<&Bag> = ready.iter().map(|one| &one.bags.classes).collect();
        let prospects = self.writer.look_ahead(&bags);
        for (one, prospect) in ready.into_iter().zip(prospects) {
            one.prospect = Some(prospect);
        }
        Ok(())
    }

    /// Decides on one item.
    fn take(&mut self, prepared: Prepared) -> store::Result<Ingested> {
        match prepared {
            Prepared::Skipped { reason } => {
                Ok(Ingested { skipped: Some(reason), ..receipt(Outcome::Skipped, None) })
            }
            Prepared::Refused(problem) => {
                Ok(Ingested { problem: Some(problem), ..receipt(Outcome::Refused, None) })
            }
            Prepared::Ready(mut ready) => {
                let warnings = std::mem::take(&mut ready.warnings);
                let masked = std::mem::take(&mut ready.masked);
                let (outcome, id) = self.take_ready(*ready)?;
                Ok(Ingested { warnings, masked, ..receipt(outcome, Some(id)) })
            }
        }
    }

    /// Every change of the record, ready to be stored; writes into the receipts the classes that the
    /// incidents are in by now, for a later item may have moved an earlier one. The index is still to be
    /// brought up to date, and new weights are still to be recorded.
    pub(crate) fn finish<'r>(
        self,
        receipts: impl Iterator<Item = &'r mut Ingested>,
    ) -> Vec<Change> {
        for receipt in receipts {
            receipt.class = receipt.id.as_ref().and_then(|id| self.writer.class_of(id));
        }
        self.changes
    }

    /// Puts a new state of a known incident in the place of the one before.
    pub(crate) fn replace(&mut self, ready: Ready) {
        self.put(ready.name(), ready);
    }

    fn take_ready(&mut self, mut ready: Ready) -> store::Result<(Outcome, IncidentId)> {
        let name = ready.name();
        if let Some((kept, file)) = self.known.incident(&name, &self.changes)? {
            ready.incident.id = kept.id.clone();
            return Ok(self.take_version(name, ready, &kept, file));
        }
        if let Some(of) = self.original(&name, &ready)? {
            return Ok((Outcome::Identical, of));
        }
        let (source, external_id) = (&name.0, &name.1);
        let mut id = identifier(source, external_id, false);
        while self.writer.holds(&id) {
            id = identifier(source, id.as_str(), true);
        }
        ready.incident.id = id.clone();
        self.put(name, ready);
        Ok((Outcome::New, id))
    }

    fn take_version(
        &mut self,
        name: Name,
        mut ready: Ready,
        kept: &Incident,
        file: Option<Digest>,
    ) -> (Outcome, IncidentId) {
        let id = kept.id.clone();
        let older = match (ready.incident.updated_at, kept.updated_at) {
            (Some(given), Some(kept)) => given.at < kept.at,
            _ => false,
        };
        if older {
            return (Outcome::Unchanged, id);
        }
        let written = ready.incident.updated_at;
        carry_over(&kept.action_items, &mut ready.incident.action_items, written);
        if ready.incident != *kept {
            self.put(name, ready);
            return (Outcome::Updated, id);
        }
        if ready.digest.is_some() && ready.digest != file {
            // Other bytes that say the same: copies of the new bytes are to be recognised too.
            self.put(name, ready);
        }
        (Outcome::Unchanged, id)
    }

    /// The incident that the document, which is none yet, is a byte-equal copy of.
    fn original(&mut self, name: &Name, ready: &Ready) -> store::Result<Option<IncidentId>> {
        let Some(digest) = ready.digest else {
            return Ok(None);
        };
        let kept = self.known.alias(name)?;
        let alias = self.known.by_digest(&digest)?.map(|of| Alias { of, digest });
        if alias != kept {
            self.name(name, alias.clone());
        }
        Ok(alias.map(|alias| alias.of))
    }

    /// Records what a name stands for besides incidents of its own.
    fn name(&mut self, name: &Name, alias: Option<Alias>) {
        let (source, external_id) = name.clone();
        self.known.put_alias(name.clone(), alias.clone());
        let Some(Alias { of, digest }) = alias else {
            self.changes.push(Change::DropAlias { source, external_id });
            return;
        };
        let position = self.writer.next_position();
        self.changes.push(Change::Alias { position, source, external_id, digest, of });
        self.end_of_position();
    }

    fn put(&mut self, name: Name, ready: Ready) {
        let position = self.writer.next_position();
        let Ready { incident, bags, digest, prospect, .. } = ready;
        let (class, changes) = self.writer.put(&incident, bags, prospect);
        self.changes.extend(changes);
        self.known.put(name, incident.id.clone(), digest, self.changes.len());
        self.changes.push(Change::Put { position, incident: Box::new(incident), class, digest });
        self.end_of_position();
    }

    fn end_of_position(&mut self) {
        if let Some(regrouped) = self.writer.advance() {
            self.changes.extend(regrouped);
        }
    }
}

impl Prepared {
    fn ready(&mut self) -> Option<&mut Ready> {
        match self {
            Self::Ready(ready) => Some(ready),
            Self::Skipped { .. } | Self::Refused(_) => None,
        }
    }
}

impl Ready {
    fn name(&self) -> Name {
        (self.incident.source.clone(), self.incident.external_id.clone())
    }
}

fn receipt(outcome: Outcome, id: Option<IncidentId>) -> Ingested {
    Ingested {
        outcome,
        id,
        class: None,
        warnings: Vec::new(),
        problem: None,
        skipped: None,
        masked: BTreeMap::new(),
    }
}
