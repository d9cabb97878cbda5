//! Which groups are near documents that are still to be added, found for many of them on all cores.

use vector::Bag;

use super::Classifier;
use crate::groups::Total;
use crate::online::nearest;
use crate::parallel::in_parallel_with;
use crate::recent::Recent;
use crate::search::{Near, Search};

/// What is near is remembered down to this share of the nearest: rows that join a group move its mean, seldom by more.
const NEAR_SHARE: f64 = 0.9;

/// Below this many bags a second thread costs more than it saves.
const BAGS_PER_THREAD: usize = 64;

/// After so many changed groups it is no cheaper any more to look among them than among all.
const CHANGED_MAX: usize = 8_192;

/// What was near a document when [`Classifier::look_ahead`] was called, for [`Classifier::nearest_foreseen`]: with it that has
/// less to look for, and says the same.
#[derive(Debug)]
pub struct Prospect {
    /// When that was.
    era: u64,
    /// `None` where it had a term without a number.
    vector: Option<Total>,
    near: Near,
}

/// What has happened since prospects were last worked out.
#[derive(Debug, Default)]
pub(super) struct Since {
    era: u64,
    /// Whether the prospects still hold.
    holds: bool,
    changed: Recent,
}

impl Since {
    /// Weights or groups have changed in a way that leaves nothing of what was found before.
    pub(super) fn end(&mut self) {
        self.holds = false;
    }

    /// The changed groups, where anybody still has to know them.
    pub(super) fn changed(&mut self) -> Option<&mut Recent> {
        self.holds &= self.changed.len() <= CHANGED_MAX;
        self.holds.then_some(&mut self.changed)
    }
}

impl Classifier {
    /// Looks for the groups near each of `bags`, on all cores. What it finds holds until the next epoch, and until it is
    /// called again.
    pub fn look_ahead(&mut self, bags: &[&Bag]) -> Vec<Prospect> {
        self.since.era += 1;
        self.since.holds = true;
        self.since.changed.begin(self.documents.tiers());
        let era = self.since.era;
        let Self { documents, groups, thresholds, searches, .. } = self;
        in_parallel_with(bags, BAGS_PER_THREAD, searches, |search: &mut Search, bag| {
            let cells = documents.embed(bag, &thresholds.frequencies);
            let is_whole = cells.len() == bag.len();
            let vector = Total::of_one(cells);
            let near = search.near(groups, &vector, thresholds.cut.value, NEAR_SHARE);
            Prospect { era, vector: is_whole.then_some(vector), near }
        })
    }

    /// What [`Classifier::nearest`] says of the document of `bag`; `Err` where `prospect` does not tell.
    pub(super) fn foreseen(
        &mut self,
        bag: &Bag,
        prospect: Prospect,
    ) -> Result<Option<(u32, f64)>, Total> {
        let Prospect { era, vector, near: Near { groups: near, floor } } = prospect;
        let vector = vector.unwrap_or_else(|| self.vector(bag));
        let (members, cut) = (&self.members, self.thresholds.cut.value);
        if !self.since.holds || self.since.era != era {
            return Err(vector);
        }
        let changed = &mut self.since.changed;
        let first_row = |(group, mean): (u32, f64)| (members[group as usize][0], mean);
        let unchanged = near.into_iter().filter(|(group, _)| !changed.has(*group));
        let best = nearest(unchanged.map(first_row), cut);
        let least = best.map_or(cut, |(_, mean)| mean);
        let best = nearest(changed.highest(&vector, least).map(first_row).chain(best), cut);
        match best {
            Some((_, mean)) if mean >= floor => Ok(best),
            None if floor <= cut => Ok(None),
            // An unchanged group that was not near enough to be remembered may be nearer than that.
            _ => Err(vector),
        }
    }
}
