//! The terms of one incident.

use std::ops::Range;

use incident::Field;

/// The terms of one incident, in the order of its fields and of their texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    stems: String,
    occurrences: Vec<Occurrence>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Occurrence {
    field: Field,
    stem: Range<usize>,
    span: Range<usize>,
}

/// One occurrence of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term<'a> {
    /// Where it stands.
    pub field: Field,
    /// What is counted: the stem, or `svc_...` for a service.
    pub stem: &'a str,
    /// The bytes of the field's text it came from; empty for a service, which is no text.
    pub span: Range<usize>,
}

impl Terms {
    /// How many occurrences.
    #[must_use]
    pub fn len(&self) -> usize {
        self.occurrences.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.occurrences.is_empty()
    }

    /// Every occurrence, in order.
    pub fn iter(&self) -> impl Iterator<Item = Term<'_>> {
        self.occurrences.iter().map(|occurrence| Term {
            field: occurrence.field,
            stem: &self.stems[occurrence.stem.clone()],
            span: occurrence.span.clone(),
        })
    }

    /// Adds an occurrence at the end.
    pub(crate) fn push(&mut self, field: Field, stem: &str, span: Range<usize>) {
        let start = self.stems.len();
        self.stems.push_str(stem);
        self.occurrences.push(Occurrence { field, stem: start..self.stems.len(), span });
    }
}
