//! `relapse completions` and `relapse man`: what the shell and the reader know of the command line.

use std::fs;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::{Cli, ManArgs};
use crate::error::{Error, Result};
use crate::output::to_stdout;

/// The completions of `shell`. They are made in memory: the generator does not survive a pipe that closes.
pub fn completions(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "relapse", &mut script);
    to_stdout(&script)
}

/// A manual page in troff: of the program, or of one command of it; with `out` one for each, in files of that folder.
pub fn man(arguments: &ManArgs) -> Result<()> {
    let mut program = Cli::command();
    program.build();
    if let Some(folder) = &arguments.out {
        let refused = |source| Error::Write { path: folder.clone(), source };
        fs::create_dir_all(folder).map_err(refused)?;
        return clap_mangen::generate_to(program, folder).map_err(refused);
    }
    let mut command = &program;
    for name in &arguments.command {
        command = command.find_subcommand(name).ok_or_else(|| {
            Error::Usage(format!("`{name}` is no command; `relapse --help` lists them"))
        })?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page).map_err(Error::Stdout)?;
    to_stdout(&page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_of_its_own() {
        let folder = tempfile::tempdir().expect("a writable folder");
        let out = Some(folder.path().join("man"));
        man(&ManArgs { command: Vec::new(), out }).expect("it can be written");
        let page = |name: &str| fs::read_to_string(folder.path().join("man").join(name));
        for name in ["relapse.1", "relapse-ingest.1", "relapse-class-merge.1"] {
            assert!(page(name).is_ok_and(|page| page.contains(".TH")), "{name}");
        }
        assert!(page("relapse-ingest.1").is_ok_and(|page| page.contains("watch")));
        let unknown = ManArgs { command: vec!["banana".into()], out: None };
        assert!(man(&unknown).expect_err("no command").to_string().contains("banana"));
    }
}
