//! Re-ranks what the index found, by what else speaks for and against it.
//!
//! * **In**: the documents of a snapshot as [`Document`]s; then the hits of a search and a question.
//! * **Out**: the hits in a new order as [`Ranked`], with the part of each signal.
//! * **Promises**: the same input gives the same bytes on every machine; the parts sum to the score; with a moment
//!   given nothing that began later takes part. Re-ranking costs time in proportion to the candidates and
//!   their lengths, not to the corpus.
//! * **Does not know**: how candidates are found, fields beyond title, body and services, verdicts.
//!
//! ```
//! use incident::Incident;
//! use index::{Entry, Filter, Index};
//! use rank::{Blend, Document, Reranker};
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
//! let documents: Vec<_> = docs.into_iter().zip(documents).collect();
//! let reranker = Reranker::build(&documents, &snapshot, 1);
//!
//! let asked = document("tls handshake");
//! let query = snapshot.postings().embed(&asked.search);
//! let hits = snapshot.search(&query, &Filter::default(), 200);
//! let question = reranker.question(&asked, snapshot.postings(), None, None);
//! let ranked = reranker.rerank(&hits, &question, &Blend::DOCUMENTED, &snapshot);
//! assert_eq!(snapshot.catalog().entry(ranked[0].doc).id.as_str(), "tls handshake failed");
//! assert!((ranked[0].parts.sum() - ranked[0].score).abs() < 1e-9);
//! ```

mod blend;
mod bm25f;
mod document;
mod grams;
mod hubness;
mod lsa;
mod orthonormal;
mod recency;
mod reranker;

pub use blend::{Blend, Parts, Signals};
pub use document::Document;
pub use recency::Fading;
pub use reranker::{Question, Ranked, Reranker};
