//! The JSON form of the messages: the same on the HTTP door and in `--output json`.
//!
//! One object on one line, fields by their proto names in the order of their numbers. Zeros, `false`, empty texts and
//! empty lists are written. A field that knows absence (`optional`, or a message) is left out where it is absent; it is
//! never `null`. Enums go by their names, times by RFC 3339, bytes by base64, doubles by the shortest text that reads
//! back equal; maps are in the byte order of their keys. Source of the form: the ProtoJSON specification.

use std::sync::LazyLock;

use prost::{Message, Name};
use prost_reflect::{
    DescriptorPool, DynamicMessage, Kind, MessageDescriptor, ReflectMessage, SerializeOptions,
};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::proto::DESCRIPTORS;

mod fields;
pub(crate) mod schema;

pub use fields::only;
pub use schema::schema;

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(DESCRIPTORS).expect("the build wrote a complete descriptor set")
});

/// Writes `message` as one JSON object on one line, without a newline at the end.
///
/// # Errors
/// [`Error::Wire`] where it nests deeper than [`crate::limits::EXTRA_DEPTH`] allows for; [`Error::Json`] where it holds
/// a time outside the years 1 to 9999.
pub fn to_json<M: Message + Name>(message: &M) -> Result<String> {
    Ok(to_value(message)?.to_string())
}

/// Writes `message` as [`to_json`] does, as a value to work on.
///
/// # Errors
/// Those of [`to_json`].
pub fn to_value<M: Message + Name>(message: &M) -> Result<Value> {
    let mut dynamic = DynamicMessage::new(descriptor::<M>());
    dynamic.transcode_from(message).map_err(wire::<M>)?;
    let options = SerializeOptions::new().skip_default_fields(false).use_proto_field_name(true);
    let mut value = dynamic
        .serialize_with_options(serde_json::value::Serializer, &options)
        .map_err(json::<M>)?;
    sort_maps(&mut value, &dynamic.descriptor());
    Ok(value)
}

/// Reads a message from its JSON form. Absent fields have their defaults; proto names and lowerCamelCase names are
/// both understood.
///
/// # Errors
/// [`Error::Json`] where the text is not one JSON object of that form, or has a field the message does not know;
/// [`Error::Wire`] where it nests too deep.
pub fn from_json<M: Message + Name + Default>(text: &str) -> Result<M> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let dynamic = DynamicMessage::deserialize(descriptor::<M>(), &mut reader).map_err(json::<M>)?;
    reader.end().map_err(json::<M>)?;
    dynamic.transcode_to().map_err(wire::<M>)
}

fn descriptor<M: Name>() -> MessageDescriptor {
    POOL.get_message_by_name(&M::full_name())
        .expect("every generated message is in the descriptor set it was generated from")
}

/// Maps are hashed on the way, so their order has to be made.
fn sort_maps(object: &mut Value, message: &MessageDescriptor) {
    for field in message.fields() {
        let Some(value) = object.get_mut(field.name()) else {
            continue;
        };
        match (field.kind(), value) {
            (_, Value::Object(map)) if field.is_map() => map.sort_keys(),
            (Kind::Message(inner), Value::Array(items)) => {
                items.iter_mut().for_each(|item| sort_maps(item, &inner));
            }
            (Kind::Message(inner), one) => sort_maps(one, &inner),
            _ => {}
        }
    }
}

fn json<M: Name>(source: serde_json::Error) -> Error {
    Error::Json { message: M::full_name(), source }
}

fn wire<M: Name>(source: prost::DecodeError) -> Error {
    Error::Wire { message: M::full_name(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::EXTRA_DEPTH;
    use crate::proto::{
        Contribution, FindSimilarRequest, FindSimilarResponse, GetIncidentResponse, Incident,
        IngestSummary, Match, Verdict, Warning, find_similar_request,
    };

    fn written<M: Message + Name>(message: &M) -> Value {
        let text = to_json(message).expect("it is written");
        assert!(!text.contains('\n'), "{text}");
        serde_json::from_str(&text).expect("it is JSON")
    }

    #[test]
    fn zeros_and_empty_lists_are_written() {
        let summary = to_json(&IngestSummary::default()).expect("it is written");
        assert_eq!(
            summary,
            concat!(
                r#"{"documents":0,"new":0,"updated":0,"unchanged":0,"identical":0,"refused":0,"#,
                r#""skipped":0,"problems":[],"skipped_files":[],"warnings":[],"masked":[]}"#
            )
        );
    }

    #[test]
    fn enums_go_by_their_names() {
        let answer = FindSimilarResponse {
            verdict: Verdict::InsufficientText.into(),
            warnings: vec![Warning::NotCalibrated.into()],
            ..FindSimilarResponse::default()
        };
        let value = written(&answer);
        assert_eq!(value["verdict"], "VERDICT_INSUFFICIENT_TEXT");
        assert_eq!(value["warnings"][0], "WARNING_NOT_CALIBRATED");
        assert_eq!(value["fix_status"], "FIX_STATUS_UNSPECIFIED");
    }

    #[test]
    fn an_absent_confidence_is_absent_and_a_confidence_of_zero_is_not() {
        let mut answer = FindSimilarResponse::default();
        let value = written(&answer);
        assert_eq!(value.get("confidence"), None);
        assert_eq!(value.get("failure_class"), None);
        assert_eq!(value["calibration_cases"], 0);
        answer.confidence = Some(0.0);
        assert_eq!(written(&answer)["confidence"], 0.0);
    }

    #[test]
    fn the_verdict_comes_before_the_matches() {
        let text = to_json(&FindSimilarResponse::default()).expect("it is written");
        assert!(
            text.starts_with(r#"{"query_id":"","verdict":"#),
            "not in the order of the numbers: {text}"
        );
    }

    #[test]
    fn doubles_are_written_in_their_shortest_form() {
        for (contribution, text) in [(0.1, "0.1"), (0.1 + 0.2, "0.30000000000000004"), (1.0, "1.0")]
        {
            let part = Contribution { contribution, ..Contribution::default() };
            let json = to_json(&part).expect("it is written");
            assert!(json.ends_with(&format!(r#""contribution":{text}}}"#)), "{json}");
        }
    }

    #[test]
    fn times_are_written_as_rfc_3339() {
        let shown = Match {
            started_at: Some(prost_types::Timestamp { seconds: 1_759_460_220, nanos: 0 }),
            ..Match::default()
        };
        let value = written(&shown);
        assert_eq!(value["started_at"], "2025-10-03T02:57:00Z");
        assert_eq!(value["started_at_date_only"], false);
    }

    #[test]
    fn maps_are_in_the_order_of_their_keys() {
        let names = ["severity", "alertname", "zone", "instance", "job", "cluster"];
        let labels = names.map(|name| (name.to_owned(), name.to_uppercase()));
        let answer = GetIncidentResponse {
            incident: Some(Incident { labels: labels.into(), ..Incident::default() }),
            ..GetIncidentResponse::default()
        };
        let text = to_json(&answer).expect("it is written");
        let places: Vec<_> = ["alertname", "cluster", "instance", "job", "severity", "zone"]
            .iter()
            .map(|name| text.find(&format!(r#""{name}":"{}""#, name.to_uppercase())))
            .collect();
        assert!(places.iter().all(Option::is_some), "{text}");
        assert!(places.is_sorted(), "{text}");
    }

    #[test]
    fn a_request_reads_back_as_it_was_written() {
        let request: FindSimilarRequest = from_json(
            r#"{"incident": {"title": "disk full", "labels": {"b": "2", "a": "1"},
                "extra": {"owner": {"shift": 3}}}, "k": 7, "filter": {"statuses": ["STATUS_OPEN"]},
                "as_of": "2026-02-26T23:59:59Z"}"#,
        )
        .expect("it is read");
        assert_eq!(request.k, 7);
        let text = to_json(&request).expect("it is written");
        assert_eq!(from_json::<FindSimilarRequest>(&text).expect("it is read"), request);
    }

    #[test]
    fn an_unknown_field_is_refused_by_name() {
        for (text, named) in [
            (r#"{"txt": "disk full"}"#, "txt"),
            (r#"{"text": "disk full"} {}"#, "trailing"),
            (r#"{"k": -1}"#, "line 1"),
            (r#"{"filter": {"statuses": ["OPEN"]}}"#, "OPEN"),
            ("", "EOF"),
        ] {
            let error = from_json::<FindSimilarRequest>(text).expect_err(text).to_string();
            assert!(error.contains(named), "{text}: {error}");
            assert!(error.contains("relapse.v1.FindSimilarRequest"), "{error}");
        }
    }

    #[test]
    fn extra_keys_are_carried_to_their_full_depth_and_refused_beyond() {
        let nested = |depth: usize| {
            let (open, close) = (r#"{"a":"#.repeat(depth), "}".repeat(depth));
            format!(r#"{{"incident":{{"extra":{open}1{close}}}}}"#)
        };
        let kept: FindSimilarRequest = from_json(&nested(EXTRA_DEPTH)).expect("it is read");
        assert!(matches!(kept.query, Some(find_similar_request::Query::Incident(_))));
        assert!(to_json(&kept).is_ok());
        assert!(matches!(from_json::<FindSimilarRequest>(&nested(50)), Err(Error::Wire { .. })));
        assert!(matches!(from_json::<FindSimilarRequest>(&nested(5000)), Err(Error::Json { .. })));
    }
}
