//! The keys of a document that Relapse does not know.
//!
//! Source of the wire form: `google.protobuf.Struct`, where every number is a double.

use std::collections::BTreeMap;

use prost_types::value::Kind;
use prost_types::{ListValue, Struct};
use serde_json::Value;

use crate::limits::EXTRA_DEPTH;

/// The largest whole number up to which a double has every one.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// The wire form, nested [`EXTRA_DEPTH`] deep: what lies deeper goes as its JSON text. `None` where there are none.
pub(crate) fn wire_extra(extra: BTreeMap<String, Value>) -> Option<Struct> {
    if extra.is_empty() {
        return None;
    }
    let below = EXTRA_DEPTH - 1;
    let fields = extra.into_iter().map(|(key, value)| (key, wire_value(value, below))).collect();
    Some(Struct { fields })
}

fn wire_value(value: Value, levels: usize) -> prost_types::Value {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(bool) => Kind::BoolValue(bool),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or_default()),
        Value::String(text) => Kind::StringValue(text),
        nested if levels == 0 => Kind::StringValue(nested.to_string()),
        Value::Array(items) => Kind::ListValue(ListValue {
            values: items.into_iter().map(|item| wire_value(item, levels - 1)).collect(),
        }),
        Value::Object(map) => Kind::StructValue(Struct {
            fields: map
                .into_iter()
                .map(|(key, value)| (key, wire_value(value, levels - 1)))
                .collect(),
        }),
    };
    prost_types::Value { kind: Some(kind) }
}

/// The keys of a request. Its depth was bounded when it was read; whole numbers become whole again, and a number that
/// JSON does not know becomes null.
pub(crate) fn extra(extra: Option<Struct>) -> BTreeMap<String, Value> {
    let Some(Struct { fields }) = extra else {
        return BTreeMap::new();
    };
    fields.into_iter().map(|(key, value)| (key, json_value(value))).collect()
}

fn json_value(value: prost_types::Value) -> Value {
    let prost_types::Value { kind } = value;
    match kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(bool)) => Value::Bool(bool),
        Some(Kind::NumberValue(number)) => json_number(number),
        Some(Kind::StringValue(text)) => Value::String(text),
        Some(Kind::ListValue(ListValue { values })) => {
            Value::Array(values.into_iter().map(json_value).collect())
        }
        Some(Kind::StructValue(Struct { fields })) => {
            Value::Object(fields.into_iter().map(|(key, value)| (key, json_value(value))).collect())
        }
    }
}

fn json_number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() <= WHOLE_MAX {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys(value: Value) -> BTreeMap<String, Value> {
        BTreeMap::from([("kept".to_owned(), value)])
    }

    #[track_caller]
    fn check(value: Value) {
        assert_eq!(extra(wire_extra(keys(value.clone()))), keys(value));
    }

    #[test]
    fn values_survive_the_way_there_and_back() {
        check(json!({"shift": [1, 2.5, -3, null, true, "x"], "deep": {"er": {}}}));
        check(json!(9_007_199_254_740_992_i64));
        assert_eq!(wire_extra(BTreeMap::new()), None);
    }

    fn nested(levels: usize) -> Value {
        (0..levels).fold(json!(1), |inner, _| json!({ "a": inner }))
    }

    #[test]
    fn what_lies_too_deep_goes_as_its_text() {
        check(nested(EXTRA_DEPTH - 1));
        let mut shown = extra(wire_extra(keys(nested(EXTRA_DEPTH)))).remove("kept");
        for _ in 1..EXTRA_DEPTH {
            shown = shown.and_then(|mut value| value.get_mut("a").map(Value::take));
        }
        assert_eq!(shown, Some(json!(r#"{"a":1}"#)));
    }

    #[test]
    fn a_number_json_does_not_know_is_null() {
        assert_eq!(json_number(f64::NAN), Value::Null);
        assert_eq!(json_number(f64::INFINITY), Value::Null);
    }
}
