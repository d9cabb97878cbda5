//! Requests that say who decides: a token speaks for its own name only.

use tonic::{Request, Response, Status};

use super::Door;
use crate::guard::Caller;
use crate::proto::{
    Attribution, ImportTicketsRequest, LinkIncidentsRequest, MergeFailureClassesRequest,
    PinFailureClassRequest, RateMatchRequest, RenameFailureClassRequest, SplitFailureClassRequest,
    UndoDecisionRequest, UnlinkIncidentsRequest, UpdateActionItemsRequest,
};
use crate::service::{self, Service};

/// A request with an attribution.
pub(super) trait Attributed {
    fn attribution(&mut self) -> &mut Option<Attribution>;
}

macro_rules! attributed {
    ($($request:ty),*) => {
        $(impl Attributed for $request {
            fn attribution(&mut self) -> &mut Option<Attribution> {
                &mut self.attribution
            }
        })*
    };
}

attributed!(
    ImportTicketsRequest,
    LinkIncidentsRequest,
    MergeFailureClassesRequest,
    PinFailureClassRequest,
    RateMatchRequest,
    RenameFailureClassRequest,
    SplitFailureClassRequest,
    UndoDecisionRequest,
    UnlinkIncidentsRequest,
    UpdateActionItemsRequest
);

impl Door {
    /// Makes a call that changes something in the name of its caller.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` where it speaks for somebody else; else those of the call.
    pub(super) async fn decide<Q: Attributed + Send + 'static, R: Send + 'static>(
        &self,
        call: fn(&Service, Q) -> service::Result<R>,
        request: Request<Q>,
    ) -> Result<Response<R>, Status> {
        let caller = request.extensions().get::<Caller>().cloned();
        let mut request = request.into_inner();
        if let Some(Caller(name)) = caller {
            sign(&name, request.attribution())?;
        }
        self.0.write(call, request).await.map(Response::new)
    }
}

/// Sets the name of the token, unless another one stands there.
fn sign(name: &str, attribution: &mut Option<Attribution>) -> Result<(), Status> {
    let attribution = attribution.get_or_insert_default();
    if !attribution.who.is_empty() && attribution.who != name {
        let who = &attribution.who;
        let message = format!("attribution.who is `{who}` and the token is that of `{name}`");
        return Err(Status::permission_denied(message));
    }
    name.clone_into(&mut attribution.who);
    Ok(())
}

#[cfg(test)]
mod tests {
    use tonic::Code;

    use super::*;

    #[test]
    fn a_token_speaks_for_its_own_name_only() {
        let said = |who: &str| Some(Attribution { who: who.into(), why: String::new() });
        for mut attribution in [None, said(""), said("pager")] {
            sign("pager", &mut attribution).expect("its own name or none");
            assert_eq!(attribution, said("pager"));
        }
        let status = sign("pager", &mut said("ann")).expect_err("another name");
        assert_eq!(status.code(), Code::PermissionDenied);
    }
}
