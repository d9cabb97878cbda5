//! Backtests.

use engine::{Backtest, BacktestRequest, Curve, HeldOut, Hits, Point};
use incident::AsOf;
use jiff::Timestamp;

use super::count;
use super::filter::filter;
use super::time::{as_of, wire};
use crate::limits::{BACKTEST_KS_MAX, MATCHES_MAX};
use crate::proto;
use crate::violations::Violations;

/// The numbers of matches looked at where the caller names none.
const DEPTHS: [usize; 3] = [1, 3, 5];

/// A request, checked; the format is left to the service.
pub(crate) fn asked(
    request: proto::BacktestRequest,
    now: Timestamp,
    found: &mut Violations,
) -> (BacktestRequest, i32) {
    let proto::BacktestRequest { filter: wanted, k, as_of: at, format } = request;
    found.at_most("k", k.len(), BACKTEST_KS_MAX, "numbers");
    if let Some(wrong) = k.iter().find(|k| !(1..=MATCHES_MAX).contains(*k)) {
        found.add("k", wrong, format_args!("1 to {MATCHES_MAX}"));
    }
    let depths: Vec<usize> = k.iter().map(|k| *k as usize).collect();
    let depths = if depths.is_empty() { DEPTHS.to_vec() } else { depths };
    let filter = filter(wanted, found);
    (BacktestRequest { filter, depths, as_of: as_of(at, now, found) }, format)
}

/// The result as of `as_of`, not written out.
pub(crate) fn wire_backtest(backtest: &Backtest, as_of: AsOf) -> proto::BacktestResponse {
    let Backtest {
        all,
        shown,
        shown_right,
        new_not_shown,
        by_class,
        by_service,
        curve,
        held_out,
        is_calibrated,
        older,
        undated,
        ratings: (useful, not_useful),
    } = backtest;
    let by_class = by_class.iter();
    let by_service = by_service.iter();
    proto::BacktestResponse {
        cases: count(all.cases),
        recurrences: count(all.recurrences),
        hit_at_k: wire_hits(all),
        mrr: all.mrr(),
        precision: share(*shown_right, *shown),
        coverage: share(*shown_right, all.recurrences),
        novelty_accuracy: share(*new_not_shown, all.cases - all.recurrences),
        by_class: by_class.map(|(id, name, hits)| group(id.to_string(), name, hits)).collect(),
        by_service: by_service.map(|(name, hits)| group(name.clone(), name, hits)).collect(),
        threshold_curve: wire_curve(curve, all.recurrences),
        undated: count(*undated),
        older: count(*older),
        suggested_threshold: curve.suggested.map(|point| point.threshold),
        calibration_cases: curve.calibration_cases,
        expected_error: curve.expected_error,
        held_out: held_out.as_ref().map(wire_held_out),
        calibrated: *is_calibrated,
        ratings_useful: count(*useful),
        ratings_not_useful: count(*not_useful),
        as_of: Some(wire(as_of.at)),
        content: None,
        media_type: String::new(),
    }
}

fn group(key: String, name: &str, hits: &Hits) -> proto::BacktestGroup {
    proto::BacktestGroup {
        key,
        name: name.to_owned(),
        cases: count(hits.cases),
        recurrences: count(hits.recurrences),
        hit_at_k: wire_hits(hits),
        mrr: hits.mrr(),
    }
}

fn wire_hits(hits: &Hits) -> Vec<proto::HitAtK> {
    let wire_hit = |(k, n): &(usize, usize)| proto::HitAtK {
        k: count(*k),
        hits: count(*n),
        rate: share(*n, hits.recurrences),
    };
    hits.at.iter().map(wire_hit).collect()
}

fn wire_curve(curve: &Curve, recurrences: usize) -> Vec<proto::ThresholdPoint> {
    let wire_point = |point: &Point| proto::ThresholdPoint {
        threshold: point.threshold,
        shown: point.shown,
        correct: point.right,
        precision: point.precision(),
        coverage: share(point.right as usize, recurrences),
    };
    curve.points.iter().map(wire_point).collect()
}

fn wire_held_out(held_out: &HeldOut) -> proto::HeldOut {
    proto::HeldOut {
        learnt_from: held_out.learnt_from,
        cases: held_out.pages,
        recurrences: held_out.seen,
        shown: held_out.shown,
        correct: held_out.right,
        precision: held_out.precision(),
        coverage: held_out.coverage(),
        expected_error: held_out.expected_error,
    }
}

fn share(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn depths(k: &[u32]) -> Result<Vec<usize>, String> {
        let request = proto::BacktestRequest { k: k.to_vec(), ..Default::default() };
        let mut found = Violations::new();
        let (request, _) = asked(request, Timestamp::UNIX_EPOCH, &mut found);
        match found.summary() {
            Some((field, _)) => Err(field),
            None => Ok(request.depths),
        }
    }

    #[test]
    fn one_three_and_five_are_looked_at_where_none_is_named() {
        assert_eq!(depths(&[]), Ok(vec![1, 3, 5]));
        assert_eq!(depths(&[10]), Ok(vec![10]));
    }

    #[test]
    fn numbers_out_of_range_are_noted() {
        for wrong in [&[0][..], &[101], &[1; 11]] {
            assert_eq!(depths(wrong), Err("k".to_owned()), "{wrong:?}");
        }
    }
}
