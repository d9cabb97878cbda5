//! Have we seen this before? The verdict on the evidence of a search.

/// The answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The same failure came before, as a class or as a single earlier incident.
    Recurrence,
    /// Related incidents came before, none of them the same failure.
    Similar,
    /// Nothing close came before.
    New,
    /// The question says too little to tell.
    InsufficientText,
}

/// What a search found, in figures. Scores are those of the matches, in [0, 1], without the recency that
/// orders them: how long ago a failure was says nothing about whether it is the same. The same text reaches
/// .76 at most, the same words in another text about .35, one common word a few hundredths.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Evidence {
    /// The score of the best match; 0 where nothing matched.
    pub best_score: f64,
    /// The best score outside the class of the best match; of a one-off, of any other incident; 0 where
    /// there is none.
    pub best_outside_class: f64,
    /// Whether a calibration takes the best match for the same failure; `None` where nothing is calibrated.
    pub calibrated: Option<bool>,
    /// The distinct non-stop terms of the question that occur in the history.
    pub known_terms: u32,
    /// The distinct non-stop terms of the question.
    pub query_terms: u32,
    /// The distinct non-stop terms of the question that the best match has.
    pub shared_terms: u32,
    /// The share of the question's weight on terms that the best match has; in [0, 1].
    pub coverage: f64,
    /// The share on terms that any member of the best match's class has: at least `coverage`, and equal to
    /// it for a one-off; in [0, 1].
    pub class_coverage: f64,
    /// Whether the question holds a title or service of the history word for word.
    pub verbatim: bool,
    /// Whether the question is the title of the best match and nothing else: a message that repeats.
    pub same_text: bool,
}

/// The cuts between verdicts. Fixed; those of the margin and the coverage of a recurrence hold until a corpus has enough
/// judged cases of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cuts {
    /// Fewer known terms than this, and nothing verbatim, are too little text.
    pub known_terms_min: u32,
    /// Fewer terms than this in common with the best match are no recurrence: one word is a coincidence.
    pub shared_terms_min: u32,
    /// From this best score on the best match is a recurrence, whatever else is near.
    pub same_text_score_min: f64,
    /// How far above the best score outside the class the best score of a recurrence is, at least.
    pub recurrence_margin_min: f64,
    /// The least coverage of a recurrence by the class of the best match.
    pub recurrence_coverage_min: f64,
    /// The least best score of a related incident.
    pub similar_score_min: f64,
    /// The least coverage of a related incident by the best match.
    pub similar_coverage_min: f64,
}

impl Cuts {
    /// The cuts in use where nothing is calibrated: a match that is nearly the same text, or that stands
    /// clear of everything outside its class while its class has two fifths of the question's weight, is
    /// the same failure; one that has a fifth is related.
    pub const DOCUMENTED: Self = Self {
        known_terms_min: 2,
        shared_terms_min: 2,
        same_text_score_min: 0.30,
        recurrence_margin_min: 0.04,
        recurrence_coverage_min: 0.40,
        similar_score_min: 0.04,
        similar_coverage_min: 0.20,
    };
}

/// The verdict: too little text first; then the strongest claim whose every cut is reached (a value equal
/// to its cut reaches it).
#[must_use]
pub fn judge(evidence: &Evidence, cuts: &Cuts) -> Verdict {
    if evidence.known_terms < cuts.known_terms_min && !evidence.verbatim {
        Verdict::InsufficientText
    } else if is_recurrence(evidence, cuts) {
        Verdict::Recurrence
    } else if is_similar(evidence, cuts) {
        Verdict::Similar
    } else {
        Verdict::New
    }
}

/// The margin is taken against the best match outside the class: within it, the more often a failure
/// came back, the closer the runners-up are.
fn is_recurrence(evidence: &Evidence, cuts: &Cuts) -> bool {
    let margin = evidence.best_score - evidence.best_outside_class;
    let stands_clear = evidence.calibrated.unwrap_or(
        margin >= cuts.recurrence_margin_min
            && evidence.class_coverage >= cuts.recurrence_coverage_min,
    );
    let is_no_coincidence = evidence.shared_terms >= cuts.shared_terms_min;
    let is_same_text = evidence.same_text || evidence.best_score >= cuts.same_text_score_min;
    (stands_clear && is_no_coincidence) || is_same_text
}

fn is_similar(evidence: &Evidence, cuts: &Cuts) -> bool {
    evidence.best_score >= cuts.similar_score_min && evidence.coverage >= cuts.similar_coverage_min
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUTS: Cuts = Cuts::DOCUMENTED;
    const OUTSIDE: f64 = 0.04;

    /// Evidence that reaches every cut of a recurrence exactly.
    fn barely_the_same() -> Evidence {
        Evidence {
            best_score: OUTSIDE + CUTS.recurrence_margin_min,
            best_outside_class: OUTSIDE,
            calibrated: None,
            known_terms: CUTS.known_terms_min,
            query_terms: 6,
            shared_terms: CUTS.shared_terms_min,
            coverage: CUTS.similar_coverage_min,
            class_coverage: CUTS.recurrence_coverage_min,
            verbatim: false,
            same_text: false,
        }
    }

    #[test]
    fn evidence_at_every_cut_is_a_recurrence() {
        assert_eq!(judge(&barely_the_same(), &CUTS), Verdict::Recurrence);
    }

    #[test]
    fn one_missed_cut_makes_it_similar() {
        let low_coverage =
            Evidence { class_coverage: CUTS.recurrence_coverage_min - 0.01, ..barely_the_same() };
        let rivalled = Evidence { best_outside_class: OUTSIDE + 0.01, ..barely_the_same() };
        let one_word = Evidence { shared_terms: CUTS.shared_terms_min - 1, ..barely_the_same() };
        for evidence in [low_coverage, rivalled, one_word] {
            assert_eq!(judge(&evidence, &CUTS), Verdict::Similar, "{evidence:?}");
        }
    }

    #[test]
    fn nearly_the_same_text_is_a_recurrence_among_others_like_it() {
        let score = CUTS.same_text_score_min;
        let among = Evidence { best_score: score, best_outside_class: score, ..barely_the_same() };
        assert_eq!(judge(&among, &CUTS), Verdict::Recurrence);
    }

    #[test]
    fn a_calibration_decides_in_the_place_of_margin_and_coverage() {
        let told = |calibrated| Evidence { calibrated: Some(calibrated), ..barely_the_same() };
        assert_eq!(judge(&told(false), &CUTS), Verdict::Similar);
        let unclear = Evidence { best_outside_class: 0.9, class_coverage: 0.0, ..told(true) };
        assert_eq!(judge(&unclear, &CUTS), Verdict::Recurrence);
        let one_word = Evidence { shared_terms: CUTS.shared_terms_min - 1, ..told(true) };
        assert_eq!(judge(&one_word, &CUTS), Verdict::Similar, "one word stays a coincidence");
        let same_text = Evidence { best_score: CUTS.same_text_score_min, ..told(false) };
        assert_eq!(judge(&same_text, &CUTS), Verdict::Recurrence);
    }

    #[test]
    fn a_message_that_repeats_is_a_recurrence_whatever_its_score() {
        let nothing_else = Evidence { verbatim: true, same_text: true, ..Evidence::default() };
        assert_eq!(judge(&nothing_else, &CUTS), Verdict::Recurrence);
        let unsure = Evidence { calibrated: Some(false), ..nothing_else };
        assert_eq!(judge(&unsure, &CUTS), Verdict::Recurrence);
    }

    #[test]
    fn below_the_cuts_of_similar_it_is_new() {
        let far = Evidence { best_score: CUTS.similar_score_min - 0.01, ..barely_the_same() };
        let thin = Evidence { class_coverage: 0.1, coverage: 0.1, ..barely_the_same() };
        assert_eq!(judge(&far, &CUTS), Verdict::New);
        assert_eq!(judge(&thin, &CUTS), Verdict::New);
        let nothing = Evidence { known_terms: 5, ..Evidence::default() };
        assert_eq!(judge(&nothing, &CUTS), Verdict::New);
    }

    #[test]
    fn one_known_term_is_too_little_unless_something_is_verbatim() {
        let short = Evidence { known_terms: 1, ..barely_the_same() };
        assert_eq!(judge(&short, &CUTS), Verdict::InsufficientText);
        let verbatim = Evidence { verbatim: true, ..short };
        assert_eq!(judge(&verbatim, &CUTS), Verdict::Recurrence);
    }
}
