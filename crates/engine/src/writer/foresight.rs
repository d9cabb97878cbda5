//! A batch pass worked out beside the writer, so that nobody waits for the long part of it.

use std::collections::{BTreeMap, HashMap};

use cluster::{Algorithm, Constraints, Drafted, Regrouping, Thresholds};
use incident::IncidentId;
use index::DocId;
use recurrence::ClassId;

use super::{SEED, Writer};

/// All incidents as they were at a position of the log, to be grouped anew.
#[derive(Debug)]
pub(crate) struct Draft {
    documents: cluster::Draft,
    /// By row.
    ids: Vec<IncidentId>,
    algorithm: Algorithm,
    constraints: Constraints,
    position: u64,
    n_decisions: usize,
}

/// How all incidents of a position of the log are to be grouped.
#[derive(Debug)]
pub(crate) struct Proposal {
    pub(super) algorithm: Algorithm,
    thresholds: Thresholds,
    groups: Vec<Vec<IncidentId>>,
    position: u64,
    n_decisions: usize,
}

impl Draft {
    /// Groups the incidents, which takes a while where there are many.
    pub(crate) fn work_out(self) -> Proposal {
        let Self { documents, ids, algorithm, constraints, position, n_decisions } = self;
        let how = Regrouping { seed: SEED, keys: &ids, algorithm, constraints };
        let Drafted { thresholds, groups } = documents.work_out(&how);
        let named = |rows: Vec<u32>| rows.into_iter().map(|row| ids[row as usize].clone());
        let groups = groups.into_iter().map(|rows| named(rows).collect()).collect();
        Proposal { algorithm, thresholds, groups, position, n_decisions }
    }
}

impl Writer {
    /// What a batch pass needs of the incidents; the writer goes on meanwhile.
    pub(crate) fn draft(&self, algorithm: Algorithm) -> Draft {
        Draft {
            documents: self.classifier.draft(),
            ids: self.families.ids().into_iter().cloned().collect(),
            algorithm,
            constraints: self.constraints(&self.claims()),
            position: self.corpus.position,
            n_decisions: self.corpus.decisions.len(),
        }
    }

    /// Whether the proposal still holds: nobody decided anything since, and nothing decided concerns an incident that
    /// came since.
    pub(super) fn fits(&self, proposal: &Proposal) -> bool {
        let is_free = |doc: &DocId| {
            let id = self.families.id_of(*doc);
            !self.came_after(proposal, *doc)
                || (self.held_with(id).is_none() && self.apart_from(id).is_empty())
        };
        proposal.n_decisions == self.corpus.decisions.len() && self.docs.values().all(is_free)
    }

    /// Groups as proposed. Incidents that came since, or changed, go where the others of their class go.
    pub(super) fn adopt(&mut self, proposal: Proposal) -> Vec<Vec<u32>> {
        let mut places: HashMap<DocId, usize> = HashMap::new();
        for (place, ids) in proposal.groups.iter().enumerate() {
            let live = ids.iter().filter_map(|id| self.docs.get(id));
            let old = live.filter(|doc| !self.came_after(&proposal, **doc));
            places.extend(old.map(|doc| (*doc, place)));
        }
        let mut n_places = proposal.groups.len();
        for (class, late) in self.late_by_class(&proposal) {
            let first = self.families.members_of(class).find_map(|doc| places.get(&doc).copied());
            let place = first.unwrap_or_else(|| {
                n_places += 1;
                // Its other members are one-offs in the proposal: together they stay what they are.
                let members = self.families.members_of(class).collect::<Vec<_>>();
                places.extend(members.into_iter().map(|doc| (doc, n_places - 1)));
                n_places - 1
            });
            places.extend(late.into_iter().map(|doc| (doc, place)));
        }
        let mut groups: Vec<Vec<u32>> = vec![Vec::new(); n_places];
        places.into_iter().for_each(|(doc, place)| groups[place].push(doc.0));
        groups.iter_mut().for_each(|rows| rows.sort_unstable());
        groups.retain(|rows| rows.len() > 1);
        groups.sort_unstable();
        let thresholds = proposal.thresholds;
        self.classifier.adopt(Drafted { thresholds, groups: groups.clone() });
        groups
    }

    /// The incidents of classes that came or changed since.
    fn late_by_class(&self, proposal: &Proposal) -> BTreeMap<ClassId, Vec<DocId>> {
        let mut late: BTreeMap<ClassId, Vec<DocId>> = BTreeMap::new();
        for doc in self.families.classed().filter(|doc| self.came_after(proposal, *doc)) {
            late.entry(self.families.class_of(doc).expect("it is classed")).or_default().push(doc);
        }
        late
    }

    fn came_after(&self, proposal: &Proposal, doc: DocId) -> bool {
        self.corpus.positions[doc.0 as usize] > proposal.position
    }
}

#[cfg(test)]
mod tests {
    use incident::Incident;
    use recurrence::{Attribution, Wish};

    use super::*;
    use crate::{Engine, Item, Petition};

    fn items(failures: &[(&str, &str)]) -> Vec<Item> {
        let incident = |(id, title): &(&str, &str)| Incident::new("jsonl", *id, *title);
        failures.iter().map(|one| Item::Incident(Box::new(incident(one)))).collect()
    }

    /// What happens while a pass is worked out, and then the pass.
    fn meanwhile(happens: impl FnOnce(&Engine)) -> (tempfile::TempDir, Engine) {
        let dir = tempfile::tempdir().expect("a folder");
        let engine = Engine::open(dir.path()).expect("an engine");
        let pool = ["pool-1", "pool-2", "pool-3"].map(|id| (id, "Connection pool exhausted"));
        let certificate = ["cert-1", "cert-2"].map(|id| (id, "Certificate expired"));
        let known = [&pool[..], &certificate[..], &[("fibre-1", "Fibre cut by a digger")]].concat();
        engine.ingest(items(&known)).expect("committed");
        let mut guard = engine.writer();
        let draft = engine.loaded(&mut guard).expect("loaded").draft(Algorithm::AverageLink);
        drop(guard);
        happens(&engine);
        let proposal = draft.work_out();
        let mut guard = engine.writer();
        let changes = engine.loaded(&mut guard).expect("loaded").recluster(proposal);
        engine.commit(&mut guard, changes).expect("committed");
        drop(guard);
        (dir, engine)
    }

    fn class_of(engine: &Engine, id: &str) -> Option<ClassId> {
        let mut guard = engine.writer();
        engine.loaded(&mut guard).expect("loaded").class_of(&IncidentId::new(id))
    }

    #[track_caller]
    fn together(engine: &Engine, ids: &[&str]) {
        let classes: Vec<_> = ids.iter().map(|id| class_of(engine, id)).collect();
        assert!(
            classes[0].is_some() && classes.iter().all(|class| *class == classes[0]),
            "{ids:?}"
        );
    }

    #[test]
    fn what_came_meanwhile_goes_where_its_class_goes() {
        let (_dir, engine) = meanwhile(|engine| {
            let late = [
                ("pool-4", "Connection pool exhausted"),
                ("fibre-2", "Fibre cut by a digger"),
                ("clock-1", "Leap second"),
            ];
            engine.ingest(items(&late)).expect("committed");
        });
        together(&engine, &["pool-1", "pool-2", "pool-3", "pool-4"]);
        together(&engine, &["fibre-1", "fibre-2"]);
        together(&engine, &["cert-1", "cert-2"]);
        assert_eq!(class_of(&engine, "clock-1"), None);
    }

    #[test]
    fn what_was_deleted_or_changed_meanwhile_is_no_stranger() {
        let (_dir, engine) = meanwhile(|engine| {
            engine.delete(&IncidentId::new("cert-2")).expect("committed");
            let changed = [("pool-1", "Connection pool exhausted again")];
            engine.ingest(items(&changed)).expect("committed");
        });
        together(&engine, &["pool-1", "pool-2", "pool-3"]);
        assert_eq!(class_of(&engine, "cert-1"), None);
    }

    #[test]
    fn what_was_decided_meanwhile_holds() {
        let (_dir, engine) = meanwhile(|engine| {
            let [one, other] = ["cert-1", "cert-2"].map(IncidentId::new);
            let by = Attribution { who: "ann".into(), why: String::new() };
            let wish = Wish::Unlink { one, other };
            let petition = Petition { wish, by, request_id: String::new() };
            engine.decide(petition, jiff::Timestamp::UNIX_EPOCH).expect("it can hold");
        });
        together(&engine, &["pool-1", "pool-2", "pool-3"]);
        let of = |id| class_of(&engine, id);
        assert!(of("cert-1").is_none() || of("cert-1") != of("cert-2"));
    }

    #[test]
    fn where_nothing_happens_it_is_the_pass_of_the_spot() {
        let (_dir, beside) = meanwhile(|_| {});
        let (_dir, on_the_spot) = meanwhile(|engine| {
            // A decision and its undo concern nobody, and have the pass worked out anew.
            let class = class_of(engine, "pool-1").expect("it is in one");
            let by = || Attribution { who: "ann".into(), why: String::new() };
            let wishes = [true, false].map(|pinned| Wish::Pin { class, pinned });
            for wish in wishes {
                let petition = Petition { wish, by: by(), request_id: String::new() };
                engine.decide(petition, jiff::Timestamp::UNIX_EPOCH).expect("it can hold");
            }
        });
        for id in ["pool-1", "pool-2", "pool-3", "cert-1", "cert-2", "fibre-1"] {
            assert_eq!(class_of(&beside, id), class_of(&on_the_spot, id), "{id}");
        }
    }
}
