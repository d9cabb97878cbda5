//! The failures within a class, told apart by title.

use std::cmp::Reverse;
use std::collections::HashMap;

use incident::{Incident, IncidentId};

use crate::title::{bare_title, folded};

/// Members of a class whose titles agree but for dates and services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubGroup {
    /// The title as the earliest of them has it, less dates and services.
    pub title: String,
    /// Chronological; undated ones last.
    pub members: Vec<IncidentId>,
}

/// The groups of `members`, which are chronological: the largest first, then the one seen first.
pub(crate) fn sub_groups(members: &[&Incident]) -> Vec<SubGroup> {
    let mut groups: Vec<SubGroup> = Vec::new();
    let mut place_of: HashMap<String, usize> = HashMap::new();
    for member in members {
        let title = bare_title(&member.title, &member.services);
        let place = *place_of.entry(folded(&title)).or_insert(groups.len());
        if place == groups.len() {
            let members = Vec::new();
            groups.push(SubGroup { title, members });
        }
        groups[place].members.push(member.id.clone());
    }
    // A stable sort: among groups of equal size the one seen first stays ahead.
    groups.sort_by_key(|group| Reverse(group.members.len()));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_that_differ_in_date_case_or_service_are_one_group() {
        let members = [
            "Full disk in db",
            "2025-10-03 - Cache stampede",
            "cache stampedes in web",
            "Stale route",
        ]
        .map(|title| Incident {
            services: vec!["web".into(), "db".into()],
            ..Incident::new("jsonl", title, title)
        });
        let groups = sub_groups(&members.iter().collect::<Vec<_>>());
        let shown: Vec<(&str, usize)> =
            groups.iter().map(|group| (group.title.as_str(), group.members.len())).collect();
        let expected = [("Cache stampede", 2), ("Full disk", 1), ("Stale route", 1)];
        assert_eq!(shown, expected);
    }
}
