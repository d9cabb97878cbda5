//! Commands of the contract whose time has not come, and what does the job today.

use crate::args::Decide;
use crate::error::Error;

const PEOPLE_DECIDE: &str =
    "classes follow the clustering alone for now; see their members with `relapse class ID`";

/// The refusal of `what`, with what to use instead.
pub fn not_yet(what: impl Into<String>, instead: impl Into<String>) -> Error {
    Error::NotYet { what: what.into(), instead: instead.into() }
}

/// The refusal of the command named `name`.
pub fn command(name: &str) -> Error {
    not_yet(format!("`relapse {name}`"), instead_of(name))
}

/// The refusal of a decision about classes.
pub fn decision(decision: &Decide) -> Error {
    let name = match decision {
        Decide::Rename(_) => "class rename",
        Decide::Pin(_) => "class pin",
        Decide::Merge(_) => "class merge",
        Decide::Split(_) => "class split",
        Decide::History(_) => "class history",
        Decide::Undo(_) => "class undo",
    };
    command(name)
}

fn instead_of(name: &str) -> &'static str {
    match name {
        "useful" => {
            "for now ratings have nowhere to go; `relapse similar --explain` shows why it matched"
        }
        "backtest" => "measure on labelled queries with `relapse eval retrieval`",
        "bench" => "time `relapse eval retrieval` on documents of your own",
        "map" => "convert to JSONL, one incident per line with an `id`, and use `relapse ingest`",
        "mcp" => "let the tool call `relapse similar TEXT --output json`",
        _ => PEOPLE_DECIDE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_says_what_to_use_today() {
        for name in ["link", "class merge", "backtest", "map", "mcp"] {
            let error = command(name);
            assert!(error.to_string().contains(name), "{error}");
            assert!(error.hint().is_some_and(|hint| !hint.is_empty()), "{name}");
        }
    }
}
