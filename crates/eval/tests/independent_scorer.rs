//! The metrics equal those of a scorer written by others, which reads the files written here.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use eval::labels::{read_gold, read_queries, write_assignments, write_run};
use eval::{ClusterScores, RankedQuery, RetrievalScores};
use serde_json::{Value, json};
use testkit::Rng;

/// Half a unit of the fourth decimal, to which the other scorer rounds, and room for its own sums.
const TOLERANCE: f64 = 0.5e-4 + 1e-9;

/// The other scorer; `None` where it or Python is not there.
fn scorer() -> Option<PathBuf> {
    let script = testkit::shared::path("tools/score.py")?;
    if Command::new("python3").arg("--version").output().is_err() {
        testkit::shared::absent("python3");
        return None;
    }
    Some(script)
}

fn scored(script: &Path, mode: &str, arguments: &[(&str, &OsStr)]) -> Value {
    let mut command = Command::new("python3");
    command.arg(script).arg(mode);
    for (name, value) in arguments {
        command.arg(name).arg(value);
    }
    let output = command.output().expect("python3 runs");
    let trouble = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{trouble}");
    serde_json::from_slice(&output.stdout).expect("it prints one object")
}

/// Gives the documents of `docs` the classes `class_of` names and lets both score them.
fn check_classes(
    script: &Path,
    (docs, label): (&Path, &str),
    class_of: impl Fn(&str) -> Option<String>,
) {
    let gold = read_gold(docs, label).expect("the labels read back");
    let classes: Vec<Option<String>> = gold.keys().map(|id| class_of(id)).collect();
    let out = tempfile::NamedTempFile::new().expect("a temporary file");
    let classes = || classes.iter().map(Option::as_deref);
    write_assignments(out.path(), gold.keys().map(String::as_str).zip(classes()))
        .expect("the assignments are written");
    let pairs: Vec<_> = gold.values().map(Option::as_deref).zip(classes()).collect();
    let arguments = [
        ("--docs", docs.as_os_str()),
        ("--label", OsStr::new(label)),
        ("--assignments", out.path().as_os_str()),
    ];
    let theirs = scored(script, "clusters", &arguments);
    check(&theirs, &ClusterScores::of(&pairs));
}

/// Every number the other scorer prints, but `answered`, which only it has.
#[track_caller]
fn check(theirs: &Value, ours: &impl serde::Serialize) {
    let ours = serde_json::to_value(ours).expect("scores serialise");
    let theirs = theirs.as_object().expect("an object");
    assert!(theirs.len() > 5, "{theirs:?}");
    for (name, score) in theirs.iter().filter(|(name, _)| *name != "answered") {
        let (mine, score) = (ours[name].as_f64(), score.as_f64());
        let (mine, score) = (mine.expect(name), score.expect(name));
        assert!((mine - score).abs() <= TOLERANCE, "{name}: {mine} against {score}");
    }
}

fn write_json(path: &Path, lines: &[Value]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(path, text).expect("a temporary file is written");
}

/// Queries `0..n` over documents `0..n`, some of them without any result.
fn random_rankings(rng: &mut Rng, n: usize) -> (Vec<Value>, Vec<Vec<String>>) {
    let mut queries = Vec::new();
    let mut rankings = Vec::new();
    for query in 0..n {
        let mut ids: Vec<usize> = (0..n).collect();
        rng.shuffle(&mut ids);
        let depth = rng.below(n.min(40));
        rankings.push(ids[..depth].iter().map(usize::to_string).collect());
        rng.shuffle(&mut ids);
        let relevant = &ids[..1 + rng.below(15)];
        queries.push(json!({"query_id": query, "relevant_ids": relevant}));
    }
    (queries, rankings)
}

#[test]
fn random_rankings_score_the_same() {
    let Some(script) = scorer() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (queries, run) = (folder.path().join("queries"), folder.path().join("run"));
    let arguments = [("--queries", queries.as_os_str()), ("--run", run.as_os_str())];
    for seed in 0..4 {
        let (lines, rankings) = random_rankings(&mut Rng::new(seed), 60);
        write_json(&queries, &lines);
        let ranked: Vec<RankedQuery> = read_queries(&queries)
            .expect("the queries read back")
            .into_iter()
            .zip(rankings)
            .map(|(query, ranked)| RankedQuery {
                query_id: query.id,
                ranked,
                relevant: query.relevant,
                ..RankedQuery::default()
            })
            .collect();
        write_run(&run, &ranked).expect("the run is written");
        let theirs = scored(&script, "retrieval", &arguments);
        check(&theirs, &RetrievalScores::of(&ranked));
    }
}

/// A gold label of any shape, and a class that agrees with it half of the time.
fn random_labels(rng: &mut Rng, classes: usize) -> (Value, Option<String>) {
    let class = rng.below(classes);
    let gold = match rng.below(10) {
        0 => json!(-1),
        1 => json!(null),
        2 => json!(""),
        3 => json!([class]),
        4..7 => json!(format!("family {class}")),
        _ => json!(class),
    };
    let predicted = if rng.chance(0.5) { class } else { rng.below(classes) };
    (gold, rng.chance(0.7).then(|| format!("FC-{predicted}")))
}

#[test]
fn random_classes_score_the_same() {
    let Some(script) = scorer() else { return };
    let docs = tempfile::NamedTempFile::new().expect("a temporary file");
    for (seed, classes) in [(0, 1), (1, 3), (2, 20), (3, 400)] {
        let mut rng = Rng::new(seed);
        let labels: Vec<_> = (0..300).map(|_| random_labels(&mut rng, classes)).collect();
        let lines = labels.iter().enumerate();
        let lines: Vec<Value> =
            lines.map(|(id, (gold, _))| json!({"id": id, "family": gold})).collect();
        write_json(docs.path(), &lines);
        let class_of = |id: &str| labels[id.parse::<usize>().expect("a number")].1.clone();
        check_classes(&script, (docs.path(), "family"), class_of);
    }
}

#[test]
fn the_labels_of_real_corpora_are_read_alike() {
    let Some(script) = scorer() else { return };
    let labelled = [
        ("rca_vault", "rc_family"),
        ("tickets_8k", "recurring_group"),
        ("ossfuzz", "label_state"),
        ("issre22_cloud", "label"),
    ];
    for (corpus, label) in labelled {
        let docs = testkit::shared::path(&format!("corpora/{corpus}/docs.jsonl"));
        let Some(docs) = docs else { continue };
        let last_letter = |id: &str| id.chars().last().filter(|it| *it != '0').map(String::from);
        check_classes(&script, (&docs, label), last_letter);
    }
}
