//! What it costs to group a whole corpus into failure classes.
//!
//! `cargo run --release -p relapse-engine --example grouping -- FILE.jsonl...`
//!
//! Per file: how many incidents, the seconds to vectors, to the cut and to groups, the memory of the
//! vectors and what grouping took beside them at most, and how many groups there are.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use cluster::{Algorithm, Constraints, corpus_cut, fit};
use engine::class_matrix;
use incident::Incident;
use parse::{FormatChoice, InputFile, Outcome};

/// Any will do, as long as it stays.
const SEED: u64 = 7;

fn main() {
    println!("incidents\tvectors s\tcut\tcut s\tgroups s\tvectors MiB\tgroups MiB\tgroups");
    for path in std::env::args().skip(1) {
        measure(path.into());
    }
}

fn measure(path: PathBuf) {
    let incidents = incidents(path);
    let begun = Instant::now();
    let matrix = class_matrix(&incidents);
    let n_incidents = incidents.len();
    drop(incidents);
    let vectors_s = begun.elapsed().as_secs_f64();
    let cell_bytes = size_of::<u32>() + size_of::<f64>();
    let vectors_mib = (matrix.n_cells() * cell_bytes) >> 20;

    let begun = Instant::now();
    let cut = corpus_cut(&matrix, SEED).value;
    let cut_s = begun.elapsed().as_secs_f64();

    // The kernel forgets the peak so far.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let (begun, before) = (Instant::now(), status_mib("VmRSS:"));
    let labels = fit(&matrix, Algorithm::AverageLink, cut, &Constraints::default());
    let groups_s = begun.elapsed().as_secs_f64();
    let n_groups = labels.iter().flatten().max().map_or(0, |last| last.0 + 1);
    let peak_mib = status_mib("VmHWM:").saturating_sub(before);
    println!(
        "{n_incidents}\t{vectors_s:.2}\t{cut:.3}\t{cut_s:.2}\t{groups_s:.2}\t{vectors_mib}\t{peak_mib}\t{n_groups}"
    );
}

fn incidents(path: PathBuf) -> Vec<Incident> {
    let shown = path.display().to_string();
    let file = InputFile { path, path_id: shown.clone(), shown, named: true };
    let records = parse::records(&file, FormatChoice::Auto, None).expect("the file can be read");
    records
        .filter_map(|record| match parse::document(&record.expect("a sound line")) {
            Outcome::Parsed(parsed) => Some(parsed.incident),
            Outcome::Skipped { .. } | Outcome::Refused(_) => None,
        })
        .collect()
}

/// A figure of this process by its name in `/proc`; 0 where there is none.
fn status_mib(name: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<usize>().ok());
    kib.unwrap_or(0) >> 10
}
