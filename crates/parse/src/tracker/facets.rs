//! What the labels of an issue say of an incident: `severity/critical`, `service: checkout`, `P1`.

use super::Draft;
use crate::inline::pattern;
use crate::meaning::{Meaning, of_name};

/// Files each label under the field that it names; all of them are tags.
pub(super) fn of_labels(draft: &mut Draft, labels: &[String]) {
    let mut services = Vec::new();
    for label in labels {
        let (name, value) = label.split_once([':', '/', '=']).unwrap_or(("", label));
        let value = value.trim();
        match of_name(name).map(|sense| sense.meaning) {
            Some(Meaning::Severity) => draft.set("severity", value),
            Some(Meaning::Services) => services.push(value.to_owned()),
            Some(Meaning::Team) => draft.set("team", value),
            _ if ["component", "area", "app"].contains(&name.trim()) => {
                services.push(value.to_owned())
            }
            _ if pattern!(r"(?i)^(?:p|sev)-?[0-5]$").is_match(label.trim()) => {
                draft.set("severity", label.trim())
            }
            _ => {}
        }
    }
    draft.set("services", services);
    draft.set("tags", labels.to_vec());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_name_fields() {
        let mut draft = Draft::default();
        let labels =
            ["incident", "severity: critical", "service/checkout", "team:edge", "P3", "app=cart"];
        of_labels(&mut draft, &labels.map(str::to_owned));
        assert_eq!(draft.fields["severity"], "critical");
        assert_eq!(draft.fields["services"], serde_json::json!(["checkout", "cart"]));
        assert_eq!(
            (&draft.fields["team"], draft.fields["tags"].as_array().map(Vec::len)),
            (&"edge".into(), Some(6))
        );
    }
}
