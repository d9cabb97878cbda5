//! Commands of the contract whose time has not come, and what does the job today.

use crate::error::Error;

/// The refusal of `what`, with what to use instead.
pub fn not_yet(what: impl Into<String>, instead: impl Into<String>) -> Error {
    Error::NotYet { what: what.into(), instead: instead.into() }
}

/// The refusal of the command named `name`.
pub fn command(name: &str) -> Error {
    not_yet(format!("`relapse {name}`"), instead_of(name))
}

fn instead_of(name: &str) -> &'static str {
    match name {
        "mcp" => "let the tool call `relapse similar TEXT --output json`",
        _ => "see `relapse --help`",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_says_what_to_use_today() {
        let error = command("mcp");
        assert!(error.to_string().contains("mcp"), "{error}");
        assert!(error.hint().is_some_and(|hint| !hint.is_empty()));
    }
}
