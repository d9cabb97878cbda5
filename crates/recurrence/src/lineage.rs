//! Which class a new group is, when everything is grouped anew.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::class_id::ClassId;

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
/// one-offs now is in neither list.
#[must_use]
pub fn inherit(groups: &[Vec<Option<ClassId>>]) -> Inheritance {
    let mut shared: BTreeMap<(ClassId, usize), usize> = BTreeMap::new();
    for (place, members) in groups.iter().enumerate() {
        for class in members.iter().flatten() {
            *shared.entry((*class, place)).or_default() += 1;
        }
    }
    let mut pairs: Vec<((ClassId, usize), usize)> = shared.into_iter().collect();
    pairs.sort_by_key(|(pair, members)| (Reverse(*members), *pair));
    let mut heirs = vec![Heir::New; groups.len()];
    let mut kept: BTreeSet<ClassId> = BTreeSet::new();
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
        assert_eq!(inherit(&groups), expect);
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
    fn a_class_of_which_nothing_is_left_is_in_neither_list() {
        check(&[], &[], &[]);
    }
}
