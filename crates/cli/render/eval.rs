//! The results of evaluations.

use relapse::proto::{ClusterChance, ClusterEvaluation, RetrievalEvaluation};

use super::page::{Look, Page};
use super::paint::Tone;
use super::table::{Column, Table};

/// How often the first matches were right ones.
pub fn retrieval(results: &RetrievalEvaluation, look: Look) -> String {
    figures(
        look,
        &[
            ("documents", results.docs.to_string()),
            ("queries", results.queries.to_string()),
            ("hit at 1", rate(results.hit_at_1)),
            ("hit at 5", rate(results.hit_at_5)),
            ("hit at 10", rate(results.hit_at_10)),
            ("MRR", rate(results.mrr)),
            ("MAP", rate(results.map)),
            ("nDCG at 10", rate(results.ndcg_at_10)),
            ("chance: precision at 1", rate(results.chance_p_at_1)),
            ("seen before or new: AUC", maybe(results.seen_auc)),
            ("shown past the cut: precision", maybe(results.abstain_precision)),
            ("shown past the cut: coverage", maybe(results.abstain_coverage)),
            ("pages the cut was learnt from", results.abstain_cases.to_string()),
            ("probability told: expected error", maybe(results.abstain_expected_error)),
        ],
    )
}

/// How well the clusters agree with the labels, beside clusters that look at nothing.
pub fn clusters(results: &ClusterEvaluation, look: Look) -> String {
    let counts = [
        ("documents", results.docs),
        ("labelled", results.labelled),
        ("clusters", results.clusters),
        ("one-offs", results.one_offs),
    ];
    let mut page = Page::new(look);
    let mut table = Table::new(["Value", "Dealt out", "All one-offs", "Measure"].map(Column::new));
    for (name, count) in counts {
        table.row(Tone::Plain, [count.to_string(), String::new(), String::new(), name.to_owned()]);
    }
    let chance =
        [&results.chance_dealt_out, &results.chance_one_offs].map(|chance| chance.as_ref());
    for Measure { name, found, of_chance } in measures(results) {
        let [dealt_out, one_offs] = chance.map(|chance| maybe(chance.map(of_chance)));
        table.row(Tone::Plain, [maybe(found), dealt_out, one_offs, name.to_owned()]);
    }
    table.write(&mut page);
    page.finish()
}

/// A measure of agreement.
struct Measure {
    name: &'static str,
    found: Option<f64>,
    of_chance: fn(&ClusterChance) -> f64,
}

fn measures(results: &ClusterEvaluation) -> [Measure; 8] {
    let measure = |name, found, of_chance| Measure { name, found, of_chance };
    [
        measure("B-cubed precision", results.bcubed_precision, |chance| chance.bcubed_precision),
        measure("B-cubed recall", results.bcubed_recall, |chance| chance.bcubed_recall),
        measure("B-cubed F1", results.bcubed_f1, |chance| chance.bcubed_f1),
        measure("adjusted Rand index", results.ari, |chance| chance.ari),
        measure("V-measure", results.v_measure, |chance| chance.v_measure),
        measure("pair precision", results.pair_precision, |chance| chance.pair_precision),
        measure("pair recall", results.pair_recall, |chance| chance.pair_recall),
        measure("pair F1", results.pair_f1, |chance| chance.pair_f1),
    ]
}

fn figures(look: Look, figures: &[(&str, String)]) -> String {
    let mut page = Page::new(look);
    let mut table = Table::new(["Value", "Measure"].map(Column::new));
    for (name, value) in figures {
        table.row(Tone::Plain, [value.clone(), (*name).to_owned()]);
    }
    table.write(&mut page);
    page.finish()
}

/// To three places; what is nothing there has no sign.
fn rate(value: f64) -> String {
    let shown = if value.abs() < 0.000_5 { 0.0 } else { value };
    format!("{shown:.3}")
}

fn maybe(value: Option<f64>) -> String {
    value.map_or_else(|| "-".into(), rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_is_not_known_is_a_dash() {
        let results =
            RetrievalEvaluation { queries: 40, hit_at_1: 0.8125, ..RetrievalEvaluation::default() };
        let text = retrieval(&results, Look::plain(40));
        assert!(text.contains("0.812  hit at 1\n"), "{text}");
        assert!(text.contains("-      seen before or new: AUC\n"), "{text}");
    }

    #[test]
    fn clusters_without_labels_are_counted_only() {
        let results =
            ClusterEvaluation { docs: 9, clusters: 2, one_offs: 4, ..ClusterEvaluation::default() };
        let text = clusters(&results, Look::plain(80));
        let figures = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = text.lines().map(figures).collect();
        assert!(lines.contains(&"2 clusters".to_owned()), "{text}");
        assert!(lines.contains(&"- - - adjusted Rand index".to_owned()), "{text}");
    }

    #[test]
    fn chance_stands_beside_each_score() {
        let chance = |pair_f1| Some(ClusterChance { pair_f1, ..ClusterChance::default() });
        let results = ClusterEvaluation {
            pair_f1: Some(0.75),
            chance_dealt_out: chance(0.125),
            chance_one_offs: chance(-0.0001),
            ..ClusterEvaluation::default()
        };
        let text = clusters(&results, Look::plain(80));
        let last = text.lines().last().expect("a line");
        let figures: Vec<&str> = last.split_whitespace().collect();
        assert_eq!(figures, ["0.750", "0.125", "0.000", "pair", "F1"]);
    }
}
