//! Measures retrieval and clustering on labelled corpora.
