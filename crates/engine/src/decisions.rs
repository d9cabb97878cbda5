//! What people decide about classes, and the batch pass.

use std::collections::BTreeSet;

use cluster::Algorithm;
use incident::AsOf;
use jiff::Timestamp;
use recurrence::{Attribution, ClassId, Decision, DecisionId, LineageEvent, Ruling, Wish, undone};
use store::Change;

use crate::classes::led_to;
use crate::engine::Engine;
use crate::epoch::Pass;
use crate::error::Result;
use crate::writer::Petition;

/// A decision, and whether it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruled {
    /// The decision.
    pub decision: Decision,
    /// The decision that took it back; `None`: it stands.
    pub undone_by: Option<DecisionId>,
}

/// A batch pass, and what it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reclustered {
    /// The pass.
    pub pass: Pass,
    /// How many classes of two or more there are now.
    pub classes: usize,
    /// What happened to classes, in the order of the lineage.
    pub events: Vec<LineageEvent>,
}

impl Engine {
    /// Decides what `petition` asks for, at `decided_at`. It holds in every later clustering, until it is
    /// taken back. A petition that was granted already changes nothing and has the first result.
    /// Credentials in the words of a petition are masked.
    ///
    /// # Errors
    /// [`Error::NoClass`](crate::Error::NoClass), `NoIncident`, `NoDecision` where there is none of that id;
    /// `Invalid` where the wish makes no sense; `Contradiction` where a decision that stands says otherwise;
    /// `RequestIdTaken` where the request id was used for something else; `Store` where the commit failed.
    /// In all these cases nothing has changed.
    pub fn decide(&self, petition: Petition, decided_at: Timestamp) -> Result<Decision> {
        let petition = masked(petition);
        let mut guard = self.writer();
        let writer = self.loaded(&mut guard)?;
        if let Some(kept) = writer.decided(&petition)? {
            return Ok(kept.clone());
        }
        let name = match petition.wish {
            Wish::Rename { class, .. } | Wish::Pin { class, .. } => {
                self.class(writer.current(class), AsOf::now(decided_at))?.name
            }
            _ => String::new(),
        };
        let (decision, changes) = writer.decide(petition, name, decided_at)?;
        self.commit(&mut guard, changes)?;
        Ok(decision)
    }

    /// The decisions that concern `class` or a class that leads to it, or all; latest first.
    ///
    /// # Errors
    /// [`Error::Store`](crate::Error::Store) where the record cannot be read.
    pub fn decisions(&self, class: Option<ClassId>) -> Result<Vec<Ruled>> {
        let decisions = self.store.decisions()?;
        let undone_by = undone(&decisions);
        let concerning = match class {
            Some(class) => self.concerning(class, &decisions)?,
            None => decisions.iter().map(|decision| decision.id).collect(),
        };
        let shown = decisions.into_iter().rev().filter(|it| concerning.contains(&it.id));
        Ok(shown
            .map(|decision| Ruled { undone_by: undone_by.get(&decision.id).copied(), decision })
            .collect())
    }

    /// Groups all incidents anew, within what people decided, at the next position of the log. Answers go on
    /// beside it from the state before, and from the one after once it is durable. Writers go on too while it is worked
    /// out, unless somebody decides something meanwhile: then it is worked out once more, and they wait.
    ///
    /// # Errors
    /// [`Error::Store`](crate::Error::Store) where the commit failed.
    pub fn recluster(&self, algorithm: Algorithm) -> Result<Reclustered> {
        let draft = {
            let mut guard = self.writer();
            self.loaded(&mut guard)?.draft(algorithm)
        };
        let proposal = draft.work_out();
        let mut guard = self.writer();
        let writer = self.loaded(&mut guard)?;
        let changes = writer.recluster(proposal);
        let classes = writer.n_classes();
        let events = changes.iter().filter_map(|change| match change {
            Change::Lineage(event) => Some(event.clone()),
            _ => None,
        });
        let events = events.collect();
        self.commit(&mut guard, changes)?;
        Ok(Reclustered { pass: self.pass(), classes, events })
    }

    /// The batch pass that answers rest on.
    #[must_use]
    pub fn pass(&self) -> Pass {
        self.state().pass
    }

    fn concerning(&self, class: ClassId, decisions: &[Decision]) -> Result<BTreeSet<DecisionId>> {
        let leads = self.leads()?;
        let here = led_to(class, &leads);
        let is_here = |id: &ClassId| led_to(*id, &leads) == here;
        let mut found = BTreeSet::new();
        for Decision { id, ruling, .. } in decisions {
            let ids: Vec<_> = ruling.incidents().into_iter().cloned().collect();
            let about_members = self
                .store
                .incidents(&ids)?
                .iter()
                .any(|stored| stored.class.is_some_and(|class| is_here(&class)));
            let about_other = match ruling {
                Ruling::Undone { decision } => found.contains(decision),
                _ => false,
            };
            if about_members || about_other || ruling.classes().iter().any(is_here) {
                found.insert(*id);
            }
        }
        Ok(found)
    }
}

/// The petition as it may be kept.
fn masked(petition: Petition) -> Petition {
    let masked = |text: &str| secrets::mask(text).text.into_owned();
    let Petition { wish, by: Attribution { who, why }, request_id } = petition;
    let wish = match wish {
        Wish::Rename { class, name } => Wish::Rename { class, name: masked(&name) },
        other => other,
    };
    Petition { wish, by: Attribution { who: masked(&who), why: masked(&why) }, request_id }
}
