//! From facts to incidents.
//!
//! Alerts of one group that fire at the same time are one incident; it ends when all of them have. One that fires after
//! that begins another. Facts only ever add up, so it does not matter in which order they come.

use std::collections::{BTreeMap, BTreeSet};

use incident::{Incident, Link, Moment, Severity, Status};
use jiff::Timestamp;
use serde_json::Value;

use crate::content::Content;
use crate::fact::Fact;

/// Where the facts of an incident are kept: a key of its `extra`.
const KEPT_AT: &str = "alerts";
/// The alerts that an incident remembers; beyond, those that ended first are forgotten.
const FACTS_MAX: usize = 500;
/// The services, responders and tags of an incident that come from alerts.
const VALUES_MAX: usize = 50;
/// The descriptions that make up its symptoms.
const DESCRIPTIONS_MAX: usize = 10;

/// What is to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// Incidents that are new or changed, oldest first.
    pub puts: Vec<Incident>,
    /// External ids of incidents that turned out to be part of another.
    pub deletes: Vec<String>,
    /// External ids of incidents that were told of, and are as they were.
    pub unchanged: Vec<String>,
}

/// Adds `facts` to the incidents `stored` of the group. What people wrote into an incident stays, and so does its id,
/// which is that of the moment its first known alert began.
#[must_use]
pub fn merge(source: &str, group: &str, facts: Vec<Fact>, stored: Vec<Incident>) -> Merged {
    let mut stored: BTreeMap<String, Incident> =
        stored.into_iter().map(|one| (one.external_id.clone(), one)).collect();
    let kept: Vec<Fact> = stored.values().flat_map(facts_of).collect();
    let facts: Vec<Fact> = facts.into_iter().map(|fact| dated(fact, &kept)).collect();
    let told: BTreeSet<(Timestamp, String)> = facts.iter().map(key).collect();
    let mut merged = Merged { puts: Vec::new(), deletes: Vec::new(), unchanged: Vec::new() };
    for occurrence in occurrences(kept.into_iter().chain(facts)) {
        let mut ids: Vec<String> = occurrence
            .iter()
            .map(|fact| external_id(group, fact.starts_at))
            .filter(|id| stored.contains_key(id))
            .collect();
        ids.dedup();
        let is_told = occurrence.iter().any(|fact| told.contains(&key(fact)));
        let before = ids.first().and_then(|id| stored.remove(id));
        for part in ids.iter().skip(1) {
            stored.remove(part);
            merged.deletes.push(part.clone());
        }
        let id = ids.into_iter().next();
        let id = id.unwrap_or_else(|| external_id(group, occurrence[0].starts_at));
        let blank = || Incident::new(source, id.clone(), "");
        let after = told_by(&occurrence, before.clone().unwrap_or_else(blank));
        match before {
            Some(before) if before == after => {
                merged.unchanged.extend(is_told.then_some(id));
            }
            _ => merged.puts.push(after),
        }
    }
    merged
}

/// The external ids of the incidents of `group` begin with this.
#[must_use]
pub fn prefix(group: &str) -> String {
    format!("{group}/")
}

/// The group of the incident with this external id; `None` where it is of no group.
#[must_use]
pub fn group_of(external_id: &str) -> Option<&str> {
    external_id.rsplit_once('/').map(|(group, _)| group)
}

fn external_id(group: &str, starts_at: Timestamp) -> String {
    format!("{}{}", prefix(group), starts_at.strftime("%Y%m%dT%H%M%S%.3fZ"))
}

fn key(fact: &Fact) -> (Timestamp, String) {
    (fact.starts_at, fact.alert.clone())
}

/// What an incident remembers; nothing where somebody else wrote it.
fn facts_of(incident: &Incident) -> Vec<Fact> {
    let kept = incident.extra.get(KEPT_AT).cloned();
    kept.and_then(|kept| serde_json::from_value(kept).ok()).unwrap_or_default()
}

/// A fact without a time is about the last firing of its alert that is not over.
fn dated(fact: Fact, kept: &[Fact]) -> Fact {
    let going_on = |other: &&Fact| other.alert == fact.alert && other.ends_at.is_none();
    match kept.iter().filter(going_on).map(|other| other.starts_at).max() {
        Some(starts_at) if fact.is_undated => Fact { starts_at, ..fact },
        _ => fact,
    }
}

/// The facts of each occurrence, both in the order of time.
fn occurrences(facts: impl Iterator<Item = Fact>) -> Vec<Vec<Fact>> {
    let mut known: BTreeMap<(Timestamp, String), Fact> = BTreeMap::new();
    for fact in facts {
        let joined = match known.remove(&key(&fact)) {
            Some(other) => other.joined(fact),
            None => fact,
        };
        known.insert(key(&joined), joined);
    }
    let mut occurrences: Vec<Vec<Fact>> = Vec::new();
    // Until when the last of them lasts; `None` while one of its alerts is not resolved.
    let mut until = None;
    for fact in known.into_values() {
        match (occurrences.last_mut(), until) {
            (Some(last), None) => last.push(fact.clone()),
            (Some(last), Some(until)) if fact.starts_at <= until => last.push(fact.clone()),
            _ => {
                occurrences.push(vec![fact.clone()]);
                until = fact.ends_at;
                continue;
            }
        }
        until = until.zip(fact.ends_at).map(|(until, ends)| until.max(ends));
    }
    occurrences
}

/// `incident` as the facts tell it.
fn told_by(facts: &[Fact], mut incident: Incident) -> Incident {
    let ends: Option<Vec<Timestamp>> = facts.iter().map(|fact| fact.ends_at).collect();
    let contents = || facts.iter().map(|fact| &fact.content);
    let first = |of: fn(&Content) -> &Option<String>| contents().find_map(|one| of(one).clone());
    incident.title = facts[0].content.title.clone();
    incident.started_at = Some(Moment::exact(facts[0].starts_at));
    incident.resolved_at = ends.and_then(|ends| ends.into_iter().max()).map(Moment::exact);
    let is_over = incident.resolved_at.is_some();
    incident.status = Some(if is_over { Status::Resolved } else { Status::Open });
    incident.services = distinct(contents().flat_map(|one| &one.services));
    incident.responders = distinct(contents().flat_map(|one| &one.responders));
    incident.tags = distinct(contents().flat_map(|one| &one.tags));
    incident.team = first(|one| &one.team);
    incident.url = first(|one| &one.url);
    incident.severity = worst(contents().filter_map(|one| one.severity.as_deref()));
    incident.labels = common(contents().map(|one| &one.labels));
    let mut symptoms = distinct(contents().filter_map(|one| one.symptoms.as_ref()));
    symptoms.truncate(DESCRIPTIONS_MAX);
    incident.symptoms = (!symptoms.is_empty()).then(|| symptoms.join("\n"));
    for target in distinct(contents().filter_map(|one| one.runbook.as_ref())) {
        if !incident.links.iter().any(|link| link.target == target) {
            incident.links.push(Link { target, label: Some("runbook".to_owned()) });
        }
    }
    incident.extra.insert(KEPT_AT.to_owned(), remembered(facts));
    incident
}

/// The facts in the form they are kept in.
fn remembered(facts: &[Fact]) -> Value {
    let mut kept: Vec<&Fact> = facts.iter().collect();
    while kept.len() > FACTS_MAX {
        let later = kept.iter().enumerate().skip(1);
        let ended = later.filter_map(|(at, fact)| Some((fact.ends_at?, at))).min();
        let Some((_, at)) = ended else {
            kept.truncate(FACTS_MAX);
            break;
        };
        kept.remove(at);
    }
    serde_json::to_value(kept).expect("facts have a JSON form")
}

fn distinct<'a>(values: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    values.filter(|value| seen.insert(*value)).take(VALUES_MAX).cloned().collect()
}

/// The severity of the lowest level; those without a level come last.
fn worst<'a>(severities: impl Iterator<Item = &'a str>) -> Option<Severity> {
    let level = |severity: &Severity| severity.level.unwrap_or(u8::MAX);
    severities.map(Severity::new).min_by_key(level)
}

/// The labels on which all agree.
fn common<'a>(
    mut labels: impl Iterator<Item = &'a BTreeMap<String, String>>,
) -> BTreeMap<String, String> {
    let mut common = labels.next().cloned().unwrap_or_default();
    for other in labels {
        common.retain(|name, value| other.get(name) == Some(value));
    }
    common
}

#[cfg(test)]
mod tests;
