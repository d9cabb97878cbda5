//! Ingests, answers, classifies and reports: the whole walk behind one face.
