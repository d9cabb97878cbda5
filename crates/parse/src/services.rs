//! The affected services, where a page lists them by name.

use crate::block::Kind;
use crate::inline::plain;
use crate::meaning::Meaning;
use crate::outline::{Outline, Section};
use crate::table::tables;

/// The longest name of a service, in characters and in words; what is longer is a sentence.
const NAME_CHARS_MAX: usize = 60;
const NAME_WORDS_MAX: usize = 5;

/// The services of the first list that names any, in order, without repeats.
pub(crate) fn services(outline: &Outline<'_>) -> Vec<String> {
    outline
        .of(Meaning::Services)
        .map(|(_, section)| listed(outline, section))
        .find(|names| !names.is_empty())
        .unwrap_or_default()
}

fn listed(outline: &Outline<'_>, section: &Section<'_>) -> Vec<String> {
    let body = outline.body(section);
    let rows = tables(body).into_iter().flat_map(|table| table.rows);
    let items = body.iter().filter(|line| matches!(line.kind, Kind::Item { .. }));
    let mut named: Vec<String> = section.lead.split([',', ';']).filter_map(name).collect();
    named.extend(rows.filter_map(|row| name(row.cells.first()?)));
    named.extend(items.filter_map(|line| name(line.text())));
    if named.is_empty() {
        let first = body.iter().find(|line| line.is_prose());
        named = first.map_or("", |line| line.text()).split([',', ';']).filter_map(name).collect();
    }
    let mut services = Vec::new();
    for name in named {
        if !services.contains(&name) {
            services.push(name);
        }
    }
    services
}

/// The name that an entry begins with: `auth-service (primary): logins failed`.
fn name(entry: &str) -> Option<String> {
    let text = plain(entry);
    let end = [" - ", " \u{2013} ", " \u{2014} ", ": ", " ("]
        .iter()
        .filter_map(|mark| text.find(mark))
        .min();
    let name = text[..end.unwrap_or(text.len())].trim_matches([' ', ':', '.', '[', ']']);
    let sentence = text[..end.unwrap_or(text.len())].trim().ends_with('.');
    let short =
        name.chars().count() <= NAME_CHARS_MAX && name.split_whitespace().count() <= NAME_WORDS_MAX;
    let nothing =
        matches!(name.to_lowercase().as_str(), "none" | "n/a" | "tbd" | "unknown" | "all" | "-");
    (short && !sentence && !nothing && name.contains(char::is_alphanumeric))
        .then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::scan;

    #[track_caller]
    fn check(page: &str, expect: &[&str]) {
        let lines = scan(page, 1);
        assert_eq!(services(&Outline::new(&lines)), expect);
    }

    #[test]
    fn lists_labels_and_tables_name_services() {
        check(
            "## Impact\n### Affected Services\n- `auth` (primary)\n- **billing-api**: slow\n",
            &["auth", "billing-api"],
        );
        check("**Services:** auth, billing-api; auth\n", &["auth", "billing-api"]);
        check("Affected Services\nauth, billing-api\n", &["auth", "billing-api"]);
        check("| | |\n|--|--|\n| Services | auth, `db` |\n| Foo | x |\n", &["auth", "db"]);
        check("## Services affected\n| Service | Effect |\n|--|--|\n| auth | down |\n", &["auth"]);
    }

    #[test]
    fn sentences_name_no_service() {
        check("## Summary\nWe restarted server db-1.\n", &[]);
        check("## Affected services\nEverything that needs a login was down.\n", &[]);
        check("Services: none\n", &[]);
        check("| Service | Owner |\n|--|--|\n| auth | SRE |\n", &[]);
    }
}
