//! The results of evaluations.

use relapse::proto::{ClusterEvaluation, RetrievalEvaluation};

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

/// How well the clusters agree with the labels.
pub fn clusters(results: &ClusterEvaluation, look: Look) -> String {
    figures(
        look,
        &[
            ("documents", results.docs.to_string()),
            ("labelled", results.labelled.to_string()),
            ("clusters", results.clusters.to_string()),
            ("one-offs", results.one_offs.to_string()),
            ("B-cubed precision", maybe(results.bcubed_precision)),
            ("B-cubed recall", maybe(results.bcubed_recall)),
            ("B-cubed F1", maybe(results.bcubed_f1)),
            ("adjusted Rand index", maybe(results.ari)),
            ("V-measure", maybe(results.v_measure)),
            ("pair precision", maybe(results.pair_precision)),
            ("pair recall", maybe(results.pair_recall)),
            ("pair F1", maybe(results.pair_f1)),
        ],
    )
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

fn rate(value: f64) -> String {
    format!("{value:.3}")
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
        assert!(text.contains("2      clusters\n"), "{text}");
        assert!(text.contains("-      adjusted Rand index\n"), "{text}");
    }
}
