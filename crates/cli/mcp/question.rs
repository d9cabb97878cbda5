//! What the tools have in common: a question is read, asked, and its answer is cut to what an assistant can use.

use prost::{Message, Name};
use prost_types::Timestamp;
use relapse::json;
use rmcp::handler::server::tool::schema_for_input;
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use rmcp::schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tonic::Code;

use super::bounds::{Bounds, bound};
use crate::backend::Backend;
use crate::error::{Error, Result};

/// The arguments of a tool, and how it answers.
pub trait Question: DeserializeOwned + JsonSchema + Send + 'static {
    /// What the service answers.
    type Answer: Message + Name;
    /// The name of the tool.
    const NAME: &'static str;
    /// The name for people.
    const TITLE: &'static str;
    /// When to call it, for the assistant.
    const DESCRIPTION: &'static str;
    /// The fields of the answer that are shown, as paths.
    const FIELDS: &'static [&'static str];
    /// The rows of each list where no `limit` is given.
    const ROWS_DEFAULT: usize;
    /// The rows of each list at most.
    const ROWS_MAX: usize;
    /// The characters of each text at most.
    const TEXT_CHARS: usize = 600;

    /// The rows asked for.
    fn limit(&self) -> Option<i64>;

    /// Asks for at most so many rows.
    fn ask(
        self,
        rows: usize,
        backend: &mut Backend,
    ) -> impl Future<Output = Result<Self::Answer>> + Send;
}

/// The tool of a question, as a client lists it.
pub fn tool<Q: Question>() -> Tool {
    let takes = schema_for_input::<Q>().expect("arguments are an object");
    let hints = ToolAnnotations::new().read_only(true).destructive(false);
    Tool::new(Q::NAME, Q::DESCRIPTION, takes)
        .with_title(Q::TITLE)
        .with_raw_output_schema(gives::<Q>().into())
        .with_annotations(hints.idempotent(true).open_world(false))
}

fn gives<Q: Question>() -> Map<String, Value> {
    let mut schema = json::schema::<Q::Answer>(Q::FIELDS);
    let notes = json!({
        "type": "array",
        "items": {"type": "string"},
        "description": "What was changed in the arguments, and what was left out of this answer. Empty: nothing.",
    });
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert("notes".to_owned(), notes);
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.push("notes".into());
    }
    schema
}

/// Reads the arguments of a question.
///
/// # Errors
/// [`Error::Usage`] where one is unknown, missing or of another type.
pub fn read<Q: Question>(arguments: JsonObject) -> Result<Q> {
    serde_json::from_value(arguments.into())
        .map_err(|error| Error::Usage(format!("wrong arguments of {}: {error}", Q::NAME)))
}

/// Asks a question, and shows of the answer what fits.
///
/// # Errors
/// Those of the service.
pub async fn answered<Q: Question>(question: Q, backend: &mut Backend) -> Result<Value> {
    let mut notes = Vec::new();
    let rows = rows::<Q>(question.limit(), &mut notes);
    let answer = question.ask(rows, backend).await?;
    let mut shown = json::to_value(&answer)?;
    json::only(&mut shown, Q::FIELDS);
    notes.extend(bound(&mut shown, Bounds { rows, chars: Q::TEXT_CHARS }));
    shown["notes"] = notes.into();
    Ok(shown)
}

/// `limit` in range, and a note where it was not.
fn rows<Q: Question>(limit: Option<i64>, notes: &mut Vec<String>) -> usize {
    let Some(asked) = limit else { return Q::ROWS_DEFAULT };
    let taken = usize::try_from(asked.max(1)).unwrap_or(Q::ROWS_MAX).min(Q::ROWS_MAX);
    if i64::try_from(taken) != Ok(asked) {
        notes.push(format!(
            "limit {asked} is out of range, {taken} was taken: 1 to {}",
            Q::ROWS_MAX
        ));
    }
    taken
}

/// Reads the time given as `name`, where one is given.
///
/// # Errors
/// [`Error::Usage`] where it is none.
pub fn time(
    name: &str,
    text: Option<&str>,
    read: fn(&str) -> incident::Result<Timestamp>,
) -> Result<Option<Timestamp>> {
    text.map(read).transpose().map_err(|error| Error::Usage(format!("{name}: {error}")))
}

/// What went wrong, and what to do next.
pub fn refusal(error: &Error) -> String {
    let next = error.hint().unwrap_or_else(|| next(error).to_owned());
    format!("{error}. What to do: {next}.")
}

fn next(error: &Error) -> &'static str {
    match error {
        Error::Usage(_) => "call the tool again with the arguments its schema names",
        Error::Service(status) => match status.code() {
            Code::NotFound => "take an id from find_similar_incidents or recurrence_report",
            Code::InvalidArgument => "correct the arguments and call the tool again",
            Code::Unavailable => "ask again in a moment; where that does not help, tell the user",
            Code::DeadlineExceeded => "ask for less: a shorter period, fewer services",
            _ => "tell the user: Relapse itself needs attention",
        },
        _ => "tell the user: Relapse itself needs attention",
    }
}

#[cfg(test)]
mod tests {
    use super::super::similar::SimilarQuestion;
    use super::*;

    #[track_caller]
    fn check(limit: Option<i64>, expected: usize, noted: bool) {
        let mut notes = Vec::new();
        assert_eq!(rows::<SimilarQuestion>(limit, &mut notes), expected, "{limit:?}");
        assert_eq!(!notes.is_empty(), noted, "{notes:?}");
    }

    #[test]
    fn a_limit_out_of_range_is_brought_into_it_and_said() {
        check(None, 5, false);
        check(Some(7), 7, false);
        check(Some(0), 1, true);
        check(Some(-3), 1, true);
        check(Some(21), 20, true);
        check(Some(i64::MAX), 20, true);
        check(Some(i64::MIN), 1, true);
    }

    #[track_caller]
    fn refused(arguments: Value, named: &str) {
        let Value::Object(arguments) = arguments else { unreachable!("arguments are an object") };
        let error = read::<SimilarQuestion>(arguments).map(drop).expect_err(named);
        let told = refusal(&error);
        assert!(told.contains(named) && told.contains("What to do"), "{told}");
    }

    #[test]
    fn wrong_arguments_are_told_by_name() {
        refused(json!({"query": "disk full"}), "`query`");
        refused(json!({"text": 3}), "string");
        refused(json!({"text": "x", "limit": "five"}), "five");
        refused(json!({"text": "x", "statuses": ["banana"]}), "banana");
    }

    #[test]
    fn a_refusal_of_the_service_says_what_to_do_next() {
        let told = refusal(&tonic::Status::not_found("no incident INC-9").into());
        assert!(told.starts_with("no incident INC-9. What to do: take an id from"), "{told}");
    }
}
