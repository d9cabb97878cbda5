//! Why a past incident answers.

use std::collections::HashMap;

use incident::{Field, Incident};
use index::Postings;

use crate::answer::Contribution;
use crate::question::Question;
use crate::retriever::Retriever;

/// The fields that a word of the whole text is looked for in.
const SECTIONS: [Field; 5] =
    [Field::Summary, Field::Symptoms, Field::RootCause, Field::Resolution, Field::Impact];

/// How many missing words are named at most.
const MISSING_WORDS_MAX: usize = 3;

/// What each term of the question brings to the score of `incident`, told apart by where the incident
/// has it: greatest first, then by field and term. They sum to the score.
///
/// A term that stands in several fields is shared out by how often each counts it. A word of the whole
/// text is ascribed to the sections that have it, and to the text where none does.
pub(crate) fn contributions(
    question: &Question,
    incident: &Incident,
    retriever: &Retriever,
    postings: &Postings,
) -> Vec<Contribution> {
    let shares = Shares::of(incident, retriever);
    let mut contributions = Vec::new();
    for (term, part) in postings.parts(&question.vector, &retriever.search_bag(incident)) {
        for (field, share) in shares.of_term(term) {
            let term = question.spelling(term).to_owned();
            contributions.push(Contribution { field, term, contribution: part * share });
        }
    }
    contributions.sort_by(|left, right| {
        right
            .contribution
            .total_cmp(&left.contribution)
            .then_with(|| left.field.cmp(&right.field))
            .then_with(|| left.term.cmp(&right.term))
    });
    contributions
}

/// What the question has and `incident` has not: its services, and its weightiest words.
pub(crate) fn differs(question: &Question, incident: &Incident, shared: &[&str]) -> Vec<String> {
    let mut differs = Vec::new();
    let asked = &question.incident.services;
    let is_shared =
        |service: &String| asked.iter().any(|asked| asked.to_lowercase() == service.to_lowercase());
    if !asked.is_empty()
        && !incident.services.is_empty()
        && !incident.services.iter().any(is_shared)
    {
        differs.push(format!("on {}, not {}", incident.services.join(", "), asked.join(", ")));
    }
    let mut missing: Vec<(&str, f64)> = question
        .vector
        .asked()
        .filter(|(term, _)| {
            let is_met = || question.vector.met(term, |it| shared.contains(&it)) > 0.0;
            !term.starts_with(analysis::SERVICE_PREFIX) && !is_met()
        })
        .collect();
    missing.sort_by(|(left, l), (right, r)| r.total_cmp(l).then_with(|| left.cmp(right)));
    let words = missing.iter().take(MISSING_WORDS_MAX);
    differs.extend(words.map(|(term, _)| format!("no mention of {}", question.spelling(term))));
    differs
}

/// How often each field of an incident counts a term.
#[derive(Debug, Default)]
struct Shares {
    counts: HashMap<String, Vec<(Field, f64)>>,
}

impl Shares {
    fn of(incident: &Incident, retriever: &Retriever) -> Self {
        let weighting = retriever.search_weighting();
        let fields = weighting.fields(incident);
        let mut shares = Self::default();
        for term in retriever.analyzer().analyze(incident, &fields).iter() {
            shares.add(term.stem, term.field, f64::from(weighting.weight_of(term.field)));
        }
        if fields.contains(&Field::Text) {
            shares.ascribe_text(&Self::in_sections(incident, retriever));
        }
        shares
    }

    fn in_sections(incident: &Incident, retriever: &Retriever) -> Self {
        let mut sections = Self::default();
        for term in retriever.analyzer().analyze(incident, &SECTIONS).iter() {
            sections.add(term.stem, term.field, 1.0);
        }
        sections
    }

    fn add(&mut self, term: &str, field: Field, count: f64) {
        let counts = self.counts.entry(term.to_owned()).or_default();
        match counts.iter_mut().find(|(known, _)| *known == field) {
            Some((_, total)) => *total += count,
            None => counts.push((field, count)),
        }
    }

    /// Shares out what the whole text counts among the sections that have the term.
    fn ascribe_text(&mut self, sections: &Self) {
        for (term, counts) in &mut self.counts {
            let Some(found) = sections.counts.get(term) else {
                continue;
            };
            let Some(at) = counts.iter().position(|(field, _)| *field == Field::Text) else {
                continue;
            };
            let (_, in_text) = counts.remove(at);
            let total: f64 = found.iter().map(|(_, count)| count).sum();
            counts.extend(found.iter().map(|(field, count)| (*field, in_text * count / total)));
        }
    }

    /// The fields of `term` with their shares, which sum to 1, in the order of the fields.
    fn of_term(&self, term: &str) -> Vec<(Field, f64)> {
        let mut counts = self.counts.get(term).cloned().unwrap_or_default();
        let total: f64 = counts.iter().map(|(_, count)| count).sum();
        counts.sort_by_key(|(field, _)| *field);
        counts.into_iter().map(|(field, count)| (field, count / total)).collect()
    }
}

#[cfg(test)]
mod tests {
    use incident::AsOf;

    use super::*;
    use crate::answer::Query;
    use crate::engine::Engine;
    use crate::prepare::Item;

    /// The engine's only incident, and what explains that it answers `question`.
    fn explained(incident: &Incident, question: &str) -> (Vec<Contribution>, Vec<String>) {
        let dir = tempfile::tempdir().expect("a folder");
        let engine = Engine::open(dir.path()).expect("an engine");
        engine.ingest(vec![Item::Incident(Box::new(incident.clone()))]).expect("committed");
        let now = AsOf::now("2026-01-01T00:00:00Z".parse().expect("a time"));
        let (state, query) = (engine.state(), Query::Text(question.to_owned()));
        let question = Question::read(&engine, &state, &query, now).expect("a question");
        let postings = state.snapshot.postings();
        let contributions = contributions(&question, incident, &engine.retriever, postings);
        let shared: Vec<&str> = contributions.iter().map(|part| part.term.as_str()).collect();
        let differs = differs(&question, incident, &shared);
        (contributions, differs)
    }

    #[track_caller]
    fn check_parts(contributions: &[Contribution], expect: &[(Field, &str)]) {
        let parts: Vec<(Field, &str)> =
            contributions.iter().map(|part| (part.field, part.term.as_str())).collect();
        assert_eq!(parts, expect);
        assert!(contributions.is_sorted_by(|one, next| one.contribution >= next.contribution));
    }

    #[test]
    fn a_term_is_shared_out_among_the_fields_that_have_it() {
        let mut incident = Incident::new("jsonl", "1", "quota");
        incident.root_cause = Some("quota quota ran out".to_owned());
        let (parts, _) = explained(&incident, "quota");
        let mut fields: Vec<Field> = parts.iter().map(|part| part.field).collect();
        fields.sort();
        assert_eq!(fields, [Field::Title, Field::RootCause]);
        assert!(parts.iter().all(|part| part.contribution > 0.0));
    }

    #[test]
    fn a_word_of_the_whole_text_is_ascribed_to_the_section_that_has_it() {
        let mut incident = Incident::new("jsonl", "1", "Night");
        incident.impact = Some("Checkout was slow.".to_owned());
        incident.text = Some("Impact: Checkout was slow. Later a canary.".to_owned());
        let (parts, _) = explained(&incident, "checkout");
        check_parts(&parts, &[(Field::Impact, "checkout")]);
        let (parts, _) = explained(&incident, "Canary");
        check_parts(&parts, &[(Field::Text, "canary")]);
    }

    #[test]
    fn what_is_not_shared_is_named_services_first() {
        let mut incident = Incident::new("jsonl", "1", "Disk full");
        incident.services = vec!["search".to_owned()];
        let (_, differs) = explained(&incident, "disk full of canaries");
        assert_eq!(differs, ["no mention of canaries"]);

        let mut question = Incident::new("jsonl", "2", "Disk full");
        question.services = vec!["billing".to_owned()];
        let dir = tempfile::tempdir().expect("a folder");
        let engine = Engine::open(dir.path()).expect("an engine");
        let now = AsOf::now("2026-01-01T00:00:00Z".parse().expect("a time"));
        let query = Query::Incident(Box::new(question));
        let question = Question::read(&engine, &engine.state(), &query, now).expect("a question");
        let differs = super::differs(&question, &incident, &["disk", "full"]);
        assert_eq!(differs, ["on search, not billing"]);
    }
}
