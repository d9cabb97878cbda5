//! Which label tells which field.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::value::Place;

/// The labels and annotations that fields are taken from; of several the first that an alert has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// Of the service: what is down, not where it runs.
    pub service: Vec<String>,
}

/// Where most people put the name of a service. A job or a pod is a last resort.
const SERVICE: [&str; 12] = [
    "service",
    "service_name",
    "app",
    "app_kubernetes_io_name",
    "application",
    "component",
    "deployment",
    "statefulset",
    "container",
    "workload",
    "job",
    "pod",
];
const SEVERITY: [&str; 3] = ["severity", "priority", "level"];
const TEAM: [&str; 3] = ["team", "owner", "squad"];
pub(crate) const SUMMARY: [&str; 2] = ["summary", "title"];
pub(crate) const DESCRIPTION: [&str; 3] = ["description", "message", "details"];
pub(crate) const RUNBOOK: [&str; 2] = ["runbook_url", "runbook"];

impl Default for Labels {
    fn default() -> Self {
        Self { service: SERVICE.map(str::to_owned).to_vec() }
    }
}

impl Labels {
    /// The service that `labels` name, without what its scheduler added.
    pub(crate) fn service_of(&self, labels: &BTreeMap<String, String>) -> Option<String> {
        let (name, value) =
            self.service.iter().find_map(|name| Some((name, labels.get(name.as_str())?)))?;
        Some(if name == "pod" { without_pod_suffix(value).to_owned() } else { value.clone() })
    }
}

pub(crate) fn severity_of(labels: &BTreeMap<String, String>) -> Option<String> {
    first(labels, &SEVERITY)
}

pub(crate) fn team_of(labels: &BTreeMap<String, String>) -> Option<String> {
    first(labels, &TEAM)
}

/// The value of the first of `names` that `labels` has.
pub(crate) fn first(labels: &BTreeMap<String, String>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| labels.get(*name)).cloned()
}

/// The texts of an object; what is no text, or blank, is left out.
pub(crate) fn texts(place: Option<Place<'_>>) -> BTreeMap<String, String> {
    let Some(Value::Object(map)) = place.map(|place| place.value()) else {
        return BTreeMap::new();
    };
    let text = |value| Place::top(value).text();
    map.iter().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
}

/// The name of the deployment: a pod is called `NAME-HASH-RANDOM`, or `NAME-NUMBER` (Kubernetes, "Deployments" and
/// "StatefulSets").
fn without_pod_suffix(pod: &str) -> &str {
    let Some((rest, last)) = pod.rsplit_once('-') else {
        return pod;
    };
    let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()) {
        return rest;
    }
    if last.len() != 5 || !is_plain(last) {
        return pod;
    }
    match rest.rsplit_once('-') {
        Some((name, hash)) if (8..=10).contains(&hash.len()) && is_plain(hash) => name,
        _ => pod,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_is_not_a_service_of_its_own() {
        for (pod, service) in [
            ("ledger-api-7d9c5b8f46-x2x9z", "ledger-api"),
            ("ledger-db-0", "ledger-db"),
            ("ledger-api", "ledger-api"),
            ("ledger", "ledger"),
            ("api-gateway-proxy", "api-gateway-proxy"),
        ] {
            assert_eq!(without_pod_suffix(pod), service);
        }
    }

    #[test]
    fn what_is_down_comes_before_where_it_runs() {
        let labels = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let both = labels(&[("job", "node"), ("app", "ledger"), ("pod", "ledger-0")]);
        assert_eq!(Labels::default().service_of(&both).as_deref(), Some("ledger"));
        let mine = Labels { service: vec!["job".to_owned()] };
        assert_eq!(mine.service_of(&both).as_deref(), Some("node"));
        assert_eq!(Labels::default().service_of(&labels(&[("zone", "a")])), None);
    }
}
