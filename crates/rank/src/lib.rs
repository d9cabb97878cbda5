//! Re-ranks what the index found, by what else speaks for and against it.
//!
//! * **In**: documents as [`Document`]s: a [`Sample`] of a corpus to fit a [`Model`] to, then a question and the
//!   hits of a search.
//! * **Out**: what speaks for and against each hit as [`Signals`], and by [`Blend`] the [`Parts`] of its score. A
//!   [`Reranker`] does all of it for a corpus that is known whole.
//! * **Promises**: the same input gives the same bytes on every machine; the parts sum to the score; with a moment
//!   given nothing that began later takes part. Re-ranking costs time in proportion to the candidates and
//!   their lengths, not to the corpus. A model holds no text.
//! * **Does not know**: how candidates are found, fields beyond title, body and services, verdicts.
//!
//! ```
//! use incident::Incident;
//! use index::{Entry, Filter, Index};
//! use rank::{Blend, Document, Model};
//! use vector::Bag;
//!
//! let document = |title: &str| {
//!     let bag = Bag::count(title.split(' ').map(|word| (word, 1)));
//!     let fields = [bag.clone(), Bag::default(), Bag::default()];
//!     Document { title: title.to_owned(), fields, search: bag, ..Document::default() }
//! };
//! let documents = ["tls handshakes failed", "tls handshake failed", "disk full"].map(document);
//! let mut index = Index::new(0.85);
//! let entry = |one: &Document| Entry::of(&Incident::new("jsonl", one.title.as_str(), ""));
//! let docs = index.add(documents.iter().map(|one| (entry(one), one.search.clone())));
//! index.refresh(3);
//! let snapshot = index.snapshot();
//! let fitted_to: Vec<&Document> = documents.iter().collect();
//! let model = Model::fit(&fitted_to, snapshot.postings(), 1);
//!
//! let asked = document("tls handshake");
//! let query = snapshot.postings().embed(&asked.search);
//! let best = snapshot.search(&query, &Filter::default(), 200)[0];
//! let question = model.question(&asked, snapshot.postings(), None);
//! let found = &documents[docs.iter().position(|doc| *doc == best.doc).expect("it is one of them")];
//! let features = model.features(found, snapshot.postings());
//! let parts = Blend::DOCUMENTED.parts(&features.signals(best.score, &question, snapshot.postings()));
//! assert!(parts.sum() > 0.4 && parts.words > 0.0 && parts.characters > 0.0, "{parts:?}");
//! ```

mod blend;
mod bm25f;
mod bytes;
mod document;
mod features;
mod grams;
mod hash;
mod hubness;
mod lsa;
mod model;
mod orthonormal;
mod reasons;
mod recency;
mod reranker;
mod sample;

pub use blend::{Blend, Parts, Signals};
pub use document::Document;
pub use features::Features;
pub use hubness::Nearest;
pub use model::{Model, Question};
pub use reasons::{Reasoning, Reasons};
pub use recency::Fading;
pub use reranker::{Inquirer, Ranked, Reranker};
pub use sample::{SAMPLE_MAX, Sample, fingerprint};
