//! The states of follow-ups.

use incident::{IncidentId, Ticket};

use super::{Result, Service, answered};
use crate::convert::action_items::{ticket_of, update_of, wire_tracked};
use crate::convert::decision::attributed;
use crate::convert::incident_out::wire_action_item;
use crate::limits::{INCIDENT_ID_BYTES, TICKETS_MAX, UPDATES_MAX};
use crate::proto::{
    ImportTicketsRequest, ImportTicketsResponse, UpdateActionItemsRequest,
    UpdateActionItemsResponse,
};
use crate::violations::Violations;

impl Service {
    /// Records the state of follow-ups of an incident.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`, `NOT_FOUND`.
    pub fn update_action_items(
        &self,
        request: UpdateActionItemsRequest,
    ) -> Result<UpdateActionItemsResponse> {
        let UpdateActionItemsRequest { incident_id, updates, allow_missing, attribution } = request;
        let mut found = Violations::new();
        found.required("incident_id", &incident_id, INCIDENT_ID_BYTES);
        if updates.is_empty() {
            found.add("updates", "empty", format_args!("1 to {UPDATES_MAX} updates"));
        }
        found.at_most("updates", updates.len(), UPDATES_MAX, "updates");
        let updates = (0..).zip(updates).take(UPDATES_MAX);
        let news = updates.map(|(place, update): (usize, _)| {
            update_of(&format!("updates[{place}]"), update, &mut found)
        });
        let news: Vec<_> = news.collect();
        let by = attributed(attribution, &mut found);
        found.finish()?;
        tracing::info!(incident = incident_id, who = by.who, "follow-ups were updated");
        let id = IncidentId::new(incident_id);
        let items = self.engine.update_action_items(&id, &news, allow_missing, self.now());
        Ok(UpdateActionItemsResponse {
            action_items: answered(items)?.into_iter().map(wire_action_item).collect(),
            cursor: self.cursor(),
        })
    }

    /// Takes in the states of tickets.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`.
    pub fn import_tickets(&self, request: ImportTicketsRequest) -> Result<ImportTicketsResponse> {
        let ImportTicketsRequest { tickets, attribution } = request;
        let mut found = Violations::new();
        found.at_most("tickets", tickets.len(), TICKETS_MAX, "tickets");
        let tickets = (0..).zip(tickets).take(TICKETS_MAX);
        let tickets: Vec<Ticket> = tickets
            .map(|(place, ticket): (usize, _)| {
                ticket_of(&format!("tickets[{place}]"), ticket, &mut found)
            })
            .collect();
        let by = attributed(attribution, &mut found);
        found.finish()?;
        tracing::info!(tickets = tickets.len(), who = by.who, "tickets were imported");
        let tracked = answered(self.engine.import_tickets(&tickets, self.now()))?;
        let results = tickets.iter().zip(&tracked);
        Ok(ImportTicketsResponse {
            results: results.map(|(ticket, tracked)| wire_tracked(ticket, tracked)).collect(),
            cursor: self.cursor(),
        })
    }
}
