//! Requests that say who decides: a token speaks for its own name only.

use tonic::Status;

use super::Caller;
use crate::proto::{
    Attribution, ImportTicketsRequest, LinkIncidentsRequest, MergeFailureClassesRequest,
    PinFailureClassRequest, RateMatchRequest, RenameFailureClassRequest, SplitFailureClassRequest,
    UndoDecisionRequest, UnlinkIncidentsRequest, UpdateActionItemsRequest,
};

/// A request with an attribution.
pub(crate) trait Attributed {
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

/// Sets the name of the caller's token, unless another one stands there. Without tokens whatever stands there stays.
///
/// # Errors
/// `PERMISSION_DENIED` where the request speaks for somebody else.
pub(crate) fn sign(caller: Option<&Caller>, request: &mut impl Attributed) -> Result<(), Status> {
    let Some(Caller(name)) = caller else {
        return Ok(());
    };
    let attribution = request.attribution().get_or_insert_default();
    if !attribution.who.is_empty() && attribution.who != *name {
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

    fn said(who: &str) -> UndoDecisionRequest {
        let attribution = Some(Attribution { who: who.into(), why: String::new() });
        UndoDecisionRequest { attribution, ..UndoDecisionRequest::default() }
    }

    #[test]
    fn a_token_speaks_for_its_own_name_only() {
        let pager = Caller("pager".into());
        for mut request in [UndoDecisionRequest::default(), said(""), said("pager")] {
            sign(Some(&pager), &mut request).expect("its own name or none");
            assert_eq!(request, said("pager"));
        }
        let status = sign(Some(&pager), &mut said("ann")).expect_err("another name");
        assert_eq!(status.code(), Code::PermissionDenied);
    }

    #[test]
    fn without_tokens_everybody_says_who_they_are() {
        let mut request = said("ann");
        sign(None, &mut request).expect("nobody is asked");
        assert_eq!(request, said("ann"));
    }
}
