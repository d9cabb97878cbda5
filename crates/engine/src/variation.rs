//! The documented method with something else or left out.

use analysis::{Analyzer, Vocabulary};
use rank::Blend;
use vector::Weighting;

/// What incidents are found by, one ingredient each. The default is the method of every corpus; others are there
/// to measure what an ingredient brings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variation {
    /// By what weights the candidates are ranked anew.
    pub blend: Blend,
    /// Whether words are counted by their stems.
    pub stems: bool,
    /// How often a word of the title is counted.
    pub title: u16,
    /// Whether services are terms.
    pub services: bool,
    /// Whether the norms of documents are pivoted.
    pub pivot: bool,
    /// Whether a question is also searched in other words.
    pub vocabulary: bool,
}

impl Variation {
    /// The method of every corpus.
    pub const DOCUMENTED: Self = Self {
        blend: Blend::DOCUMENTED,
        stems: true,
        title: 3,
        services: true,
        pivot: true,
        vocabulary: true,
    };

    /// What reads a text, counts it and knows other words for it.
    pub(crate) fn readers(&self) -> (Analyzer, Weighting, Vocabulary) {
        let analyzer = if self.stems { Analyzer::stemmed() } else { Analyzer::unstemmed() };
        let mut weighting = Weighting::search().with_title(self.title);
        if !self.services {
            weighting = weighting.without_services();
        }
        if !self.pivot {
            weighting = weighting.without_pivot();
        }
        let vocabulary =
            if self.vocabulary { Vocabulary::operations() } else { Vocabulary::default() };
        (analyzer, weighting, vocabulary)
    }
}

#[cfg(test)]
mod tests {
    use incident::Incident;

    use super::*;
    use crate::retriever::{Method, Retriever};

    #[test]
    fn with_nothing_left_out_it_is_the_default() {
        let mut incident = Incident::new("jsonl", "1", "SSL handshakes fail");
        incident.text = Some("Clients cannot connect.".to_owned());
        incident.services = vec!["edge".to_owned()];
        let [default, varied] = [Method::Default, Method::Varied(Variation::DOCUMENTED)]
            .map(|method| (Retriever::new(method), method.blend()));
        assert_eq!(default.1, varied.1);
        assert_eq!(default.0.search_bag(&incident), varied.0.search_bag(&incident));
        assert_eq!(default.0.slope(), varied.0.slope());
        assert_eq!(default.0.paraphrases(&incident), varied.0.paraphrases(&incident));
    }
}
