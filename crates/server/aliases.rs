//! What a team calls things, from `aliases.toml` in the data folder.

use std::io::ErrorKind;
use std::path::Path;

use analysis::Vocabulary;
use serde::Deserialize;
use tonic::Status;

use crate::violations::Violations;

/// The name of the file in a data folder.
const ALIASES_FILE: &str = "aliases.toml";

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Aliases {
    /// Groups of words that mean the same.
    words: Vec<Vec<String>>,
    /// Groups of names of one service.
    services: Vec<Vec<String>>,
}

/// What is said in other words in the data folder `dir`: the table of the program, and what its [`ALIASES_FILE`] adds,
/// where there is one.
///
/// # Errors
/// `INVALID_ARGUMENT` with every group that makes no sense, or the line that is no TOML; `UNAVAILABLE` where the file
/// cannot be read.
pub(crate) fn vocabulary_of(dir: &Path) -> Result<Vocabulary, Status> {
    match std::fs::read_to_string(dir.join(ALIASES_FILE)) {
        Ok(text) => read(&text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vocabulary::operations()),
        Err(error) => Err(Status::unavailable(format!("cannot read {ALIASES_FILE}: {error}"))),
    }
}

fn read(text: &str) -> Result<Vocabulary, Status> {
    let mut found = Violations::new();
    let mut vocabulary = Vocabulary::operations();
    match toml::from_str::<Aliases>(text) {
        Ok(Aliases { words, services }) => {
            for (number, forms) in (1..).zip(&words) {
                if let Err(error) = vocabulary.add_words(forms) {
                    found.note(format!("words, group {number}"), error.to_string());
                }
            }
            for (number, names) in (1..).zip(&services) {
                if let Err(error) = vocabulary.add_service(names) {
                    found.note(format!("services, group {number}"), error.to_string());
                }
            }
        }
        Err(error) => {
            let before = error.span().map_or("", |span| &text[..span.start]);
            let line = 1 + before.matches('\n').count();
            let expected = "expected `words` and `services`, lists of lists of names";
            found.note(format!("line {line}"), format!("{}; {expected}", error.message()));
        }
    }
    found.finish_as(&format!("{ALIASES_FILE} of the data folder is not understood"))?;
    Ok(vocabulary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::violations;

    #[track_caller]
    fn check_refused(text: &str, expect: &[(&str, &str)]) {
        let status = read(text).expect_err("it makes no sense");
        let told = violations(&status);
        assert_eq!(told.len(), expect.len(), "{told:?}");
        for ((field, description), (expected_field, expected)) in told.iter().zip(expect) {
            assert!(field == expected_field && description.contains(expected), "{told:?}");
        }
    }

    #[test]
    fn a_team_has_words_and_services_of_its_own() {
        let text = "words = [['blue whale', 'ledger']]\nservices = [['auth', 'login']]\n";
        let vocabulary = read(text).expect("it is sound");
        let said = vocabulary.paraphrases(std::iter::once((1, "the Blue Whale over SSL")));
        let said: Vec<&str> = said.iter().map(|one| &*one.said.written).collect();
        assert_eq!(said, ["ssl", "blue whale"]);
        assert_eq!(vocabulary.names_of("LOGIN").collect::<Vec<_>>(), ["auth", "login"]);
        assert!(read("").is_ok());
    }

    #[test]
    fn all_groups_that_make_no_sense_are_told_at_once() {
        check_refused(
            "words = [['pg'], ['lb', 'front']]\nservices = [['a', 'b'], ['b', 'c']]\n",
            &[("words, group 1", "expected 2 to 32"), ("services, group 2", "`b` stands in two")],
        );
    }

    #[test]
    fn a_file_that_is_something_else_is_refused_with_its_line() {
        check_refused("words = []\nservice = []\n", &[("line 2", "unknown field `service`")]);
        check_refused("words = [\n", &[("line 1", "expected `words` and `services`")]);
        check_refused("\nwords = 'pg'\n", &[("line 2", "expected a sequence")]);
    }

    #[test]
    fn a_folder_without_the_file_has_the_table_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        assert!(vocabulary_of(dir.path()).is_ok());
        std::fs::write(dir.path().join(ALIASES_FILE), "words = 1").expect("written");
        assert!(vocabulary_of(dir.path()).is_err());
    }
}
