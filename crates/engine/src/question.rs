//! What is asked, read once.

use std::collections::HashMap;

use analysis::{SERVICE_PREFIX, Terms, Vocabulary, mentioned_services, service_term};
use incident::{AsOf, Field, Incident, IncidentId};
use index::Postings;
use vector::SparseVector;

use crate::answer::Query;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::retriever::{Retriever, spellings};
use crate::state::State;

/// The longest text that is read of a question, in bytes; what is beyond is left out and said so.
pub const QUESTION_BYTES_MAX: usize = 65_536;

/// A question, analysed.
#[derive(Debug)]
pub(crate) struct Question {
    /// What is asked about; of a bare text, its text and the services it names.
    pub(crate) incident: Incident,
    /// Its id, where it is a stored incident.
    pub(crate) id: Option<IncidentId>,
    pub(crate) vector: SparseVector,
    /// By term: the first way the question spells it; of a stand-in, itself and what it stands for.
    spellings: HashMap<String, String>,
    pub(crate) truncated: bool,
}

/// What reasons are given of: what a question says itself, the stand-ins of its words left out.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    /// The terms, weighed.
    pub(crate) vector: SparseVector,
    /// The words of the title, then those of the body.
    pub(crate) words: Vec<Word>,
}

/// How much of a title a question says, in any case and with any blanks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Echo {
    /// Not all of it.
    #[default]
    Nothing,
    /// Word for word, among other things.
    Quoted,
    /// Word for word and nothing else: the same message again.
    Repeated,
}

/// What stands between two blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) is_title: bool,
    /// The terms that were read from it; none of a stop word or a number.
    pub(crate) terms: Vec<String>,
}

impl Question {
    /// Reads `query` as of `as_of`, weighing by the weights of `state`.
    ///
    /// # Errors
    /// [`Error::NoIncident`] where the incident asked about is not stored, or had not begun.
    pub(crate) fn read(engine: &Engine, state: &State, query: &Query, as_of: AsOf) -> Result<Self> {
        let (mut incident, id) = match query {
            Query::Text(text) => {
                let mut incident = Incident::new("query", "", "");
                incident.text = Some(text.clone());
                (incident, None)
            }
            Query::Incident(incident) => ((**incident).clone(), None),
            Query::Id(id) => {
                let stored = engine.store.incident(id)?;
                let known = stored.and_then(|stored| stored.incident.as_known_at(as_of));
                (known.ok_or_else(|| Error::NoIncident { id: id.clone() })?, Some(id.clone()))
            }
        };
        // What is stored has its credentials masked: an answer names neither, and both read alike.
        secrets::mask_incident(&mut incident);
        let truncated = incident.text.as_mut().is_some_and(truncate);
        name_services(&mut incident, &state.services, engine.retriever.vocabulary());
        let postings = state.snapshot.postings();
        let vector = engine.retriever.query(&incident, postings);
        let terms = engine.retriever.analyzer().analyze(&incident, &Field::ALL);
        let spellings = first_spellings(engine, &incident, &terms);
        Ok(Self { incident, id, vector, spellings, truncated })
    }

    /// The term as the question spells it; of a service its name; of a term that stands in for what the question
    /// says, that too: `tls (ssl)`.
    pub(crate) fn spelling<'a>(&'a self, term: &'a str) -> &'a str {
        let bare = term.strip_prefix(SERVICE_PREFIX).unwrap_or(term);
        self.spellings.get(term).map_or(bare, String::as_str)
    }

    /// How much of the title of `other` it says.
    pub(crate) fn echo_of(&self, other: &Incident) -> Echo {
        let title = folded(&other.title);
        let texts = [Some(self.incident.title.as_str()), self.incident.text.as_deref()];
        let said: Vec<String> =
            texts.into_iter().flatten().map(folded).filter(|text| !text.is_empty()).collect();
        let says_more = self.incident.summary.is_some() || self.incident.symptoms.is_some();
        match said.as_slice() {
            _ if title.is_empty() => Echo::Nothing,
            [only] if *only == title && !says_more => Echo::Repeated,
            said if said.iter().any(|text| text.contains(&title)) => Echo::Quoted,
            _ => Echo::Nothing,
        }
    }
}

impl Said {
    /// What the fields of `incident` say that are searched.
    pub(crate) fn by(incident: &Incident, retriever: &Retriever, postings: &Postings) -> Self {
        let weighting = retriever.search_weighting();
        let fields = weighting.fields(incident);
        let terms = retriever.analyzer().analyze(incident, &fields);
        let words = fields.iter().flat_map(|field| words_of(incident, *field, &terms)).collect();
        Self { vector: postings.embed(&weighting.bag(&terms, &fields)), words }
    }

    /// The words of the title, and those of the body.
    pub(crate) fn texts(&self) -> [Vec<&str>; 2] {
        let (title, body): (Vec<&Word>, Vec<&Word>) =
            self.words.iter().partition(|word| word.is_title);
        [title, body].map(|words| words.iter().map(|word| word.text.as_str()).collect())
    }
}

/// Adds to a question that states no service those it names, by whatever name.
fn name_services(incident: &mut Incident, known: &[String], vocabulary: &Vocabulary) {
    if !incident.services.is_empty() {
        return;
    }
    let said = format!("{}\n{}", incident.title, incident.text.as_deref().unwrap_or_default());
    let aliases = vocabulary.service_names();
    let unknown = aliases.filter(|alias| known.iter().all(|name| !is_same(name, alias)));
    let named = mentioned_services(&said, known.iter().map(String::as_str).chain(unknown));
    incident.services = named.into_iter().map(str::to_owned).collect();
}

fn is_same(name: &str, other: &str) -> bool {
    service_term(name) == service_term(other)
}

fn truncate(text: &mut String) -> bool {
    let too_long = text.len() > QUESTION_BYTES_MAX;
    if too_long {
        text.truncate(text.floor_char_boundary(QUESTION_BYTES_MAX));
    }
    too_long
}

/// The words of a field; the title is the first.
fn words_of(incident: &Incident, field: Field, terms: &Terms) -> Vec<Word> {
    let text = incident.text_of(field).unwrap_or_default();
    let mut terms = terms.iter().filter(|term| term.field == field).peekable();
    let word = |word: &str| {
        let end = word.as_ptr() as usize - text.as_ptr() as usize + word.len();
        let within = std::iter::from_fn(|| terms.next_if(|term| term.span.start < end));
        Word {
            terms: within.map(|term| term.stem.to_owned()).collect(),
            text: word.to_owned(),
            is_title: field == Field::Title,
        }
    };
    text.split_whitespace().map(word).collect()
}

/// By term: the first way the incident spells it.
fn first_spellings(engine: &Engine, incident: &Incident, terms: &Terms) -> HashMap<String, String> {
    let mut first = HashMap::new();
    for (stem, spelling) in spellings(incident, terms) {
        first.entry(stem.to_owned()).or_insert(spelling);
    }
    let own_services: Vec<String> =
        incident.services.iter().map(|name| service_term(name)).collect();
    for paraphrase in engine.retriever.paraphrases(incident) {
        let terms = paraphrase.others.iter().flat_map(|form| &form.terms);
        for (term, spelling) in terms.filter(|(term, _)| !own_services.contains(term)) {
            let said = &paraphrase.said.written;
            first.entry(term.clone()).or_insert_with(|| format!("{spelling} ({said})"));
        }
    }
    first
}

fn folded(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::Item;

    fn read(query: &Query) -> Question {
        let dir = tempfile::tempdir().expect("a folder");
        let engine = Engine::open(dir.path()).expect("an engine");
        let mut known = Incident::new("jsonl", "1", "Handshakes fail");
        known.services = vec!["Auth-Service".to_owned(), "search api".to_owned()];
        engine.ingest(vec![Item::Incident(Box::new(known))]).expect("committed");
        let now = AsOf::now("2026-01-01T00:00:00Z".parse().expect("a time"));
        Question::read(&engine, &engine.state(), query, now).expect("a question")
    }

    fn text(text: &str) -> Query {
        Query::Text(text.to_owned())
    }

    #[test]
    fn a_text_names_the_services_that_stand_in_it() {
        let question = read(&text("SEARCH API and auth-service answer 502"));
        assert_eq!(question.incident.services, ["Auth-Service", "search api"]);
        assert!(question.vector.iter().any(|(term, _)| term == "svc_auth-service"));
        assert!(read(&text("auth-services")).incident.services.is_empty());
    }

    #[test]
    fn an_incident_that_states_its_services_has_no_others() {
        let mut incident = Incident::new("jsonl", "2", "auth-service is slow");
        incident.services = vec!["billing".to_owned()];
        assert_eq!(read(&Query::Incident(Box::new(incident))).incident.services, ["billing"]);
    }

    #[test]
    fn terms_are_spelled_as_the_question_first_spells_them() {
        let question = read(&text("Handshakes failed; handshaking again on auth-service"));
        assert_eq!(question.spelling("handshak"), "handshakes");
        assert_eq!(question.spelling("svc_auth-service"), "auth-service");
        assert_eq!(question.spelling("unasked"), "unasked");
    }

    #[test]
    fn a_stand_in_says_what_it_stands_for() {
        let question = read(&text("SSL errors, pods OOMKilled"));
        assert_eq!(question.spelling("tls"), "tls (ssl)");
        assert_eq!(question.spelling("memori"), "memory (oom killed)");
        assert_eq!(question.spelling("ssl"), "ssl");
    }

    #[test]
    fn a_title_is_quoted_in_any_case_and_with_any_blanks() {
        let titled = |title: &str| Incident::new("jsonl", "3", title);
        let question = read(&text("page: HANDSHAKES  fail\non edge"));
        assert_eq!(question.echo_of(&titled("Handshakes fail")), Echo::Quoted);
        assert_eq!(question.echo_of(&titled("Handshakes failed")), Echo::Nothing);
        assert_eq!(question.echo_of(&titled(" ")), Echo::Nothing);
    }

    #[test]
    fn a_message_repeats_a_title_where_it_says_nothing_else() {
        let other = Incident::new("jsonl", "3", "Handshakes fail");
        let echo = |query: &Query| read(query).echo_of(&other);
        assert_eq!(echo(&text(" HANDSHAKES  fail\n")), Echo::Repeated);
        assert_eq!(echo(&text("handshakes fail twice")), Echo::Quoted);
        let mut page = Incident::new("jsonl", "4", "Handshakes fail");
        assert_eq!(echo(&Query::Incident(Box::new(page.clone()))), Echo::Repeated);
        page.summary = Some("Kiosks cannot connect".to_owned());
        assert_eq!(echo(&Query::Incident(Box::new(page))), Echo::Quoted);
        assert_eq!(read(&text(" ")).echo_of(&Incident::new("jsonl", "5", "")), Echo::Nothing);
    }

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        let long = read(&text(&format!("x{}", "é".repeat(QUESTION_BYTES_MAX))));
        assert!(long.truncated);
        assert_eq!(long.incident.text.expect("it is kept").len(), QUESTION_BYTES_MAX - 1);
        assert!(!read(&text(&"x".repeat(QUESTION_BYTES_MAX))).truncated);
    }
}
