//! How much of everything there is.

use std::collections::HashMap;
use std::fs;

use index::Snapshot;

use crate::engine::Engine;

/// What an engine holds at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The incidents stored.
    pub n_incidents: usize,
    /// The failure classes: those of two members or more.
    pub n_classes: usize,
    /// The incidents that are in one of them.
    pub n_classified: usize,
    /// The index.
    pub index: index::Size,
    /// The judged cases behind confidence; 0 before it is calibrated.
    pub n_calibration_cases: u32,
    /// What the files of the data folder take, in bytes.
    pub n_store_bytes: u64,
}

impl Engine {
    /// How much of everything there is. Counts the members of all classes, so it takes time in proportion to the incidents.
    #[must_use]
    pub fn inventory(&self) -> Inventory {
        let state = self.state();
        let (n_classes, n_classified) = classes(&state.snapshot);
        let calibration = state.experience.calibration();
        Inventory {
            n_incidents: state.snapshot.n_docs(),
            n_classes,
            n_classified,
            index: state.snapshot.postings().size(),
            n_calibration_cases: calibration.map_or(0, |learnt| learnt.cases),
            n_store_bytes: self.bytes_on_disk(),
        }
    }

    /// Files that cannot be looked at count nothing.
    fn bytes_on_disk(&self) -> u64 {
        let files = fs::read_dir(self.store.dir()).into_iter().flatten().flatten();
        files.filter_map(|file| Some(file.metadata().ok()?.len())).sum()
    }
}

/// How many classes have at least two members, and how many members they have.
fn classes(snapshot: &Snapshot) -> (usize, usize) {
    let mut members: HashMap<u32, usize> = HashMap::new();
    let documents = snapshot.postings().live_docs();
    for class in documents.filter_map(|document| snapshot.catalog().class_of(document)) {
        *members.entry(class).or_default() += 1;
    }
    let recurring = members.into_values().filter(|members| *members >= 2);
    recurring.fold((0, 0), |(classes, sum), members| (classes + 1, sum + members))
}

#[cfg(test)]
mod tests {
    use incident::Incident;

    use super::*;
    use crate::prepare::Item;

    #[test]
    fn everything_is_counted() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let engine = Engine::open(folder.path()).expect("an empty folder");
        assert_eq!(engine.inventory().n_incidents, 0);
        let titles = [
            "TLS handshake failure on edge-lb",
            "TLS handshake failure on edge-lb again",
            "Label printer jammed",
        ];
        let incident = |(number, title): (usize, &str)| {
            Item::Incident(Box::new(Incident::new("test", format!("INC-{number}"), title)))
        };
        let items = titles.into_iter().enumerate().map(incident).collect();
        engine.ingest(items).expect("they are stored");
        let held = engine.inventory();
        assert_eq!((held.n_incidents, held.n_classes, held.n_classified), (3, 1, 2), "{held:?}");
        assert!(held.index.n_segments >= 1 && held.index.n_rows >= 3 && held.index.n_terms > 5);
        assert_eq!(held.n_calibration_cases, 0);
        assert!(held.n_store_bytes > 0);
    }
}
