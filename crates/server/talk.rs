//! What is said in a chat, answered.

use std::sync::Arc;

use chat::{Command, HELP, Message, Misunderstood, Period};
use jiff::{Timestamp, ToSpan};
use tonic::{Code, Status};

use crate::card::{self, Buttons};
use crate::convert::time::wire;
use crate::dispatch::Dispatch;
use crate::proto::find_similar_request::Query;
use crate::proto::{
    Attribution, FindSimilarRequest, GetFailureClassRequest, GetReportRequest, RateMatchRequest,
    ReportScope,
};
use crate::service::{Result, Service};
use crate::status::violations;

/// The matches of an answer.
const MATCHES: u32 = 3;

/// The answer to `command`, whatever it is; `who` gave it.
pub(crate) async fn answer(dispatch: Arc<Dispatch>, command: Command, who: String) -> Message {
    let answered = match command {
        Command::Help => Ok(help()),
        Command::Similar { text } => similar(&dispatch, text).await,
        Command::Class { id } => class(&dispatch, id).await,
        Command::Report { period } => report(&dispatch, period).await,
        Command::Useful { query_id, incident_id, useful } => {
            rate(&dispatch, query_id, incident_id, useful, who).await
        }
    };
    answered.unwrap_or_else(|status| refusal(&status))
}

/// What can be said.
fn help() -> Message {
    let mut message = Message::new("Have we seen this before, what fixed it, did the fix hold?");
    HELP.lines().for_each(|line| message.line(line));
    message
}

/// What to tell whoever was not understood.
pub(crate) fn misunderstood(why: &Misunderstood) -> Message {
    let mut message = Message::new(why.to_string());
    message.note("`help` tells what can be said");
    message
}

/// What to tell whoever asked for something that cannot be answered.
pub(crate) fn refusal(status: &Status) -> Message {
    if status.code() == Code::ResourceExhausted {
        return Message::new("There is too much to do right now: ask again in a moment.");
    }
    let mut wrong = violations(status).into_iter().map(|(_, description)| description);
    let mut message = Message::new(wrong.next().unwrap_or_else(|| status.message().to_owned()));
    wrong.for_each(|description| message.line(description));
    message
}

async fn similar(dispatch: &Dispatch, text: String) -> Result<Message> {
    let query = Some(Query::Text(text));
    let request = FindSimilarRequest { query, k: MATCHES, ..FindSimilarRequest::default() };
    let found = dispatch.find_similar(request).await?;
    Ok(card::answer(&found, Buttons::Shown))
}

async fn class(dispatch: &Dispatch, class_id: String) -> Result<Message> {
    let request = GetFailureClassRequest { class_id, as_of: None };
    let found = dispatch.read(Service::get_failure_class, request).await?;
    Ok(card::class(&found))
}

async fn report(dispatch: &Dispatch, period: Period) -> Result<Message> {
    let (since, until) = bounds(period, dispatch.service().received_at());
    let scope =
        ReportScope { since: Some(wire(since)), until: until.map(wire), ..ReportScope::default() };
    let request = GetReportRequest { scope: Some(scope), ..GetReportRequest::default() };
    let written = dispatch.report(request).await?;
    Ok(card::report(&written.report.unwrap_or_default()))
}

/// The first moment of a period and the last, where it is not now. What lies before all time begins with it.
fn bounds(period: Period, now: Timestamp) -> (Timestamp, Option<Timestamp>) {
    match period {
        Period::Days(days) => {
            let hours = (i64::from(days) * 24).hours();
            (now.checked_sub(hours).unwrap_or(Timestamp::UNIX_EPOCH), None)
        }
        Period::Between { since, until } => (since.at, until.map(|until| until.at)),
    }
}

async fn rate(
    dispatch: &Dispatch,
    query_id: String,
    incident_id: String,
    useful: bool,
    who: String,
) -> Result<Message> {
    let said = match useful {
        true => "is the same failure",
        false => "is not the same",
    };
    let told = format!("Noted: {incident_id} {said}.");
    let attribution = Some(Attribution { who, why: String::new() });
    let request = RateMatchRequest { query_id, incident_id, useful, attribution };
    dispatch.write(Service::rate_match, request).await?;
    Ok(Message::new(told))
}

#[cfg(test)]
mod tests {
    use incident::{AsOf, Moment};

    use super::*;

    #[test]
    fn days_end_now_and_days_that_are_named_end_with_the_last() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().expect("a time");
        let (since, until) = bounds(Period::Days(30), now);
        assert_eq!((since.to_string().as_str(), until), ("2026-10-21T12:00:00Z", None));
        let period = Period::Between {
            since: Moment::parse("2026-08-01").expect("a day"),
            until: Some(AsOf::parse("2026-08-31").expect("a day")),
        };
        let (since, until) = bounds(period, now);
        assert_eq!(since.to_string(), "2026-08-01T00:00:00Z");
        assert!(until.expect("an end").to_string().starts_with("2026-08-31T23:59:59"));
    }

    #[test]
    fn a_refusal_says_what_is_wrong_and_overload_when_to_come_again() {
        let wrong = Status::not_found("there is no class FC-99");
        assert_eq!(refusal(&wrong).headline, "there is no class FC-99");
        let busy = Status::resource_exhausted("512 calls are waiting already");
        assert!(refusal(&busy).headline.contains("ask again"));
    }
}
