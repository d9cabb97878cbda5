//! What people decide about classes, and the batch pass.

use engine::{Algorithm, Kind, Petition, Reclustered, Ruled};
use incident::{AsOf, IncidentId};
use recurrence::{ClassId, Decision, Ruling, Wish};

use super::page::Page;
use super::{Result, Service, answered};
use crate::convert::decision::{
    petition, required_class, required_decision, required_incident, wire_event, wire_ruled,
};
use crate::convert::failure_class::wire_class;
use crate::convert::filter::class_id_of;
use crate::convert::incident_out::wire_class_id;
use crate::convert::{capped, count};
use crate::limits::{CLASS_NAME_BYTES, MERGED_CLASSES_MAX, SPLIT_INCIDENTS_MAX};
use crate::proto::{
    self, ClusteringAlgorithm, LinkIncidentsRequest, LinkIncidentsResponse, ListDecisionsRequest,
    ListDecisionsResponse, MergeFailureClassesRequest, MergeFailureClassesResponse,
    PinFailureClassRequest, PinFailureClassResponse, ReclusterRequest, ReclusterResponse,
    RenameFailureClassRequest, RenameFailureClassResponse, SplitFailureClassRequest,
    SplitFailureClassResponse, UndoDecisionRequest, UndoDecisionResponse, UnlinkIncidentsRequest,
    UnlinkIncidentsResponse,
};
use crate::violations::Violations;

/// How many close neighbours make an incident the core of a class, for DBSCAN.
const DBSCAN_MIN_POINTS: usize = 2;

impl Service {
    /// Names a class.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`, `NOT_FOUND`, `ALREADY_EXISTS` as for all decisions below.
    pub fn rename_failure_class(
        &self,
        request: RenameFailureClassRequest,
    ) -> Result<RenameFailureClassResponse> {
        let RenameFailureClassRequest { class_id, name, attribution, request_id } = request;
        let mut found = Violations::new();
        let class = required_class("class_id", &class_id, &mut found);
        found.at_most("name", name.len(), CLASS_NAME_BYTES, "bytes");
        found.printable("name", &name);
        let wish = Wish::Rename { class, name: name.trim().to_owned() };
        let asked = petition(wish, attribution, request_id, &mut found);
        found.finish()?;
        let decision = self.decided(asked)?;
        let failure_class = self.wire_class_now(class)?;
        Ok(RenameFailureClassResponse { decision: Some(self.ruled(decision)?), failure_class })
    }

    /// Pins a class, or releases it.
    ///
    /// # Errors
    /// As [`Service::rename_failure_class`].
    pub fn pin_failure_class(
        &self,
        request: PinFailureClassRequest,
    ) -> Result<PinFailureClassResponse> {
        let PinFailureClassRequest { class_id, pinned, attribution, request_id } = request;
        let mut found = Violations::new();
        let class = required_class("class_id", &class_id, &mut found);
        let wish = Wish::Pin { class, pinned };
        let asked = petition(wish, attribution, request_id, &mut found);
        found.finish()?;
        let decision = self.decided(asked)?;
        let failure_class = self.wire_class_now(class)?;
        Ok(PinFailureClassResponse { decision: Some(self.ruled(decision)?), failure_class })
    }

    /// Makes several classes one.
    ///
    /// # Errors
    /// As [`Service::rename_failure_class`]; `FAILED_PRECONDITION` where a decision keeps them apart.
    pub fn merge_failure_classes(
        &self,
        request: MergeFailureClassesRequest,
    ) -> Result<MergeFailureClassesResponse> {
        let MergeFailureClassesRequest { class_id, merged_class_ids, attribution, request_id } =
            request;
        let mut found = Violations::new();
        let class = required_class("class_id", &class_id, &mut found);
        found.at_most("merged_class_ids", merged_class_ids.len(), MERGED_CLASSES_MAX, "classes");
        let merged = (0..).zip(&merged_class_ids).map(|(place, id): (usize, _)| {
            required_class(&format!("merged_class_ids[{place}]"), id, &mut found)
        });
        let wish = Wish::Merge { class, merged: merged.collect() };
        let asked = petition(wish, attribution, request_id, &mut found);
        found.finish()?;
        let decision = self.decided(asked)?;
        let failure_class = self.wire_class_now(class)?;
        Ok(MergeFailureClassesResponse { decision: Some(self.ruled(decision)?), failure_class })
    }

    /// Moves members of a class into a new one.
    ///
    /// # Errors
    /// As [`Service::rename_failure_class`]; `FAILED_PRECONDITION` where a decision holds them together.
    pub fn split_failure_class(
        &self,
        request: SplitFailureClassRequest,
    ) -> Result<SplitFailureClassResponse> {
        let SplitFailureClassRequest { class_id, incident_ids, attribution, request_id } = request;
        let mut found = Violations::new();
        let class = required_class("class_id", &class_id, &mut found);
        found.at_most("incident_ids", incident_ids.len(), SPLIT_INCIDENTS_MAX, "incidents");
        let leaving = (0..).zip(incident_ids).map(|(place, id): (usize, _)| {
            required_incident(&format!("incident_ids[{place}]"), id, &mut found)
        });
        let wish = Wish::Split { class, leaving: leaving.collect() };
        let asked = petition(wish, attribution, request_id, &mut found);
        found.finish()?;
        let decision = self.decided(asked)?;
        let new_failure_class = match decision.ruling {
            Ruling::Divided { new_class, .. } => self.wire_class_now(new_class)?,
            _ => None,
        };
        let failure_class = self.wire_class_now(class)?;
        let decision = Some(self.ruled(decision)?);
        Ok(SplitFailureClassResponse { decision, failure_class, new_failure_class })
    }

    /// Decides that two incidents are the same failure.
    ///
    /// # Errors
    /// As [`Service::rename_failure_class`]; `FAILED_PRECONDITION` where a decision says otherwise.
    pub fn link_incidents(&self, request: LinkIncidentsRequest) -> Result<LinkIncidentsResponse> {
        let LinkIncidentsRequest { incident_id, other_incident_id, attribution, request_id } =
            request;
        let mut found = Violations::new();
        let one = required_incident("incident_id", incident_id, &mut found);
        let other = required_incident("other_incident_id", other_incident_id, &mut found);
        let wish = Wish::Link { one: one.clone(), other };
        let asked = petition(wish, attribution, request_id, &mut found);
        found.finish()?;
        let decision = self.decided(asked)?;
        let failure_class = match self.class_now(&one)? {
            Some(class) => self.wire_class_now(class)?,
            None => None,
        };
        Ok(LinkIncidentsResponse { decision: Some(self.ruled(decision)?), failure_class })
    }

    /// Decides that two incidents are not the same failure.
    ///
    /// # Errors
    /// As [`Service::link_incidents`].
    pub fn unlink_incidents(
        &self,
        request: UnlinkIncidentsRequest,
    ) -> Result<UnlinkIncidentsResponse> {
        let UnlinkIncidentsRequest { incident_id, other_incident_id, attribution, request_id } =
            request;
        let mut found = Violations::new();
        let one = required_incident("incident_id", incident_id, &mut found);
        let other = required_incident("other_incident_id", other_incident_id, &mut found);
        let wish = Wish::Unlink { one: one.clone(), other: other.clone() };
        let asked = petition(wish, attribution, request_id, &mut found);
        found.finish()?;
        let decision = self.decided(asked)?;
        Ok(UnlinkIncidentsResponse {
            decision: Some(self.ruled(decision)?),
            class_id: wire_class_id(self.class_now(&one)?),
            other_class_id: wire_class_id(self.class_now(&other)?),
        })
    }

    /// Takes a decision back.
    ///
    /// # Errors
    /// As [`Service::rename_failure_class`]; `FAILED_PRECONDITION` where it is undone already, or a later one
    /// rests on it.
    pub fn undo_decision(&self, request: UndoDecisionRequest) -> Result<UndoDecisionResponse> {
        let UndoDecisionRequest { decision_id, attribution, request_id } = request;
        let mut found = Violations::new();
        let id = required_decision("decision_id", &decision_id, &mut found);
        let asked = petition(Wish::Undo { decision: id }, attribution, request_id, &mut found);
        found.finish()?;
        let decision = self.decided(asked)?;
        let all = answered(self.engine.decisions(None))?;
        let undone = all.into_iter().find(|ruled| ruled.decision.id == id).map(wire_ruled);
        Ok(UndoDecisionResponse { decision: Some(self.ruled(decision)?), undone })
    }

    /// Lists decisions, latest first.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`; `ABORTED` where the history changed since the first page.
    pub fn list_decisions(&self, request: ListDecisionsRequest) -> Result<ListDecisionsResponse> {
        let listing =
            ListDecisionsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
        let ListDecisionsRequest { class_id, page_size, page_token } = request;
        let mut found = Violations::new();
        let class = class_id_of("class_id", &class_id, &mut found);
        let page = Page::first(&listing, self.position(), self.now());
        let page = page.asked(page_size, &page_token, &mut found);
        found.finish()?;
        page.check(self.position())?;
        let all = answered(self.engine.decisions(class))?;
        let total = all.len();
        let shown: Vec<proto::Decision> =
            all.into_iter().skip(page.offset).take(page.limit).map(wire_ruled).collect();
        Ok(ListDecisionsResponse {
            next_page_token: page.next(shown.len(), total),
            decisions: shown,
            total_size: count(total),
        })
    }

    /// Groups all incidents anew.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`.
    pub fn recluster(&self, request: ReclusterRequest) -> Result<ReclusterResponse> {
        let ReclusterRequest { algorithm } = request;
        let algorithm = match ClusteringAlgorithm::try_from(algorithm) {
            Ok(ClusteringAlgorithm::Unspecified | ClusteringAlgorithm::AverageLink) => {
                Algorithm::AverageLink
            }
            Ok(ClusteringAlgorithm::Dbscan) => Algorithm::Dbscan { min_points: DBSCAN_MIN_POINTS },
            Err(_) => {
                let mut found = Violations::new();
                found.add("algorithm", algorithm, "a number that names an algorithm");
                return Err(found.finish().expect_err("a rule was broken"));
            }
        };
        let Reclustered { pass, classes, events } = answered(self.engine.recluster(algorithm))?;
        Ok(ReclusterResponse {
            pass: capped(pass.number),
            cursor: pass.position.to_string(),
            classes: count(classes),
            events: events.into_iter().map(wire_event).collect(),
        })
    }

    /// Groups all incidents anew if anything came since that was last done.
    ///
    /// # Errors
    /// Where the commit failed.
    pub fn recluster_if_due(&self) -> Result<Option<ReclusterResponse>> {
        match self.engine.pass().position == self.engine.position() {
            true => Ok(None),
            false => self.recluster(ReclusterRequest::default()).map(Some),
        }
    }

    fn decided(&self, asked: Petition) -> Result<Decision> {
        answered(self.engine.decide(asked, self.now()))
    }

    /// The decision, and whether it stands by now: a retry may come after its undo.
    fn ruled(&self, decision: Decision) -> Result<proto::Decision> {
        let all = answered(self.engine.decisions(None))?;
        let kept = all.into_iter().find(|ruled| ruled.decision.id == decision.id);
        Ok(wire_ruled(kept.unwrap_or(Ruled { decision, undone_by: None })))
    }

    /// The class that `id` leads to now; `None` where a clustering dissolved it since.
    fn wire_class_now(&self, id: ClassId) -> Result<Option<proto::FailureClass>> {
        match self.engine.class(id, AsOf::now(self.now())) {
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            class => answered(class).map(|class| Some(wire_class(&class))),
        }
    }

    fn class_now(&self, id: &IncidentId) -> Result<Option<ClassId>> {
        answered(self.engine.incident(id, AsOf::now(self.now()))).map(|view| view.class)
    }
}
