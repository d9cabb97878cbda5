//! Keeps incidents, classes and epochs durably in SQLite.
