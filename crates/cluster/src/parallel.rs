//! The same work on many things, on all cores.

use std::thread;

/// Below this many things a second thread costs more than it saves.
const SHARE_MIN: usize = 256;

/// What `work` makes of each of `things`, in their order.
pub(crate) fn in_parallel<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = things.len().div_ceil(cores).max(SHARE_MIN);
    if things.len() <= share {
        return things.iter().map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        let shares = things.chunks(share);
        let share = |own| scope.spawn(move || <[T]>::iter(own).map(work).collect::<Vec<R>>());
        let running: Vec<_> = shares.map(share).collect();
        running.into_iter().flat_map(joined).collect()
    })
}

/// What a thread came to; its panic goes on here.
pub(crate) fn joined<R>(thread: thread::ScopedJoinHandle<'_, R>) -> R {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
