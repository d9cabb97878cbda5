//! Done before anybody asks.

use std::ops::Range;
use std::sync::{Arc, Weak};

use index::DocId;

use crate::engine::Engine;
use crate::error::Result;
use crate::second_stage::SecondStage;
use crate::state::State;
use crate::stop::NEVER;

/// How many documents are read ahead at most, those that came last: about as many as are remembered.
const DOCS_MAX: u32 = 200_000;

/// How far what answers need has been worked out before anybody asked. It holds for an epoch.
#[derive(Debug, Default)]
pub struct Ahead {
    epoch: Weak<SecondStage>,
    /// The numbers of the documents that are done.
    done: Range<u32>,
}

impl Engine {
    /// Makes ready what answers are ranked by, which else the first question of an epoch waits for.
    ///
    /// # Errors
    /// [`crate::Error::Store`] where the record cannot be read, [`crate::Error::Overtaken`] where it was being changed.
    pub fn warm(&self) -> Result<()> {
        let state = self.state();
        state.second_stage.model(self, &state).map(drop)
    }

    /// Works out what answers need of about `n` more incidents, first of new ones, then of those that came last, and
    /// says whether there are more. No answer depends on it; it comes sooner.
    ///
    /// # Errors
    /// As [`Engine::warm`].
    pub fn work_ahead(&self, ahead: &mut Ahead, n: u32) -> Result<bool> {
        let state = self.state();
        let next = ahead.next(&state, n);
        let is_live = |doc: &DocId| state.snapshot.postings().is_live(*doc);
        let docs: Vec<DocId> = next.clone().map(DocId).filter(is_live).collect();
        state.second_stage.read_ahead(&docs, self, &state)?;
        for doc in docs {
            state.neighbourhoods.of(doc, &state.snapshot, NEVER)?;
        }
        ahead.take(&next);
        Ok(!next.is_empty())
    }
}

impl Ahead {
    /// The numbers of the documents to be done next, in one run with those that are.
    fn next(&mut self, state: &State, n: u32) -> Range<u32> {
        let n_numbers = state.snapshot.n_numbers();
        if !std::ptr::eq(self.epoch.as_ptr(), Arc::as_ptr(&state.second_stage)) {
            let epoch = Arc::downgrade(&state.second_stage);
            *self = Self { epoch, done: n_numbers..n_numbers };
        }
        let Range { start, end } = self.done;
        if end < n_numbers {
            return end..n_numbers.min(end + n);
        }
        let last = n_numbers.saturating_sub(DOCS_MAX).min(start);
        start.saturating_sub(n).max(last)..start
    }

    fn take(&mut self, done: &Range<u32>) {
        self.done = self.done.start.min(done.start)..self.done.end.max(done.end);
    }
}

#[cfg(test)]
mod tests {
    use incident::Incident;

    use super::*;
    use crate::prepare::Item;

    fn put(engine: &Engine, ids: Range<u32>) {
        let incident = |id: u32| Incident::new("jsonl", id.to_string(), format!("disk {id} full"));
        let items = ids.map(|id| Item::Incident(Box::new(incident(id)))).collect();
        engine.ingest(items).expect("there is room");
    }

    /// The first and the last that are done after each portion of `n`.
    fn portions(engine: &Engine, ahead: &mut Ahead, n: u32) -> Vec<(u32, u32)> {
        let mut done = Vec::new();
        while engine.work_ahead(ahead, n).expect("readable") {
            done.push((ahead.done.start, ahead.done.end - 1));
        }
        done
    }

    #[test]
    fn those_that_came_last_are_done_first_and_none_twice() {
        let dir = tempfile::tempdir().expect("a folder");
        let engine = Engine::open(dir.path()).expect("an engine");
        put(&engine, 0..1_000);
        let mut ahead = Ahead::default();
        assert_eq!(portions(&engine, &mut ahead, 400), [(600, 999), (200, 999), (0, 999)]);
        // Not enough for another epoch.
        put(&engine, 1_000..1_002);
        assert_eq!(portions(&engine, &mut ahead, 400), [(0, 1_001)]);
        assert_eq!(portions(&engine, &mut ahead, 400), []);
        put(&engine, 1_002..2_000);
        assert_eq!(portions(&engine, &mut ahead, 2_000), [(0, 1_999)], "another epoch");
    }
}
