//! Decisions that are taken back.

use incident::IncidentId;
use recurrence::{ClassId, Decision, DecisionId, Ruling, Standing, undone};

use super::{Goal, Plan, Step};
use crate::error::{Error, Result};
use crate::writer::Writer;

impl Writer {
    /// A merge that is taken back gives the merged classes their members back, a split that is taken back its
    /// members to the class they came from. Of all else the next clustering is free to think again.
    pub(super) fn plan_undo(&self, id: DecisionId) -> Result<Plan> {
        let decision = self.corpus.decisions.iter().find(|decision| decision.id == id);
        let decision = decision.ok_or(Error::NoDecision { id })?;
        let refused = |reason: String| {
            let wish = format!("{id} cannot be undone");
            Err(Error::Contradiction { wish, because: vec![reason] })
        };
        if let Some(by) = undone(&self.corpus.decisions).get(&id) {
            return refused(format!("{by} has done that already"));
        }
        let steps = match &decision.ruling {
            Ruling::Undone { decision: earlier } => {
                return refused(format!("it is itself an undo, of {earlier}; decide anew"));
            }
            Ruling::Merged { class, merged, .. } => self.give_back(decision, *class, merged)?,
            Ruling::Divided { class, new_class, .. } => {
                self.take_back(decision, *class, *new_class)?
            }
            _ => Vec::new(),
        };
        Ok(Plan { ruling: Ruling::Undone { decision: id }, steps })
    }

    /// Undoes a merge.
    fn give_back(
        &self,
        decision: &Decision,
        class: ClassId,
        merged: &[(ClassId, Vec<IncidentId>)],
    ) -> Result<Vec<Step>> {
        let rest = Standing::without(&self.corpus.decisions, decision.id);
        let mut steps = Vec::new();
        for (other, members) in merged {
            for id in members {
                let bound = rest.together(id).into_iter().find(|held| !members.contains(held));
                let because = bound.and_then(|held| rest.why_together(id, &held));
                if let Some(because) = because {
                    return Err(rests_on(decision, because));
                }
            }
            let members: Vec<IncidentId> =
                members.iter().filter(|id| self.class_of(id) == Some(class)).cloned().collect();
            steps.push(Step::Reopen(*other));
            steps.push(Step::Move(self.docs_of(&members), Goal::Class(*other)));
        }
        Ok(steps)
    }

    /// Undoes a split.
    fn take_back(&self, decision: &Decision, class: ClassId, new: ClassId) -> Result<Vec<Step>> {
        let taken_back = undone(&self.corpus.decisions);
        let later = self.corpus.decisions.iter().find(|later| {
            later.id > decision.id
                && !taken_back.contains_key(&later.id)
                && later.ruling.classes().contains(&new)
        });
        if let Some(later) = later {
            let reason = format!("a later decision is about {new}: {}", later.origin());
            return Err(rests_on(decision, vec![reason]));
        }
        let rest = Standing::without(&self.corpus.decisions, decision.id);
        let class = self.families.current(class);
        let is_in = |id: &&&IncidentId, class| self.class_of(id) == Some(class);
        for (one, other) in rest.rifts() {
            for (one, other) in [(&one, &other), (&other, &one)] {
                let ends = one.iter().find(|id| is_in(id, new));
                let ends = ends.zip(other.iter().find(|id| is_in(id, class)));
                if let Some(because) = ends.and_then(|(one, other)| rest.why_apart(one, other)) {
                    return Err(rests_on(decision, because));
                }
            }
        }
        let docs = self.families.members_of(new).collect();
        Ok(vec![Step::Move(docs, Goal::Class(class)), Step::End(new, class)])
    }
}

fn rests_on(decision: &Decision, because: Vec<String>) -> Error {
    Error::Contradiction { wish: format!("{} cannot be undone alone", decision.id), because }
}
