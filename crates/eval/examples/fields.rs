//! Prints what each field of a question brings: a row per field left out of the questions and per field alone, `MRR / hit@1 /
//! hit@10` per corpus. The documents keep all their fields. The last row is what a page knows.
//!
//! `cargo run --release -p relapse-eval --example fields -- ../shared/corpora`

use std::error::Error;
use std::path::{Path, PathBuf};

use eval::{Method, RetrievalScores, RetrievalTask, retrieval};
use incident::Field;

/// Folder and queries.
const SETS: [(&str, &str); 6] = [
    ("rca_vault", "duplicates.jsonl"),
    ("rca_vault", "same_rc_family.jsonl"),
    ("issre22_cloud", "same_class_l3.dev.jsonl"),
    ("icco_postmortems", "same_category.jsonl"),
    ("openoffice_dups", "duplicates.dev.jsonl"),
    ("ossfuzz", "duplicates.dev.jsonl"),
];

/// The fields of a structured record: the whole text, which repeats them, left out.
const SECTIONS: [Field; 7] = [
    Field::Title,
    Field::Summary,
    Field::Symptoms,
    Field::RootCause,
    Field::Resolution,
    Field::Impact,
    Field::Services,
];

/// What is known while the pager rings.
const AT_THE_PAGE: [Field; 4] = [Field::Title, Field::Summary, Field::Symptoms, Field::Services];

/// Names of rows, and what a question has.
fn rows() -> Vec<(String, Vec<Field>)> {
    let without = |left_out: Field| -> Vec<Field> {
        SECTIONS.into_iter().filter(|field| *field != left_out).collect()
    };
    let mut rows = vec![
        ("everything".to_owned(), Field::ALL.to_vec()),
        ("all sections".to_owned(), SECTIONS.to_vec()),
    ];
    rows.extend(SECTIONS.map(|field| (format!("sections without {field}"), without(field))));
    rows.extend(Field::ALL.map(|field| (format!("{field} alone"), vec![field])));
    rows.push(("title, summary, symptoms, services".to_owned(), AT_THE_PAGE.to_vec()));
    rows
}

fn main() -> Result<(), Box<dyn Error>> {
    let corpora =
        PathBuf::from(std::env::args_os().nth(1).ok_or("name the folder of the corpora")?);
    print!("| a question has |");
    SETS.iter()
        .for_each(|(folder, queries)| print!(" {folder} {} |", queries.trim_end_matches(".jsonl")));
    println!("\n|---|{}", "---|".repeat(SETS.len()));
    for (name, fields) in rows() {
        print!("| {name} |");
        for set in SETS {
            let found = scores(&corpora, set, &fields)?;
            print!(" {:.3} / {:.3} / {:.3} |", found.mrr, found.hit_at_1, found.hit_at_10);
        }
        println!();
    }
    Ok(())
}

fn scores(
    corpora: &Path,
    (folder, queries): (&str, &str),
    fields: &[Field],
) -> eval::Result<RetrievalScores> {
    let folder = corpora.join(folder);
    let task = RetrievalTask {
        docs: folder.join("docs.jsonl"),
        queries: folder.join(queries),
        run: None,
        method: Method::Default,
        fields: None,
        query_fields: Some(fields.to_vec()),
    };
    Ok(retrieval(&task, |_, _| {})?.scores)
}
