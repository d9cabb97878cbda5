//! Turns an incident's text into terms.
