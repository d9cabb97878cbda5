//! Two incidents that are the same failure, or are not.

use std::collections::BTreeSet;

use incident::IncidentId;
use index::DocId;
use recurrence::{ClassId, Ruling};

use super::{Goal, Plan, Step};
use crate::error::{Error, Result};
use crate::writer::Writer;

impl Writer {
    /// The other joins the class of the one, with all that is held together with it; the other way round where
    /// people put it where it is. What cannot be in one class with it leaves.
    pub(super) fn plan_link(&self, one: &IncidentId, other: &IncidentId) -> Result<Plan> {
        self.both_stored(one, other)?;
        let wish = || format!("`{one}` cannot be linked to `{other}`");
        if let Some(because) = self.corpus.standing.why_apart(one, other) {
            return Err(Error::Contradiction { wish: wish(), because });
        }
        let ruling = Ruling::Linked { one: one.clone(), other: other.clone() };
        let (here, there) = (self.class_of(one), self.class_of(other));
        let (target, mover) = match (here, there) {
            (Some(here), Some(there)) if here == there => {
                return Ok(Plan { ruling, steps: Vec::new() });
            }
            (None, None) => {
                let mut docs = self.block(one);
                docs.extend(self.block(other));
                return Ok(Plan { ruling, steps: vec![Step::Move(docs, Goal::New)] });
            }
            (Some(here), None) => (here, other),
            (None, Some(there)) => (there, one),
            (Some(here), Some(there)) => {
                match self.held_in(one, here).zip(self.held_in(other, there)) {
                    Some((first, second)) => {
                        let because = vec![first, second];
                        return Err(Error::Contradiction { wish: wish(), because });
                    }
                    None if self.held_in(other, there).is_some() => (there, one),
                    None => (here, other),
                }
            }
        };
        let mut steps = self.evictions(target, mover, &wish())?;
        let docs = self.block(mover);
        let emptied = self.class_of(mover).filter(|left| self.is_all_of(&docs, *left));
        steps.push(Step::Move(docs, Goal::Class(target)));
        steps.extend(emptied.map(|left| Step::End(left, target)));
        Ok(Plan { ruling, steps })
    }

    /// The other leaves their class, with all that is held together with it; where that is what the class was
    /// made of, the one does.
    pub(super) fn plan_unlink(&self, one: &IncidentId, other: &IncidentId) -> Result<Plan> {
        self.both_stored(one, other)?;
        if let Some(because) = self.corpus.standing.why_together(one, other) {
            let wish = format!("`{one}` cannot be unlinked from `{other}`");
            return Err(Error::Contradiction { wish, because });
        }
        let ruling = Ruling::Unlinked { one: one.clone(), other: other.clone() };
        let shared = self.class_of(one).filter(|class| self.class_of(other) == Some(*class));
        let steps = shared.map(|class| {
            let leaving = if self.is_made_of(class, other) { one } else { other };
            let docs = self.block(leaving);
            Step::Move(docs.clone(), Goal::out(&docs))
        });
        Ok(Plan { ruling, steps: steps.into_iter().collect() })
    }

    /// Members of `class` that a decision keeps apart from `newcomer` leave it.
    fn evictions(&self, class: ClassId, newcomer: &IncidentId, wish: &str) -> Result<Vec<Step>> {
        let mut gone: BTreeSet<DocId> = BTreeSet::new();
        let mut steps = Vec::new();
        for doc in self.families.members_of(class) {
            let id = self.families.id_of(doc);
            let Some(mut because) =
                self.corpus.standing.why_apart(newcomer, id).filter(|_| !gone.contains(&doc))
            else {
                continue;
            };
            if let Some(reason) = self.held_in(id, class) {
                because.push(reason);
                return Err(Error::Contradiction { wish: wish.to_owned(), because });
            }
            let docs = self.block(id);
            gone.extend(&docs);
            steps.push(Step::Move(docs.clone(), Goal::out(&docs)));
        }
        Ok(steps)
    }

    /// Why `id` does not leave `class` unless somebody says so of the class; `None` where it may.
    fn held_in(&self, id: &IncidentId, class: ClassId) -> Option<String> {
        let made = || self.corpus.standing.maker_of(class).filter(|_| self.is_made_of(class, id));
        let pinned =
            self.corpus.standing.pinner_of(class).map(|origin| format!("pinned by {origin}"));
        let because = pinned.or_else(|| made().map(|origin| format!("made of it by {origin}")))?;
        Some(format!("`{id}` is in {class}, which was {because}"))
    }

    /// Whether a merge or a split made `class` of `id` or what is held together with it.
    fn is_made_of(&self, class: ClassId, id: &IncidentId) -> bool {
        self.corpus.standing.claims().any(|(claimed, ids)| claimed == class && ids.contains(&id))
    }

    fn is_all_of(&self, docs: &[DocId], class: ClassId) -> bool {
        self.families.members_of(class).all(|doc| docs.contains(&doc))
    }

    /// The live documents that are held together with `id`, its own among them.
    fn block(&self, id: &IncidentId) -> Vec<DocId> {
        self.docs_of(&self.corpus.standing.together(id))
    }

    fn both_stored(&self, one: &IncidentId, other: &IncidentId) -> Result<()> {
        if one == other {
            let reason = format!("`{other}` is the same incident");
            return Err(Error::Invalid { field: "other_incident_id", reason });
        }
        match [one, other].into_iter().find(|id| !self.holds(id)) {
            Some(missing) => Err(Error::NoIncident { id: missing.clone() }),
            None => Ok(()),
        }
    }
}
