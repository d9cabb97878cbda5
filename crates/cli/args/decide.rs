//! `relapse class rename` and what else people decide; `relapse link` and `relapse unlink`.

use clap::{Args, Subcommand, ValueEnum};

/// What a person can decide about classes.
#[derive(Debug, Subcommand)]
pub enum ClassCommand {
    /// Name a class; without a name it is named by its members again
    Rename {
        /// The class
        id: String,
        /// Its name
        name: Vec<String>,
        /// Who decides, and why.
        #[command(flatten)]
        by: ByArgs,
    },
    /// Pin a class: no clustering renames it, ends it or takes a member from it
    Pin {
        /// The class
        id: String,
        /// Release it instead
        #[arg(long)]
        release: bool,
        /// Who decides, and why.
        #[command(flatten)]
        by: ByArgs,
    },
    /// Make several classes one; the ids of the others lead to the first
    Merge {
        /// The class that stays
        id: String,
        /// The classes that go into it
        #[arg(required = true, value_name = "OTHER")]
        others: Vec<String>,
        /// Who decides, and why.
        #[command(flatten)]
        by: ByArgs,
    },
    /// Move members into a class of their own
    Split {
        /// The class they leave
        id: String,
        /// The incidents that leave it
        #[arg(required = true, value_name = "INCIDENT")]
        incidents: Vec<String>,
        /// Who decides, and why.
        #[command(flatten)]
        by: ByArgs,
    },
    /// List what was decided about a class, or about all, latest first
    History {
        /// The class [default: all]
        id: Option<String>,
    },
    /// Take a decision back
    Undo {
        /// The decision, such as D-7
        id: String,
        /// Who decides, and why.
        #[command(flatten)]
        by: ByArgs,
    },
    /// Group all incidents anew, within what was decided
    Recluster {
        /// How to group them, this time: the next pass on the schedule is average link again, and so is how
        /// incidents join that arrive
        #[arg(long, value_enum, default_value_t = Grouping::Default)]
        algorithm: Grouping,
    },
}

/// How all incidents are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Grouping {
    /// Average link.
    Default,
    /// DBSCAN.
    Dbscan,
}

/// Two incidents.
#[derive(Debug, Args)]
pub struct PairArgs {
    /// The one incident
    pub one: String,
    /// The other
    pub other: String,
    /// Who decides, and why.
    #[command(flatten)]
    pub by: ByArgs,
}

/// Who decides, and why.
#[derive(Debug, Args)]
pub struct ByArgs {
    /// Who decides [default: whose token it is, else $USER]
    #[arg(long, value_name = "NAME")]
    pub who: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub why: String,
    /// Makes a repetition harmless: the same id with the same request has the first result
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    pub request_id: String,
}
