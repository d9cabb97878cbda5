//! The incidents that the benches run on.

use testkit::corpus::{Labelled, generate};

/// Any will do, as long as it stays.
const SEED: u64 = 7;
/// Failure classes that the incidents come from.
const CLASSES: usize = 1_000;
/// How many incidents are mostly held out of the history to be asked about.
pub const QUESTIONS: usize = 100;

/// A history, and incidents of the same kind that it does not hold.
pub struct Sample {
    /// What is stored.
    pub history: Vec<Labelled>,
    /// What is asked.
    pub questions: Vec<Labelled>,
}

/// A history of `n` incidents. A longer one begins with the shorter one.
pub fn sample(n: usize, n_questions: usize) -> Sample {
    let mut history = generate(SEED, n + n_questions, CLASSES);
    let questions = history.split_off(n);
    Sample { history, questions }
}
