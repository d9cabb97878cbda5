//! Which class a new group is, when everything is grouped anew; and what happened to classes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use incident::IncidentId;

use crate::class_id::ClassId;
use crate::decision::DecisionId;

/// Something that happened to a class as such. That a new incident joined one is none: the log has that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineageEvent {
    /// What happened.
    pub kind: LineageKind,
    /// The class it happened to.
    pub class: ClassId,
    /// The other class concerned; `None`: none, or the one-offs.
    pub other: Option<ClassId>,
    /// The incidents that changed class, by id.
    pub incidents: Vec<IncidentId>,
    /// The log position of the change that caused it.
    pub position: u64,
    /// The number of the epoch it happened in.
    pub epoch: u64,
    /// The decision that caused it; `None`: clustering did.
    pub decision: Option<DecisionId>,
}

/// What can happen to a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineageKind {
    /// It was opened, or opened again when a merge was taken back.
    Opened,
    /// It was split off from the other.
    SplitFrom,
    /// It was merged into the other, to which its id leads from then on.
    MergedInto,
    /// Incidents joined it from the other, or from the one-offs.
    Joined,
    /// Incidents left it for the other, or became one-offs.
    Left,
}

impl LineageEvent {
    /// The event as the page of `class` tells it: what joined another class from there left there.
    #[must_use]
    pub fn seen_from(mut self, class: ClassId) -> Self {
        if self.kind == LineageKind::Joined && self.other == Some(class) {
            (self.kind, self.other) = (LineageKind::Left, Some(self.class));
            self.class = class;
        }
        self
    }
}

/// How incidents changed class on one occasion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moves {
    /// From where to where, with `None` for the one-offs: the incidents that went that way.
    pub moved: BTreeMap<(Option<ClassId>, Option<ClassId>), Vec<IncidentId>>,
    /// The classes that were opened, or opened again.
    pub opened: BTreeSet<ClassId>,
    /// The classes that ended, each with the class that its id leads to from then on.
    pub ended: BTreeMap<ClassId, ClassId>,
}

/// The occasion on which incidents changed class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion {
    /// The position of the log.
    pub position: u64,
    /// The number of the epoch.
    pub epoch: u64,
    /// The decision that caused it; `None`: clustering did.
    pub decision: Option<DecisionId>,
}

impl Moves {
    /// Notes that `incident` goes from one class to another; `None` for the one-offs.
    pub fn note(&mut self, incident: IncidentId, from: Option<ClassId>, to: Option<ClassId>) {
        self.moved.entry((from, to)).or_default().push(incident);
    }

    /// The moves as events, each move once: classes that opened, then those that ended, then what joined or
    /// left the others; by id. An opened class was split off from the class that gave it most of its
    /// incidents, of equals the older; without such a class it was just opened.
    #[must_use]
    pub fn events(mut self, occasion: Occasion) -> Vec<LineageEvent> {
        self.moved.values_mut().for_each(|incidents| incidents.sort());
        let mut events = Vec::new();
        for class in std::mem::take(&mut self.opened) {
            let parent = self.parent_of(class);
            let incidents = self.moved.remove(&(parent, Some(class))).unwrap_or_default();
            let kind = if parent.is_some() { LineageKind::SplitFrom } else { LineageKind::Opened };
            events.push(occasion.event(kind, class, parent, incidents));
        }
        for (class, into) in std::mem::take(&mut self.ended) {
            let incidents = self.moved.remove(&(Some(class), Some(into))).unwrap_or_default();
            events.push(occasion.event(LineageKind::MergedInto, class, Some(into), incidents));
        }
        events.extend(self.moved.into_iter().filter_map(|(way, incidents)| match way {
            (from, Some(to)) => Some(occasion.event(LineageKind::Joined, to, from, incidents)),
            (Some(from), None) => Some(occasion.event(LineageKind::Left, from, None, incidents)),
            (None, None) => None,
        }));
        events
    }

    fn parent_of(&self, class: ClassId) -> Option<ClassId> {
        let gave = self.moved.iter().filter(|((_, to), _)| *to == Some(class));
        let gave = gave.filter_map(|((from, _), incidents)| Some((incidents.len(), (*from)?)));
        gave.max_by_key(|(count, from)| (*count, Reverse(*from))).map(|(_, from)| from)
    }
}

impl Occasion {
    fn event(
        self,
        kind: LineageKind,
        class: ClassId,
        other: Option<ClassId>,
        incidents: Vec<IncidentId>,
    ) -> LineageEvent {
        let Self { position, epoch, decision } = self;
        LineageEvent { kind, class, other, incidents, position, epoch, decision }
    }
}

/// The class a new group goes on as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heir {
    /// A class there was before.
    Kept(ClassId),
    /// None before it: it needs an id of its own.
    New,
}

/// What becomes of the classes of before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inheritance {
    /// By group, in the order given.
    pub heirs: Vec<Heir>,
    /// The classes that ended, each with the group (by its place) that most of its members went to.
    pub merged: BTreeMap<ClassId, usize>,
}

/// Says which class each of the new `groups` goes on as. A group is given as the class of each of its
/// members before, `None` for those that had none.
///
/// A class goes on as the group that most of its members are in, a group as the class that most of its
/// members come from: pairs of a class and a group are taken by how many members they share, the
/// largest first, of equals the older class, then the earlier group; each class and each group once. A
/// class that is left over ends in the group most of its members went to. A class whose members are all
/// one-offs now is in neither list. `claims` come before all else: classes that people hold, each with
/// the group (by its place) that it goes on as; no group is claimed twice.
#[must_use]
pub fn inherit(groups: &[Vec<Option<ClassId>>], claims: &BTreeMap<ClassId, usize>) -> Inheritance {
    let mut shared: BTreeMap<(ClassId, usize), usize> = BTreeMap::new();
    for (place, members) in groups.iter().enumerate() {
        for class in members.iter().flatten() {
            *shared.entry((*class, place)).or_default() += 1;
        }
    }
    let mut pairs: Vec<((ClassId, usize), usize)> = shared.into_iter().collect();
    pairs.sort_by_key(|(pair, members)| (Reverse(*members), *pair));
    let mut heirs = vec![Heir::New; groups.len()];
    let mut kept: BTreeSet<ClassId> = claims.keys().copied().collect();
    for (class, place) in claims {
        assert_eq!(heirs[*place], Heir::New, "{class} claims a group that another class has");
        heirs[*place] = Heir::Kept(*class);
    }
    for ((class, place), _) in &pairs {
        if heirs[*place] == Heir::New && !kept.contains(class) {
            heirs[*place] = Heir::Kept(*class);
            kept.insert(*class);
        }
    }
    let mut merged = BTreeMap::new();
    for ((class, place), _) in pairs.iter().filter(|((class, _), _)| !kept.contains(class)) {
        merged.entry(*class).or_insert(*place);
    }
    Inheritance { heirs, merged }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(groups: &[&[u32]], heirs: &[u32], merged: &[(u32, usize)]) {
        let id = |number: &u32| (*number > 0).then(|| ClassId::new(*number));
        let groups: Vec<Vec<Option<ClassId>>> =
            groups.iter().map(|members| members.iter().map(id).collect()).collect();
        let heir = |number: &u32| id(number).map_or(Heir::New, Heir::Kept);
        let expect = Inheritance {
            heirs: heirs.iter().map(heir).collect(),
            merged: merged.iter().map(|(class, place)| (ClassId::new(*class), *place)).collect(),
        };
        assert_eq!(inherit(&groups, &BTreeMap::new()), expect);
    }

    #[test]
    fn a_class_that_grows_stays_itself() {
        check(&[&[1, 1, 0], &[0, 0]], &[1, 0], &[]);
    }

    #[test]
    fn of_two_that_become_one_the_larger_goes_on_and_the_other_leads_to_it() {
        check(&[&[1, 1, 2, 2, 2]], &[2], &[(1, 0)]);
        check(&[&[2, 2, 1, 1]], &[1], &[(2, 0)]);
    }

    #[test]
    fn of_one_that_falls_apart_the_larger_part_keeps_the_id() {
        check(&[&[4, 4], &[4, 4, 4]], &[0, 4], &[]);
    }

    #[test]
    fn a_part_that_joins_another_class_leaves_both_their_ids() {
        check(&[&[1, 1, 2], &[2, 2]], &[1, 2], &[]);
    }

    #[test]
    fn a_claimed_class_goes_on_however_few_of_its_members_are_left() {
        let [held, other] = [1, 2].map(ClassId::new);
        let group = vec![Some(held), Some(other), Some(other)];
        let inheritance = inherit(&[group], &BTreeMap::from([(held, 0)]));
        assert_eq!(inheritance.heirs, [Heir::Kept(held)]);
        assert_eq!(inheritance.merged, BTreeMap::from([(other, 0)]));
    }

    #[test]
    fn each_move_is_told_once() {
        let [old, new, gone, other] = [1, 5, 3, 4].map(ClassId::new);
        let mut moves = Moves {
            opened: BTreeSet::from([new]),
            ended: BTreeMap::from([(gone, old)]),
            ..Moves::default()
        };
        for (id, from, to) in [
            ("b", Some(old), Some(new)),
            ("a", Some(old), Some(new)),
            ("c", None, Some(new)),
            ("d", Some(gone), Some(old)),
            ("e", Some(gone), Some(other)),
            ("f", Some(other), None),
        ] {
            moves.note(IncidentId::new(id), from, to);
        }
        let occasion = Occasion { position: 7, epoch: 2, decision: None };
        let told: Vec<_> = moves
            .events(occasion)
            .into_iter()
            .map(|event| {
                let ids: Vec<_> = event.incidents.iter().map(IncidentId::as_str).collect();
                (event.kind, event.class, event.other, ids.join(" "))
            })
            .collect();
        assert_eq!(
            told,
            [
                (LineageKind::SplitFrom, new, Some(old), "a b".to_owned()),
                (LineageKind::MergedInto, gone, Some(old), "d".to_owned()),
                (LineageKind::Joined, new, None, "c".to_owned()),
                (LineageKind::Joined, other, Some(gone), "e".to_owned()),
                (LineageKind::Left, other, None, "f".to_owned()),
            ]
        );
    }

    #[test]
    fn a_class_of_one_offs_was_just_opened() {
        let class = ClassId::new(1);
        let mut moves = Moves { opened: BTreeSet::from([class]), ..Moves::default() };
        moves.note(IncidentId::new("a"), None, Some(class));
        let occasion = Occasion { position: 2, epoch: 2, decision: Some(DecisionId::new(4)) };
        let events = moves.events(occasion);
        assert_eq!((events.len(), events[0].kind), (1, LineageKind::Opened));
        assert_eq!(events[0].decision, Some(DecisionId::new(4)));
    }

    #[test]
    fn what_joined_another_class_left_this_one() {
        let [here, there] = [1, 2].map(ClassId::new);
        let event = |kind, class, other| LineageEvent {
            kind,
            class,
            other: Some(other),
            incidents: Vec::new(),
            position: 1,
            epoch: 1,
            decision: None,
        };
        let joined = event(LineageKind::Joined, there, here);
        assert_eq!(joined.clone().seen_from(here), event(LineageKind::Left, here, there));
        assert_eq!(joined.clone().seen_from(there), joined);
    }

    #[test]
    fn a_class_of_which_nothing_is_left_is_in_neither_list() {
        check(&[], &[], &[]);
    }
}
