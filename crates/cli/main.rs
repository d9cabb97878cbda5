//! Relapse at the command line.
//!
//! * **In**: arguments, and files, folders or stdin where a command reads them.
//! * **Out**: results on stdout, as text or as one JSON object; everything else on stderr; an exit code
//!   ([`relapse::status::ExitCode`]).
//! * **Promises**: a store on this machine and a server are asked the same messages and shown the same way; texts of
//!   incidents cannot steer the terminal; a closed pipe ends it quietly.
//! * **Does not know**: how anything is stored, searched or judged.
//!
//! ```sh
//! relapse ingest postmortems/
//! relapse similar "TLS handshake failures on auth-service"
//! ```

use std::process;

use clap::Parser;
use relapse::status::ExitCode;
use tracing::Level;

use crate::args::{ActionsCommand, Cli, Command, EvalCommand, Global, MapCommand};
use crate::error::{Error, Result};

mod actions;
mod args;
mod backend;
mod backtest;
mod bench;
mod commands;
mod data_folder;
mod decide;
mod demo;
mod error;
mod eval_commands;
mod ingest;
mod maintenance;
mod manual;
mod map;
mod mcp;
mod output;
mod pages_bar;
mod question_file;
mod render;
mod samples;
mod serve;
mod token;
mod watch;
mod wire_time;

/// Ingesting and answering allocate much, on several threads: a quarter of an ingest went to the allocator of the system.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> process::ExitCode {
    let Cli { global, command } = Cli::parse();
    if !matches!(command, Command::Serve(_)) {
        log_to_stderr(&global);
    }
    let code = run(command, &global).unwrap_or_else(|error| {
        output::complain(&error, global.color);
        error.exit_code()
    });
    process::ExitCode::from(code as u8)
}

fn run(command: Command, global: &Global) -> Result<ExitCode> {
    match command {
        Command::Demo(arguments) => demo::demo(arguments, global),
        Command::Serve(arguments) => serve::serve(arguments, global),
        Command::Token(arguments) => token::token(&arguments, global),
        Command::Ingest(arguments) => return wait(ingest::ingest(arguments, global)),
        Command::Similar(arguments) => wait(commands::similar(arguments, global)),
        Command::Incidents(arguments) => wait(commands::incidents(arguments, global)),
        Command::Incident(arguments) => wait(commands::incident(arguments, global)),
        Command::Classes(arguments) => wait(commands::classes(arguments, global)),
        Command::Class(arguments) => wait(commands::class(arguments, global)),
        Command::Backtest(arguments) => wait(backtest::backtest(arguments, global)),
        Command::Useful(arguments) => wait(backtest::useful(arguments, global)),
        Command::Actions(ActionsCommand::Import(arguments)) => {
            return wait(actions::import(arguments, global));
        }
        Command::Link(arguments) => wait(decide::link(arguments, global)),
        Command::Unlink(arguments) => wait(decide::unlink(arguments, global)),
        Command::Report(arguments) => wait(commands::report(arguments, global)),
        Command::Eval(EvalCommand::Retrieval(arguments)) => {
            return eval_commands::retrieval(arguments, global);
        }
        Command::Eval(EvalCommand::Clusters(arguments)) => {
            return eval_commands::clusters(arguments, global);
        }
        Command::Watch(arguments) => wait(watch::watch(arguments, global)),
        Command::Backup(arguments) => maintenance::backup(arguments, global),
        Command::Restore(arguments) => maintenance::restore(arguments, global),
        Command::Export(arguments) => maintenance::export(arguments, global),
        Command::Import(arguments) => maintenance::import(arguments, global),
        Command::Verify(arguments) => return maintenance::verify(arguments, global),
        Command::Bench(arguments) => bench::bench(arguments, global),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man(arguments) => manual::man(&arguments),
        Command::Map(MapCommand::Test(arguments)) => map::test(&arguments, global),
        Command::Mcp => wait(mcp::mcp(global)),
    }?;
    Ok(ExitCode::Done)
}

/// Client commands wait for one answer at a time: one thread serves.
fn wait<T>(command: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(Error::Start)?.block_on(command)
}

fn log_to_stderr(global: &Global) {
    let level = match global.verbose {
        0 => Level::WARN,
        1 => Level::INFO,
        2 => Level::DEBUG,
        _ => Level::TRACE,
    };
    let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(output::colours(global.color, terminal))
        .with_writer(std::io::stderr)
        .init();
}
