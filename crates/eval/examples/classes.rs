//! Prints how well each way of grouping finds the classes of the shared corpora, beside what knows nothing: `BCubed F1 /
//! pair F1` per corpus.
//!
//! `cargo run --release -p relapse-eval --example classes -- ../shared/corpora`

use std::error::Error;
use std::path::PathBuf;

use eval::{Algorithm, ClusterOutcome, ClusterScores, ClusterTask, Grouping, clusters};

/// Folder and label.
const SETS: [(&str, &str); 5] = [
    ("rca_vault", "rc_family"),
    ("rca_vault", "label"),
    ("tickets_8k", "recurring_group"),
    ("ossfuzz", "label_state"),
    ("openoffice_dups", "label"),
];

/// The cut that a survey of eight corpora found best where one has to do for all.
const FIXED_CUT: f64 = 0.65;

const DBSCAN: Grouping = Grouping::Batch(Algorithm::Dbscan { min_points: 2 });
const AVERAGE_LINK: Grouping = Grouping::Batch(Algorithm::AverageLink);

/// Names of rows, how to group, and where to cut; `None`: where the corpus' own null says.
const WAYS: [(&str, Grouping, Option<f64>); 6] = [
    ("average link, null cut", AVERAGE_LINK, None),
    ("online, null cut", Grouping::Online, None),
    ("DBSCAN, null cut", DBSCAN, None),
    ("average link, .65", AVERAGE_LINK, Some(FIXED_CUT)),
    ("online, .65", Grouping::Online, Some(FIXED_CUT)),
    ("DBSCAN, .65", DBSCAN, Some(FIXED_CUT)),
];

fn main() -> Result<(), Box<dyn Error>> {
    let corpora =
        PathBuf::from(std::env::args_os().nth(1).ok_or("name the folder of the corpora")?);
    print!("| |");
    SETS.iter().for_each(|(folder, label)| print!(" {folder} {label} |"));
    println!("\n|---|{}", "---|".repeat(SETS.len()));
    let mut chance = Vec::new();
    for (name, grouping, cut) in WAYS {
        let mut found = Vec::with_capacity(SETS.len());
        for (folder, label) in SETS {
            let docs = corpora.join(folder).join("docs.jsonl");
            let label = Some(label.to_owned());
            found.push(clusters(&ClusterTask { docs, label, assignments: None, grouping, cut })?);
        }
        row(name, found.iter().map(|found| found.scores.as_ref()));
        if chance.is_empty() {
            chance = found;
        }
    }
    let known_nothing = |found: &ClusterOutcome| found.chance.clone();
    let chance: Vec<_> = chance.iter().map(known_nothing).collect();
    row(
        "chance: the sizes of the first row, dealt out",
        chance.iter().map(|it| it.as_ref().map(|it| &it.shuffled)),
    );
    row("chance: everything a one-off", chance.iter().map(|it| it.as_ref().map(|it| &it.one_offs)));
    row("chance: one class", chance.iter().map(|it| it.as_ref().map(|it| &it.one_class)));
    Ok(())
}

fn row<'a>(name: &str, scores: impl Iterator<Item = Option<&'a ClusterScores>>) {
    print!("| {name} |");
    for scores in scores.flatten() {
        print!(" {:.3} / {:.3} |", scores.bcubed_f1, scores.pair_f1);
    }
    println!();
}
