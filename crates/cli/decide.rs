//! What people decide about classes, and the batch pass.

use std::env;

use relapse::proto::{
    Attribution, ClusteringAlgorithm, LinkIncidentsRequest, ListDecisionsRequest,
    MergeFailureClassesRequest, PinFailureClassRequest, ReclusterRequest,
    RenameFailureClassRequest, SplitFailureClassRequest, UndoDecisionRequest,
    UnlinkIncidentsRequest,
};

use crate::args::{ByArgs, ClassCommand, Global, Grouping, PairArgs};
use crate::backend::{Backend, all_decisions};
use crate::error::Result;
use crate::output::Output;
use crate::render;

/// `relapse class rename` and its like.
pub async fn class(command: ClassCommand, global: &Global) -> Result<()> {
    let output = Output::new(global);
    let mut backend = Backend::open(global).await?;
    match command {
        ClassCommand::Rename { id: class_id, name, by } => {
            let (attribution, request_id) = signed(by, global);
            let name = name.join(" ");
            let request = RenameFailureClassRequest { class_id, name, attribution, request_id };
            output.show(&backend.rename_failure_class(request).await?, render::renamed)
        }
        ClassCommand::Pin { id: class_id, release, by } => {
            let (attribution, request_id) = signed(by, global);
            let request =
                PinFailureClassRequest { class_id, pinned: !release, attribution, request_id };
            output.show(&backend.pin_failure_class(request).await?, render::pinned)
        }
        ClassCommand::Merge { id: class_id, others: merged_class_ids, by } => {
            let (attribution, request_id) = signed(by, global);
            let request =
                MergeFailureClassesRequest { class_id, merged_class_ids, attribution, request_id };
            output.show(&backend.merge_failure_classes(request).await?, render::merged)
        }
        ClassCommand::Split { id: class_id, incidents: incident_ids, by } => {
            let (attribution, request_id) = signed(by, global);
            let request =
                SplitFailureClassRequest { class_id, incident_ids, attribution, request_id };
            output.show(&backend.split_failure_class(request).await?, render::divided)
        }
        ClassCommand::History { id } => {
            let class_id = id.unwrap_or_default();
            let request = ListDecisionsRequest { class_id, ..ListDecisionsRequest::default() };
            output.show(&all_decisions(&mut backend, request).await?, render::decisions)
        }
        ClassCommand::Undo { id: decision_id, by } => {
            let (attribution, request_id) = signed(by, global);
            let request = UndoDecisionRequest { decision_id, attribution, request_id };
            output.show(&backend.undo_decision(request).await?, render::undone)
        }
        ClassCommand::Recluster { algorithm } => {
            let algorithm = match algorithm {
                Grouping::Default => ClusteringAlgorithm::AverageLink,
                Grouping::Dbscan => ClusteringAlgorithm::Dbscan,
            };
            let request = ReclusterRequest { algorithm: algorithm.into() };
            output.show(&backend.recluster(request).await?, render::reclustered)
        }
    }
}

/// `relapse link`.
pub async fn link(arguments: PairArgs, global: &Global) -> Result<()> {
    let PairArgs { one: incident_id, other: other_incident_id, by } = arguments;
    let (attribution, request_id) = signed(by, global);
    let request = LinkIncidentsRequest { incident_id, other_incident_id, attribution, request_id };
    let response = Backend::open(global).await?.link_incidents(request).await?;
    Output::new(global).show(&response, render::linked)
}

/// `relapse unlink`.
pub async fn unlink(arguments: PairArgs, global: &Global) -> Result<()> {
    let PairArgs { one: incident_id, other: other_incident_id, by } = arguments;
    let (attribution, request_id) = signed(by, global);
    let request =
        UnlinkIncidentsRequest { incident_id, other_incident_id, attribution, request_id };
    let response = Backend::open(global).await?.unlink_incidents(request).await?;
    Output::new(global).show(&response, render::unlinked)
}

fn signed(by: ByArgs, global: &Global) -> (Option<Attribution>, String) {
    let ByArgs { who, why, request_id } = by;
    (Some(attribution(who, why, global)), request_id)
}

/// Who decides: as said; where a token is shown, whose it is, which the server knows; else the user.
pub fn attribution(who: Option<String>, why: String, global: &Global) -> Attribution {
    let has_token = global.token_file.is_some() || env::var_os("RELAPSE_TOKEN").is_some();
    let user = || match global.server.is_some() && has_token {
        true => String::new(),
        false => env::var("USER").or_else(|_| env::var("LOGNAME")).unwrap_or_default(),
    };
    Attribution { who: who.unwrap_or_else(user), why }
}
