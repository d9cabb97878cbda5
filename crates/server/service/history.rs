//! Incidents, looked up and removed.

use engine::{Kind, Page as Lines};
use incident::{AsOf, IncidentId};
use recurrence::{ClassId, FailureClass};

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
            Some(class) => self.class_if_any(class, as_of)?,
            None => None,
        };
        Ok(GetIncidentResponse {
            incident: Some(wire_incident(view.incident)),
            class_id: wire_class_id(class.as_ref().map(|class| class.id).or(view.class)),
            class_name: class.map(|class| class.name).unwrap_or_default(),
            class_provisional: view.provisional,
            aliases: answered(self.engine.aliases(&id))?,
        })
    }

    /// The class that `id` leads to; `None` where it was regrouped away since its id was read.
    fn class_if_any(&self, id: ClassId, as_of: AsOf) -> Result<Option<FailureClass>> {
        match self.engine.class(id, as_of) {
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            class => answered(class).map(Some),
        }
    }

    /// Lists incidents, newest first, then by id; undated ones last.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`; `NOT_FOUND` for a class that does not exist; `ABORTED` where the history changed since the
    /// first page.
    pub fn list_incidents(&self, request: ListIncidentsRequest) -> Result<ListIncidentsResponse> {
        let listing =
            ListIncidentsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
        let ListIncidentsRequest { filter: wanted, as_of: at, page_size, page_token } = request;
        let mut found = Violations::new();
        let page = Page::first(&listing, self.position(), self.now());
        let page = page.asked(page_size, &page_token, &mut found);
        let mut filter = filter(wanted, &mut found);
        let as_of = as_of(at, page.now, &mut found);
        found.finish()?;
        page.check(self.position())?;
        self.settle(&mut filter)?;
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

#[cfg(test)]
mod tests {
    use incident::Incident;
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_class_that_was_regrouped_away_is_no_error() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let service = Service::open(dir.path(), || Timestamp::UNIX_EPOCH).expect("an empty folder");
        let again = |id: &str| {
            let title = "TLS handshake failures after a cipher change";
            engine::Item::Incident(Box::new(Incident::new("jsonl", id, title)))
        };
        service.engine.ingest(vec![again("INC-1"), again("INC-2")]).expect("they are stored");
        let now = AsOf::now(Timestamp::UNIX_EPOCH);
        let view = service.engine.incident(&IncidentId::new("INC-1"), now).expect("it is stored");
        let id = view.class.expect("it came twice");
        let class = service.class_if_any(id, now).expect("the store can be read");
        assert_eq!(class.map(|class| class.id), Some(id));
        let gone = service.class_if_any(ClassId::new(99), now).expect("the store can be read");
        assert!(gone.is_none(), "{gone:?}");
    }
}
