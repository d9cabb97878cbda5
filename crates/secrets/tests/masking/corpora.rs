//! How much is masked of real texts, where nearly all of it has to stay.

use std::fs;
use std::path::{Path, PathBuf};

use secrets::mask;
use serde_json::Value;

/// The share of tokens that may be masked.
const FALSE_SHARE_MAX: f64 = 0.005;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is readable")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The texts in a file: of JSONL every one of each line, else the whole.
fn texts(path: &Path, content: &str) -> Vec<String> {
    if path.extension().is_none_or(|extension| extension != "jsonl") {
        return vec![content.to_owned()];
    }
    let mut texts = Vec::new();
    for line in content.lines() {
        let value = serde_json::from_str(line).expect("a line of JSONL");
        strings(&value, &mut texts);
    }
    texts
}

fn strings(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| strings(field, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn of_the_shared_texts_hardly_a_token_is_masked() {
    let Some(folder) = testkit::shared::path("corpora") else {
        return;
    };
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    let (mut tokens, mut masked, mut bytes) = (0_usize, 0_usize, 0_usize);
    for path in paths {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        for text in texts(&path, &text) {
            bytes += text.len();
            tokens += text.split_whitespace().count();
            for found in mask(&text).found {
                masked += text[found.span.clone()].split_whitespace().count();
                let file = path.strip_prefix(&folder).expect("below the folder").display();
                println!("{file}: {} of {} bytes", found.kind, found.span.len());
            }
        }
    }
    println!("{masked} of {tokens} tokens masked, in {bytes} bytes");
    assert!((masked as f64) <= FALSE_SHARE_MAX * tokens as f64);
}
