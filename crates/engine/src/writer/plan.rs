//! What a wish would do, looked at before anything changes.

use std::collections::BTreeSet;

use incident::IncidentId;
use index::DocId;
use recurrence::{ClassId, Ruling, Wish};

use super::Writer;
use crate::error::{Error, Result};

mod pair;
mod undo;

/// A wish that can be granted, and how.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) ruling: Ruling,
    pub(super) steps: Vec<Step>,
}

/// One change of the classes.
#[derive(Debug)]
pub(super) enum Step {
    /// Documents go to a class.
    Move(Vec<DocId>, Goal),
    /// A class ends; its id leads to another.
    End(ClassId, ClassId),
    /// A class that had ended goes on.
    Reopen(ClassId),
}

/// Where documents go.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    /// To a class there is.
    Class(ClassId),
    /// To a new class.
    New,
    /// To the one-offs.
    Alone,
}

impl Goal {
    /// Where documents go that leave a class together.
    fn out(docs: &[DocId]) -> Self {
        if docs.len() > 1 { Self::New } else { Self::Alone }
    }
}

impl Writer {
    /// How `wish` can be granted; nothing changes yet. `name` is what the class to be renamed or pinned is
    /// called now.
    ///
    /// # Errors
    /// [`Error::NoClass`], [`Error::NoIncident`], [`Error::NoDecision`], [`Error::Invalid`];
    /// [`Error::Contradiction`] where a decision that stands says otherwise.
    pub(super) fn plan(&self, wish: &Wish, name: String) -> Result<Plan> {
        match wish {
            Wish::Rename { class, name: wanted } => {
                let (class, wanted) = (self.living(*class)?, wanted.clone());
                Ok(plain(Ruling::Renamed { class, name: wanted, previous_name: name }))
            }
            Wish::Pin { class, pinned } => {
                let (class, pinned) = (self.living(*class)?, *pinned);
                Ok(plain(Ruling::Pinned { class, pinned, name }))
            }
            Wish::Merge { class, merged } => self.plan_merge(*class, merged),
            Wish::Split { class, leaving } => self.plan_split(*class, leaving),
            Wish::Link { one, other } => self.plan_link(one, other),
            Wish::Unlink { one, other } => self.plan_unlink(one, other),
            Wish::Undo { decision } => self.plan_undo(*decision),
        }
    }

    fn plan_merge(&self, class: ClassId, merged: &[ClassId]) -> Result<Plan> {
        let class = self.living(class)?;
        if merged.is_empty() {
            let reason = "empty; expected the classes to merge into it".to_owned();
            return Err(Error::Invalid { field: "merged_class_ids", reason });
        }
        let mut joined: Vec<ClassId> = Vec::new();
        let mut steps = Vec::new();
        for asked in merged {
            let other = self.living(*asked)?;
            if other == class || joined.contains(&other) {
                let reason = format!("{asked} leads to {other}, which is named already");
                return Err(Error::Invalid { field: "merged_class_ids", reason });
            }
            joined.push(other);
            let docs: Vec<DocId> = self.families.members_of(other).collect();
            steps.push(Step::Move(docs, Goal::Class(class)));
            steps.push(Step::End(other, class));
        }
        let all: Vec<ClassId> = std::iter::once(class).chain(joined.iter().copied()).collect();
        self.none_apart(&all)?;
        let merged = joined.into_iter().map(|other| (other, self.member_ids(other))).collect();
        Ok(Plan {
            ruling: Ruling::Merged { class, members: self.member_ids(class), merged },
            steps,
        })
    }

    /// Checks that no decision keeps members of `classes` apart.
    fn none_apart(&self, classes: &[ClassId]) -> Result<()> {
        let is_member =
            |id: &&&IncidentId| self.class_of(id).is_some_and(|class| classes.contains(&class));
        for (one, other) in self.corpus.standing.rifts() {
            let ends = one.iter().find(is_member).zip(other.iter().find(is_member));
            if let Some(because) =
                ends.and_then(|(one, other)| self.corpus.standing.why_apart(one, other))
            {
                let names: Vec<String> = classes.iter().map(ToString::to_string).collect();
                let wish = format!("{} cannot be one class", names.join(" and "));
                return Err(Error::Contradiction { wish, because });
            }
        }
        Ok(())
    }

    fn plan_split(&self, class: ClassId, leaving: &[IncidentId]) -> Result<Plan> {
        let class = self.living(class)?;
        let wanted: BTreeSet<&IncidentId> = leaving.iter().collect();
        if let Some(stranger) = wanted.iter().find(|id| self.class_of(id) != Some(class)) {
            let reason = format!("`{stranger}` is no member of {class}");
            return Err(Error::Invalid { field: "incident_ids", reason });
        }
        let (left, stayed): (Vec<IncidentId>, Vec<IncidentId>) =
            self.member_ids(class).into_iter().partition(|id| wanted.contains(id));
        if left.is_empty() || stayed.is_empty() {
            let reason = format!("of the members of {class} one at least leaves and one stays");
            return Err(Error::Invalid { field: "incident_ids", reason });
        }
        for id in &left {
            let held =
                self.corpus.standing.together(id).into_iter().find(|held| stayed.contains(held));
            let because =
                held.as_ref().and_then(|held| self.corpus.standing.why_together(id, held));
            if let Some(because) = because {
                let wish = format!("`{id}` cannot leave {class}");
                return Err(Error::Contradiction { wish, because });
            }
        }
        let steps = vec![Step::Move(self.docs_of(&left), Goal::New)];
        let new_class = self.families.next();
        Ok(Plan { ruling: Ruling::Divided { class, stayed, new_class, left }, steps })
    }

    /// The class that the id leads to, if it has a member.
    pub(super) fn living(&self, id: ClassId) -> Result<ClassId> {
        let class = self.families.current(id);
        self.families.first_of(class).map(|_| class).ok_or(Error::NoClass { id })
    }

    fn member_ids(&self, class: ClassId) -> Vec<IncidentId> {
        self.families.members_of(class).map(|doc| self.families.id_of(doc).clone()).collect()
    }

    /// The live documents of `ids`, in that order.
    fn docs_of(&self, ids: &[IncidentId]) -> Vec<DocId> {
        self.live(&ids.iter().collect::<Vec<_>>()).collect()
    }
}

/// What changes no class.
fn plain(ruling: Ruling) -> Plan {
    Plan { ruling, steps: Vec::new() }
}
