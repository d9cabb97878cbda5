//! Classes as those who watch are shown them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use incident::AsOf;
use jiff::civil::Date;
use recurrence::{ClassId, FailureClass};

use crate::engine::Engine;
use crate::error::{Error, Result};

/// How many descriptions are kept.
const KEPT_MAX: usize = 1_000;
/// A description serves until the log has grown by this part of itself: to describe a class takes all its members, and
/// whoever watches a long history would otherwise have them read for each of its events.
const GROWTH: u64 = 100;

/// The descriptions made last, shared by all who watch.
#[derive(Debug, Default)]
pub(crate) struct Described {
    by_class: Mutex<HashMap<ClassId, Description>>,
}

#[derive(Debug)]
struct Description {
    /// `None` where the class has no members left.
    class: Option<Arc<FailureClass>>,
    position: u64,
    day: Date,
}

impl Description {
    fn serves(&self, position: u64, day: Date) -> bool {
        self.day == day && position - self.position.min(position) <= self.position / GROWTH
    }
}

impl Described {
    /// The class that `id` leads to, as of not long ago; `None` where it has no members left.
    ///
    /// # Errors
    /// Those of [`Engine::class`].
    pub(crate) fn class(
        &self,
        engine: &Engine,
        id: ClassId,
        as_of: AsOf,
    ) -> Result<Option<Arc<FailureClass>>> {
        let (position, day) = (engine.position(), as_of.date());
        if let Some(kept) = self.kept().get(&id).filter(|kept| kept.serves(position, day)) {
            return Ok(kept.class.clone());
        }
        let class = match engine.class(id, as_of) {
            Err(Error::NoClass { .. }) => None,
            found => Some(Arc::new(found?)),
        };
        let mut kept = self.kept();
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(id, Description { class: class.clone(), position, day });
        Ok(class)
    }

    /// Forgets all of it: what was deleted must not be shown again.
    pub(crate) fn forget(&self) {
        self.kept().clear();
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<ClassId, Description>> {
        self.by_class.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_serves_while_the_log_hardly_grows_and_the_day_lasts() {
        let day: Date = "2026-11-20".parse().expect("a day");
        let made = |position| Description { class: None, position, day };
        assert!(made(7).serves(7, day));
        assert!(!made(7).serves(8, day));
        assert!(made(1_000).serves(1_010, day));
        assert!(!made(1_000).serves(1_011, day));
        assert!(!made(1_000).serves(1_000, day.tomorrow().expect("a day")));
    }
}
