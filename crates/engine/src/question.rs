//! What is asked, read once.

use std::collections::HashMap;

use analysis::{SERVICE_PREFIX, mentioned_services};
use incident::{Field, Incident, IncidentId};
use index::Snapshot;
use vector::SparseVector;

use crate::answer::Query;
use crate::engine::Engine;
use crate::error::{Error, Result};
use incident::AsOf;

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
    /// By term: the first way the question spells it.
    spellings: HashMap<String, String>,
    pub(crate) truncated: bool,
}

impl Question {
    /// Reads `query` as of `as_of`, weighing by the weights of `snapshot`.
    ///
    /// # Errors
    /// [`Error::NoIncident`] where the incident asked about is not stored, or had not begun.
    pub(crate) fn read(
        engine: &Engine,
        snapshot: &Snapshot,
        query: &Query,
        as_of: AsOf,
    ) -> Result<Self> {
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
        let truncated = incident.text.as_mut().is_some_and(truncate);
        name_services(&mut incident, snapshot);
        let bag = engine.retriever.search_bag(&incident);
        let vector = snapshot.postings().embed(&bag);
        let spellings = spellings(engine, &incident);
        Ok(Self { incident, id, vector, spellings, truncated })
    }

    /// The term as the question spells it; of a service its name.
    pub(crate) fn spelling<'a>(&'a self, term: &'a str) -> &'a str {
        match term.strip_prefix(SERVICE_PREFIX) {
            Some(service) => service,
            None => self.spellings.get(term).map_or(term, String::as_str),
        }
    }

    /// Whether it says the title of `other` word for word, or is only that.
    pub(crate) fn quotes_title_of(&self, other: &Incident) -> bool {
        let title = folded(&other.title);
        let texts = [Some(self.incident.title.as_str()), self.incident.text.as_deref()];
        !title.is_empty() && texts.into_iter().flatten().any(|text| folded(text).contains(&title))
    }
}

/// Adds to a question that states no service those it names.
fn name_services(incident: &mut Incident, snapshot: &Snapshot) {
    if !incident.services.is_empty() {
        return;
    }
    let said = format!("{}\n{}", incident.title, incident.text.as_deref().unwrap_or_default());
    let named = mentioned_services(&said, snapshot.catalog().services());
    incident.services = named.into_iter().map(str::to_owned).collect();
    incident.services.sort();
}

fn truncate(text: &mut String) -> bool {
    let too_long = text.len() > QUESTION_BYTES_MAX;
    if too_long {
        text.truncate(text.floor_char_boundary(QUESTION_BYTES_MAX));
    }
    too_long
}

fn spellings(engine: &Engine, incident: &Incident) -> HashMap<String, String> {
    let mut spellings = HashMap::new();
    for field in Field::ALL {
        let Some(text) = incident.text_of(field) else {
            continue;
        };
        for term in engine.retriever.analyzer().text(field, text).iter() {
            if !spellings.contains_key(term.stem) {
                spellings.insert(term.stem.to_owned(), text[term.span.clone()].to_lowercase());
            }
        }
    }
    spellings
}

fn folded(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}
