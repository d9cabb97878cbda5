//! Any sequence of changes leaves the store in the state of a simple model in memory.

use std::collections::BTreeMap;

use incident::{Incident, IncidentId};
use proptest::collection::vec;
use proptest::prelude::*;
use recurrence::{
    Attribution, ClassId, Decision, DecisionId, LineageEvent, LineageKind, Ruling, Wish,
};
use store::{Change, ClassRecord, Digest, Error, Store, StoredIncident};

/// One change, told in small numbers so that they meet often.
#[derive(Debug, Clone)]
enum Op {
    Put { id: u8, title: u8, class: Option<u32>, digest: Option<u8> },
    Delete { id: u8 },
    Alias { name: u8, of: u8, digest: u8 },
    DropAlias { name: u8 },
    Class { number: u32 },
    Assign { id: u8, class: Option<u32> },
    Decide { number: u32, request: u8 },
    Regroup,
    Lineage { class: u32, other: Option<u32> },
}

#[derive(Debug, Clone)]
enum Step {
    Commit(Vec<Op>),
    Reopen,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Model {
    last: u64,
    incidents: BTreeMap<IncidentId, StoredIncident>,
    aliases: BTreeMap<String, (IncidentId, Digest)>,
    classes: BTreeMap<ClassId, u64>,
    decisions: BTreeMap<DecisionId, Decision>,
    lineage: Vec<LineageEvent>,
}

fn ops() -> impl Strategy<Value = Op> {
    let (id, class) = (0..5_u8, 0..3_u32);
    let maybe_class = proptest::option::of(class.clone());
    prop_oneof![
        5 => (id.clone(), any::<u8>(), maybe_class.clone(), proptest::option::of(0..3_u8))
            .prop_map(|(id, title, class, digest)| Op::Put { id, title, class, digest }),
        1 => id.clone().prop_map(|id| Op::Delete { id }),
        2 => (id.clone(), id.clone(), 0..3_u8)
            .prop_map(|(name, of, digest)| Op::Alias { name, of, digest }),
        1 => id.clone().prop_map(|name| Op::DropAlias { name }),
        3 => class.prop_map(|number| Op::Class { number }),
        3 => (id, maybe_class.clone()).prop_map(|(id, class)| Op::Assign { id, class }),
        2 => (0..9_u32, 0..5_u8).prop_map(|(number, request)| Op::Decide { number, request }),
        1 => Just(Op::Regroup),
        2 => (0..3_u32, maybe_class).prop_map(|(class, other)| Op::Lineage { class, other }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        9 => vec(ops(), 1..4).prop_map(Step::Commit),
        1 => Just(Step::Reopen),
    ];
    vec(step, 1..40)
}

fn name(id: u8) -> IncidentId {
    IncidentId::new(format!("INC-{id}"))
}

/// The change that an op stands for at `position`.
fn change(op: &Op, position: u64) -> Change {
    match *op {
        Op::Put { id, title, class, digest } => Change::Put {
            position,
            incident: Box::new(Incident::new("model", name(id).as_str(), format!("Title {title}"))),
            class: class.map(ClassId::new),
            digest: digest.map(|byte| [byte; 32]),
        },
        Op::Delete { id } => Change::Delete { position, id: name(id) },
        Op::Alias { name: alias, of, digest } => Change::Alias {
            position,
            source: "copies".into(),
            external_id: alias.to_string(),
            digest: [digest; 32],
            of: name(of),
        },
        Op::DropAlias { name } => {
            Change::DropAlias { source: "copies".into(), external_id: name.to_string() }
        }
        Op::Class { number } => Change::Class(ClassRecord {
            id: ClassId::new(number),
            opened_at_position: position,
            merged_into: None,
        }),
        Op::Assign { id, class } => Change::Assign { id: name(id), class: class.map(ClassId::new) },
        Op::Decide { number, request } => {
            Change::Decide { position, decision: Box::new(decision(number, request)) }
        }
        Op::Regroup => Change::Regroup { position, algorithm: "average-link" },
        Op::Lineage { class, other } => Change::Lineage(LineageEvent {
            kind: LineageKind::Joined,
            class: ClassId::new(class),
            other: other.map(ClassId::new),
            incidents: vec![name(0), name(4)],
            position,
            epoch: position / 2,
            decision: other.map(DecisionId::new),
        }),
    }
}

/// Request 0 is none.
fn decision(number: u32, request: u8) -> Decision {
    let (one, other) = (name(1), name(2));
    Decision {
        id: DecisionId::new(number),
        by: Attribution { who: "ann".into(), why: "same \"pool\"".into() },
        decided_at: "2026-01-02T03:04:05Z".parse().expect("a time"),
        request_id: if request == 0 { String::new() } else { request.to_string() },
        wish: Wish::Link { one: one.clone(), other: other.clone() },
        ruling: Ruling::Linked { one, other },
    }
}

impl Model {
    /// The state after `changes`; `None` where one of them contradicts the record.
    fn after(&self, changes: &[Change]) -> Option<Self> {
        let mut next = self.clone();
        changes.iter().try_for_each(|change| next.apply(change))?;
        let known = |stored: &StoredIncident| {
            stored.class.is_none_or(|class| next.classes.contains_key(&class))
        };
        let told = next.lineage.iter().flat_map(|event| [Some(event.class), event.other]);
        let all_known = next.incidents.values().all(known)
            && told.flatten().all(|class| next.classes.contains_key(&class));
        all_known.then_some(next)
    }

    fn apply(&mut self, change: &Change) -> Option<()> {
        match change.clone() {
            Change::Put { position, incident, class, digest } => {
                self.last = position;
                let stored = StoredIncident { position, incident: *incident, class, digest };
                self.incidents.insert(stored.incident.id.clone(), stored);
            }
            Change::Delete { position, id } => {
                self.last = position;
                self.incidents.remove(&id)?;
                self.aliases.retain(|_, (of, _)| *of != id);
            }
            Change::Alias { position, external_id, digest, of, .. } => {
                self.last = position;
                self.incidents.get(&of)?;
                self.aliases.insert(external_id, (of, digest));
            }
            Change::DropAlias { external_id, .. } => {
                self.aliases.remove(&external_id)?;
            }
            Change::Class(class) => {
                self.classes.insert(class.id, class.opened_at_position);
            }
            Change::Assign { id, class } => match (self.incidents.get_mut(&id), class) {
                (Some(stored), class) => stored.class = class,
                (None, None) => {}
                (None, Some(_)) => return None,
            },
            Change::Rate { position, rating } => {
                self.last = position;
                self.incidents.get(&rating.incident)?;
            }
            Change::Calibrate(calibration) => self.last = calibration.position,
            Change::Decide { position, decision } => {
                self.last = position;
                let request = &decision.request_id;
                let mut requests = self.decisions.values().map(|kept| &kept.request_id);
                if !request.is_empty() && requests.any(|kept| kept == request) {
                    return None;
                }
                if self.decisions.insert(decision.id, *decision).is_some() {
                    return None;
                }
            }
            Change::Regroup { position, .. } => self.last = position,
            Change::Lineage(event) => self.lineage.push(event),
            Change::Epoch(_)
            | Change::Message { .. }
            | Change::QueueNote(_)
            | Change::Note(_)
            | Change::Event(_) => {}
        }
        Some(())
    }

    fn by_position<'a>(
        &'a self,
        takes: impl Fn(&StoredIncident) -> bool + 'a,
    ) -> Vec<StoredIncident> {
        let mut found: Vec<_> = self.incidents.values().filter(|one| takes(one)).cloned().collect();
        found.sort_by_key(|stored| stored.position);
        found
    }
}

fn compare(store: &Store, model: &Model) -> store::Result<()> {
    let mut found = Vec::new();
    store.for_each(|stored| {
        found.push(stored);
        Ok::<_, Error>(())
    })?;
    assert_eq!(found, model.by_position(|_| true));
    assert_eq!(store.last_position(), model.last);
    for id in 0..5 {
        let expected = model.incidents.get(&name(id));
        assert_eq!(store.incident(&name(id))?.as_ref(), expected);
        assert_eq!(store.find("model", name(id).as_str())?.as_ref(), expected);
        let alias = store.alias("copies", &id.to_string())?;
        let alias = alias.map(|alias| (alias.of, alias.digest));
        assert_eq!(alias.as_ref(), model.aliases.get(&id.to_string()));
        let digest = [id; 32];
        let first = model.by_position(|stored| stored.digest == Some(digest)).into_iter().next();
        assert_eq!(store.by_digest(&digest)?, first.map(|stored| stored.incident.id));
    }
    for number in 0..3 {
        let class = Some(ClassId::new(number));
        let members = model.by_position(|stored| stored.class == class);
        assert_eq!(store.members(ClassId::new(number))?, members);
        let concerned = |event: &&LineageEvent| Some(event.class) == class || event.other == class;
        let events: Vec<_> = model.lineage.iter().filter(concerned).cloned().collect();
        assert_eq!(store.lineage(ClassId::new(number))?, events);
    }
    let classes = store.classes()?.into_iter().map(|class| (class.id, class.opened_at_position));
    assert_eq!(classes.collect::<BTreeMap<_, _>>(), model.classes);
    let decisions: Vec<Decision> = model.decisions.values().cloned().collect();
    assert_eq!(store.decisions()?, decisions);
    Ok(())
}

/// Whether the store and the model both took the commit; they must agree.
fn commit(store: &Store, model: &mut Model, ops: &[Op]) -> bool {
    let changes: Vec<Change> =
        (store.last_position() + 1..).zip(ops).map(|(position, op)| change(op, position)).collect();
    let taken = match store.commit(&changes) {
        Ok(()) => true,
        Err(Error::Constraint { .. }) => false,
        Err(error) => unreachable!("{error}"),
    };
    let next = model.after(&changes);
    assert_eq!(taken, next.is_some(), "{changes:?}");
    *model = next.unwrap_or_else(|| model.clone());
    taken
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_store_agrees_with_the_model(steps in steps()) {
        let dir = tempfile::tempdir().expect("a folder");
        let mut store = Store::open(dir.path()).expect("a store");
        let mut model = Model::default();
        for step in steps {
            match step {
                Step::Commit(ops) => {
                    commit(&store, &mut model, &ops);
                }
                Step::Reopen => {
                    drop(store);
                    store = Store::open(dir.path()).expect("reopened");
                }
            }
            compare(&store, &model).expect("readable");
        }
        store.check().expect("sound");
    }
}
