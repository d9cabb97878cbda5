//! A question in the words of those it is compared with.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use analysis::{Form, Paraphrase, Spot};
use incident::{Field, Incident};
use index::Postings;
use rank::{Features, Model, Question, Signals};

use crate::retriever::Retriever;

/// How much of what a document is like only in its own words counts. Two words that it says otherwise are then
/// worth more than one that it says as it was asked, by the characters too.
pub(crate) const REWORDED_SHARE: f64 = 0.75;

/// The longest question that is reworded, in words: a page. A report says what happened in several ways itself,
/// and would be read anew for each of them.
const WORDS_MAX: usize = 64;

/// What a question says that others say in other words, and where.
#[derive(Debug)]
struct Rephrasing<'a> {
    said: &'a Form,
    others: Vec<&'a Form>,
    places: Vec<Place>,
}

/// A place in an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// Bytes of a text.
    Text(Field, Range<usize>),
    /// One of the services, by its number.
    Service(usize),
}

/// By rephrasing: 0 as it was said, else the number of the other form, from 1.
type Choice = Vec<u8>;

/// A question as it was asked, and as a document would put it that says some of it in other words.
///
/// Such a document is compared with both; what is alike only in its own words counts by [`REWORDED_SHARE`]. There are
/// as many wordings as the documents have, each read once.
#[derive(Debug)]
pub(crate) struct Wordings<'a> {
    incident: &'a Incident,
    retriever: &'a Retriever,
    model: Arc<Model>,
    postings: &'a Postings,
    asked_at: Option<i64>,
    rephrasings: Vec<Rephrasing<'a>>,
    asked: Question,
    reworded: RefCell<BTreeMap<Choice, Rc<Wording>>>,
}

/// A question in other words.
#[derive(Debug)]
pub(crate) struct Wording {
    /// What is asked about.
    pub(crate) incident: Incident,
    pub(crate) question: Question,
}

impl<'a> Wordings<'a> {
    /// The wordings of `incident`, asked at `asked_at`, in seconds since 1970, UTC, from when recency counts.
    pub(crate) fn new(
        incident: &'a Incident,
        retriever: &'a Retriever,
        model: &Arc<Model>,
        postings: &'a Postings,
        asked_at: Option<i64>,
    ) -> Self {
        Self {
            asked: model.question(&retriever.document(incident), postings, asked_at),
            rephrasings: rephrasings(incident, retriever),
            reworded: RefCell::default(),
            incident,
            retriever,
            model: Arc::clone(model),
            postings,
            asked_at,
        }
    }

    /// The question as it was asked.
    pub(crate) fn asked(&self) -> &Question {
        &self.asked
    }

    /// What speaks for and against a document that the index found with `score`, hubness left out.
    pub(crate) fn signals(&self, features: &Features, score: f64) -> Signals {
        let asked = features.signals(score, &self.asked, self.postings);
        let Some(reworded) = self.reworded(features) else {
            return asked;
        };
        let other = features.signals(score, &reworded.question, self.postings);
        asked.or_reworded(&other, REWORDED_SHARE)
    }

    /// The question as the document would put it; `None` where it would put it as it was asked.
    pub(crate) fn reworded(&self, features: &Features) -> Option<Rc<Wording>> {
        let choice = self.choice(features)?;
        let mut known = self.reworded.borrow_mut();
        let wording = known.entry(choice).or_insert_with_key(|choice| Rc::new(self.read(choice)));
        Some(Rc::clone(wording))
    }

    fn read(&self, choice: &Choice) -> Wording {
        let incident = self.in_words_of(choice);
        let document = self.retriever.document(&incident);
        Wording { question: self.model.question(&document, self.postings, self.asked_at), incident }
    }

    /// What a document does not say as it was asked but in other words; `None` where that is nothing.
    fn choice(&self, features: &Features) -> Option<Choice> {
        let says = |form: &Form| {
            !form.terms.is_empty() && form.terms.iter().all(|(term, _)| features.holds(term))
        };
        let chosen = |one: &Rephrasing<'_>| {
            let other =
                if says(one.said) { None } else { one.others.iter().position(|it| says(it)) };
            other.map_or(0, |at| u8::try_from(at + 1).expect("a group has few forms"))
        };
        let choice: Choice = self.rephrasings.iter().map(chosen).collect();
        choice.iter().any(|form| *form > 0).then_some(choice)
    }

    /// What is said in other words, and in which.
    fn chosen(&self, choice: &Choice) -> impl Iterator<Item = (&Rephrasing<'a>, &'a Form)> {
        let chosen = self.rephrasings.iter().zip(choice.clone());
        chosen.filter_map(|(one, form)| Some((one, one.others[usize::from(form).checked_sub(1)?])))
    }

    fn in_words_of(&self, choice: &Choice) -> Incident {
        let mut incident = self.incident.clone();
        let mut edits: Vec<(Field, &Range<usize>, &str)> = Vec::new();
        for (one, form) in self.chosen(choice) {
            for place in &one.places {
                match place {
                    Place::Text(field, span) => edits.push((*field, span, &form.written)),
                    Place::Service(number) => incident.services[*number].clone_from(&form.written),
                }
            }
        }
        // From the end, so that what comes before stays where it is.
        edits.sort_by_key(|(_, span, _)| std::cmp::Reverse(span.start));
        for (field, span, form) in edits {
            let text = incident.text_mut(field).expect("the field has the words that were read");
            text.replace_range(span.clone(), form);
        }
        incident
    }
}

impl<'a> Rephrasing<'a> {
    fn of(paraphrase: Paraphrase<'a>, place: impl Fn(Spot) -> Place) -> Self {
        let Paraphrase { said, others, spots, .. } = paraphrase;
        Self { said, others, places: spots.into_iter().map(place).collect() }
    }
}

/// What `incident` says that others say in other words; nothing of a text that is too long.
fn rephrasings<'a>(incident: &Incident, retriever: &'a Retriever) -> Vec<Rephrasing<'a>> {
    let fields = retriever.texts(incident);
    let texts = fields.iter().filter_map(|field| incident.text_of(*field));
    if texts.flat_map(str::split_whitespace).nth(WORDS_MAX).is_some() {
        return Vec::new();
    }
    let words = retriever.word_paraphrases(incident).into_iter();
    let words =
        words.map(|one| Rephrasing::of(one, |spot| Place::Text(fields[spot.text], spot.span)));
    let services = retriever.service_paraphrases(incident).into_iter();
    let services = services.map(|one| Rephrasing::of(one, |spot| Place::Service(spot.text)));
    words.chain(services).collect()
}

#[cfg(test)]
mod tests {
    use index::{Entry, Index};
    use rank::Document;

    use super::*;
    use crate::retriever::Method;

    /// How an incident with the title `known` would put `asked`; `None` where it would put it alike.
    fn reworded(asked: &Incident, known: &Incident) -> Option<Incident> {
        let mut retriever = Retriever::new(Method::Default);
        let mut vocabulary = retriever.vocabulary().clone();
        vocabulary.add_service(&["auth".to_owned(), "login".to_owned()]).expect("two names");
        retriever = retriever.speaking(vocabulary);
        let document: Document = retriever.document(known);
        let mut index = Index::new(retriever.slope());
        index.add(std::iter::once((Entry::of(known), retriever.search_bag(known))));
        index.refresh(1);
        let snapshot = index.snapshot();
        let postings = snapshot.postings();
        let model = Arc::new(Model::fit(&[&document], postings, 1));
        let wordings = Wordings::new(asked, &retriever, &model, postings, None);
        let features = model.features(&document, postings);
        let reworded = wordings.reworded(&features);
        let [asked, both] =
            [features.signals(0.1, wordings.asked(), postings), wordings.signals(&features, 0.1)];
        assert_eq!(asked == both, reworded.is_none(), "{asked:?} {both:?}");
        reworded.map(|wording| wording.incident.clone())
    }

    fn titled(title: &str) -> Incident {
        Incident::new("jsonl", title, title)
    }

    #[track_caller]
    fn check(asked: &str, known: &str, expect: &str) {
        let found = reworded(&titled(asked), &titled(known));
        assert_eq!(
            found.map_or_else(|| asked.to_owned(), |it| it.title),
            expect,
            "{asked}: {known}"
        );
    }

    #[test]
    fn a_question_is_put_as_the_document_would_put_it() {
        check("SSL negotiation, SSL again", "TLS handshakes", "tls handshake, tls again");
        check("pod OOMKilled", "out of memory: pods", "pod out of memory");
        check("SSL negotiation", "TLS negotiation", "tls negotiation");
    }

    #[test]
    fn what_the_document_says_too_stays_as_it_was_asked() {
        check("SSL errors", "SSL and TLS errors", "SSL errors");
        check("SSL errors", "disk full", "SSL errors");
        check("a quiet night", "TLS handshakes", "a quiet night");
    }

    #[test]
    fn a_service_is_called_as_the_document_calls_it() {
        let of = |service: &str| Incident { services: vec![service.to_owned()], ..titled("slow") };
        let found = reworded(&of("Login"), &of("auth")).expect("it has another name");
        assert_eq!(found.services, ["auth"]);
        assert!(reworded(&of("edge"), &of("auth")).is_none());
    }

    #[test]
    fn a_report_is_not_reworded() {
        let long = |words: usize| titled(&format!("ssl{}", " plain".repeat(words - 1)));
        assert!(reworded(&long(WORDS_MAX), &titled("TLS")).is_some());
        assert!(reworded(&long(WORDS_MAX + 1), &titled("TLS")).is_none());
    }
}
