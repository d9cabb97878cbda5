//! Texts about a topic.

use std::ops::Range;

use crate::rng::Rng;
use crate::vocabulary::{Frequencies, word};

const WORDS: usize = 30_000;
const TOPIC_WORDS: usize = 16;
/// Of the words of a topic, those that hardly another topic has.
const RARE_TOPIC_WORDS: usize = 4;
/// The 300 most frequent words belong to no topic, as function words do not.
const TOPIC_RANKS: Range<usize> = 300..8_000;
const RARE_RANKS: Range<usize> = 8_000..WORDS;
const BOILERPLATES: usize = 40;
const BOILERPLATE_SHARE: f64 = 0.8;
const SENTENCE_WORDS: usize = 12;

/// How a field is written: how many words it has, and the share of them that the topic provides.
struct Passage {
    words: Range<usize>,
    topic_share: f64,
}

const TITLE: Passage = Passage { words: 5..9, topic_share: 0.45 };
const ROOT_CAUSE: Passage = Passage { words: 20..60, topic_share: 0.30 };
const SUMMARY: Passage = Passage { words: 4..11, topic_share: 0.30 };
const BOILERPLATE: Passage = Passage { words: 6..11, topic_share: 0.0 };

/// The ranks of the words of a new topic, those it uses most first.
pub(super) fn topic_words(rng: &mut Rng) -> Vec<usize> {
    let frequent = TOPIC_WORDS - RARE_TOPIC_WORDS;
    let mut words: Vec<usize> = (0..frequent).map(|_| rng.between(TOPIC_RANKS)).collect();
    words.extend((0..RARE_TOPIC_WORDS).map(|_| rng.between(RARE_RANKS)));
    rng.shuffle(&mut words);
    words
}

/// How all texts of a corpus are written.
pub(super) struct Prose {
    words: Frequencies,
    of_topic: Frequencies,
    boilerplates: Vec<String>,
}

impl Prose {
    pub(super) fn new(rng: &mut Rng) -> Self {
        let mut prose = Self {
            words: Frequencies::zipf(WORDS),
            of_topic: Frequencies::flat_zipf(TOPIC_WORDS),
            boilerplates: Vec::new(),
        };
        let boilerplate = |_| sentences(&prose.words(rng, &[], &BOILERPLATE));
        prose.boilerplates = (0..BOILERPLATES).map(boilerplate).collect();
        prose
    }

    pub(super) fn title(&self, rng: &mut Rng, topic: &[usize]) -> String {
        self.words(rng, topic, &TITLE).join(" ")
    }

    pub(super) fn root_cause(&self, rng: &mut Rng, topic: &[usize]) -> String {
        sentences(&self.words(rng, topic, &ROOT_CAUSE))
    }

    /// A sentence of its own, mostly followed by boilerplate.
    pub(super) fn summary(&self, rng: &mut Rng, topic: &[usize]) -> String {
        let mut summary = sentences(&self.words(rng, topic, &SUMMARY));
        if rng.chance(BOILERPLATE_SHARE) {
            summary.push(' ');
            summary.push_str(&self.boilerplates[rng.below(BOILERPLATES)]);
        }
        summary
    }

    fn words(&self, rng: &mut Rng, topic: &[usize], passage: &Passage) -> Vec<String> {
        let length = rng.between(passage.words.clone());
        let ranks = (0..length).map(|_| {
            let of_topic = rng.chance(passage.topic_share);
            let law = if of_topic { &self.of_topic } else { &self.words };
            let rank = law.draw(rng).expect("there are words");
            if of_topic { topic[rank] } else { rank }
        });
        ranks.map(word).collect()
    }
}

fn sentences(words: &[String]) -> String {
    let sentences = words.chunks(SENTENCE_WORDS);
    let ended: Vec<String> = sentences.map(|words| words.join(" ") + ".").collect();
    ended.join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_topic_provides_its_share_of_the_words() {
        let mut rng = Rng::new(4);
        let prose = Prose::new(&mut rng);
        let topic = topic_words(&mut rng);
        let of_topic: BTreeSet<String> = topic.iter().copied().map(word).collect();
        let words: Vec<String> =
            (0..500).flat_map(|_| prose.words(&mut rng, &topic, &ROOT_CAUSE)).collect();
        let hits = words.iter().filter(|word| of_topic.contains(*word)).count();
        let share = hits as f64 / words.len() as f64;
        assert!((share - ROOT_CAUSE.topic_share).abs() < 0.02, "{share}");
    }

    #[test]
    fn long_texts_have_several_sentences() {
        let words = vec!["taka".to_owned(); 13];
        assert!(sentences(&words).ends_with("taka taka. taka."));
    }
}
