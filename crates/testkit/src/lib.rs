//! Synthetic corpora and seeded randomness for the tests of the other crates.
//!
//! * **In**: a seed and sizes.
//! * **Out**: incidents whose failure class is known, and the places of the real corpora where a machine
//!   has them.
//! * **Promises**: the same arguments give the same bytes on every machine (only correctly rounded
//!   arithmetic takes part), and a longer corpus begins with the shorter one. Linear in the size asked
//!   for.
//! * **Does not know**: how text is analysed, weighted, indexed or clustered. An oracle stands beside what
//!   it checks, as in the tests of `index` and `rank`.
//!
//! ```
//! let corpus = testkit::corpus::generate(7, 200, 10);
//! let one_offs = corpus.iter().filter(|it| it.class.is_none()).count();
//! assert!((40..100).contains(&one_offs), "about 35 % of 200: {one_offs}");
//! assert_eq!(corpus[0].incident.id.as_str(), "INC-0000000");
//! ```

pub mod corpus;
mod rng;
pub mod shared;
mod vocabulary;

pub use rng::Rng;
