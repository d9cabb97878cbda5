//! A choice of the fields of a message, for doors that show less than all of it.
//!
//! A field is named by its path, such as `matches.title`; a path goes through lists. Naming a field that holds a message
//! takes all of it. Source of the idea: `google.protobuf.FieldMask`, whose paths end at lists.

use serde_json::Value;

/// Keeps of `value`, the JSON form of a message, the `fields` alone.
pub fn only(value: &mut Value, fields: &[&str]) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| only(item, fields)),
        Value::Object(object) => object.retain(|name, value| match below(fields, name) {
            None => false,
            Some(within) => {
                if !within.is_empty() {
                    only(value, &within);
                }
                true
            }
        }),
        _ => {}
    }
}

/// What `fields` choose within the field `name`: `None` where they do not name it, and nothing where all of it is chosen.
pub(super) fn below<'a>(fields: &[&'a str], name: &str) -> Option<Vec<&'a str>> {
    let mut within = Vec::new();
    let mut named = false;
    for field in fields {
        let Some(rest) = field.strip_prefix(name) else { continue };
        match rest.strip_prefix('.') {
            Some(inner) => within.push(inner),
            None if rest.is_empty() => return Some(Vec::new()),
            None => continue,
        }
        named = true;
    }
    named.then_some(within)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(fields: &[&str], expected: Value) {
        let mut value = json!({
            "verdict": "VERDICT_NEW",
            "matches": [{"title": "a", "score": 0.5, "rated": {"by": "x"}}, {"title": "b", "score": 0.2}],
            "match": 1,
        });
        only(&mut value, fields);
        assert_eq!(value, expected, "{fields:?}");
    }

    #[test]
    fn what_is_not_named_goes() {
        check(&["verdict"], json!({"verdict": "VERDICT_NEW"}));
        check(&["no_such_field"], json!({}));
    }

    #[test]
    fn paths_go_through_lists() {
        check(&["matches.title"], json!({"matches": [{"title": "a"}, {"title": "b"}]}));
        check(&["matches.rated.by"], json!({"matches": [{"rated": {"by": "x"}}, {}]}));
    }

    #[test]
    fn a_message_that_is_named_comes_whole() {
        check(
            &["matches.title", "matches.rated", "matches.rated.by"],
            json!({"matches": [{"title": "a", "rated": {"by": "x"}}, {"title": "b"}]}),
        );
    }

    #[test]
    fn a_name_that_begins_like_another_is_another() {
        check(&["match"], json!({"match": 1}));
    }
}
