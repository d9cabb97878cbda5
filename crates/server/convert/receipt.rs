//! What became of records.

use std::collections::BTreeMap;

use engine::{Ingested, Outcome, SecretKind};

use super::incident_out::wire_class_id;
use super::record::{Place, Refused};
use crate::proto::{
    self, IngestIncidentsResponse, IngestResult, MaskedSecrets, UpsertIncidentResponse,
};

/// The receipt for a record, which is number `index` of its stream; `cursor` is where all of it is stored.
pub(crate) fn receipt(
    index: u32,
    place: Place,
    ingested: Ingested,
    cursor: &str,
) -> IngestIncidentsResponse {
    let Ingested { outcome, id, class, warnings, problem, skipped, masked } = ingested;
    let Place { file, line } = place;
    let warnings = warnings.into_iter().map(|warning| wire_warning(&file, warning)).collect();
    let skipped = skipped.map(|reason| proto::Problem {
        file: file.clone(),
        line,
        field: String::new(),
        reason,
    });
    let stored = id.is_some();
    IngestIncidentsResponse {
        index,
        result: wire_outcome(outcome).into(),
        incident_id: id.map(|id| id.to_string()).unwrap_or_default(),
        problem: problem.map(wire_problem).or(skipped),
        warnings,
        class_id: wire_class_id(class),
        cursor: if stored { cursor.to_owned() } else { String::new() },
        masked: wire_masked(masked),
    }
}

/// The receipt for a record that broke a rule.
pub(crate) fn refusal(index: u32, refused: Refused) -> IngestIncidentsResponse {
    let Refused { place: Place { file, line }, found } = refused;
    let (field, reason) = found.summary().unwrap_or_default();
    IngestIncidentsResponse {
        index,
        result: IngestResult::Refused.into(),
        problem: Some(proto::Problem { file, line, field, reason }),
        ..IngestIncidentsResponse::default()
    }
}

/// The receipt of a call of its own.
pub(crate) fn of_call(receipt: IngestIncidentsResponse) -> UpsertIncidentResponse {
    let IngestIncidentsResponse {
        index: _, // Of a stream.
        result,
        incident_id,
        problem,
        warnings,
        class_id,
        cursor,
        masked,
    } = receipt;
    UpsertIncidentResponse { result, incident_id, problem, warnings, class_id, cursor, masked }
}

fn wire_masked(masked: BTreeMap<SecretKind, u32>) -> Vec<MaskedSecrets> {
    let wire = |(kind, count): (SecretKind, u32)| MaskedSecrets { kind: kind.name().into(), count };
    masked.into_iter().map(wire).collect()
}

fn wire_outcome(outcome: Outcome) -> IngestResult {
    match outcome {
        Outcome::New => IngestResult::New,
        Outcome::Updated => IngestResult::Updated,
        Outcome::Unchanged => IngestResult::Unchanged,
        Outcome::Identical => IngestResult::Identical,
        Outcome::Refused => IngestResult::Refused,
        Outcome::Skipped => IngestResult::Skipped,
    }
}

fn wire_problem(problem: parse::Problem) -> proto::Problem {
    let parse::Problem { file, line, field, reason } = problem;
    let field = if field == "record" { String::new() } else { field };
    proto::Problem { file, line, field, reason }
}

fn wire_warning(file: &str, warning: parse::Warning) -> proto::Problem {
    let parse::Warning { line, field, message } = warning;
    proto::Problem { file: file.to_owned(), line, field, reason: message }
}
