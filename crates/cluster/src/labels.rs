//! Which row is in which group.

use std::collections::HashMap;

/// The number of a group within one clustering: 0 is the group of the first row that has one. It
/// means nothing beyond that clustering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClusterId(pub u32);

/// The group of each row, in row order; `None` for a one-off, a row that shares its group with no
/// other.
pub type Labels = Vec<Option<ClusterId>>;

/// Numbers the groups by their first row and drops those of a single row. `groups` names the group
/// of each row in any numbering; `None` is a row without one.
pub(crate) fn numbered(groups: &[Option<u32>]) -> Labels {
    let mut sizes: HashMap<u32, u32> = HashMap::new();
    for group in groups.iter().flatten() {
        *sizes.entry(*group).or_default() += 1;
    }
    let mut numbers: HashMap<u32, ClusterId> = HashMap::new();
    let mut number = |group: u32| {
        let next = u32::try_from(numbers.len()).expect("groups are counted in 32 bits");
        *numbers.entry(group).or_insert(ClusterId(next))
    };
    groups.iter().map(|group| group.filter(|group| sizes[group] > 1).map(&mut number)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_numbered_by_their_first_row() {
        let labels = numbered(&[Some(9), Some(4), Some(9), Some(4)]);
        let (first, second) = (Some(ClusterId(0)), Some(ClusterId(1)));
        assert_eq!(labels, [first, second, first, second]);
    }

    #[test]
    fn a_group_of_one_row_is_a_one_off() {
        let labels = numbered(&[Some(3), None, Some(5), Some(5)]);
        assert_eq!(labels, [None, None, Some(ClusterId(0)), Some(ClusterId(0))]);
    }
}
