//! Names of incidents.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The id an incident is known by everywhere: its external id, with `source/` before it only where
/// two sources clash. Ordered as bytes; the last tie-break of every ranking.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(String);

impl IncidentId {
    /// Takes `id` as it is.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for IncidentId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// The id of the incident `external_id` of `source`: the bare external id, or, where another source
/// already holds that id (`taken`), `source/external_id`.
#[must_use]
pub fn identifier(source: &str, external_id: &str, taken: bool) -> IncidentId {
    if taken {
        IncidentId(format!("{source}/{external_id}"))
    } else {
        IncidentId(external_id.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_is_named_only_where_ids_clash() {
        assert_eq!(identifier("jsonl", "INC-1", false).as_str(), "INC-1");
        assert_eq!(identifier("jsonl", "INC-1", true).as_str(), "jsonl/INC-1");
    }
}
