//! Turns an incident's text into terms.
//!
//! * **In**: an [`incident::Incident`], or a bare text with the field it stands for.
//! * **Out**: [`Terms`]: per occurrence its field, its stem and the span it came from.
//! * **Promises**: terms come in the order of the fields and of the text; every span lies inside its
//!   field's text, on character borders; the same text gives the same terms. Linear in the text.
//!   [`Vocabulary`] tells what a question says that others say in other words.
//! * **Does not know**: weights, documents other than the one at hand, storage.
//!
//! ```
//! use analysis::Analyzer;
//! use incident::Field;
//!
//! let terms = Analyzer::stemmed().text(Field::Title, "handshakeFailures on auth-service at 10.0.0.7");
//! let stems: Vec<&str> = terms.iter().map(|term| term.stem).collect();
//! assert_eq!(stems, ["handshak", "failur", "auth", "servic"]);
//! ```

mod analyzer;
mod error;
mod form;
mod mask;
mod service;
mod stop_words;
mod terms;
mod tokenizer;
mod vocabulary;

pub use analyzer::Analyzer;
pub use error::{Error, Result};
pub use form::Form;
pub use service::{SERVICE_PREFIX, mentioned_services, service_term};
pub use terms::{Term, Terms};
pub use vocabulary::{Paraphrase, Spot, Vocabulary};
