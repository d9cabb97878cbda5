//! What does each ingredient of the ranking bring? Prints a Markdown table, a row per ingredient left out,
//! `MRR / hit@1` per corpus.
//!
//! `cargo run --release -p relapse-eval --example ablation -- ../shared/corpora`

use std::error::Error;
use std::path::{Path, PathBuf};

use eval::{Blend, Fading, Method, RetrievalScores, RetrievalTask, Variation, retrieval};
use incident::Field;

/// Folder, queries, and the fields looked at; none: all.
const SETS: [(&str, &str, &[Field]); 8] = [
    ("openoffice_dups", "duplicates.dev.jsonl", &[]),
    ("issre22_cloud", "same_class_l3.dev.jsonl", &[Field::RootCause]),
    ("issre22_cloud", "same_class_l3.dev.jsonl", &[]),
    ("rca_vault", "duplicates.jsonl", &[]),
    ("rca_vault", "duplicates.jsonl", &[Field::Title, Field::RootCause]),
    ("rca_vault", "same_rc_family.jsonl", &[]),
    ("ossfuzz", "duplicates.dev.jsonl", &[]),
    ("icco_postmortems", "same_category.jsonl", &[]),
];

/// Names of rows, and what is ranked by.
fn rows() -> Vec<(&'static str, Variation)> {
    let all = Variation::DOCUMENTED;
    let blended = |blend| Variation { blend, ..all };
    let blend = all.blend;
    let faded = |fading: Fading| Fading { gain: 0.0, ..fading };
    let (long, short) = (faded(blend.recency_long), faded(blend.recency_short));
    vec![
        ("everything", all),
        ("without stems", Variation { stems: false, ..all }),
        ("without the weight of titles", Variation { title: 1, ..all }),
        ("without services", Variation { services: false, ..all }),
        ("without the pivot", Variation { pivot: false, ..all }),
        ("without the vocabulary", Variation { vocabulary: false, ..all }),
        ("without V", blended(Blend { words: 0.0, ..blend })),
        ("without Ch", blended(Blend { characters: 0.0, ..blend })),
        ("without L", blended(Blend { latent: 0.0, ..blend })),
        ("without T", blended(Blend { title: 0.0, ..blend })),
        ("without B", blended(Blend { fields: 0.0, ..blend })),
        ("without h", blended(Blend { hubness: 0.0, ..blend })),
        ("without recency", blended(Blend { recency_long: long, recency_short: short, ..blend })),
        ("without near-identical", blended(Blend { near_identical: 0.0, ..blend })),
        ("V alone", blended(Blend::WORDS_ALONE)),
        (
            "V alone, without the vocabulary",
            Variation { blend: Blend::WORDS_ALONE, vocabulary: false, ..all },
        ),
    ]
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let corpora = PathBuf::from(arguments.next().ok_or("name the folder of the corpora")?);
    let only = arguments.next();
    print!("| |");
    SETS.iter().for_each(|set| print!(" {} |", heading(set)));
    println!("\n|---|{}", "---|".repeat(SETS.len()));
    let is_wanted = |name: &str| only.as_ref().is_none_or(|only| only.to_str() == Some(name));
    for (name, variation) in rows().into_iter().filter(|(name, _)| is_wanted(name)) {
        print!("| {name} |");
        for set in &SETS {
            let found = scores(&corpora, set, variation)?;
            print!(" {:.3} / {:.3} / {:.3} |", found.mrr, found.hit_at_1, found.hit_at_10);
        }
        println!();
    }
    Ok(())
}

fn heading((folder, queries, fields): &(&str, &str, &[Field])) -> String {
    let family = if queries.starts_with("same_rc") { " family" } else { "" };
    let fields: String = fields.iter().map(|field| format!(" {field}")).collect();
    format!("{folder}{family}{fields}")
}

fn scores(
    corpora: &Path,
    (folder, queries, fields): &(&str, &str, &[Field]),
    variation: Variation,
) -> eval::Result<RetrievalScores> {
    let folder = corpora.join(folder);
    let task = RetrievalTask {
        docs: folder.join("docs.jsonl"),
        queries: folder.join(queries),
        run: None,
        method: Method::Varied(variation),
        fields: (!fields.is_empty()).then(|| fields.to_vec()),
        query_fields: None,
    };
    Ok(retrieval(&task, |_, _| {})?.scores)
}
