//! Which incidents are known: those of the store, and those of the commit under way.

use std::collections::HashMap;

use incident::{Incident, IncidentId};
use store::{Alias, Digest, Store};

/// The name of an incident within its source.
pub(crate) type Name = (String, String);

/// Looks names and digests up in the commit under way, then in the store.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    store: &'a Store,
    incidents: HashMap<Name, Incident>,
    aliases: HashMap<Name, Option<Alias>>,
    digests: HashMap<Digest, IncidentId>,
}

impl<'a> Known<'a> {
    /// Nothing under way yet.
    pub(crate) fn new(store: &'a Store) -> Self {
        Self { store, incidents: HashMap::new(), aliases: HashMap::new(), digests: HashMap::new() }
    }

    /// The incident of that name.
    pub(crate) fn incident(&self, name: &Name) -> store::Result<Option<Incident>> {
        if let Some(incident) = self.incidents.get(name) {
            return Ok(Some(incident.clone()));
        }
        Ok(self.store.find(&name.0, &name.1)?.map(|stored| stored.incident))
    }

    /// The alias of that name.
    pub(crate) fn alias(&self, name: &Name) -> store::Result<Option<Alias>> {
        match self.aliases.get(name) {
            Some(alias) => Ok(alias.clone()),
            None => self.store.alias(&name.0, &name.1),
        }
    }

    /// The incident whose file has these bytes.
    pub(crate) fn by_digest(&self, digest: &Digest) -> store::Result<Option<IncidentId>> {
        match self.digests.get(digest) {
            Some(id) => Ok(Some(id.clone())),
            None => self.store.by_digest(digest),
        }
    }

    pub(crate) fn put(&mut self, name: Name, incident: Incident, digest: Option<Digest>) {
        if let Some(digest) = digest {
            self.digests.entry(digest).or_insert_with(|| incident.id.clone());
        }
        self.incidents.insert(name, incident);
    }

    pub(crate) fn put_alias(&mut self, name: Name, alias: Option<Alias>) {
        self.aliases.insert(name, alias);
    }
}
