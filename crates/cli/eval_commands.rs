//! `relapse eval`.

use eval::{
    Algorithm, ClusterOutcome, ClusterScores, ClusterTask, Grouping, Method, RetrievalOutcome,
    RetrievalTask,
};
use indicatif::{ProgressBar, ProgressDrawTarget};
use relapse::proto::{ClusterChance, ClusterEvaluation, RetrievalEvaluation};
use relapse::status::ExitCode;

use crate::args::{self, ClustersArgs, Global, RetrievalArgs};
use crate::error::{Error, Result};
use crate::output::{Output, note};
use crate::render;

/// How many documents at a cosine not below the cut, itself included, make a document the core of a group.
const MIN_POINTS: usize = 2;

/// `relapse eval retrieval`.
pub fn retrieval(arguments: RetrievalArgs, global: &Global) -> Result<ExitCode> {
    refuse_a_store(global, "eval retrieval")?;
    let task = RetrievalTask {
        docs: arguments.docs,
        queries: arguments.queries,
        run: arguments.run,
        method: match arguments.method {
            args::eval::Method::Default => Method::Default,
            args::eval::Method::Plain => Method::Plain,
        },
        fields: arguments.fields.map(|fields| fields.0),
        query_fields: arguments.query_fields.map(|fields| fields.0),
    };
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let outcome = eval::retrieval(&task, |done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    Output::new(global).show(&retrieval_message(&outcome), render::retrieval)?;
    Ok(ended(&outcome.problems))
}

/// `relapse eval clusters`.
pub fn clusters(arguments: ClustersArgs, global: &Global) -> Result<ExitCode> {
    refuse_a_store(global, "eval clusters")?;
    let grouping = match (arguments.online, arguments.algorithm) {
        (false, args::eval::Algorithm::Default) => Grouping::Batch(Algorithm::AverageLink),
        (false, args::eval::Algorithm::Dbscan) => {
            Grouping::Batch(Algorithm::Dbscan { min_points: MIN_POINTS })
        }
        (true, args::eval::Algorithm::Default) => Grouping::Online,
        (true, args::eval::Algorithm::Dbscan) => {
            return Err(Error::Usage("--online has one algorithm, the default".into()));
        }
    };
    let task = ClusterTask {
        docs: arguments.docs,
        label: arguments.label,
        assignments: arguments.assignments,
        grouping,
        cut: None,
    };
    let outcome = eval::clusters(&task)?;
    Output::new(global).show(&cluster_message(&outcome), render::clusters)?;
    Ok(ended(&outcome.problems))
}

/// An evaluation reads files and keeps nothing.
pub fn refuse_a_store(global: &Global, command: &str) -> Result<()> {
    if global.data.is_some() || global.server.is_some() {
        let message =
            format!("`relapse {command}` reads files alone: leave --data and --server out");
        return Err(Error::Usage(message));
    }
    Ok(())
}

fn ended(problems: &[parse::Problem]) -> ExitCode {
    for problem in problems {
        let parse::Problem { file, line, field, reason } = problem;
        note(&format!("{file}:{line}: {field}: {reason}"));
    }
    if problems.is_empty() { ExitCode::Done } else { ExitCode::Refused }
}

fn retrieval_message(outcome: &RetrievalOutcome) -> RetrievalEvaluation {
    let scores = &outcome.scores;
    RetrievalEvaluation {
        queries: count(scores.queries),
        hit_at_1: scores.hit_at_1,
        hit_at_5: scores.hit_at_5,
        hit_at_10: scores.hit_at_10,
        mrr: scores.mrr,
        map: scores.map,
        ndcg_at_10: scores.ndcg_at_10,
        chance_p_at_1: scores.chance_p_at_1,
        seen_auc: scores.seen_auc,
        abstain_precision: scores.abstain_precision,
        abstain_coverage: scores.abstain_coverage,
        docs: count(outcome.docs),
        abstain_cases: count(scores.abstain_cases),
        abstain_expected_error: scores.abstain_expected_error,
    }
}

fn cluster_message(outcome: &ClusterOutcome) -> ClusterEvaluation {
    let (scores, chance) = (outcome.scores.as_ref(), outcome.chance.as_ref());
    ClusterEvaluation {
        docs: count(outcome.docs),
        clusters: count(outcome.clusters),
        one_offs: count(outcome.one_offs),
        bcubed_precision: scores.map(|scores| scores.bcubed_precision),
        bcubed_recall: scores.map(|scores| scores.bcubed_recall),
        bcubed_f1: scores.map(|scores| scores.bcubed_f1),
        ari: scores.map(|scores| scores.ari),
        v_measure: scores.map(|scores| scores.v_measure),
        pair_precision: scores.map(|scores| scores.pair_precision),
        pair_recall: scores.map(|scores| scores.pair_recall),
        pair_f1: scores.map(|scores| scores.pair_f1),
        labelled: scores.map_or(0, |scores| count(scores.docs)),
        chance_dealt_out: chance.map(|chance| chance_message(&chance.shuffled)),
        chance_one_offs: chance.map(|chance| chance_message(&chance.one_offs)),
    }
}

fn chance_message(scores: &ClusterScores) -> ClusterChance {
    ClusterChance {
        bcubed_precision: scores.bcubed_precision,
        bcubed_recall: scores.bcubed_recall,
        bcubed_f1: scores.bcubed_f1,
        ari: scores.ari,
        v_measure: scores.v_measure,
        pair_precision: scores.pair_precision,
        pair_recall: scores.pair_recall,
        pair_f1: scores.pair_f1,
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
