//! Wakes whoever waits for the next event.

use std::sync::{Mutex, PoisonError};
use std::task::{Context, Waker};

/// How many are noted at once; more than may wait.
const WAITING_MAX: usize = 1024;

/// Those who wait. Whoever is woken asks again, so being woken in vain does no harm.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    waiting: Mutex<Vec<Waker>>,
}

impl Bell {
    /// Wakes the task of `context` at the next ring.
    pub(crate) fn wait(&self, context: &Context<'_>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() == WAITING_MAX {
            // Many of them have gone long ago; the others ask again.
            waiting.drain(..).for_each(Waker::wake);
        }
        if !waiting.iter().any(|waker| waker.will_wake(context.waker())) {
            waiting.push(context.waker().clone());
        }
    }

    /// Wakes everybody.
    pub(crate) fn ring(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *waiting).into_iter().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_ring_wakes_everybody_once() {
        let bell = Bell::default();
        let counts = [Arc::new(Count::default()), Arc::new(Count::default())];
        for count in &counts {
            let waker = Waker::from(Arc::clone(count));
            let context = Context::from_waker(&waker);
            bell.wait(&context);
            bell.wait(&context);
        }
        bell.ring();
        bell.ring();
        assert!(counts.iter().all(|count| count.0.load(Ordering::Relaxed) == 1));
    }
}
