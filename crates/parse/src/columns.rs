//! What the columns of a table mean, told from their names.

use crate::meaning::{Meaning, of_name};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// The id.
    Id,
    /// A known key of a record.
    Key(&'static str),
    /// A stretch of time, as people write it.
    Duration,
    /// A section of a page, which is read as one.
    Section(&'static str),
}

/// Names that are not those of sections and labels: letters and digits alone, in lower case.
const NAMES: [(&str, Column); 46] = [
    ("id", Column::Id),
    ("key", Column::Id),
    ("number", Column::Id),
    ("ref", Column::Id),
    ("reference", Column::Id),
    ("ticket", Column::Id),
    ("ticketid", Column::Id),
    ("ticketnumber", Column::Id),
    ("incidentid", Column::Id),
    ("incidentnumber", Column::Id),
    ("incidentno", Column::Id),
    ("caseid", Column::Id),
    ("name", Column::Key("title")),
    ("subject", Column::Key("title")),
    ("headline", Column::Key("title")),
    ("shortdescription", Column::Key("title")),
    ("created", Column::Key("started_at")),
    ("createdat", Column::Key("started_at")),
    ("createdon", Column::Key("started_at")),
    ("opened", Column::Key("started_at")),
    ("openedat", Column::Key("started_at")),
    ("reported", Column::Key("started_at")),
    ("reportedat", Column::Key("started_at")),
    ("detectedat", Column::Key("started_at")),
    ("startsat", Column::Key("started_at")),
    ("closed", Column::Key("resolved_at")),
    ("closedat", Column::Key("resolved_at")),
    ("closedon", Column::Key("resolved_at")),
    ("resolvedon", Column::Key("resolved_at")),
    ("endsat", Column::Key("resolved_at")),
    ("updated", Column::Key("updated_at")),
    ("updatedat", Column::Key("updated_at")),
    ("lastupdated", Column::Key("updated_at")),
    ("modified", Column::Key("updated_at")),
    ("lastmodified", Column::Key("updated_at")),
    ("link", Column::Key("url")),
    ("permalink", Column::Key("url")),
    ("labels", Column::Key("tags")),
    ("category", Column::Key("tags")),
    ("assignee", Column::Key("responders")),
    ("assignedto", Column::Key("responders")),
    ("assignmentgroup", Column::Key("team")),
    ("component", Column::Key("services")),
    ("components", Column::Key("services")),
    ("notes", Column::Key("text")),
    ("mitigation", Column::Key("mitigation")),
];

/// The known keys of a record that a column may be called by; see [`crate::fields`].
pub(crate) const KEYS: [&str; 23] = [
    "title",
    "date",
    "started_at",
    "resolved_at",
    "updated_at",
    "duration_minutes",
    "severity",
    "status",
    "services",
    "tags",
    "team",
    "summary",
    "symptoms",
    "root_cause",
    "resolution",
    "mitigation",
    "impact",
    "users_affected",
    "revenue",
    "text",
    "url",
    "author",
    "responders",
];

/// The keys whose value is a list.
pub(crate) const LISTS: [&str; 3] = ["services", "tags", "responders"];

/// A name without case, blanks and punctuation.
pub(crate) fn squeezed(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a column of this name holds; `None` where the name says nothing.
pub(crate) fn of(name: &str) -> Option<Column> {
    let short = squeezed(name);
    let known = NAMES.iter().find(|(known, _)| *known == short).map(|(_, column)| *column);
    let key = || KEYS.into_iter().find(|key| squeezed(key) == short).map(Column::Key);
    known.or_else(key).or_else(|| of_meaning(of_name(name)?.meaning))
}

fn of_meaning(meaning: Meaning) -> Option<Column> {
    Some(match meaning {
        Meaning::Summary => Column::Key("summary"),
        Meaning::Cause | Meaning::CauseAndResolution => Column::Key("root_cause"),
        Meaning::Resolution => Column::Key("resolution"),
        Meaning::Impact => Column::Key("impact"),
        Meaning::Symptoms => Column::Key("symptoms"),
        Meaning::Services => Column::Key("services"),
        Meaning::Title => Column::Key("title"),
        Meaning::Date => Column::Key("date"),
        Meaning::Start => Column::Key("started_at"),
        Meaning::End => Column::Key("resolved_at"),
        Meaning::Severity => Column::Key("severity"),
        Meaning::Status => Column::Key("status"),
        Meaning::Team => Column::Key("team"),
        Meaning::Author => Column::Key("author"),
        Meaning::Responders => Column::Key("responders"),
        Meaning::Duration => Column::Duration,
        Meaning::Timeline => Column::Section("Timeline"),
        Meaning::Actions => Column::Section("Action items"),
        Meaning::Lessons | Meaning::Related | Meaning::Period => return None,
    })
}

/// Whether a column of this name tells what happened.
pub(crate) fn tells(name: &str) -> bool {
    let telling = ["title", "summary", "root_cause", "symptoms", "text"];
    matches!(of(name), Some(Column::Key(key)) if telling.contains(&key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expect: Option<Column>) {
        assert_eq!(of(name), expect, "{name}");
    }

    #[test]
    fn columns_are_known_by_what_people_call_them() {
        check("Ticket #", Some(Column::Id));
        check("Incident ID", Some(Column::Id));
        check("Headline", Some(Column::Key("title")));
        check("Root Cause", Some(Column::Key("root_cause")));
        check("Affected services", Some(Column::Key("services")));
        check("started_at", Some(Column::Key("started_at")));
        check("Users affected", Some(Column::Key("users_affected")));
        check("Duration", Some(Column::Duration));
        check("Follow-ups", Some(Column::Section("Action items")));
        check("Shoe size", None);
    }
}
