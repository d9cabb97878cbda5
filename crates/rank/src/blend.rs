//! The formula.

use crate::recency::Fading;

/// What speaks for and against a candidate.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Signals {
    /// V: the index' score without its bound, in [0, 1.2].
    pub words: f64,
    /// Vu: the same without the pivot, a cosine in [0, 1].
    pub words_unpivoted: f64,
    /// Ch: the cosine of character 3- to 5-grams, in [0, 1].
    pub characters: f64,
    /// L: the cosine in the latent space, in [-1, 1].
    pub latent: f64,
    /// T: the cosine of the titles' characters, in [0, 1].
    pub title: f64,
    /// B: BM25F over the fields, in [0, 1].
    pub fields: f64,
    /// h: how near the candidate is to everything, in [0, 1.2].
    pub hubness: f64,
    /// Days from the candidate's start to the question; `None`: no recency.
    pub age_days: Option<f64>,
}

impl Signals {
    /// The same with `share`, in [0, 1], of what the characters, the latent space, the title and the fields
    /// speak louder in `reworded`: what the question says in other words. The words count those themselves.
    #[must_use]
    pub fn or_reworded(self, reworded: &Self, share: f64) -> Self {
        let louder = |own: f64, other: f64| own + share * (other - own).max(0.0);
        Self {
            characters: louder(self.characters, reworded.characters),
            latent: louder(self.latent, reworded.latent),
            title: louder(self.title, reworded.title),
            fields: louder(self.fields, reworded.fields),
            ..self
        }
    }
}

/// How much each signal counts:
///
/// `rank = [(V + Ch + .4 L + .3 T + .25 B) / 2.95 - .2 h] * (1 + .35 e^(-age / 180)) * (1 + .2 e^(-age / 30))`
/// `+ max(0, Vu - .7) / .3`, and `score = max(0, rank) / 2.62`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blend {
    /// Of V.
    pub words: f64,
    /// Of Ch.
    pub characters: f64,
    /// Of L.
    pub latent: f64,
    /// Of T.
    pub title: f64,
    /// Of B.
    pub fields: f64,
    /// Of h, against the mean of the above.
    pub hubness: f64,
    /// Months: a failure whose fix is outstanding.
    pub recency_long: Fading,
    /// Weeks: the same wave of reports.
    pub recency_short: Fading,
    /// Of the near-identical term at a cosine of 1. It keeps recency from overruling an almost identical
    /// old incident.
    pub near_identical: f64,
}

/// What each signal brings to a score, in [-1, 1]; they sum to it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Parts {
    /// Of the words.
    pub words: f64,
    /// Of the characters.
    pub characters: f64,
    /// Of the latent space.
    pub latent: f64,
    /// Of the title.
    pub title: f64,
    /// Of the fields.
    pub fields: f64,
    /// At most 0.
    pub hubness: f64,
    /// By how much it is newer.
    pub recency: f64,
    /// For a nearly identical text, at least 0.
    pub near_identical: f64,
    /// What lifts a negative sum to 0, or takes one above 1 down to it; else 0.
    pub bound: f64,
}

/// From this cosine on a text counts as nearly identical.
const NEAR_IDENTICAL_MIN: f64 = 0.7;

impl Blend {
    /// The weights of every corpus. They were chosen on the mean of many corpora; weights learnt on one
    /// kind of corpus do not carry over to another.
    pub const DOCUMENTED: Self = Self {
        words: 1.0,
        characters: 1.0,
        latent: 0.4,
        title: 0.3,
        fields: 0.25,
        hubness: 0.2,
        recency_long: Fading { gain: 0.35, days: 180.0 },
        recency_short: Fading { gain: 0.2, days: 30.0 },
        near_identical: 1.0,
    };

    /// The index' own order.
    pub const WORDS_ALONE: Self = Self {
        characters: 0.0,
        latent: 0.0,
        title: 0.0,
        fields: 0.0,
        hubness: 0.0,
        recency_long: Fading { gain: 0.0, ..Self::DOCUMENTED.recency_long },
        recency_short: Fading { gain: 0.0, ..Self::DOCUMENTED.recency_short },
        near_identical: 0.0,
        ..Self::DOCUMENTED
    };

    /// What each signal brings, the bound left out: the parts sum to the rank over its greatest value.
    #[must_use]
    pub fn parts(&self, signals: &Signals) -> Parts {
        let unit = 1.0 / self.greatest();
        let share = unit / self.similarity_weight();
        let mut parts = Parts {
            words: self.words * signals.words * share,
            characters: self.characters * signals.characters * share,
            latent: self.latent * signals.latent * share,
            title: self.title * signals.title * share,
            fields: self.fields * signals.fields * share,
            hubness: -self.hubness * signals.hubness * unit,
            ..Parts::default()
        };
        parts.recency = parts.sum() * (self.recency(signals.age_days) - 1.0);
        let nearness = (signals.words_unpivoted - NEAR_IDENTICAL_MIN) / (1.0 - NEAR_IDENTICAL_MIN);
        parts.near_identical = self.near_identical * nearness.max(0.0) * unit;
        parts
    }

    fn similarity_weight(&self) -> f64 {
        self.words + self.characters + self.latent + self.title + self.fields
    }

    /// The rank of an identical incident at age 0 without hubness.
    fn greatest(&self) -> f64 {
        self.recency(Some(0.0)) + self.near_identical
    }

    fn recency(&self, age_days: Option<f64>) -> f64 {
        let factor = |age| self.recency_long.factor(age) * self.recency_short.factor(age);
        age_days.map_or(1.0, factor)
    }
}

impl Default for Blend {
    fn default() -> Self {
        Self::DOCUMENTED
    }
}

impl Parts {
    /// The sum, always in the same order.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.words
            + self.characters
            + self.latent
            + self.title
            + self.fields
            + self.hubness
            + self.recency
            + self.near_identical
            + self.bound
    }

    /// The same without what being newer brings, and not bounded.
    #[must_use]
    pub fn without_recency(self) -> Self {
        Self { recency: 0.0, bound: 0.0, ..self }
    }

    /// The score without recency, in [0, 1]: what tells a failure that was seen before from a new one.
    #[must_use]
    pub fn likeness(self) -> f64 {
        self.without_recency().sum().clamp(0.0, 1.0)
    }

    /// The same with a sum in [0, 1].
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let sum = self.sum();
        self.bound += sum.clamp(0.0, 1.0) - sum;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything at its greatest.
    const SAME: Signals = Signals {
        words: 1.0,
        words_unpivoted: 1.0,
        characters: 1.0,
        latent: 1.0,
        title: 1.0,
        fields: 1.0,
        hubness: 0.0,
        age_days: Some(0.0),
    };

    #[track_caller]
    fn check(signals: Signals, rank: f64) {
        let parts = Blend::DOCUMENTED.parts(&signals);
        assert!((parts.sum() - rank / 2.62).abs() < 1e-12, "{parts:?} not {rank}");
    }

    #[test]
    fn the_formula_is_as_documented() {
        check(SAME, 2.62);
        check(Signals { age_days: None, ..SAME }, 2.0);
        check(Signals { words: 0.5, words_unpivoted: 0.5, ..SAME }, (2.45 / 2.95) * 1.62);
        let aged = (1.0 + 0.35 * (-0.5_f64).exp()) * (1.0 + 0.2 * (-3.0_f64).exp());
        check(Signals { hubness: 0.5, age_days: Some(90.0), ..SAME }, 0.9 * aged + 1.0);
    }

    #[test]
    fn the_parts_sum_to_the_score_also_at_its_bounds() {
        let far = Signals { hubness: 1.0, ..Signals::default() };
        let over = Signals { words: 1.18, ..SAME };
        for (signals, score) in [(far, 0.0), (over, 1.0)] {
            let parts = Blend::DOCUMENTED.parts(&signals).bounded();
            assert!((parts.sum() - score).abs() < 1e-12, "{parts:?}");
        }
    }

    #[test]
    fn other_words_raise_a_signal_by_their_share_and_lower_none() {
        let asked = Signals { characters: 0.5, latent: -0.2, title: 0.9, words: 0.3, ..SAME };
        let reworded =
            Signals { characters: 1.0, latent: 0.3, title: 0.1, words: 0.9, ..Signals::default() };
        let both = asked.or_reworded(&reworded, 0.6);
        assert_eq!((both.characters, both.title, both.fields), (0.8, 0.9, 1.0));
        assert!((both.latent - 0.1).abs() < 1e-12 && both.words == 0.3, "{both:?}");
    }

    #[test]
    fn words_alone_keep_their_scores() {
        let parts = Blend::WORDS_ALONE.parts(&Signals { words: 0.3, ..SAME });
        assert_eq!((parts.sum(), parts.words), (0.3, 0.3));
    }
}
