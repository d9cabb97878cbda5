//! Commands of the contract whose time has not come, and what does the job today.

use crate::error::Error;

const WHOLE_FOLDER: &str = "stop what uses the data folder, then copy the folder as a whole";

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
        "backup" | "restore" => WHOLE_FOLDER,
        "export" => "use `relapse incidents --output json` and `relapse incident ID --output json`",
        "import" => "use `relapse ingest`",
        "verify" => {
            "damage is found when the store is opened: `relapse incidents` then ends with 5"
        }
        "mcp" => "let the tool call `relapse similar TEXT --output json`",
        _ => "see `relapse --help`",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_says_what_to_use_today() {
        for name in ["map", "backup", "mcp"] {
            let error = command(name);
            assert!(error.to_string().contains(name), "{error}");
            assert!(error.hint().is_some_and(|hint| !hint.is_empty()), "{name}");
        }
    }
}
