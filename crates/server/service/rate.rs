//! What people say of matches.

use engine::RateRequest;
use incident::IncidentId;

use super::{Result, Service, answered};
use crate::convert::decision::attributed;
use crate::limits::{INCIDENT_ID_BYTES, QUERY_ID_BYTES};
use crate::proto::{RateMatchRequest, RateMatchResponse};
use crate::violations::Violations;

impl Service {
    /// Keeps whether a match was of use.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`, `NOT_FOUND` for an incident that is not stored.
    pub fn rate_match(&self, request: RateMatchRequest) -> Result<RateMatchResponse> {
        let RateMatchRequest { query_id, incident_id, useful, attribution } = request;
        let mut found = Violations::new();
        found.required("query_id", &query_id, QUERY_ID_BYTES);
        found.required("incident_id", &incident_id, INCIDENT_ID_BYTES);
        let by = attributed(attribution, &mut found);
        found.finish()?;
        let incident = IncidentId::new(incident_id);
        let rating = RateRequest { query_id, incident, useful, by, at: self.now() };
        let position = answered(self.engine.rate(rating))?;
        Ok(RateMatchResponse { cursor: position.to_string() })
    }
}
