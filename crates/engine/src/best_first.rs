//! An order of which no more is worked out than is asked for.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::error::Result;

/// A place in an order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing<R> {
    /// At first what the value is at most; later the value.
    pub(crate) value: f64,
    /// Decides ties: the greater comes first.
    pub(crate) recency: R,
    /// Whose it is.
    pub(crate) at: usize,
}

/// What is known of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value {
    /// It is not greater.
    AtMost(f64),
    Is(f64),
}

/// Gives out numbers, the greatest value first. `value` is asked for only where no other bound is greater, and until
/// it tells the value itself.
#[derive(Debug)]
pub(crate) struct BestFirst<R, F> {
    heap: BinaryHeap<Placed<R>>,
    value: F,
}

#[derive(Debug)]
struct Placed<R> {
    standing: Standing<R>,
    is_settled: bool,
}

impl<R: Ord, F: FnMut(usize) -> Result<Value>> BestFirst<R, F> {
    /// Begins with upper bounds.
    pub(crate) fn new(bounds: impl Iterator<Item = Standing<R>>, value: F) -> Self {
        let heap = bounds.map(|standing| Placed { standing, is_settled: false }).collect();
        Self { heap, value }
    }
}

impl<R: Ord, F: FnMut(usize) -> Result<Value>> Iterator for BestFirst<R, F> {
    type Item = Result<usize>;

    fn next(&mut self) -> Option<Result<usize>> {
        loop {
            let Placed { standing, is_settled } = self.heap.pop()?;
            if is_settled {
                return Some(Ok(standing.at));
            }
            let (value, is_settled) = match (self.value)(standing.at) {
                Ok(Value::AtMost(value)) => (value, false),
                Ok(Value::Is(value)) => (value, true),
                Err(error) => return Some(Err(error)),
            };
            self.heap.push(Placed { standing: Standing { value, ..standing }, is_settled });
        }
    }
}

impl<R: Ord> Ord for Placed<R> {
    /// Of equal values what is not settled comes first: it may turn out to be the newer one.
    fn cmp(&self, other: &Self) -> Ordering {
        let (own, others) = (&self.standing, &other.standing);
        own.value
            .total_cmp(&others.value)
            .then_with(|| other.is_settled.cmp(&self.is_settled))
            .then_with(|| own.recency.cmp(&others.recency))
    }
}

impl<R: Ord> PartialOrd for Placed<R> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<R: Ord> PartialEq for Placed<R> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<R: Ord> Eq for Placed<R> {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The best `k`, and whose values were asked for.
    fn best(bounds: &[f64], values: &[f64], k: usize) -> (Vec<usize>, Vec<usize>) {
        let standings = bounds.iter().enumerate();
        // The last is the newest.
        let standings = standings.map(|(at, value)| Standing { value: *value, recency: at, at });
        let mut asked = Vec::new();
        let order = BestFirst::new(standings, |at| {
            asked.push(at);
            Ok(Value::Is(values[at]))
        });
        let best = order.take(k).collect::<Result<Vec<usize>>>().expect("nothing fails");
        asked.sort_unstable();
        (best, asked)
    }

    #[test]
    fn the_order_is_that_of_the_values() {
        let (best, asked) = best(&[0.9, 0.8, 0.7, 0.2], &[0.1, 0.5, 0.6, 0.15], 4);
        assert_eq!((best, asked), (vec![2, 1, 3, 0], vec![0, 1, 2, 3]));
    }

    #[test]
    fn what_cannot_be_among_the_best_is_not_asked_for() {
        let (best, asked) = best(&[0.9, 0.8, 0.5, 0.2], &[0.6, 0.7, 0.5, 0.1], 2);
        assert_eq!((best, asked), (vec![1, 0], vec![0, 1]));
    }

    #[test]
    fn a_nearer_bound_spares_the_value() {
        let (bounds, nearer, values) = ([0.9, 0.8, 0.7], [0.6, 0.5, 0.7], [0.6, 0.1, 0.65]);
        let standings = (0..3).map(|at| Standing { value: bounds[at], recency: at, at });
        let mut asked = [0; 3];
        let order = BestFirst::new(standings, |at| {
            asked[at] += 1;
            Ok(if asked[at] == 1 { Value::AtMost(nearer[at]) } else { Value::Is(values[at]) })
        });
        let best = order.take(2).collect::<Result<Vec<usize>>>().expect("nothing fails");
        assert_eq!((best, asked), (vec![2, 0], [2, 1, 2]));
    }

    #[test]
    fn ties_go_to_the_newer_one_though_it_is_settled_last() {
        let (best, _) = best(&[0.9, 0.5, 0.7], &[0.5, 0.5, 0.5], 3);
        assert_eq!(best, [2, 1, 0]);
    }
}
