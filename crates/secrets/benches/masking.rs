//! What masking costs.
//!
//! * **Measured**: [`secrets::mask`] over whole texts, bytes per second.
//! * **Corpus**: 2,000 synthetic incidents of seed 7; with the shared corpora there, the documents of
//!   `openoffice_dups` and `rca_vault` as they lie on disk.
//! * **Notes**: a text without an anchor costs one pass of one automaton.

use std::fs;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn masking(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mask");
    for (name, texts) in corpora() {
        let bytes: usize = texts.iter().map(String::len).sum();
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                texts.iter().map(|text| secrets::mask(black_box(text)).found.len()).sum::<usize>()
            });
        });
    }
    group.finish();
}

fn corpora() -> Vec<(&'static str, Vec<String>)> {
    let synthetic = testkit::corpus::generate(7, 2_000, 50).into_iter();
    let text = |incident: incident::Incident| {
        format!("{}\n{}", incident.title, incident.root_cause.unwrap_or_default())
    };
    let mut corpora = vec![("synthetic/2000", synthetic.map(|it| text(it.incident)).collect())];
    for (name, below) in [
        ("openoffice", "corpora/openoffice_dups/docs.jsonl"),
        ("rca_vault", "corpora/rca_vault/docs.jsonl"),
    ] {
        if let Some(path) = testkit::shared::path(below) {
            let all = fs::read_to_string(path).expect("the corpus is UTF-8");
            corpora.push((name, all.lines().map(str::to_owned).collect()));
        }
    }
    corpora
}

criterion_group!(benches, masking);
criterion_main!(benches);
