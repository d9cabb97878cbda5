//! Looking incidents up.

use incident::{AsOf, IncidentId};
use index::Filter;
use store::StoredIncident;

use crate::answer::{IncidentLine, IncidentView};
use crate::contest::begun;
use crate::engine::Engine;
use crate::epoch::Pass;
use crate::error::{Error, Result};

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The lines of this page.
    pub items: Vec<T>,
    /// How many there are in all, before the cut into pages.
    pub total: usize,
}

impl Engine {
    /// The incident `id` as it was known at `as_of`.
    ///
    /// # Errors
    /// [`Error::NoIncident`] where it is not stored or had not begun, [`Error::Store`] where the record
    /// cannot be read.
    pub fn incident(&self, id: &IncidentId, as_of: AsOf) -> Result<IncidentView> {
        let missing = || Error::NoIncident { id: id.clone() };
        let stored = self.store.incident(id)?.ok_or_else(missing)?;
        shown(stored, as_of, self.pass()).ok_or_else(missing)
    }

    /// The incidents that `filter` lets through and that had begun at `as_of`, newest first, undated
    /// last, ties by id: `limit` of them after the first `offset`.
    ///
    /// # Errors
    /// [`Error::Store`] where the record cannot be read.
    pub fn incidents(
        &self,
        filter: Filter,
        as_of: AsOf,
        offset: usize,
        limit: usize,
    ) -> Result<Page<IncidentLine>> {
        let filter = if as_of.explicit { begun(&filter, as_of) } else { filter };
        let state = self.state();
        let catalog = state.snapshot.catalog();
        let docs = state.snapshot.select(&filter);
        let shown = docs.iter().skip(offset).take(limit);
        let ids: Vec<IncidentId> = shown.map(|doc| IncidentId::new(catalog.id(*doc))).collect();
        let items = self.lines(&ids, as_of)?;
        Ok(Page { items, total: docs.len() })
    }

    /// The lines of those of `ids` that had begun at `as_of`, in that order.
    ///
    /// # Errors
    /// [`Error::Store`] where the record cannot be read.
    pub fn lines(&self, ids: &[IncidentId], as_of: AsOf) -> Result<Vec<IncidentLine>> {
        let (stored, pass) = (self.store.incidents(ids)?, self.pass());
        let known = stored.into_iter().filter_map(|stored| shown(stored, as_of, pass));
        let line = |IncidentView { incident, class, provisional }| IncidentLine {
            provisional,
            ..IncidentLine::of(incident, class)
        };
        Ok(known.map(line).collect())
    }

    /// The names under which byte-equal copies of the incident `id` arrived, as `source/external_id`,
    /// in byte order.
    ///
    /// # Errors
    /// [`Error::Store`] where the record cannot be read.
    pub fn aliases(&self, id: &IncidentId) -> Result<Vec<String>> {
        let names = self.store.aliases_of(id)?.into_iter();
        let mut names: Vec<String> =
            names.map(|(source, external_id)| format!("{source}/{external_id}")).collect();
        names.sort();
        Ok(names)
    }
}

/// An incident that was asked for by itself: at the default as-of all that is stored of it, even where it
/// lies ahead.
fn shown(stored: StoredIncident, as_of: AsOf, pass: Pass) -> Option<IncidentView> {
    let StoredIncident { position, incident, class, digest: _ } = stored;
    let incident = if as_of.explicit { incident.as_known_at(as_of)? } else { incident };
    let provisional = class.is_some() && position > pass.position;
    Some(IncidentView { incident, class, provisional })
}
