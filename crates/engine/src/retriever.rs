//! From an incident to the bags that are searched and grouped.

use analysis::{Analyzer, Paraphrase, Terms, Vocabulary};
use incident::{Field, Incident};
use index::Postings;
use rank::{Blend, Document};
use vector::{Bag, SparseVector, Weighting};

use crate::variation::Variation;

/// How similar incidents are found.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Method {
    /// Stems, field weights, services as terms, pivoted norms; what is found is ranked anew by
    /// [`Blend::DOCUMENTED`].
    #[default]
    Default,
    /// The same with something else or left out: for measuring what each ingredient brings.
    Varied(Variation),
    /// The baseline: words as they are, TF-IDF, cosine.
    Plain,
}

impl Method {
    /// By what weights the candidates are ranked anew; `None`: they are not.
    #[must_use]
    pub fn blend(self) -> Option<Blend> {
        match self {
            Self::Default => Some(Blend::DOCUMENTED),
            Self::Varied(variation) => Some(variation.blend),
            Self::Plain => None,
        }
    }
}

/// Reads the terms of incidents in one of the ways of [`Method`].
#[derive(Debug, Clone)]
pub struct Retriever {
    analyzer: Analyzer,
    search: Weighting,
    classes: Weighting,
    /// What others say in other words.
    vocabulary: Vocabulary,
}

/// The two bags of an incident.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Bags {
    /// For similar incidents.
    pub(crate) search: Bag,
    /// For failure classes.
    pub(crate) classes: Bag,
}

impl Retriever {
    /// A reader for `method`.
    #[must_use]
    pub fn new(method: Method) -> Self {
        let (analyzer, search, vocabulary) = match method {
            Method::Default => (Analyzer::stemmed(), Weighting::search(), Vocabulary::operations()),
            Method::Varied(variation) => variation.readers(),
            Method::Plain => (Analyzer::plain(), Weighting::plain(), Vocabulary::default()),
        };
        Self { analyzer, search, classes: Weighting::classes(), vocabulary }
    }

    /// The same with another vocabulary.
    #[must_use]
    pub fn speaking(mut self, vocabulary: Vocabulary) -> Self {
        self.vocabulary = vocabulary;
        self
    }

    /// The same over the `fields` named alone.
    #[must_use]
    pub fn restricted_to(mut self, fields: &[Field]) -> Self {
        self.search = self.search.restricted_to(fields);
        self
    }

    /// The weight of a document's own norm against the mean norm.
    #[must_use]
    pub fn slope(&self) -> f64 {
        self.search.slope()
    }

    /// The bag that is searched.
    #[must_use]
    pub fn search_bag(&self, incident: &Incident) -> Bag {
        let fields = self.search.fields(incident);
        self.search.bag(&self.analyzer.analyze(incident, &fields), &fields)
    }

    /// What is searched for `incident`: its terms, and what stands in for them.
    #[must_use]
    pub fn query(&self, incident: &Incident, postings: &Postings) -> SparseVector {
        let vector = postings.embed(&self.search_bag(incident));
        vector.paraphrased(&self.paraphrases(incident), &postings.weights().frequencies)
    }

    /// What the fields that are searched say that others say in other words.
    #[must_use]
    pub fn paraphrases(&self, incident: &Incident) -> Vec<Paraphrase<'_>> {
        let mut paraphrases = self.word_paraphrases(incident);
        paraphrases.extend(self.service_paraphrases(incident));
        paraphrases
    }

    /// The same of the words of its [`Self::texts`].
    pub(crate) fn word_paraphrases(&self, incident: &Incident) -> Vec<Paraphrase<'_>> {
        let fields = self.texts(incident).into_iter();
        let weighed = |field| Some((self.search.weight_of(field), incident.text_of(field)?));
        self.vocabulary.paraphrases(fields.filter_map(weighed))
    }

    /// The same of its services.
    pub(crate) fn service_paraphrases(&self, incident: &Incident) -> Vec<Paraphrase<'_>> {
        let is_searched = self.search.fields(incident).contains(&Field::Services);
        let services = if is_searched { incident.services.as_slice() } else { &[] };
        self.vocabulary.service_paraphrases(services)
    }

    /// The fields with a text that are searched.
    pub(crate) fn texts(&self, incident: &Incident) -> Vec<Field> {
        let fields = self.search.fields(incident).into_iter();
        fields.filter(|field| incident.text_of(*field).is_some()).collect()
    }

    /// What others say in other words.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The bag that is grouped into classes.
    #[must_use]
    pub fn class_bag(&self, incident: &Incident) -> Bag {
        self.class_terms(incident).0
    }

    /// What re-ranking looks at.
    pub(crate) fn document(&self, incident: &Incident) -> Document {
        Document::read(incident, &self.analyzer, &self.search)
    }

    /// Both bags out of one analysis.
    pub(crate) fn bags(&self, incident: &Incident) -> Bags {
        let (search, classes) = (self.search.fields(incident), self.classes.fields(incident));
        let mut fields = search.clone();
        fields.extend(classes.iter().filter(|field| !search.contains(field)));
        let terms = self.analyzer.analyze(incident, &fields);
        Bags {
            search: self.search.bag(&terms, &search),
            classes: self.classes.bag(&terms, &classes),
        }
    }

    /// The bag that is grouped into classes, and the terms it counts.
    pub(crate) fn class_terms(&self, incident: &Incident) -> (Bag, Terms) {
        let fields = self.classes.fields(incident);
        let terms = self.analyzer.analyze(incident, &fields);
        (self.classes.bag(&terms, &fields), terms)
    }

    /// All that the bags of an incident depend on; the vocabulary is the questions' alone.
    pub(crate) fn readers(&self) -> (&Analyzer, [&Weighting; 2]) {
        (&self.analyzer, [&self.search, &self.classes])
    }

    /// The analyser of every text.
    pub(crate) fn analyzer(&self) -> &Analyzer {
        &self.analyzer
    }

    /// How the fields are counted in a search.
    pub(crate) fn search_weighting(&self) -> &Weighting {
        &self.search
    }
}

/// The words among `terms`, which were read from `incident`: each stem with its spelling in lower case,
/// one per occurrence.
pub(crate) fn spellings<'a>(
    incident: &'a Incident,
    terms: &'a Terms,
) -> impl Iterator<Item = (&'a str, String)> {
    terms.iter().filter_map(|term| {
        let text = incident.text_of(term.field)?;
        Some((term.stem, text[term.span].to_lowercase()))
    })
}
