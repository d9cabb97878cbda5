//! Learning from the stored history how sure answers are.

use std::ops::ControlFlow;

use calibration::{Calibration, Page, cases};
use incident::AsOf;
use index::Filter;

use crate::engine::Engine;
use crate::error::Result;
use crate::experience::Learnt;
use crate::replay::{PAGES_MAX, replay};

/// Fewer pages are learnt from than a backtest replays, so that an ingest of 100,000 incidents is not mostly learning: ten
/// times as many as judged cases are needed ...
const PAGES_MIN: usize = 500;
/// ... and so many that pages times incidents, which the time goes with, stay below this.
const COMPARISONS_MAX: usize = 20_000_000;

/// How many pages of `n_incidents` are learnt from.
fn pages_to_learn_from(n_incidents: usize) -> usize {
    (COMPARISONS_MAX / n_incidents.max(1)).clamp(PAGES_MIN, PAGES_MAX)
}

impl Engine {
    /// Whether the history has grown by a quarter since it was last learnt from.
    #[must_use]
    pub fn is_outgrown(&self) -> bool {
        let state = self.state();
        state.experience.is_outgrown(state.snapshot.n_docs())
    }

    /// Replays the newest pages of the history, learns from them how probable it is that a best match is right, and
    /// keeps that. What was learnt is itself a change in the log, with a position of its own: it is kept, not learnt
    /// again, so the same log gives the same answers. Returns how many judged cases stand behind confidence from now on;
    /// 0 where there was too little to learn from.
    ///
    /// What lies after `as_of` is left out. `progress` is told how many pages are done, of how many, and says whether to go
    /// on.
    ///
    /// # Errors
    /// [`crate::Error::DeadlineExceeded`] where `progress` ended it, [`crate::Error::Overtaken`] where an incident
    /// changed meanwhile, [`crate::Error::Store`] where the record cannot be read or written.
    pub fn calibrate(
        &self,
        as_of: AsOf,
        progress: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<u32> {
        let state = self.state();
        let n_pages = pages_to_learn_from(state.snapshot.n_docs());
        let replay = replay(self, &state, &Filter::default(), as_of, n_pages, progress)?;
        let pages: Vec<Page> = replay.pages.iter().map(|one| one.page()).collect();
        let calibration = Calibration::learn(&cases(&pages));
        let n_cases = calibration.as_ref().map_or(0, |learnt| learnt.cases);
        tracing::info!(pages = pages.len(), cases = n_cases, "learnt from the history");
        let learnt = Learnt { n_incidents: state.snapshot.n_docs(), calibration };
        self.change(|writer| Ok((n_cases, vec![writer.learn(learnt)])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_history_fewer_pages_are_learnt_from() {
        let pages = [0, 10_000, 20_000, 40_000, 1_000_000].map(pages_to_learn_from);
        assert_eq!(pages, [2_000, 2_000, 1_000, 500, 500]);
    }
}
