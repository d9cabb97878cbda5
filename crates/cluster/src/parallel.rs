//! The same work on many things, on all cores.

use std::thread;

/// Below this many things a second thread costs more than it saves.
const SHARE_MIN: usize = 256;

/// What `work` makes of each of `things`, in their order.
pub(crate) fn in_parallel<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    in_parallel_with(things, SHARE_MIN, &mut Vec::new(), |(), thing| work(thing))
}

/// The same where `least` things are worth a thread, and each thread has something to work with: one of `tools`, of which
/// more are made where there are too few.
pub(crate) fn in_parallel_with<T: Sync, R: Send, W: Default + Send>(
    things: &[T],
    least: usize,
    tools: &mut Vec<W>,
    work: impl Fn(&mut W, &T) -> R + Sync,
) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = things.len().div_ceil(cores).max(least);
    let shares = things.chunks(share);
    tools.resize_with(tools.len().max(shares.len()), W::default);
    let work = &work;
    thread::scope(|scope| {
        let share = |(own, tool): (&'_ [T], &'_ mut W)| {
            own.iter().map(|thing| work(tool, thing)).collect::<Vec<R>>()
        };
        let mut tooled = shares.zip(tools.iter_mut());
        let first = tooled.next();
        let running: Vec<_> = tooled.map(|own| scope.spawn(move || share(own))).collect();
        let mut done = first.map(share).unwrap_or_default();
        done.extend(running.into_iter().flat_map(joined));
        done
    })
}

/// What a thread came to; its panic goes on here.
pub(crate) fn joined<R>(thread: thread::ScopedJoinHandle<'_, R>) -> R {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
