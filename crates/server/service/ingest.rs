//! Storing records.

use engine::{Ingested, Item, Reading};
use tonic::Status;

use super::{Result, Service, answered};
use crate::convert::count;
use crate::convert::receipt;
use crate::convert::record::{self, Place, Received, Refused};
use crate::proto::{
    IngestIncidentsRequest, IngestIncidentsResponse, IngestResult, UpsertIncidentRequest,
    UpsertIncidentResponse,
};
use crate::violations::Violations;

/// Records that were read. What is left to be done with them has to be done in order.
#[derive(Debug)]
pub struct Read {
    /// Where each was read, or what is wrong with it.
    received: Vec<std::result::Result<Place, Refused>>,
    reading: Reading,
}

impl Service {
    /// Stores records, all in one commit: one receipt each, in order and numbered from 0, given once all of them are
    /// durable and searchable. A record that cannot be stored is refused in its place.
    ///
    /// # Errors
    /// Where the commit failed; then nothing of it is kept.
    pub fn ingest(
        &self,
        requests: Vec<IngestIncidentsRequest>,
    ) -> Result<Vec<IngestIncidentsResponse>> {
        self.keep(self.read(requests))
    }

    /// Checks, reads and analyses records, on all cores: the part of [`Service::ingest`] that needs nothing but
    /// them. Whoever has many reads some while [`Service::keep`] stores those before them.
    #[must_use]
    pub fn read(&self, requests: Vec<IngestIncidentsRequest>) -> Read {
        let mut items: Vec<Item> = Vec::with_capacity(requests.len());
        let mut received: Vec<std::result::Result<Place, Refused>> = Vec::new();
        for request in requests {
            received.push(record::of_stream(request).map(|Received { place, item }| {
                items.push(item);
                place
            }));
        }
        Read { received, reading: self.engine.read_ahead(items) }
    }

    /// Stores what was read, as [`Service::ingest`] does.
    ///
    /// # Errors
    /// As [`Service::ingest`].
    pub fn keep(&self, read: Read) -> Result<Vec<IngestIncidentsResponse>> {
        let Read { received, reading } = read;
        let ingested = answered(self.engine.keep(reading))?;
        Ok(receipts(received, ingested, &self.cursor()))
    }

    /// Stores one record; durable and searchable when it returns.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` where the record cannot be stored.
    pub fn upsert_incident(
        &self,
        request: UpsertIncidentRequest,
    ) -> Result<UpsertIncidentResponse> {
        let Received { place, item } = match record::of_call(request) {
            Ok(received) => received,
            Err(Refused { found, .. }) => return Err(refused(found)),
        };
        let ingested = answered(self.engine.ingest(vec![item]))?;
        let mut receipts = receipts(vec![Ok(place)], ingested, &self.cursor());
        let response = receipt::of_call(receipts.pop().expect("each item has a receipt"));
        match response.problem {
            Some(problem) if response.result == IngestResult::Refused as i32 => {
                let mut found = Violations::new();
                let field = if problem.field.is_empty() { "document" } else { &problem.field };
                found.note(field, problem.reason);
                Err(refused(found))
            }
            _ => Ok(response),
        }
    }
}

fn refused(found: Violations) -> Status {
    found.finish().expect_err("a record is refused for a rule it breaks")
}

fn receipts(
    received: Vec<std::result::Result<Place, Refused>>,
    ingested: Vec<Ingested>,
    cursor: &str,
) -> Vec<IngestIncidentsResponse> {
    let mut ingested = ingested.into_iter();
    let receipts = received.into_iter().enumerate().map(|(index, received)| match received {
        Ok(place) => {
            let ingested = ingested.next().expect("each item has a receipt");
            receipt::receipt(count(index), place, ingested, cursor)
        }
        Err(refused) => receipt::refusal(count(index), refused),
    });
    receipts.collect()
}
