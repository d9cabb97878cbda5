//! Average link and the online pass on a corpus of post-mortems whose root-cause families are known.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use cluster::{Algorithm, ClusterId, Constraints, fit, null_cut, online, sample_rows};
use serde_json::Value;
use vector::Matrix;

/// What the null cut has to reach on either path.
const BCUBED_F1_MIN: f64 = 0.98;

/// The post-mortems of the vault, oldest first; `None`, said aloud, where the corpora are absent.
fn vault() -> Option<Vec<Value>> {
    let shared = std::env::var("RELAPSE_SHARED").map_or_else(
        |_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let path = shared.join("corpora/rca_vault/docs.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        let required = std::env::var("RELAPSE_REQUIRE_SHARED").is_ok_and(|value| value == "1");
        assert!(!required, "{} is required", path.display());
        println!("did not run: {} is absent", path.display());
        return None;
    };
    let mut docs: Vec<Value> =
        text.lines().map(|l| serde_json::from_str(l).expect("each line is a document")).collect();
    docs.sort_by_key(|doc| (text_of(doc, "date"), text_of(doc, "id")));
    Some(docs)
}

fn text_of(doc: &Value, field: &str) -> String {
    doc[field].as_str().unwrap_or_default().to_lowercase()
}

/// Words of title and root cause without digits, and the services whole.
fn words(doc: &Value) -> Vec<String> {
    let prose = format!("{} {}", text_of(doc, "title"), text_of(doc, "root_cause"));
    let words = prose
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() >= 2 && !word.contains(|c: char| c.is_ascii_digit()));
    let services = doc["services"].as_array().into_iter().flatten();
    let services = services.map(|name| format!("svc_{}", name.as_str().unwrap_or_default()));
    words.map(String::from).chain(services).collect()
}

/// Sublinear TF-IDF, unit rows.
fn matrix(docs: &[Vec<String>]) -> Matrix {
    let mut frequencies: BTreeMap<&str, f64> = BTreeMap::new();
    for doc in docs {
        for word in doc.iter().collect::<BTreeSet<_>>() {
            *frequencies.entry(word).or_default() += 1.0;
        }
    }
    let numbers: HashMap<&str, u32> = frequencies.keys().copied().zip(0..).collect();
    let n = docs.len() as f64;
    let rows = docs.iter().map(|doc| {
        let mut counts: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
        for word in doc {
            let rarity = ((1.0 + n) / (1.0 + frequencies[word.as_str()])).ln() + 1.0;
            counts.entry(numbers[word.as_str()]).or_insert((0.0, rarity)).0 += 1.0;
        }
        let weigh = |(count, rarity): (f64, f64)| (1.0 + count.ln()) * rarity;
        let length = counts.values().map(|c| weigh(*c).powi(2)).sum::<f64>().sqrt();
        counts.into_iter().map(move |(term, count)| (term, weigh(count) / length))
    });
    Matrix::from_rows(numbers.len(), rows)
}

/// The harmonic mean of BCubed precision and recall (Bagga and Baldwin 1998).
fn bcubed_f1(labels: &[Option<ClusterId>], truth: &[String]) -> f64 {
    let n = truth.len();
    let together = |l: usize, r: usize| l == r || (labels[l].is_some() && labels[l] == labels[r]);
    let (mut precision, mut recall) = (0.0, 0.0);
    for row in 0..n {
        let ours = (0..n).filter(|other| together(row, *other)).count() as f64;
        let theirs = (0..n).filter(|other| truth[row] == truth[*other]).count() as f64;
        let both = |other: &usize| together(row, *other) && truth[row] == truth[*other];
        let both = (0..n).filter(both).count() as f64;
        precision += both / ours / n as f64;
        recall += both / theirs / n as f64;
    }
    2.0 * precision * recall / (precision + recall)
}

#[test]
fn the_null_cut_finds_the_root_cause_families() {
    let Some(docs) = vault() else { return };
    let matrix = matrix(&docs.iter().map(words).collect::<Vec<_>>());
    let truth: Vec<String> = docs.iter().map(|doc| text_of(doc, "rc_family")).collect();
    assert_eq!(sample_rows(docs.len(), 1).len(), docs.len());
    let cut = null_cut(&matrix, docs.len(), 1).value;
    let batch =
        bcubed_f1(&fit(&matrix, Algorithm::AverageLink, cut, &Constraints::default()), &truth);
    let one_pass = bcubed_f1(&online(&matrix, 0..docs.len(), cut), &truth);
    println!("cut {cut:.3}: BCubed F1 {batch:.3} batch, {one_pass:.3} online");
    assert!(batch >= BCUBED_F1_MIN && one_pass >= BCUBED_F1_MIN);
}
