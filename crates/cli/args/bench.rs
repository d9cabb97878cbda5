//! `relapse bench`.

use std::path::PathBuf;

use clap::Args;

const EXAMPLES: &str = "\
Example:
  relapse bench --corpus incidents_10k.jsonl --queries queries.jsonl --out results
The figures go to results/relapse_10k.json, the answers to results/relapse_10k.topk: a line per query, the
numbers of the ten best lines of the corpus, counted from 0. Title, root cause and summary are searched.";

/// What to time.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct BenchArgs {
    /// Incidents to search, JSONL
    #[arg(long, value_name = "FILE")]
    pub corpus: PathBuf,
    /// Incidents to ask about, JSONL
    #[arg(long, value_name = "FILE")]
    pub queries: PathBuf,
    /// Folder for the results; created where it is missing
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// What the results are named by [default: what follows the last `_` in the name of the corpus]
    #[arg(long, value_name = "NAME")]
    pub size: Option<String>,
    /// Words as they are, weighed by tf * (ln((1 + N) / (1 + df)) + 1), for comparison with other programs
    #[arg(long)]
    pub plain: bool,
}
