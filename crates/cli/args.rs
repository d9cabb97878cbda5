//! What the command line understands.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

mod actions;
mod backtest;
mod bench;
mod classes;
mod decide;
pub mod eval;
mod filter;
mod incidents;
mod ingest;
mod maintenance;
mod man;
mod map;
mod report;
mod serve;
mod similar;
mod token;
mod watch;

pub use actions::{ActionsCommand, ImportTicketsArgs};
pub use backtest::{BacktestArgs, BacktestFormat, UsefulArgs, YesOrNo};
pub use bench::BenchArgs;
pub use classes::{ClassArgs, ClassesArgs};
pub use decide::{ByArgs, ClassCommand, Grouping, PairArgs};
pub use eval::{ClustersArgs, EvalCommand, RetrievalArgs};
pub use filter::{since, until};
pub use incidents::{IncidentArgs, IncidentCommand, IncidentsArgs};
pub use ingest::IngestArgs;
pub use maintenance::{BackupArgs, ExportArgs, ImportArgs, RestoreArgs, VerifyArgs};
pub use man::ManArgs;
pub use map::{MapCommand, MapTestArgs};
pub use report::{ReportArgs, ReportFormat};
pub use serve::{DemoArgs, ServeArgs};
pub use similar::SimilarArgs;
pub use token::TokenArgs;
pub use watch::WatchArgs;

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 done with refused records, 2 usage, 3 not found, 4 unavailable, exhausted or locked, \
5 corrupt, 6 conflict, 7 not implemented, 70 internal, 130 interrupted.

Start here: relapse ingest postmortems/ && relapse similar \"TLS handshake failures on auth-service\"";

const MCP_EXAMPLE: &str = "\
The assistant starts this command itself. Where it keeps its list of MCP servers as JSON, add:

  {\"mcpServers\": {\"relapse\": {\"command\": \"relapse\", \"args\": [\"mcp\", \"--server\", \"http://127.0.0.1:7700\"]}}}

With --data, or neither, it opens the store of this machine for each question and lets it go again.";

/// Recognises incidents: have we seen this before, what fixed it, and did the fix hold?
#[derive(Debug, Parser)]
#[command(name = "relapse", version, after_help = EXIT_CODES, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// Folder of the store [default: $RELAPSE_DATA, else $XDG_DATA_HOME/relapse, else ~/.local/share/relapse]
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "server")]
    pub data: Option<PathBuf>,
    /// Ask a running server instead of opening the store, such as http://127.0.0.1:7700
    #[arg(long, global = true, value_name = "URL")]
    pub server: Option<String>,
    /// File that holds the token for the server [default: what $RELAPSE_TOKEN says]
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Authority of the server's certificate, PEM [default: those this machine trusts]
    #[arg(long, global = true, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Certificate to show a server that asks for one, PEM
    #[arg(long, global = true, value_name = "FILE", requires = "client_key")]
    pub client_cert: Option<PathBuf>,
    /// Private key of that certificate, PEM
    #[arg(long, global = true, value_name = "FILE", requires = "client_cert")]
    pub client_key: Option<PathBuf>,
    /// Text for people, or exactly one JSON object on stdout
    #[arg(long, global = true, value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// Whether to colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Say more on stderr; repeat for more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// The form of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what Relapse does on bundled sample incidents, in a temporary store
    Demo(DemoArgs),
    /// Answer over gRPC and HTTP until stopped
    Serve(ServeArgs),
    /// Make a token for a caller, and have a server accept it
    Token(TokenArgs),
    /// Store incidents from files and folders
    Ingest(IngestArgs),
    /// Have we seen this before, what fixed it, and did the fix hold?
    Similar(SimilarArgs),
    /// List incidents, newest first
    Incidents(IncidentsArgs),
    /// Show one incident, or delete it
    Incident(IncidentArgs),
    /// List the failures that keep coming back
    Classes(ClassesArgs),
    /// Show one failure class: figures, timeline, follow-ups; or decide something about it
    Class(ClassArgs),
    /// Decide that two incidents are the same failure
    Link(PairArgs),
    /// Decide that two incidents are not the same failure
    Unlink(PairArgs),
    /// Take in what became of promised follow-ups
    #[command(subcommand)]
    Actions(ActionsCommand),
    /// Which failures keep coming back, at what cost, and which follow-ups were never done?
    Report(ReportArgs),
    /// Replay the stored history: what would have been shown at each page?
    Backtest(BacktestArgs),
    /// Say whether a match was the same failure
    Useful(UsefulArgs),
    /// Measure retrieval or clustering on labelled documents
    #[command(subcommand)]
    Eval(EvalCommand),
    /// Tell of failures that come back as it happens
    Watch(WatchArgs),
    /// Copy the store into one file, also while a server uses it
    Backup(BackupArgs),
    /// Make a store of a backup, in an empty folder
    Restore(RestoreArgs),
    /// Write everything the store holds as lines of JSON
    Export(ExportArgs),
    /// Make a store of an export, in an empty folder
    Import(ImportArgs),
    /// Check the store for damage
    Verify(VerifyArgs),
    /// Time the index on a corpus of your own
    Bench(BenchArgs),
    /// Print the completions of a shell, such as `relapse completions bash`
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print a manual page, such as `relapse man ingest | man -l -`
    Man(ManArgs),
    /// Try a field map for alerts on a file
    #[command(subcommand)]
    Map(MapCommand),
    /// Answer an assistant over the Model Context Protocol, on stdin and stdout
    #[command(after_help = MCP_EXAMPLE)]
    Mcp,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[track_caller]
    fn read(line: &str) -> Cli {
        Cli::try_parse_from(line.split(' ')).expect(line)
    }

    #[track_caller]
    fn refused(line: &str, named: &str) {
        let error = Cli::try_parse_from(line.split(' ')).expect_err(line);
        assert_eq!(error.exit_code(), 2, "{line}");
        assert!(error.to_string().contains(named), "{line}: {error}");
    }

    #[test]
    fn the_definition_contradicts_itself_nowhere() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_of_the_contract_is_known() {
        for line in [
            "relapse demo --once",
            "relapse serve --grpc 127.0.0.1:0 --http 127.0.0.1:0",
            "relapse ingest a.md b --format jsonl --source wiki",
            "relapse similar disk full",
            "relapse similar --id INC-1 -n 3 --explain",
            "relapse similar -",
            "relapse incidents --service a --service b --since 2026-01-01",
            "relapse incident INC-1",
            "relapse incident delete INC-1",
            "relapse classes --min-occurrences 3 --as-of 2026-01-01",
            "relapse class FC-1",
            "relapse class merge FC-1 FC-2 FC-3 --who ann --why same",
            "relapse class rename FC-1 split horizon --request-id r-1",
            "relapse class pin FC-1 --release",
            "relapse class split FC-1 INC-1 INC-2",
            "relapse class history",
            "relapse class history FC-1",
            "relapse class undo D-7",
            "relapse class recluster --algorithm dbscan",
            "relapse actions import t.csv u.jsonl --who tracker",
            "relapse link INC-1 INC-2 --why same",
            "relapse unlink INC-1 INC-2",
            "relapse report --format html --out r.html",
            "relapse eval retrieval --docs d.jsonl --queries q.jsonl --method plain --fields title,root_cause",
            "relapse eval clusters --docs d.jsonl --label class --algorithm dbscan --online",
            "relapse export",
            "relapse export history.jsonl",
            "relapse import - --data d",
            "relapse backup b.db",
            "relapse restore b.db",
            "relapse verify",
            "relapse watch --server http://127.0.0.1:7700 --since 0 -n 1 --in-30d 3 --service a,b",
            "relapse completions bash",
            "relapse backtest --since 2026-01-01 --k 1,3,5",
            "relapse map test f.json --map m.toml",
            "relapse mcp --server http://127.0.0.1:7700",
            "relapse useful Q INC-1 yes",
        ] {
            read(line);
        }
    }

    #[test]
    fn options_of_all_commands_stand_before_or_behind_the_command() {
        assert_eq!(read("relapse --output json classes").global.output, Output::Json);
        assert_eq!(read("relapse classes --output json").global.output, Output::Json);
    }

    #[test]
    fn a_filter_takes_a_list_as_well_as_being_repeated() {
        let line = "relapse incidents --service a,b --service c --severity 1,SEV-2 --status open,resolved --tag x,y";
        let Command::Incidents(IncidentsArgs { filter, .. }) = read(line).command else {
            unreachable!("it is `incidents`");
        };
        assert_eq!(filter.service, ["a", "b", "c"]);
        assert_eq!((filter.severity.len(), filter.status.len(), filter.tag.len()), (2, 2, 2));
        let Command::Report(report) = read("relapse report --service a,b --team c,d").command
        else {
            unreachable!("it is `report`");
        };
        assert_eq!((report.service.len(), report.team.len()), (2, 2));
    }

    #[test]
    fn a_wrong_request_is_refused_by_name() {
        refused("relapse classes --data d --server http://localhost:7700", "--server");
        refused("relapse similar x -n 0", "1..=100");
        refused("relapse similar x -n 101", "1..=100");
        refused("relapse similar x --id INC-1", "--id");
        refused("relapse similar x --as-of yesterday", "YYYY-MM-DD");
        refused("relapse similar x --status banana", "open, mitigated, resolved");
        refused("relapse incident", "ID");
        refused("relapse class merge FC-1", "OTHER");
        refused("relapse class split FC-1", "INCIDENT");
        refused("relapse link INC-1", "OTHER");
        refused("relapse ingest", "PATH");
        refused("relapse ingest a.md --source=", "--source");
        refused("relapse incidents --class FC-1,FC-2", "one class");
        refused("relapse classes --min-occurrences 0", "--min-occurrences");
        refused("relapse eval retrieval --docs d.jsonl", "--queries");
        refused("relapse backtest --k 0", "1..=100");
        refused("relapse useful Q INC-1 maybe", "yes");
        refused("relapse banana", "banana");
    }
}
