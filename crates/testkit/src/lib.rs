//! Synthetic corpora and brute-force oracles for the tests.
