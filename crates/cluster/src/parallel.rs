//! The same work on many things, on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Below this many things a second thread costs more than it saves.
const SHARE_MIN: usize = 256;

/// What `work` makes of each of `things`, in their order.
pub(crate) fn in_parallel<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    in_parallel_with(things, SHARE_MIN, &mut Vec::new(), |(), thing| work(thing))
}

/// The same where `least` things are worth a thread, and each thread has something to work with: one of `tools`, of which
/// more are made where there are too few. Whichever thread is free takes the next `least`, so that none waits for one that
/// has to share its core.
pub(crate) fn in_parallel_with<T: Sync, R: Send, W: Default + Send>(
    things: &[T],
    least: usize,
    tools: &mut Vec<W>,
    work: impl Fn(&mut W, &T) -> R + Sync,
) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let n_shares = things.len().div_ceil(least);
    let n_threads = cores.min(n_shares).max(1);
    tools.resize_with(tools.len().max(n_threads), W::default);
    let next = AtomicUsize::new(0);
    let take_shares = |tool: &mut W| -> Vec<(usize, Vec<R>)> {
        let numbers = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)));
        let share = |number: usize| things.chunks(least).nth(number).map(|share| (number, share));
        let shares = numbers.map_while(share);
        shares
            .map(|(number, own)| (number, own.iter().map(|it| work(tool, it)).collect()))
            .collect()
    };
    let mut done = thread::scope(|scope| {
        let (first, others) = tools.split_first_mut().expect("there is at least one");
        let others = others.iter_mut().take(n_threads - 1);
        let running: Vec<_> = others.map(|tool| scope.spawn(|| take_shares(tool))).collect();
        let mut done = take_shares(first);
        done.extend(running.into_iter().flat_map(joined));
        done
    });
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().flat_map(|(_, share)| share).collect()
}

/// What a thread came to; its panic goes on here.
pub(crate) fn joined<R>(thread: thread::ScopedJoinHandle<'_, R>) -> R {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_things_whoever_worked_on_them() {
        for (n_things, least) in [(0, 3), (1, 3), (3, 3), (1_000, 3), (1_000, 1), (1_000, 5_000)] {
            let things: Vec<usize> = (0..n_things).collect();
            let mut tools: Vec<usize> = Vec::new();
            let doubled = in_parallel_with(&things, least, &mut tools, |n_done, thing| {
                *n_done += 1;
                thing * 2
            });
            assert!(doubled.iter().copied().eq((0..n_things).map(|thing| thing * 2)), "{n_things}");
            assert_eq!(tools.iter().sum::<usize>(), n_things, "each thing once");
        }
    }
}
