//! The JSON form of a message, described: a JSON Schema (draft 2020-12) made of the descriptors, with their comments.

use prost::Name;
use prost_reflect::{FieldDescriptor, FileDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::{descriptor, fields};

/// The schema of what [`super::only`] leaves of the JSON form of `M`. Without any `fields` that of the whole message.
///
/// # Panics
/// Where a path names a field that is not there: a mistake of whoever wrote the list.
#[must_use]
pub fn schema<M: Name>(fields: &[&str]) -> Map<String, Value> {
    of_message(&descriptor::<M>(), fields)
}

/// The comment before the declaration at `path`; empty where there is none.
pub(crate) fn comment<'a>(file: &'a FileDescriptor, path: &[i32]) -> &'a str {
    let info = file.file_descriptor_proto().source_code_info.as_ref();
    info.and_then(|info| info.location.iter().find(|location| location.path == path))
        .map_or("", |location| location.leading_comments())
}

fn of_message(message: &MessageDescriptor, fields: &[&str]) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in message.fields() {
        let within = match fields {
            [] => Some(Vec::new()),
            chosen => fields::below(chosen, field.name()),
        };
        let Some(within) = within else { continue };
        if !field.supports_presence() {
            required.push(field.name().to_owned());
        }
        properties.insert(field.name().to_owned(), of_field(&field, &within));
    }
    for path in fields {
        let name = path.split('.').next().unwrap_or(path);
        assert!(properties.contains_key(name), "{} has no field `{name}`", message.full_name());
    }
    let schema = json!({"type": "object", "properties": properties, "required": required});
    into_map(schema)
}

fn of_field(field: &FieldDescriptor, within: &[&str]) -> Value {
    let mut schema = match field.kind() {
        Kind::Message(entry) if field.is_map() => {
            let value = entry.map_entry_value_field();
            into_map(
                json!({"type": "object", "additionalProperties": of_kind(&value.kind(), within)}),
            )
        }
        kind if field.is_list() => {
            into_map(json!({"type": "array", "items": of_kind(&kind, within)}))
        }
        kind => of_kind(&kind, within),
    };
    let file = field.parent_file();
    let words: Vec<_> = comment(&file, field.path()).split_whitespace().collect();
    schema.insert("description".to_owned(), words.join(" ").into());
    schema.into()
}

fn of_kind(kind: &Kind, within: &[&str]) -> Map<String, Value> {
    let schema = match kind {
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Double | Kind::Float => json!({"type": "number"}),
        Kind::Uint32 | Kind::Fixed32 => json!({"type": "integer", "minimum": 0}),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => json!({"type": "integer"}),
        Kind::Enum(names) => {
            let names: Vec<_> = names.values().map(|value| value.name().to_owned()).collect();
            json!({"type": "string", "enum": names})
        }
        Kind::Message(message) => match message.full_name() {
            "google.protobuf.Timestamp" => json!({"type": "string", "format": "date-time"}),
            "google.protobuf.Struct" => json!({"type": "object"}),
            _ => return of_message(message, within),
        },
        // ProtoJSON writes 64 bits and bytes as texts.
        _ => json!({"type": "string"}),
    };
    into_map(schema)
}

fn into_map(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{FindSimilarResponse, GetIncidentResponse};

    #[test]
    fn a_schema_names_what_is_chosen_and_what_is_always_written() {
        let schema =
            Value::from(schema::<FindSimilarResponse>(&["verdict", "confidence", "matches.title"]));
        let properties = schema["properties"].as_object().expect("an object");
        let names: Vec<_> = properties.keys().map(String::as_str).collect();
        assert_eq!(names, ["verdict", "confidence", "matches"]);
        assert_eq!(schema["required"], json!(["verdict", "matches"]));
        let items = &properties["matches"]["items"];
        assert_eq!(items["properties"]["title"]["type"], "string");
        assert_eq!(items["properties"].as_object().map(Map::len), Some(1));
    }

    #[test]
    fn fields_keep_their_comments_and_enums_their_names() {
        let schema = Value::from(schema::<FindSimilarResponse>(&["verdict"]));
        let verdict = &schema["properties"]["verdict"];
        assert_eq!(verdict["description"], "Whether this has been seen before.");
        let names = verdict["enum"].as_array().expect("a list");
        assert!(names.contains(&json!("VERDICT_RECURRENCE")), "{names:?}");
    }

    #[test]
    fn times_maps_and_free_objects_are_told_as_json_has_them() {
        let schema = Value::from(schema::<GetIncidentResponse>(&[]));
        let incident = &schema["properties"]["incident"]["properties"];
        assert_eq!(incident["started_at"]["format"], "date-time");
        assert_eq!(incident["labels"]["additionalProperties"]["type"], "string");
        assert_eq!(incident["extra"]["type"], "object");
        assert_eq!(incident["users_affected"]["minimum"], 0);
    }

    #[test]
    #[should_panic(expected = "has no field `verdit`")]
    fn a_path_that_leads_nowhere_is_a_mistake() {
        let _ = schema::<FindSimilarResponse>(&["verdit"]);
    }
}
