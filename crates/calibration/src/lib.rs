//! Learns from judged cases how sure a best match is.
//!
//! * **In**: [`Case`]s of the past: how a best match stood among the others, and whether it was right.
//! * **Out**: a [`Calibration`]: the probability that a best match is right, and a cut from which on it is shown as the
//!   same failure; the [`curve`] of all cuts.
//! * **Promises**: nothing is told on fewer than [`CASES_MIN`] cases; the same cases in the same order give the same
//!   numbers in one binary on one machine. linfa's products choose their instructions by processor, so whoever needs
//!   the same bytes elsewhere keeps the calibration and does not learn it again.
//! * **Does not know**: texts, classes, time. Recency is none of the features.
//!
//! ```
//! use calibration::{Calibration, Case, Standing};
//!
//! // Best matches that stand clear were right, the others were not, with some exceptions.
//! let case = |nth: u32| {
//!     let standing = Standing::among(f64::from(nth % 10) / 10.0, [0.3, 0.2]);
//!     Case { standing, right: nth % 10 > 5 || nth % 17 == 0 }
//! };
//! let cases: Vec<Case> = (0..200).map(case).collect();
//! let learnt = Calibration::learn(&cases).expect("there are enough cases");
//! let [clear, lost] = [0.9, 0.1].map(|best| Standing::among(best, [0.3, 0.2]));
//! assert!(learnt.probability(&clear) > 0.9 && learnt.probability(&lost) < 0.3);
//! assert_eq!(learnt.cases, 200);
//! assert_eq!(Calibration::learn(&cases[..49]), None);
//! ```

mod curve;
mod held_out;
mod model;
mod standing;

pub use curve::{Judged, Point, curve, expected_error, suggested};
pub use held_out::{HeldOut, Page, cases, held_out};
pub use model::{
    CASES_MIN, CASES_OF_EACH_KIND_MIN, Calibration, Case, PRECISION_MIN, PROBABILITY_MIN,
};
pub use standing::Standing;
