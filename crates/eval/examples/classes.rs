//! Prints how well each way of grouping finds the classes of the shared corpora, beside what knows nothing.
//!
//! `cargo run --release -p relapse-eval --example classes -- ../shared/corpora`

use std::error::Error;
use std::path::{Path, PathBuf};

use eval::{Algorithm, Chance, ClusterOutcome, ClusterScores, ClusterTask, Grouping, clusters};

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
    ("average link", AVERAGE_LINK, None),
    ("online", Grouping::Online, None),
    ("DBSCAN", DBSCAN, None),
    ("average link, .65", AVERAGE_LINK, Some(FIXED_CUT)),
    ("online, .65", Grouping::Online, Some(FIXED_CUT)),
    ("DBSCAN, .65", DBSCAN, Some(FIXED_CUT)),
];

fn main() -> Result<(), Box<dyn Error>> {
    let corpora =
        PathBuf::from(std::env::args_os().nth(1).ok_or("name the folder of the corpora")?);
    println!(
        "| corpus, label | grouped by | BCubed F1 | dealt out | all one-offs | pair F1 | dealt out | ARI | V | groups | one-offs |"
    );
    println!("| --- | --- |{}", " ---: |".repeat(9));
    for (folder, label) in SETS {
        for way in WAYS {
            row(&corpora, (folder, label), way)?;
        }
    }
    Ok(())
}

fn row(
    corpora: &Path,
    (folder, label): (&str, &str),
    (way, grouping, cut): (&str, Grouping, Option<f64>),
) -> Result<(), Box<dyn Error>> {
    let docs = corpora.join(folder).join("docs.jsonl");
    let label_field = Some(label.to_owned());
    let task = ClusterTask { docs, label: label_field, assignments: None, grouping, cut };
    let ClusterOutcome { clusters, one_offs, scores, chance, .. } = clusters(&task)?;
    let (Some(scores), Some(chance)) = (scores, chance) else {
        return Err(format!("{folder} has no {label}").into());
    };
    let ClusterScores { bcubed_f1, pair_f1, ari, v_measure, .. } = scores;
    let Chance { one_offs: apart, shuffled, .. } = chance;
    println!(
        "| {folder}, {label} | {way} | {bcubed_f1:.3} | {:.3} | {:.3} | {pair_f1:.3} | {:.3} | {ari:.3} | {v_measure:.3} | {clusters} | {one_offs} |",
        shuffled.bcubed_f1, apart.bcubed_f1, shuffled.pair_f1,
    );
    Ok(())
}
