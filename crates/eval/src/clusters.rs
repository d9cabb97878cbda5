//! How well incidents are grouped into failure classes.

use std::path::PathBuf;

use engine::{
    Algorithm, ClusterId, Labels, class_cut, class_labels, class_matrix, online_class_labels,
};
use incident::Incident;
use parse::Problem;

use crate::documents::read_documents;
use crate::error::Result;
use crate::labels::{read_gold, write_assignments};
use crate::metrics::{Chance, ClusterScores};

/// Of the classes that are dealt out at random; any will do.
const CHANCE_SEED: u64 = 1;

/// What to evaluate.
#[derive(Debug, Clone)]
pub struct ClusterTask {
    /// JSONL incidents.
    pub docs: PathBuf,
    /// The field that holds the true class; `None`: nothing is compared.
    pub label: Option<String>,
    /// Where to write `{"id", "class"}` per line; `None`: nowhere.
    pub assignments: Option<PathBuf>,
    /// How to group.
    pub grouping: Grouping,
    /// The cosine from which on documents belong together, above 0 and at most 1; `None`: that of the corpus' own null.
    pub cut: Option<f64>,
}

/// How to group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// All documents at once.
    Batch(Algorithm),
    /// One after another by date, then id; undated ones last, in the order of the file.
    Online,
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterOutcome {
    /// How many documents took part.
    pub docs: usize,
    /// How many groups of two or more.
    pub clusters: usize,
    /// How many documents are in none.
    pub one_offs: usize,
    /// The figures over the labelled documents; `None` without a label.
    pub scores: Option<ClusterScores>,
    /// What knows nothing scores; `None` without a label.
    pub chance: Option<Chance>,
    /// The lines of the documents that were refused.
    pub problems: Vec<Problem>,
}

/// Groups the documents by vocabulary, weights and cut of the whole file, and compares.
///
/// # Errors
/// Where a file cannot be read, written or understood.
pub fn clusters(task: &ClusterTask) -> Result<ClusterOutcome> {
    let (incidents, problems) = read_documents(&task.docs)?;
    let labels = grouped(&incidents, task.grouping, task.cut);
    let names: Vec<Option<String>> =
        labels.iter().map(|label| label.map(|ClusterId(number)| format!("c{number}"))).collect();
    let found = || {
        let ids = incidents.iter().map(|one| one.external_id.as_str());
        ids.zip(names.iter().map(Option::as_deref))
    };
    if let Some(path) = &task.assignments {
        write_assignments(path, found())?;
    }
    let gold = task.label.as_ref().map(|field| read_gold(&task.docs, field)).transpose()?;
    let labelled = gold.as_ref().map(|gold| {
        let labelled = found().filter_map(|(id, class)| Some((gold.get(id)?.as_deref(), class)));
        labelled.collect::<Vec<_>>()
    });
    Ok(ClusterOutcome {
        docs: incidents.len(),
        clusters: labels.iter().flatten().max().map_or(0, |ClusterId(last)| *last as usize + 1),
        one_offs: labels.iter().filter(|label| label.is_none()).count(),
        scores: labelled.as_deref().map(ClusterScores::of),
        chance: labelled.as_deref().map(|labelled| Chance::of(labelled, CHANCE_SEED)),
        problems,
    })
}

/// Vectors and cut are those of the rows in the order of the ids, so that neither depends on the file; the
/// labels are in the order of the file.
fn grouped(incidents: &[Incident], grouping: Grouping, cut: Option<f64>) -> Labels {
    let mut by_id: Vec<usize> = (0..incidents.len()).collect();
    by_id.sort_by_key(|place| &incidents[*place].id);
    let sorted: Vec<Incident> = by_id.iter().map(|place| incidents[*place].clone()).collect();
    let matrix = class_matrix(&sorted);
    let cut = cut.unwrap_or_else(|| class_cut(&matrix));
    let labels = match grouping {
        Grouping::Online => online_class_labels(&matrix, in_order(&sorted, &by_id), cut),
        Grouping::Batch(algorithm) => class_labels(&matrix, algorithm, cut),
    };
    let mut by_file = vec![None; incidents.len()];
    by_id.iter().zip(labels).for_each(|(place, label)| by_file[*place] = label);
    by_file
}

/// The rows by date, then id; undated ones last, by their `places` in the file.
fn in_order(incidents: &[Incident], places: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..incidents.len()).collect();
    order.sort_by_key(|row| match incidents[*row].started_at {
        Some(started) => (false, Some(started.at), *row),
        None => (true, None, places[*row]),
    });
    order
}
