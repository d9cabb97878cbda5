//! What people say of matches.

use engine::RateRequest;
use incident::IncidentId;

use super::{Result, Service, answered};
use crate::limits::{INCIDENT_ID_BYTES, QUERY_ID_BYTES, WHO_BYTES, WHY_BYTES};
use crate::proto::{Attribution, RateMatchRequest, RateMatchResponse};
use crate::violations::Violations;

/// Who says so where nobody is named.
const UNKNOWN: &str = "unknown";

impl Service {
    /// Keeps whether a match was of use.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`, `NOT_FOUND` for an incident that is not stored.
    pub fn rate_match(&self, request: RateMatchRequest) -> Result<RateMatchResponse> {
        let RateMatchRequest { query_id, incident_id, useful, attribution } = request;
        let Attribution { who, why } = attribution.unwrap_or_default();
        let mut found = Violations::new();
        found.required("query_id", &query_id, QUERY_ID_BYTES);
        found.required("incident_id", &incident_id, INCIDENT_ID_BYTES);
        found.at_most("attribution.who", who.len(), WHO_BYTES, "bytes");
        found.printable("attribution.who", &who);
        found.at_most("attribution.why", why.len(), WHY_BYTES, "bytes");
        found.finish()?;
        let who = match who.trim() {
            "" => UNKNOWN,
            who => who,
        };
        let rating = RateRequest {
            query_id,
            incident: IncidentId::new(incident_id),
            useful,
            who: who.to_owned(),
            why: why.trim().to_owned(),
            at: self.now(),
        };
        let position = answered(self.engine.rate(rating))?;
        Ok(RateMatchResponse { cursor: position.to_string() })
    }
}
