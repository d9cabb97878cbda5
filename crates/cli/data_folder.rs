//! Where the store is.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::error::{Error, Result};

/// The folder given, else `$RELAPSE_DATA`, else `$XDG_DATA_HOME/relapse`, else `~/.local/share/relapse`. Empty
/// variables count as unset, and so does a relative `$XDG_DATA_HOME`, as the XDG Base Directory specification has it.
///
/// # Errors
/// [`Error::NoDataFolder`] where nothing says where it is.
pub fn data_folder(given: Option<PathBuf>) -> Result<PathBuf> {
    given.or_else(|| by_environment(|name| std::env::var_os(name))).ok_or(Error::NoDataFolder)
}

fn by_environment(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let own = path("RELAPSE_DATA");
    let xdg = || path("XDG_DATA_HOME").filter(|path| path.is_absolute());
    let home = || path("HOME").map(|home| home.join(".local/share"));
    own.or_else(|| Some(xdg().or_else(home)?.join("relapse")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variables: &[(&str, &str)], expected: Option<&str>) {
        let found = by_environment(|name| {
            let set = variables.iter().find(|(set, _)| *set == name);
            set.map(|(_, value)| OsString::from(value))
        });
        assert_eq!(found, expected.map(PathBuf::from), "{variables:?}");
    }

    #[test]
    fn the_more_particular_variable_wins() {
        let home = ("HOME", "/home/ada");
        let xdg = ("XDG_DATA_HOME", "/data");
        check(&[home, xdg, ("RELAPSE_DATA", "here")], Some("here"));
        check(&[home, xdg], Some("/data/relapse"));
        check(&[home], Some("/home/ada/.local/share/relapse"));
        check(&[], None);
    }

    #[test]
    fn empty_and_relative_variables_count_as_unset() {
        let home = ("HOME", "/home/ada");
        let expected = Some("/home/ada/.local/share/relapse");
        check(&[home, ("RELAPSE_DATA", "")], expected);
        check(&[home, ("XDG_DATA_HOME", "data")], expected);
    }

    #[test]
    fn a_folder_given_comes_first() {
        let folder = data_folder(Some("store".into())).expect("it was given");
        assert_eq!(folder, PathBuf::from("store"));
    }
}
