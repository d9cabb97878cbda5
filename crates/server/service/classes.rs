//! What keeps coming back.

use std::cmp::Reverse;

use recurrence::{ClassId, FailureClass};

use super::page::Page;
use super::{Result, Service, answered};
use crate::convert::count;
use crate::convert::decision::wire_event;
use crate::convert::failure_class::{wire_class, wire_sub_group};
use crate::convert::filter::class_id_of;
use crate::convert::follow_up::wire_follow_up;
use crate::convert::incident_out::wire_line;
use crate::convert::time::as_of;
use crate::proto::{
    ClassOrder, GetFailureClassRequest, GetFailureClassResponse, ListFailureClassesRequest,
    ListFailureClassesResponse,
};
use crate::violations::Violations;

/// The fewest occurrences of a listed class where the caller names no number.
const OCCURRENCES_MIN: u32 = 2;

impl Service {
    /// Lists the classes.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`; `ABORTED` where the history changed since the first page.
    pub fn list_failure_classes(
        &self,
        request: ListFailureClassesRequest,
    ) -> Result<ListFailureClassesResponse> {
        let listing = ListFailureClassesRequest {
            page_size: 0,
            page_token: String::new(),
            ..request.clone()
        };
        let ListFailureClassesRequest { min_occurrences, as_of: at, order, page_size, page_token } =
            request;
        let mut found = Violations::new();
        if min_occurrences == Some(0) {
            found.add("min_occurrences", 0, "1 or more");
        }
        let order = order_of(order, &mut found);
        let page = Page::first(&listing, self.position(), self.now());
        let page = page.asked(page_size, &page_token, &mut found);
        let as_of = as_of(at, page.now, &mut found);
        found.finish()?;
        page.check(self.position())?;
        let min_occurrences = min_occurrences.unwrap_or(OCCURRENCES_MIN);
        let mut classes = answered(self.engine.classes(min_occurrences, as_of))?;
        sort(&mut classes, order);
        let shown = classes.iter().skip(page.offset).take(page.limit);
        let shown: Vec<_> = shown.map(wire_class).collect();
        Ok(ListFailureClassesResponse {
            next_page_token: page.next(shown.len(), classes.len()),
            classes: shown,
            total_size: count(classes.len()),
        })
    }

    /// Returns one class with its members, follow-ups and lineage.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`, `NOT_FOUND`.
    pub fn get_failure_class(
        &self,
        request: GetFailureClassRequest,
    ) -> Result<GetFailureClassResponse> {
        let GetFailureClassRequest { class_id, as_of: at } = request;
        let mut found = Violations::new();
        let id = class_id_of("class_id", &class_id, &mut found);
        if class_id.is_empty() {
            found.add("class_id", "empty", "an id such as FC-12");
        }
        let as_of = as_of(at, self.now(), &mut found);
        found.finish()?;
        let asked = id.expect("an id that is none was refused");
        let class = answered(self.engine.class(asked, as_of))?;
        let members = answered(self.engine.lines(&class.members, as_of))?;
        let lineage = answered(self.engine.lineage(class.id))?;
        let redirected_from = if asked == class.id { String::new() } else { asked.to_string() };
        Ok(GetFailureClassResponse {
            failure_class: Some(wire_class(&class)),
            members: members.into_iter().map(wire_line).collect(),
            sub_groups: class.sub_groups.into_iter().map(wire_sub_group).collect(),
            action_items: class.action_items.into_iter().map(wire_follow_up).collect(),
            lineage: lineage.into_iter().map(wire_event).collect(),
            redirected_from,
        })
    }
}

fn order_of(number: i32, found: &mut Violations) -> ClassOrder {
    ClassOrder::try_from(number).unwrap_or_else(|_| {
        found.add("order", number, "a number that names an order");
        ClassOrder::Unspecified
    })
}

/// Ties go by id.
fn sort(classes: &mut [FailureClass], order: ClassOrder) {
    let last_seen = |class: &FailureClass| Reverse(class.last_seen.map(|last| last.at));
    let id = |class: &FailureClass| -> ClassId { class.id };
    match order {
        ClassOrder::Unspecified | ClassOrder::Occurrences => classes
            .sort_by_key(|class| (Reverse(class.occurrences.total), last_seen(class), id(class))),
        ClassOrder::LastSeen => classes.sort_by_key(|class| (last_seen(class), id(class))),
        ClassOrder::In90d => {
            classes.sort_by_key(|class| (Reverse(class.occurrences.in_90d), id(class)));
        }
    }
}
