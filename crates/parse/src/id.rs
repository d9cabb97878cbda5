//! The id that a record states.

use serde_json::Value;

/// The longest id of an incident within its source, in bytes.
pub const ID_BYTES_MAX: usize = 512;

/// The id that `value` states: a text or a number. `None` where it is something else, or empty.
pub(crate) fn stated(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Checks that `id` can be printed, typed and kept: at most [`ID_BYTES_MAX`] long, without control characters.
///
/// # Errors
/// What is wrong with it, and what was expected.
pub(crate) fn check(id: &str) -> Result<(), String> {
    if id.len() > ID_BYTES_MAX {
        return Err(format!("{} bytes; expected at most {ID_BYTES_MAX}", id.len()));
    }
    match id.chars().find(|c| c.is_control()) {
        Some(c) => Err(format!("holds U+{:04X}; expected no control characters", u32::from(c))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_and_numbers_state_an_id() {
        assert_eq!(stated(&json!(" INC-1\n")).as_deref(), Some("INC-1"));
        assert_eq!(stated(&json!(17)).as_deref(), Some("17"));
        for value in [json!(" "), json!(true), json!(null), json!(["INC-1"])] {
            assert_eq!(stated(&value), None, "{value}");
        }
    }

    #[test]
    fn an_id_is_bounded_and_fits_on_a_line() {
        for id in ["INC-1", "pages/Störung im Netz", &"x".repeat(ID_BYTES_MAX)] {
            assert_eq!(check(id), Ok(()), "{id}");
        }
        let long = check(&"x".repeat(ID_BYTES_MAX + 1)).expect_err("too long");
        assert_eq!(long, "513 bytes; expected at most 512");
        let control = check("INC\u{1b}[31m").expect_err("it colours the terminal");
        assert_eq!(control, "holds U+001B; expected no control characters");
        assert!(check("a\nb").is_err() && check("a\u{85}b").is_err());
    }
}
