//! Synthetic corpora, a brute-force oracle and seeded randomness for the tests of the other crates.
//!
//! * **In**: a seed and sizes; for the oracle, weighted vectors keyed by term.
//! * **Out**: incidents whose failure class is known, rankings found by exhaustive search, and the
//!   places of the real corpora where a machine has them.
//! * **Promises**: the same arguments give the same bytes on every machine (only correctly rounded
//!   arithmetic takes part), and a longer corpus begins with the shorter one. Linear in the size asked
//!   for.
//! * **Does not know**: how text is analysed, weighted, indexed or clustered; what it checks, it
//!   does not call.
//!
//! ```
//! let corpus = testkit::corpus::generate(7, 200, 10);
//! let one_offs = corpus.iter().filter(|it| it.class.is_none()).count();
//! assert!((40..100).contains(&one_offs), "about 35 % of 200: {one_offs}");
//! assert_eq!(corpus[0].incident.id.as_str(), "INC-0000000");
//! ```

pub mod corpus;
pub mod oracle;
mod rng;
pub mod shared;
mod vocabulary;

pub use rng::Rng;
