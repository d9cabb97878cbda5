//! Incidents, looked up and removed.

use engine::{Kind, Page as Lines};
use incident::IncidentId;
use tonic::Code;

use super::page::Page;
use super::{Result, Service, answered};
use crate::convert::count;
use crate::convert::filter::filter;
use crate::convert::incident_out::{wire_class_id, wire_incident, wire_line};
use crate::convert::time::as_of;
use crate::limits::INCIDENT_ID_BYTES;
use crate::proto::{
    DeleteIncidentRequest, DeleteIncidentResponse, GetIncidentRequest, GetIncidentResponse,
    ListIncidentsRequest, ListIncidentsResponse,
};
use crate::violations::Violations;

impl Service {
    /// Returns one incident in full.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`, `NOT_FOUND`.
    pub fn get_incident(&self, request: GetIncidentRequest) -> Result<GetIncidentResponse> {
        let GetIncidentRequest { incident_id, as_of: at } = request;
        let mut found = Violations::new();
        found.required("incident_id", &incident_id, INCIDENT_ID_BYTES);
        let as_of = as_of(at, self.now(), &mut found);
        found.finish()?;
        let id = IncidentId::new(incident_id);
        let view = answered(self.engine.incident(&id, as_of))?;
        let class = match view.class {
            Some(class) => Some(answered(self.engine.class(class, as_of))?),
            None => None,
        };
        Ok(GetIncidentResponse {
            incident: Some(wire_incident(view.incident)),
            class_id: wire_class_id(view.class),
            class_name: class.map(|class| class.name).unwrap_or_default(),
            class_provisional: false,
            aliases: answered(self.engine.aliases(&id))?,
        })
    }

    /// Lists incidents, newest first, then by id; undated ones last.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`; `ABORTED` where the history changed since the first page.
    pub fn list_incidents(&self, request: ListIncidentsRequest) -> Result<ListIncidentsResponse> {
        let listing =
            ListIncidentsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
        let ListIncidentsRequest { filter: wanted, as_of: at, page_size, page_token } = request;
        let mut found = Violations::new();
        let page = Page::first(&listing, self.position(), self.now());
        let page = page.asked(page_size, &page_token, &mut found);
        let mut filter = filter(wanted, &mut found);
        let as_of = as_of(at, page.now, &mut found);
        match self.settle_classes(&mut filter) {
            Err(status) if status.code() == Code::NotFound => {
                found.note("filter.class_id", status.message());
            }
            settled => settled?,
        }
        found.finish()?;
        page.check(self.position())?;
        let lines = self.engine.incidents(filter, as_of, page.offset, page.limit);
        let Lines { items, total } = answered(lines)?;
        Ok(ListIncidentsResponse {
            next_page_token: page.next(items.len(), total),
            incidents: items.into_iter().map(wire_line).collect(),
            total_size: count(total),
        })
    }

    /// Removes an incident for good.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`; `NOT_FOUND`, unless `allow_missing`.
    pub fn delete_incident(
        &self,
        request: DeleteIncidentRequest,
    ) -> Result<DeleteIncidentResponse> {
        let DeleteIncidentRequest { incident_id, allow_missing } = request;
        let mut found = Violations::new();
        found.required("incident_id", &incident_id, INCIDENT_ID_BYTES);
        found.finish()?;
        match self.engine.delete(&IncidentId::new(incident_id)) {
            Err(error) if allow_missing && error.kind() == Kind::NotFound => {
                Ok(DeleteIncidentResponse::default())
            }
            result => {
                answered(result)?;
                Ok(DeleteIncidentResponse { deleted: true, cursor: self.cursor() })
            }
        }
    }
}
