//! Exact top-k search over immutable snapshots.
//!
//! * **In**: documents as `(DocId, Bag)` with the [`Entry`] that filters and ties look at; then a
//!   query vector with a [`Filter`].
//! * **Out**: a [`Snapshot`], then the `k` best [`Hit`]s, and what each term brought.
//! * **Promises**: answers are those of scoring every live document that shares a term with the query; scores
//!   are summed in the order of the terms' bytes, so they do not depend on the order of arrival;
//!   ties go to the newer `started_at`, then to the smaller id. A snapshot never changes: cloning it
//!   copies pointers only. Adding `n` documents one by one costs `O(n log n)` merged postings.
//! * **Does not know**: text, time zones, classes beyond their number, storage.
//!
//! ```
//! use incident::Incident;
//! use index::{Entry, Filter, Index};
//! use vector::{Bag, SparseVector};
//!
//! let bag = |words: &str| Bag::count(words.split(' ').map(|word| (word, 1)));
//! let mut index = Index::new(0.85);
//! index.add([(Entry::of(&Incident::new("jsonl", "a", "")), bag("tls handshake"))]);
//! index.add([(Entry::of(&Incident::new("jsonl", "b", "")), bag("disk full"))]);
//! index.refresh(2);
//!
//! let snapshot = index.snapshot();
//! let query = snapshot.postings().embed(&bag("handshake failed"));
//! let hits = snapshot.search(&query, &Filter::default(), 5);
//! assert_eq!(snapshot.catalog().id(hits[0].doc), "a");
//! ```

mod best;
mod bits;
mod catalog;
mod column;
mod dictionary;
mod entry;
mod facts;
mod filter;
mod footprint;
mod ints;
mod inverted;
mod lists;
mod lookup;
mod names;
mod packed;
mod plan;
mod postings;
mod pruned;
mod scales;
mod search;
mod segment;
mod sums;
mod texts;
mod weights;
mod wide;
mod window;
mod writer;

pub use catalog::Catalog;
pub use entry::{Entry, Recency};
pub use filter::Filter;
pub use footprint::Footprint;
pub use postings::{Merge, Merged, Postings, Size};
pub use search::{Extent, Hit, Snapshot};
pub use segment::DocId;
pub use weights::Weights;
pub use writer::Index;
