//! Have we seen this before?

use engine::{Filter, Stop};
use incident::AsOf;
use recurrence::ClassId;

use super::{Result, Service, answered};
use crate::convert::answer::{Asked, asked, wire_answer};
use crate::proto::{FindSimilarRequest, FindSimilarResponse};
use crate::violations::Violations;

impl Service {
    /// Answers one query.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`, `NOT_FOUND` for an incident or class that is not known, `UNAVAILABLE` where `min_cursor` is
    /// not reached.
    pub fn find_similar(&self, request: FindSimilarRequest) -> Result<FindSimilarResponse> {
        self.find_similar_until(request, &|| false)
    }

    /// The same for as long as `stop`, which is asked again and again, does not say that nobody waits any more.
    ///
    /// # Errors
    /// `DEADLINE_EXCEEDED` where it does, else as [`Service::find_similar`].
    pub fn find_similar_until(
        &self,
        request: FindSimilarRequest,
        stop: Stop<'_>,
    ) -> Result<FindSimilarResponse> {
        let mut found = Violations::new();
        let Asked { mut request, explain, min_cursor } = asked(request, self.now(), &mut found);
        found.finish()?;
        self.has_reached(&min_cursor)?;
        self.settle(&mut request.filter)?;
        Ok(wire_answer(answered(self.engine.similar_until(&request, stop))?, explain))
    }

    /// Puts the successors of classes that were merged away in their place, and adds the other names of services.
    ///
    /// # Errors
    /// `NOT_FOUND` for a class that does not exist.
    pub(super) fn settle(&self, filter: &mut Filter) -> Result<()> {
        filter.services = self.engine.by_all_names(&filter.services);
        let now = AsOf::now(self.now());
        for number in &mut filter.classes {
            let class = answered(self.engine.class(ClassId::new(*number), now))?;
            *number = class.id.number();
        }
        Ok(())
    }
}
