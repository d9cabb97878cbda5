//! `relapse eval`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};
use incident::Field;

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum EvalCommand {
    /// How often the first matches of a query are right ones
    Retrieval(RetrievalArgs),
    /// How well the clusters agree with labels
    Clusters(ClustersArgs),
}

const RETRIEVAL_EXAMPLES: &str = "\
Example:
  relapse eval retrieval --docs incidents.jsonl --queries queries.jsonl --run ranked.jsonl --output json
Each line of the queries is {\"query_id\": \"INC-7\", \"relevant_ids\": [\"INC-2\"]}; the query is the document of that
id. A dated query is asked over the strictly older dated documents, an undated one over all others.";

/// Labelled queries.
#[derive(Debug, Args)]
#[command(after_help = RETRIEVAL_EXAMPLES)]
pub struct RetrievalArgs {
    /// Documents, JSONL
    #[arg(long, value_name = "F.jsonl")]
    pub docs: PathBuf,
    /// Queries with their relevant documents, JSONL
    #[arg(long, value_name = "Q.jsonl")]
    pub queries: PathBuf,
    /// Write the first 100 of each query here: {"query_id", "ranked"} per line
    #[arg(long, value_name = "OUT.jsonl")]
    pub run: Option<PathBuf>,
    /// How to rank
    #[arg(long, value_enum, default_value_t = Method::Default)]
    pub method: Method,
    /// What of queries and documents is looked at, such as title,root_cause [default: all of it]
    #[arg(long, value_name = "FIELDS")]
    pub fields: Option<FieldList>,
    /// What a query has, such as title,summary,symptoms: a page knows no cause yet; documents keep all
    #[arg(long, value_name = "FIELDS")]
    pub query_fields: Option<FieldList>,
}

/// How to rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// As answers do.
    Default,
    /// By the plain cosine of TF-IDF vectors.
    Plain,
}

/// Fields separated by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldList(pub Vec<Field>);

impl FromStr for FieldList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fields = text.split(',').map(|name| field(name.trim()));
        fields.collect::<Result<_, _>>().map(Self)
    }
}

fn field(name: &str) -> Result<Field, String> {
    Field::from_name(name).ok_or_else(|| {
        let known = Field::ALL.map(Field::name).join(", ");
        format!("no field `{name}`; expected some of {known}")
    })
}

const CLUSTERS_EXAMPLES: &str = "\
Example:
  relapse eval clusters --docs incidents.jsonl --label failure_class --assignments classes.jsonl";

/// Labelled documents.
#[derive(Debug, Args)]
#[command(after_help = CLUSTERS_EXAMPLES)]
pub struct ClustersArgs {
    /// Documents, JSONL
    #[arg(long, value_name = "F.jsonl")]
    pub docs: PathBuf,
    /// The key of a document that holds its label
    #[arg(long, value_name = "FIELD")]
    pub label: Option<String>,
    /// Write the class of each document here: {"id", "class"} per line, null for a one-off
    #[arg(long, value_name = "OUT.jsonl")]
    pub assignments: Option<PathBuf>,
    /// How to cluster
    #[arg(long, value_enum, default_value_t = Algorithm::Default)]
    pub algorithm: Algorithm,
    /// One pass in the order of dates, as incidents arrive, instead of all at once
    #[arg(long)]
    pub online: bool,
}

/// How to cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Algorithm {
    /// As classes are made.
    Default,
    /// DBSCAN over the same vectors.
    Dbscan,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_go_by_their_names() {
        let fields: FieldList = "title, root_cause".parse().expect("both are fields");
        assert_eq!(fields.0, [Field::Title, Field::RootCause]);
    }

    #[test]
    fn an_unknown_field_says_what_was_expected() {
        let error = "title,mood".parse::<FieldList>().expect_err("it is none");
        assert!(error.contains("`mood`") && error.contains("root_cause"), "{error}");
    }
}
