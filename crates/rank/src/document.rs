//! What re-ranking looks at.

use analysis::Analyzer;
use incident::{Field, Incident, Moment};
use vector::{Bag, Weighting};

use crate::grams::Grams;

/// How much of a document is read by its characters.
const CHARACTERS_MAX: usize = 2_000;

/// A document, or a question read as one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Its title; empty where it has none of its own.
    pub title: String,
    /// What it tells.
    pub body: String,
    /// The terms of the title, of the body and the services, each counted as it stands.
    pub fields: [Bag; 3],
    /// The terms as the index counts them.
    pub search: Bag,
    /// When it began, in seconds since 1970, UTC; `None` where it is undated.
    pub started_at: Option<i64>,
}

impl Document {
    /// Reads the fields of `incident` that `weighting` counts.
    #[must_use]
    pub fn read(incident: &Incident, analyzer: &Analyzer, weighting: &Weighting) -> Self {
        let fields = weighting.fields(incident);
        let terms = analyzer.analyze(incident, &fields);
        let of = |is_meant: fn(Field) -> bool| {
            let meant = terms.iter().filter(|term| is_meant(term.field));
            Bag::count(meant.map(|term| (term.stem, 1)))
        };
        let body = fields.iter().filter(|field| is_body(**field));
        let body: Vec<&str> = body.filter_map(|field| incident.text_of(*field)).collect();
        let has_title = fields.contains(&Field::Title);
        Self {
            title: if has_title { incident.title.clone() } else { String::new() },
            body: body.join("\n"),
            fields: [
                of(|field| field == Field::Title),
                of(is_body),
                of(|it| it == Field::Services),
            ],
            search: weighting.bag(&terms, &fields),
            started_at: incident.started_at.map(Moment::secs),
        }
    }

    /// The grams of the title, twice, and the body.
    pub(crate) fn grams(&self) -> Grams {
        let texts = [&self.title, &self.title, &self.body];
        Grams::of(texts.into_iter().map(String::as_str), CHARACTERS_MAX)
    }

    /// The grams of the title.
    pub(crate) fn title_grams(&self) -> Grams {
        Grams::of(std::iter::once(self.title.as_str()), CHARACTERS_MAX)
    }
}

fn is_body(field: Field) -> bool {
    !matches!(field, Field::Title | Field::Services)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident() -> Incident {
        let mut incident = Incident::new("jsonl", "1", "Disks full");
        incident.summary = Some("Disks were full.".to_owned());
        incident.root_cause = Some("No rotation.".to_owned());
        incident.services = vec!["ledger".to_owned()];
        incident
    }

    fn terms(bag: &Bag) -> Vec<(&str, u16)> {
        bag.iter().collect()
    }

    #[test]
    fn each_field_counts_its_own_terms() {
        let document = Document::read(&incident(), &Analyzer::stemmed(), &Weighting::search());
        let [title, body, services] = &document.fields;
        assert_eq!(terms(title), [("disk", 1), ("full", 1)]);
        assert_eq!(terms(body), [("disk", 1), ("full", 1), ("rotat", 1)]);
        assert_eq!(terms(services), [("svc_ledger", 1)]);
        assert_eq!(terms(&document.search)[0], ("disk", 4));
        assert_eq!(document.body, "Disks were full.\nNo rotation.");
    }

    #[test]
    fn a_title_that_is_not_counted_is_none() {
        let weighting = Weighting::search().restricted_to(&[Field::RootCause]);
        let document = Document::read(&incident(), &Analyzer::stemmed(), &weighting);
        assert_eq!((document.title.as_str(), document.body.as_str()), ("", "No rotation."));
        assert!(document.fields[0].is_empty() && document.fields[2].is_empty());
    }
}
