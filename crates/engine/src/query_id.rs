//! Names for questions.

use sha2::{Digest, Sha256};

use crate::answer::{Query, SimilarRequest};

/// The name of a question put to the log as it stood at `position`: the first 16 hex digits of the
/// SHA-256 of both. The same question to the same log has the same name.
pub(crate) fn query_id(request: &SimilarRequest, position: u64) -> String {
    let query = match &request.query {
        Query::Text(text) => format!("text\n{text}"),
        Query::Id(id) => format!("id\n{id}"),
        Query::Incident(incident) => {
            let json = serde_json::to_string(incident).expect("an incident has a JSON form");
            format!("incident\n{json}")
        }
    };
    let as_of = request.as_of.explicit.then(|| request.as_of.secs());
    let all = format!("{position}\n{}\n{as_of:?}\n{:?}\n{query}", request.k, request.filter);
    let digest = Sha256::digest(all.as_bytes());
    let hex: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("q-{hex}")
}
