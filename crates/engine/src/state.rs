//! What readers see.

use std::sync::Arc;

use index::Snapshot;
use recurrence::Standing;

use crate::epoch::Pass;

use crate::class_terms::ClassTerms;
use crate::experience::Experience;
use crate::neighbourhoods::Neighbourhoods;
use crate::records::Records;
use crate::second_stage::SecondStage;

/// The indices after one commit. It never changes.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) snapshot: Snapshot,
    /// What candidates are ranked by.
    pub(crate) second_stage: Arc<SecondStage>,
    /// How near documents are to each other under the weights of the epoch, as far as anybody asked.
    pub(crate) neighbourhoods: Arc<Neighbourhoods>,
    /// What classes are described by under these weights, as far as anybody asked.
    pub(crate) class_terms: Arc<ClassTerms>,
    /// Its incidents, as far as anybody asked.
    pub(crate) records: Arc<Records>,
    /// The services that its incidents name.
    pub(crate) services: Arc<Vec<String>>,
    /// What is known beyond the incidents.
    pub(crate) experience: Experience,
    /// The last position of the log that it holds.
    pub(crate) position: u64,
    /// The number of the epoch whose weights it uses.
    pub(crate) epoch: u64,
    /// The last time all incidents were grouped anew.
    pub(crate) pass: Pass,
    /// What people decided.
    pub(crate) standing: Arc<Standing>,
}
