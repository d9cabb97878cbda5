//! How to serve: from a file, the environment and flags, each over the one before.
//!
//! [`raw`] holds what was said, [`valid`] what is meant. All mistakes are told together, each with its key, its value,
//! where it was said and what was expected.

pub mod raw;
pub mod valid;

pub use raw::{Flags, Key, Origin, RawConfig};
pub use valid::{Config, LogFormat, TlsFiles};
