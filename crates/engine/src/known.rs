//! Which incidents are known: those of the store, and those of the commit under way.

use std::collections::HashMap;

use incident::{Incident, IncidentId};
use store::{Alias, Change, Digest, Store, StoredIncident};

use crate::prepare::in_parallel;

/// The name of an incident within its source.
pub(crate) type Name = (String, String);

/// Looks names and digests up in the commit under way, then in the store.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    store: &'a Store,
    /// What the store holds of the names that were looked up ahead.
    stored: HashMap<Name, Option<StoredIncident>>,
    /// Which change of the commit under way put each incident last.
    places: HashMap<Name, usize>,
    aliases: HashMap<Name, Option<Alias>>,
    /// The file of each incident under way.
    files: HashMap<IncidentId, Option<Digest>>,
    by_digest: HashMap<Digest, IncidentId>,
}

impl<'a> Known<'a> {
    /// Nothing under way yet.
    pub(crate) fn new(store: &'a Store) -> Self {
        Self {
            store,
            stored: HashMap::new(),
            places: HashMap::new(),
            aliases: HashMap::new(),
            files: HashMap::new(),
            by_digest: HashMap::new(),
        }
    }

    /// Looks the incidents of `names` up on all cores, all of which will be asked for.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn look_up(&mut self, names: Vec<Name>) -> store::Result<()> {
        let store = self.store;
        let found = in_parallel(names, |name| store.find(&name.0, &name.1).map(|it| (name, it)));
        self.stored = found.into_iter().collect::<store::Result<_>>()?;
        Ok(())
    }

    /// Whether the store is known to hold an incident of that name.
    pub(crate) fn is_stored(&self, name: &Name) -> bool {
        self.stored.get(name).is_some_and(Option::is_some)
    }

    /// The incident of that name, and the digest of its file, after these `changes` of the commit under way.
    pub(crate) fn incident(
        &mut self,
        name: &Name,
        changes: &[Change],
    ) -> store::Result<Option<(Incident, Option<Digest>)>> {
        let under_way = self.places.get(name).and_then(|place| changes.get(*place));
        if let Some(Change::Put { incident, digest, .. }) = under_way {
            return Ok(Some((Incident::clone(incident), *digest)));
        }
        let stored = match self.stored.remove(name) {
            Some(stored) => stored,
            None => self.store.find(&name.0, &name.1)?,
        };
        Ok(stored.map(|stored| (stored.incident, stored.digest)))
    }

    /// The alias of that name.
    pub(crate) fn alias(&self, name: &Name) -> store::Result<Option<Alias>> {
        match self.aliases.get(name) {
            Some(alias) => Ok(alias.clone()),
            None => self.store.alias(&name.0, &name.1),
        }
    }

    /// The incident whose file has these bytes now.
    pub(crate) fn by_digest(&self, digest: &Digest) -> store::Result<Option<IncidentId>> {
        match self.by_digest.get(digest).filter(|id| self.files[*id] == Some(*digest)) {
            Some(id) => Ok(Some(id.clone())),
            None => {
                let stored = self.store.by_digest(digest)?;
                Ok(stored.filter(|id| !self.files.contains_key(id)))
            }
        }
    }

    /// The change at `place` of the commit under way puts the incident `id` of that name.
    pub(crate) fn put(&mut self, name: Name, id: IncidentId, digest: Option<Digest>, place: usize) {
        if let Some(digest) = digest {
            self.by_digest.insert(digest, id.clone());
        }
        self.files.insert(id, digest);
        self.places.insert(name, place);
    }

    pub(crate) fn put_alias(&mut self, name: Name, alias: Option<Alias>) {
        self.aliases.insert(name, alias);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: Digest = [1; 32];
    const AFTER: Digest = [2; 32];

    fn name(id: &str) -> Name {
        ("markdown".to_owned(), id.to_owned())
    }

    fn put(title: &str, digest: Option<Digest>) -> Change {
        let incident = Box::new(Incident::new("markdown", "a", title));
        Change::Put { position: 1, incident, class: None, digest }
    }

    #[test]
    fn the_commit_under_way_hides_what_is_stored() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(dir.path()).expect("a store");
        store.commit(&[put("before", Some(BEFORE))]).expect("committed");
        let mut changes: Vec<Change> = Vec::new();
        let title = |known: &mut Known<'_>, changes: &[Change]| {
            let found = known.incident(&name("a"), changes).expect("readable");
            found.map(|(incident, _)| incident.title)
        };
        let by_digest = |known: &Known<'_>, digest| known.by_digest(digest).expect("readable");

        let mut known = Known::new(&store);
        assert_eq!(title(&mut known, &changes).as_deref(), Some("before"));
        known.look_up(vec![name("a"), name("b")]).expect("readable");
        assert_eq!((known.is_stored(&name("a")), known.is_stored(&name("b"))), (true, false));
        assert_eq!(title(&mut known, &changes).as_deref(), Some("before"));
        known.look_up(vec![name("a")]).expect("readable");
        assert_eq!(by_digest(&known, &BEFORE), Some(IncidentId::new("a")));

        known.put(name("a"), IncidentId::new("a"), Some(AFTER), changes.len());
        changes.push(put("after", Some(AFTER)));
        assert_eq!(title(&mut known, &changes).as_deref(), Some("after"));
        assert_eq!(by_digest(&known, &BEFORE), None);
        assert_eq!(by_digest(&known, &AFTER), Some(IncidentId::new("a")));

        known.put(name("a"), IncidentId::new("a"), None, changes.len());
        changes.push(put("no file", None));
        assert_eq!(by_digest(&known, &AFTER), None);
    }

    #[test]
    fn a_dropped_alias_is_none() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(dir.path()).expect("a store");
        let mut known = Known::new(&store);
        let alias = Alias { of: IncidentId::new("a"), digest: BEFORE };
        known.put_alias(name("b"), Some(alias.clone()));
        assert_eq!(known.alias(&name("b")).expect("readable"), Some(alias));
        known.put_alias(name("b"), None);
        assert_eq!(known.alias(&name("b")).expect("readable"), None);
    }
}
