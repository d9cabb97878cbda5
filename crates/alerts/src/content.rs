//! What an alert tells.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What an alert tells, by the fields of an incident.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// What an incident of it is called.
    pub title: String,
    /// What was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symptoms: Option<String>,
    /// Where it was seen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// How bad it is, in the sender's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Where to read more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What to follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
    /// Who was called.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub responders: Vec<String>,
    /// Words it is filed under.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The sender's own names and values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}
