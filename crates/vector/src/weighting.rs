//! What counts how much.

use std::sync::LazyLock;

use analysis::Terms;
use incident::{Field, Incident};

use crate::bag::Bag;

/// Which fields of an incident are counted, how often, and how the length of a document is weighed.
///
/// `V(q, d)` of a query and a document is the cosine of `w_t = (1 + ln tf_t) * idf_t`, with the norm of
/// the document pivoted (Singhal, Buckley and Mitra, "Pivoted Document Length Normalization", 1996):
/// `(1 - slope) * mean norm + slope * |d|`.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighting {
    title: u16,
    body: Body,
    services: bool,
    slope: f64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    /// The whole text; where there is none, what happened, why, and what ended it.
    Whole,
    /// The root cause; where there is none, as [`Body::Whole`].
    Cause,
    /// The fields named, and nothing else.
    Named(Vec<Field>),
}

/// What stands for the body where a record has no whole text.
const STORY: [Field; 4] = [Field::Summary, Field::Symptoms, Field::RootCause, Field::Resolution];

impl Weighting {
    /// For similar incidents: `tf = 3 * title + body + services`, slope .85.
    #[must_use]
    pub fn search() -> Self {
        Self { title: 3, body: Body::Whole, services: true, slope: 0.85 }
    }

    /// For failure classes: title, root cause and services once each, no pivot. A class is a family by
    /// root cause; the whole text would group by the template of the document.
    #[must_use]
    pub fn classes() -> Self {
        Self { title: 1, body: Body::Cause, services: true, slope: 1.0 }
    }

    /// The baseline: title and whole text once each, no pivot.
    #[must_use]
    pub fn plain() -> Self {
        Self { title: 1, body: Body::Whole, services: false, slope: 1.0 }
    }

    /// The same with every word of the title counted `title` times; 0 leaves the title out.
    #[must_use]
    pub fn with_title(mut self, title: u16) -> Self {
        self.title = title;
        self
    }

    /// The same without services.
    #[must_use]
    pub fn without_services(mut self) -> Self {
        self.services = false;
        self
    }

    /// The same with documents measured by their own norm alone.
    #[must_use]
    pub fn without_pivot(mut self) -> Self {
        self.slope = 1.0;
        self
    }

    /// The same over the `fields` named alone.
    #[must_use]
    pub fn restricted_to(mut self, fields: &[Field]) -> Self {
        if !fields.contains(&Field::Title) {
            self.title = 0;
        }
        let is_text = |field: &&Field| !matches!(field, Field::Title | Field::Services);
        self.body = Body::Named(fields.iter().filter(is_text).copied().collect());
        self.services = fields.contains(&Field::Services);
        self
    }

    /// The weight of a document's own norm against the mean norm, in (0, 1].
    #[must_use]
    pub fn slope(&self) -> f64 {
        self.slope
    }

    /// The fields of `incident` that are counted; a title that only repeats the text is not.
    #[must_use]
    pub fn fields(&self, incident: &Incident) -> Vec<Field> {
        let mut fields = Vec::with_capacity(6);
        if self.title > 0 && !incident.untitled {
            fields.push(Field::Title);
        }
        fields.extend(self.body_of(incident));
        if self.services {
            fields.push(Field::Services);
        }
        fields
    }

    /// Counts each term of the `fields`, a word of the title as often as the weighting says. Terms of
    /// other fields are passed over, so that one analysis serves several weightings.
    #[must_use]
    pub fn bag(&self, terms: &Terms, fields: &[Field]) -> Bag {
        let counted = terms.iter().filter(|term| fields.contains(&term.field));
        Bag::count(counted.map(|term| (term.stem, self.weight_of(term.field))))
    }

    /// How often one occurrence in `field` is counted.
    #[must_use]
    pub fn weight_of(&self, field: Field) -> u16 {
        if field == Field::Title { self.title } else { 1 }
    }

    fn body_of<'a>(&'a self, incident: &Incident) -> &'a [Field] {
        let has = |field| incident.text_of(field).is_some_and(|text| !text.trim().is_empty());
        match &self.body {
            Body::Named(fields) => fields,
            Body::Cause if has(Field::RootCause) => &[Field::RootCause],
            Body::Cause | Body::Whole if has(Field::Text) => &[Field::Text],
            Body::Cause | Body::Whole => &STORY,
        }
    }
}

/// How the frequency of a term in a document counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Damping {
    /// As [`tf_weight`] has it.
    #[default]
    Log,
    /// As it is, for comparison with other programs.
    None,
}

impl Damping {
    /// The weight of `frequency`, which is at least 1.
    #[must_use]
    #[inline]
    pub fn weight(self, frequency: u16) -> f64 {
        match self {
            Self::Log => tf_weight(frequency),
            Self::None => f64::from(frequency),
        }
    }
}

/// The weight of a term frequency, `1 + ln tf`; `tf` is at least 1.
#[must_use]
#[inline]
pub fn tf_weight(frequency: u16) -> f64 {
    match SMALL_TF_WEIGHTS.get(usize::from(frequency)) {
        Some(weight) => *weight,
        None => log_weight(frequency),
    }
}

/// Nearly every frequency is small, and a look is cheaper than a logarithm.
static SMALL_TF_WEIGHTS: LazyLock<[f64; 64]> =
    LazyLock::new(|| std::array::from_fn(|frequency| log_weight(frequency.max(1) as u16)));

fn log_weight(frequency: u16) -> f64 {
    1.0 + f64::from(frequency).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident() -> Incident {
        let mut incident = Incident::new("jsonl", "1", "t");
        incident.summary = Some("s".into());
        incident.root_cause = Some("r".into());
        incident
    }

    #[test]
    fn the_text_stands_for_the_body_where_there_is_one() {
        let with_text = Incident { text: Some("x".into()), ..incident() };
        let expect = [Field::Title, Field::Text, Field::Services];
        assert_eq!(Weighting::search().fields(&with_text), expect);
        assert_eq!(Weighting::search().fields(&incident()).len(), 6);
    }

    #[test]
    fn classes_look_at_the_cause() {
        let expect = [Field::Title, Field::RootCause, Field::Services];
        assert_eq!(Weighting::classes().fields(&incident()), expect);
    }

    #[test]
    fn named_fields_replace_the_text() {
        let weighting = Weighting::plain().restricted_to(&[Field::RootCause]);
        assert_eq!(weighting.fields(&incident()), [Field::RootCause]);
    }
}
