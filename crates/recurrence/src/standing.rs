//! What the decisions that stand hold together, and what they keep apart.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use incident::IncidentId;

use crate::class_id::ClassId;
use crate::decision::{Decision, DecisionId, Ruling};

/// Every decision that nobody took back, as one graph over incidents: *bonds* between those that are the same
/// failure, *rifts* between those that are not. What bonds connect is held together, at any distance; a
/// rift keeps apart all that is held together with its two ends. A merge is bonds between all members, a
/// split bonds among those that left and rifts to those that stayed.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    nodes: HashMap<IncidentId, usize>,
    ids: Vec<IncidentId>,
    bonds: Vec<Edge>,
    rifts: Vec<Edge>,
    /// By node: the number of what it is held together with.
    block_of: Vec<usize>,
    /// By number: the nodes, ascending.
    blocks: Vec<Vec<usize>>,
    /// The classes that a merge or a split made, with a node that belongs to each, and who did it.
    claims: BTreeMap<ClassId, (usize, String)>,
    names: BTreeMap<ClassId, String>,
    /// With the name that each had when it was pinned, and who did it.
    pins: BTreeMap<ClassId, (String, String)>,
    /// Of each decision that made an edge: its words for a chain of reasons.
    origins: BTreeMap<DecisionId, String>,
}

/// Says of two incidents that they are the same failure, or that they are not.
#[derive(Debug, Clone, Copy)]
struct Edge {
    one: usize,
    other: usize,
    decision: DecisionId,
}

impl Standing {
    /// What `decisions`, in the order in which they were made, come to.
    #[must_use]
    pub fn of(decisions: &[Decision]) -> Self {
        Self::but(decisions, None)
    }

    /// What they would come to if `gone` were taken back.
    #[must_use]
    pub fn without(decisions: &[Decision], gone: DecisionId) -> Self {
        Self::but(decisions, Some(gone))
    }

    fn but(decisions: &[Decision], gone: Option<DecisionId>) -> Self {
        let mut undone: BTreeSet<DecisionId> = undone(decisions).into_keys().collect();
        undone.extend(gone);
        let mut standing = Self::default();
        decisions
            .iter()
            .filter(|decision| !undone.contains(&decision.id))
            .for_each(|decision| standing.add(decision));
        standing.join();
        standing
    }

    /// The name that somebody gave the class, or that it had when it was pinned; `None` where it is named by
    /// its members.
    #[must_use]
    pub fn name_of(&self, class: ClassId) -> Option<&str> {
        let pinned = || self.pins.get(&class).map(|(name, _)| name);
        self.names.get(&class).or_else(pinned).map(String::as_str)
    }

    /// Whether the class is pinned.
    #[must_use]
    pub fn is_pinned(&self, class: ClassId) -> bool {
        self.pins.contains_key(&class)
    }

    /// Who pinned the class, and when; `None` where nobody did.
    #[must_use]
    pub fn pinner_of(&self, class: ClassId) -> Option<&str> {
        self.pins.get(&class).map(|(_, origin)| origin.as_str())
    }

    /// Who made the class by a merge or a split, and when; `None` where nobody did.
    #[must_use]
    pub fn maker_of(&self, class: ClassId) -> Option<&str> {
        self.claims.get(&class).map(|(_, origin)| origin.as_str())
    }

    /// The pinned classes, by id.
    pub fn pinned(&self) -> impl Iterator<Item = ClassId> + '_ {
        self.pins.keys().copied()
    }

    /// The classes that somebody named, by id.
    pub fn named(&self) -> impl Iterator<Item = ClassId> + '_ {
        self.names.keys().copied()
    }

    /// The classes that a merge or a split made, by id, with the incidents that make each.
    pub fn claims(&self) -> impl Iterator<Item = (ClassId, Vec<&IncidentId>)> + '_ {
        self.claims.iter().map(|(class, (node, _))| (*class, self.block(self.block_of[*node])))
    }

    /// All that is held together, each incident once; two or more in each.
    pub fn blocks(&self) -> impl Iterator<Item = Vec<&IncidentId>> + '_ {
        let blocks = (0..self.blocks.len()).map(|block| self.block(block));
        blocks.filter(|ids| ids.len() > 1)
    }

    /// Pairs of blocks that are kept apart, each pair once.
    #[must_use]
    pub fn rifts(&self) -> Vec<(Vec<&IncidentId>, Vec<&IncidentId>)> {
        let ends = |rift: &Edge| {
            let (one, other) = (self.block_of[rift.one], self.block_of[rift.other]);
            (one.min(other), one.max(other))
        };
        let pairs: BTreeSet<(usize, usize)> = self.rifts.iter().map(ends).collect();
        pairs.into_iter().map(|(one, other)| (self.block(one), self.block(other))).collect()
    }

    /// The incidents that are held together with `id`, itself among them.
    #[must_use]
    pub fn together(&self, id: &IncidentId) -> Vec<IncidentId> {
        match self.nodes.get(id) {
            Some(node) => self.block(self.block_of[*node]).into_iter().cloned().collect(),
            None => vec![id.clone()],
        }
    }

    /// The incidents that are kept apart from `id`.
    #[must_use]
    pub fn apart_from(&self, id: &IncidentId) -> Vec<&IncidentId> {
        let Some(here) = self.nodes.get(id).map(|node| self.block_of[*node]) else {
            return Vec::new();
        };
        let ends =
            self.rifts.iter().map(|rift| (self.block_of[rift.one], self.block_of[rift.other]));
        let beyond: BTreeSet<usize> = ends
            .filter_map(|(one, other)| match here {
                block if block == one => Some(other),
                block if block == other => Some(one),
                _ => None,
            })
            .collect();
        beyond.into_iter().flat_map(|block| self.block(block)).collect()
    }

    /// Why `one` and `other` are held together: a reason for each step from the one to the other; `None`
    /// where they are not.
    #[must_use]
    pub fn why_together(&self, one: &IncidentId, other: &IncidentId) -> Option<Vec<String>> {
        let (start, goal) = (*self.nodes.get(one)?, *self.nodes.get(other)?);
        self.path(start, goal)
    }

    /// Why `one` and `other` are kept apart: the steps from the one to a rift and from there to the other;
    /// `None` where they are not.
    #[must_use]
    pub fn why_apart(&self, one: &IncidentId, other: &IncidentId) -> Option<Vec<String>> {
        let (start, goal) = (*self.nodes.get(one)?, *self.nodes.get(other)?);
        let (here, there) = (self.block_of[start], self.block_of[goal]);
        let (near, far, rift) = self.rifts.iter().find_map(|rift| {
            let ends = (self.block_of[rift.one], self.block_of[rift.other]);
            if ends == (here, there) {
                Some((rift.one, rift.other, rift))
            } else {
                (ends == (there, here)).then_some((rift.other, rift.one, rift))
            }
        })?;
        let mut reasons = self.path(start, near)?;
        reasons.push(self.words(rift, "is not the same as"));
        reasons.extend(self.path(far, goal)?);
        Some(reasons)
    }

    fn add(&mut self, decision: &Decision) {
        match &decision.ruling {
            Ruling::Renamed { class, name, .. } if name.is_empty() => {
                self.names.remove(class);
            }
            Ruling::Renamed { class, name, .. } => {
                self.names.insert(*class, name.clone());
            }
            Ruling::Pinned { class, pinned: true, name } => {
                self.pins.insert(*class, (name.clone(), decision.origin()));
            }
            Ruling::Pinned { class, pinned: false, .. } => {
                self.pins.remove(class);
            }
            Ruling::Merged { class, members, merged } => {
                let others = merged.iter().flat_map(|(_, members)| members);
                let all: Vec<&IncidentId> = members.iter().chain(others).collect();
                self.claim(*class, &all, decision);
            }
            Ruling::Divided { stayed, new_class, left, .. } => {
                self.claim(*new_class, &left.iter().collect::<Vec<_>>(), decision);
                if let Some(first) = left.first() {
                    stayed.iter().for_each(|other| self.part(first, other, decision));
                }
            }
            Ruling::Linked { one, other } => self.bond(one, other, decision),
            Ruling::Unlinked { one, other } => self.part(one, other, decision),
            Ruling::Undone { .. } => {}
        }
    }

    fn claim(&mut self, class: ClassId, members: &[&IncidentId], decision: &Decision) {
        let Some((first, others)) = members.split_first() else {
            return;
        };
        let node = self.node(first);
        self.claims.insert(class, (node, decision.origin()));
        others.iter().for_each(|other| self.bond(first, other, decision));
    }

    fn bond(&mut self, one: &IncidentId, other: &IncidentId, decision: &Decision) {
        let edge = self.edge(one, other, decision);
        self.bonds.push(edge);
    }

    fn part(&mut self, one: &IncidentId, other: &IncidentId, decision: &Decision) {
        let edge = self.edge(one, other, decision);
        self.rifts.push(edge);
    }

    fn edge(&mut self, one: &IncidentId, other: &IncidentId, decision: &Decision) -> Edge {
        self.origins.entry(decision.id).or_insert_with(|| decision.origin());
        Edge { one: self.node(one), other: self.node(other), decision: decision.id }
    }

    fn node(&mut self, id: &IncidentId) -> usize {
        if let Some(node) = self.nodes.get(id) {
            return *node;
        }
        self.ids.push(id.clone());
        self.nodes.insert(id.clone(), self.ids.len() - 1);
        self.ids.len() - 1
    }

    /// Finds what the bonds connect.
    fn join(&mut self) {
        let beside = self.neighbours();
        self.block_of = vec![usize::MAX; self.ids.len()];
        for node in 0..self.ids.len() {
            if self.block_of[node] != usize::MAX {
                continue;
            }
            let number = self.blocks.len();
            self.block_of[node] = number;
            let mut block = vec![node];
            let mut reached = 0;
            while let Some(here) = block.get(reached).copied() {
                reached += 1;
                for (next, _) in &beside[here] {
                    if self.block_of[*next] == usize::MAX {
                        self.block_of[*next] = number;
                        block.push(*next);
                    }
                }
            }
            block.sort_unstable();
            self.blocks.push(block);
        }
    }

    /// By node: the nodes it has a bond with, each with the number of the bond.
    fn neighbours(&self) -> Vec<Vec<(usize, usize)>> {
        let mut beside = vec![Vec::new(); self.ids.len()];
        for (number, bond) in self.bonds.iter().enumerate() {
            beside[bond.one].push((bond.other, number));
            beside[bond.other].push((bond.one, number));
        }
        beside
    }

    /// The reasons along a shortest way of bonds; of equally short ones along the earlier decisions.
    fn path(&self, start: usize, goal: usize) -> Option<Vec<String>> {
        let beside = self.neighbours();
        let mut reached: BTreeMap<usize, Option<usize>> = BTreeMap::from([(start, None)]);
        let mut waiting = VecDeque::from([start]);
        while let Some(here) = waiting.pop_front() {
            for (next, bond) in &beside[here] {
                if !reached.contains_key(next) {
                    reached.insert(*next, Some(*bond));
                    waiting.push_back(*next);
                }
            }
        }
        let mut reasons = Vec::new();
        let mut here = goal;
        while let Some(number) = *reached.get(&here)? {
            let bond = &self.bonds[number];
            reasons.push(self.words(bond, "is the same as"));
            here = bond.one + bond.other - here;
        }
        reasons.reverse();
        Some(reasons)
    }

    fn words(&self, edge: &Edge, relation: &str) -> String {
        let (one, other) = (&self.ids[edge.one], &self.ids[edge.other]);
        format!("`{one}` {relation} `{other}` by {}", self.origins[&edge.decision])
    }

    fn block(&self, number: usize) -> Vec<&IncidentId> {
        self.blocks[number].iter().map(|node| &self.ids[*node]).collect()
    }
}

/// The decisions that were taken back, each with the one that did it.
#[must_use]
pub fn undone(decisions: &[Decision]) -> BTreeMap<DecisionId, DecisionId> {
    let pair = |by: &Decision| match by.ruling {
        Ruling::Undone { decision } => Some((decision, by.id)),
        _ => None,
    };
    decisions.iter().filter_map(pair).collect()
}

#[cfg(test)]
mod tests;
