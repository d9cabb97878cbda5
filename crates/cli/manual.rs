//! `relapse completions` and `relapse man`: what the shell and the reader know of the command line.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Cli;
use crate::error::{Error, Result};
use crate::output::to_stdout;

/// The completions of `shell`. They are made in memory: the generator does not survive a pipe that closes.
pub fn completions(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "relapse", &mut script);
    to_stdout(&script)
}

/// The manual page, in troff.
pub fn man() -> Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(Error::Stdout)?;
    to_stdout(&page)
}
