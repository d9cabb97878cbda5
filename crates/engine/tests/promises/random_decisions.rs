//! No decision is ever undone by a clustering, no id is given twice, no id leads in a circle: random
//! sequences of decisions, ingests, deletions, clusterings and restarts.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use engine::{Algorithm, Error, Item};
use incident::{Incident, IncidentId};
use recurrence::{ClassId, Decision, Ruling, Wish, undone};
use rusqlite::Connection;
use testkit::Rng;

use crate::folder::{Folder, decide, members_by_class, now, petition};

const SEQUENCES: u64 = 200;
const STEPS: usize = 20;
/// Most of a step is waiting for the disk.
const THREADS: u64 = 8;
const INCIDENTS: usize = 24;
/// Beyond this position epochs begin seldom, so that a decision stands for a while as it was carried out.
const QUIET_FROM: usize = 101;
const TITLES: [&str; 5] = [
    "TLS handshake failures after the certificate chain expired",
    "Disk full on the volume of the write-ahead log",
    "Resolver answers SERVFAIL for internal zones",
    "TLS certificate of the log volume expired",
    "Resolver disk full, handshake failures",
];

type Classes = BTreeMap<ClassId, BTreeSet<IncidentId>>;

/// A folder, and what has been true of it so far.
struct World {
    folder: Folder,
    rng: Rng,
    /// Every class id ever seen.
    known: BTreeSet<ClassId>,
}

#[test]
fn no_clustering_undoes_a_decision_and_no_id_is_given_twice() {
    let granted: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|first| {
                scope.spawn(move || {
                    (first..SEQUENCES).step_by(THREADS as usize).map(sequence).sum::<usize>()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("the seed told last is at fault"))
            .sum()
    });
    assert!(granted > 4 * SEQUENCES as usize, "only {granted} wishes were granted");
}

/// Takes the steps of `seed`; says how many wishes were granted.
fn sequence(seed: u64) -> usize {
    let mut world = World::new(seed);
    let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        for _ in 0..STEPS {
            world.step();
            world.check();
        }
        world.folder.decisions(None).expect("readable").len()
    }));
    told.unwrap_or_else(|panic| {
        eprintln!("seed {seed}");
        std::panic::resume_unwind(panic)
    })
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let folder = Folder::new();
        let filler = if rng.chance(0.7) { QUIET_FROM } else { 0 };
        let versions = (0..filler).map(|version| incident(0, &format!("version {version}")));
        folder.take_all(versions.collect());
        let some = (0..INCIDENTS / 2).map(|number| incident(number, TITLES[number % 3]));
        folder.take_all(some.collect());
        let known = members_by_class(&folder).into_keys().collect();
        Self { folder, rng, known }
    }

    fn step(&mut self) {
        let before = members_by_class(&self.folder);
        match self.rng.below(12) {
            0 | 1 => {
                let title = TITLES[self.rng.below(TITLES.len())];
                self.folder.take(incident(self.rng.below(INCIDENTS), title));
                self.check_pins(&before);
            }
            2 => {
                let id = self.any_id();
                drop(self.folder.delete(&id));
            }
            3 | 4 => {
                let algorithm = match self.rng.chance(0.5) {
                    true => Algorithm::AverageLink,
                    false => Algorithm::Dbscan { min_points: 2 },
                };
                self.folder.recluster(algorithm).expect("committed");
                self.check_pins(&before);
                self.check_names(&before);
            }
            5 => {
                let folder = std::mem::replace(&mut self.folder, Folder::new());
                self.folder = folder.reopened();
                assert_eq!(members_by_class(&self.folder), before);
            }
            _ => self.wish(&before),
        }
    }

    /// Wishes for something; what is refused says why.
    fn wish(&mut self, classes: &Classes) {
        let wish = self.any_wish(classes);
        match self.folder.decide(petition(wish.clone()), now().at) {
            Ok(_) => {}
            Err(Error::Contradiction { because, .. }) => assert!(!because.is_empty(), "{wish:?}"),
            Err(Error::Invalid { .. } | Error::NoIncident { .. } | Error::NoDecision { .. }) => {}
            Err(error) => unreachable!("{wish:?}: {error}"),
        }
    }

    fn any_wish(&mut self, classes: &Classes) -> Wish {
        let ids: Vec<ClassId> = classes.keys().copied().collect();
        let pair = (self.any_id(), self.any_id());
        if ids.is_empty() {
            return Wish::Link { one: pair.0, other: pair.1 };
        }
        let class = ids[self.rng.below(ids.len())];
        match self.rng.below(8) {
            0 => Wish::Rename { class, name: format!("name {}", self.rng.below(9)) },
            1 => Wish::Pin { class, pinned: self.rng.chance(0.7) },
            2 => Wish::Merge { class, merged: vec![ids[self.rng.below(ids.len())]] },
            3 => {
                let members = classes[&class].iter().cloned();
                Wish::Split { class, leaving: members.filter(|_| self.rng.chance(0.4)).collect() }
            }
            4 => Wish::Link { one: pair.0, other: pair.1 },
            5 => Wish::Unlink { one: pair.0, other: pair.1 },
            _ => {
                let decisions = self.folder.decisions(None).expect("readable");
                match decisions.get(self.rng.below(decisions.len().max(1))) {
                    Some(ruled) => Wish::Undo { decision: ruled.decision.id },
                    None => Wish::Link { one: pair.0, other: pair.1 },
                }
            }
        }
    }

    fn any_id(&mut self) -> IncidentId {
        IncidentId::new(name(self.rng.below(INCIDENTS)))
    }

    fn check(&mut self) {
        let classes = members_by_class(&self.folder);
        let last = self.known.last().copied();
        for class in classes.keys().filter(|class| !self.known.contains(class)) {
            assert!(last.is_none_or(|last| *class > last), "{class} was given before");
        }
        self.known.extend(classes.keys());
        check_ends(&self.folder);
        let decisions: Vec<Decision> = self
            .folder
            .decisions(None)
            .expect("readable")
            .into_iter()
            .rev()
            .map(|it| it.decision)
            .collect();
        let taken_back = undone(&decisions);
        for decision in decisions.iter().filter(|it| !taken_back.contains_key(&it.id)) {
            check_holds(decision, &classes);
        }
    }

    /// No pinned class has lost a member that is still there.
    fn check_pins(&self, before: &Classes) {
        let after = members_by_class(&self.folder);
        for (class, members) in before {
            if self.folder.class(*class, now()).is_ok_and(|now| now.id == *class && now.pinned) {
                assert!(members.is_subset(&after[class]), "{class}: {members:?}");
            }
        }
    }

    /// Every class that somebody named is there and has its name.
    fn check_names(&self, before: &Classes) {
        let listed = self.folder.decisions(None).expect("readable");
        let mut seen = BTreeSet::new();
        for ruled in listed.iter().filter(|ruled| ruled.undone_by.is_none()) {
            if let Ruling::Renamed { class, name, .. } = &ruled.decision.ruling
                && seen.insert(*class)
                && before.contains_key(class)
            {
                let now = self.folder.class(*class, now()).expect("a named class goes on");
                assert_eq!((now.id, &now.name), (*class, name));
            }
        }
    }
}

/// What `decision` says is so.
#[track_caller]
fn check_holds(decision: &Decision, classes: &Classes) {
    let class_of = |id: &IncidentId| {
        classes.iter().find(|(_, members)| members.contains(id)).map(|(class, _)| *class)
    };
    let all = || classes.values().flatten();
    let together = |ids: Vec<&IncidentId>| {
        let live: BTreeSet<_> =
            ids.into_iter().filter(|id| all().any(|other| other == *id)).map(class_of).collect();
        assert!(live.len() <= 1, "{decision:?}: {classes:?}");
    };
    match &decision.ruling {
        Ruling::Linked { one, other } => together(vec![one, other]),
        Ruling::Unlinked { one, other } => {
            let class = class_of(one);
            assert!(class.is_none() || class != class_of(other), "{decision:?}: {classes:?}");
        }
        Ruling::Merged { members, merged, .. } => {
            together(members.iter().chain(merged.iter().flat_map(|(_, ids)| ids)).collect());
        }
        Ruling::Divided { stayed, left, .. } => {
            together(left.iter().collect());
            let new = left.iter().find_map(class_of);
            let meets = |id| new.is_some() && class_of(id) == new;
            assert!(!stayed.iter().any(meets), "{decision:?}: {classes:?}");
        }
        Ruling::Renamed { .. } | Ruling::Pinned { .. } | Ruling::Undone { .. } => {}
    }
}

/// Following the ids of classes that ended comes to an end.
fn check_ends(folder: &Folder) {
    let conn = Connection::open(folder.path().join("relapse.db")).expect("a database");
    let sql = "SELECT number, merged_into FROM class WHERE merged_into IS NOT NULL";
    let mut statement = conn.prepare(sql).expect("a table");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("read");
    let leads: BTreeMap<u32, u32> = rows.map(|row| row.expect("read")).collect();
    for start in leads.keys() {
        let way = std::iter::successors(Some(*start), |class| leads.get(class).copied());
        assert!(way.take(leads.len() + 2).count() <= leads.len() + 1, "{start} leads in a circle");
    }
}

fn name(number: usize) -> String {
    format!("INC-{number}")
}

fn incident(number: usize, title: &str) -> Item {
    Item::Incident(Box::new(Incident::new("jsonl", name(number), title)))
}

#[test]
fn the_checks_see_what_they_are_there_for() {
    let folder = Folder::new();
    folder.take_all((0..4).map(|number| incident(number, TITLES[0])).collect());
    let [one, other] = [0, 1].map(|number| IncidentId::new(name(number)));
    let decision = decide(&folder, Wish::Unlink { one: one.clone(), other: other.clone() });
    check_holds(&decision, &members_by_class(&folder));
    let together = BTreeMap::from([(ClassId::new(1), BTreeSet::from([one, other]))]);
    let caught = std::panic::catch_unwind(|| check_holds(&decision, &together));
    assert!(caught.is_err());
}
