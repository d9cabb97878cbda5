//! Which changes of a commit are told to whoever watches.
//!
//! The events of a commit are worked out from its changes, in their order, before it is stored, and stored with it: so
//! none is lost and none is told of what never happened. What the classes stand at is kept between commits, for as many
//! incidents as fit, and read from the store where it is not.

use std::collections::{BTreeSet, HashMap, HashSet};

use incident::IncidentId;
use recurrence::{ClassId, Event, Facts, Tally};
use store::{Change, Store};

/// How many incidents are kept between commits, some 130 bytes each. Beyond, classes are read again and again.
const KEPT_MAX: usize = 1_000_000;

/// What the classes stand at, as far as they were asked for.
#[derive(Debug, Default)]
pub(crate) struct Tallies {
    by_class: HashMap<ClassId, Tally>,
}

impl Tallies {
    /// The changes of a commit to `store`, and an event behind each that makes one.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn told(
        &mut self,
        changes: Vec<Change>,
        store: &Store,
    ) -> store::Result<Vec<Change>> {
        let mut told = Vec::with_capacity(changes.len());
        let mut commit = UnderWay {
            store,
            tallies: self,
            facts: HashMap::new(),
            moved: HashMap::new(),
            arrived: HashMap::new(),
            joined: HashSet::new(),
        };
        for change in changes {
            let event = commit.apply(&change)?;
            told.push(change);
            told.extend(event.filter(|event| event.matters()).map(Change::Event));
        }
        self.forget();
        Ok(told)
    }

    fn forget(&mut self) {
        if self.by_class.values().map(Tally::len).sum::<usize>() > KEPT_MAX {
            self.by_class.clear();
        }
    }
}

/// A commit that is being worked out; the store does not have it yet.
struct UnderWay<'a> {
    store: &'a Store,
    tallies: &'a mut Tallies,
    /// Of the incidents it puts in.
    facts: HashMap<IncidentId, Facts>,
    /// Where it puts incidents.
    moved: HashMap<IncidentId, Option<ClassId>>,
    /// Who was put into each class, also if taken out again.
    arrived: HashMap<ClassId, BTreeSet<IncidentId>>,
    /// Who joined which class.
    joined: HashSet<(IncidentId, ClassId)>,
}

impl UnderWay<'_> {
    fn apply(&mut self, change: &Change) -> store::Result<Option<Event>> {
        match change {
            Change::Put { incident, class, .. } => {
                self.put(&incident.id, Facts::of(incident), *class)
            }
            Change::Assign { id, class } => self.assign(id, *class),
            Change::Delete { id, .. } => self.assign(id, None),
            _ => Ok(None),
        }
    }

    /// A new incident or a newer version, which stays in the class it was in.
    fn put(
        &mut self,
        id: &IncidentId,
        facts: Facts,
        class: Option<ClassId>,
    ) -> store::Result<Option<Event>> {
        let event = match class {
            None => None,
            Some(class) => Some(self.counted(id, facts.clone(), class)?),
        };
        self.facts.insert(id.clone(), facts);
        self.place(id, class);
        Ok(event)
    }

    fn place(&mut self, id: &IncidentId, class: Option<ClassId>) {
        self.moved.insert(id.clone(), class);
        if let Some(class) = class {
            self.arrived.entry(class).or_default().insert(id.clone());
        }
    }

    /// A place in a class, or none. Whoever comes from another class, or was in this one before a clustering took it
    /// out, did not come back: that is no event.
    fn assign(&mut self, id: &IncidentId, class: Option<ClassId>) -> store::Result<Option<Event>> {
        let before = self.class_of(id)?;
        if before == class {
            return Ok(None);
        }
        if let Some(tally) = before.and_then(|class| self.tallies.by_class.get_mut(&class)) {
            tally.remove(id);
        }
        let event = match class {
            Some(class) if before.is_none() && !self.has_joined(id, class)? => {
                self.facts_of(id)?.map(|facts| self.counted(id, facts, class)).transpose()?
            }
            Some(class) => {
                // Read again when it is asked for.
                self.tallies.by_class.remove(&class);
                None
            }
            None => None,
        };
        self.place(id, class);
        Ok(event)
    }

    /// Counts an incident into its class.
    fn counted(&mut self, id: &IncidentId, facts: Facts, class: ClassId) -> store::Result<Event> {
        let mut tally = match self.tallies.by_class.remove(&class) {
            Some(tally) => tally,
            None => self.read(class)?,
        };
        let joined = !tally.contains(id);
        if joined {
            self.joined.insert((id.clone(), class));
        }
        let at = tally.last_start().max(facts.started_at());
        let before = tally.figures(at);
        tally.put(id.clone(), facts);
        let after = tally.figures(at);
        self.tallies.by_class.insert(class, tally);
        Ok(Event { incident: id.clone(), class, joined, before, after, reckoned_at: None })
    }

    /// A class as it stands now: as it is stored, less who left it and with who came in this commit.
    fn read(&self, class: ClassId) -> store::Result<Tally> {
        let mut tally = Tally::default();
        for stored in self.store.members(class)? {
            if !self.moved.contains_key(&stored.incident.id) {
                tally.put(stored.incident.id.clone(), Facts::of(&stored.incident));
            }
        }
        let arrived = self.arrived.get(&class).into_iter().flatten();
        for id in arrived.filter(|id| self.moved.get(*id) == Some(&Some(class))) {
            if let Some(facts) = self.facts_of(id)? {
                tally.put(id.clone(), facts);
            }
        }
        Ok(tally)
    }

    fn has_joined(&self, id: &IncidentId, class: ClassId) -> store::Result<bool> {
        Ok(self.joined.contains(&(id.clone(), class)) || self.store.has_event(id, class)?)
    }

    fn class_of(&self, id: &IncidentId) -> store::Result<Option<ClassId>> {
        match self.moved.get(id) {
            Some(class) => Ok(*class),
            None => self.store.class_of(id),
        }
    }

    fn facts_of(&self, id: &IncidentId) -> store::Result<Option<Facts>> {
        match self.facts.get(id) {
            Some(facts) => Ok(Some(facts.clone())),
            None => Ok(self.store.incident(id)?.map(|stored| Facts::of(&stored.incident))),
        }
    }
}

#[cfg(test)]
mod tests {
    use incident::{Incident, Moment};
    use store::ClassRecord;

    use super::*;

    fn class(number: u32) -> ClassId {
        ClassId::new(number)
    }

    fn opened(class: ClassId) -> Change {
        Change::Class(ClassRecord { id: class, opened_at_position: 0, merged_into: None })
    }

    fn put(position: u64, id: &str, day: &str, class: Option<ClassId>) -> Change {
        let mut incident = Incident::new("jsonl", id, "Disk full");
        incident.started_at = Moment::parse(day).ok();
        incident.duration_minutes = Some(10);
        Change::Put { position, incident: Box::new(incident), class, digest: None }
    }

    fn assign(id: &str, class: Option<ClassId>) -> Change {
        Change::Assign { id: IncidentId::new(id), class }
    }

    /// Stores lists of changes, each a commit, and says in words what was told of them.
    fn told(commits: Vec<Vec<Change>>, kept: bool) -> Vec<String> {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(dir.path()).expect("a store");
        let mut tallies = Tallies::default();
        for changes in commits {
            if !kept {
                tallies = Tallies::default();
            }
            let changes = tallies.told(changes, &store).expect("readable");
            store.commit(&changes).expect("committed");
        }
        let events = store.events(0, 100).expect("readable").into_iter();
        let in_words = |told: store::EventRecord| {
            let Event { incident, class, joined, after, .. } = told.event;
            let what = if joined { "joined" } else { "changed" };
            let (all, month, minutes) = (after.occurrences, after.in_30d, after.minutes);
            format!("{}: {incident} {what} {class}: {all}, {month}, {minutes}", told.position)
        };
        events.map(in_words).collect()
    }

    fn story() -> Vec<Change> {
        vec![
            put(1, "a", "2026-01-01", None),
            opened(class(1)),
            assign("a", Some(class(1))),
            put(2, "b", "2026-01-10", Some(class(1))),
            put(3, "c", "2026-03-01", Some(class(1))),
            put(4, "b", "2026-02-10", Some(class(1))),
            opened(class(2)),
            assign("c", Some(class(2))),
            put(5, "d", "2026-03-02", Some(class(1))),
            put(6, "e", "2026-03-03", Some(class(2))),
            assign("a", None),
            assign("a", Some(class(2))),
            assign("a", None),
            assign("a", Some(class(2))),
        ]
    }

    const TOLD: [&str; 6] = [
        "2: b joined FC-1: 2, 2, 20",
        "3: c joined FC-1: 3, 1, 30",
        "4: b changed FC-1: 3, 2, 30",
        "5: d joined FC-1: 3, 2, 30",
        "6: e joined FC-2: 2, 2, 20",
        "6: a joined FC-2: 3, 2, 30",
    ];

    #[test]
    fn what_joined_or_rose_is_told_and_moves_are_not() {
        assert_eq!(told(vec![story()], true), TOLD);
    }

    #[test]
    fn neither_commits_nor_what_is_kept_between_them_change_what_is_told() {
        // A class must be there when somebody is put into it.
        let singly: Vec<Vec<Change>> = story().into_iter().map(|change| vec![change]).collect();
        for kept in [true, false] {
            assert_eq!(told(singly.clone(), kept), TOLD);
        }
    }
}
