//! Postings to bytes and back.

use std::sync::Arc;

use flat::{Input, Output, Result, require};
use vector::DocumentFrequencies;

use super::{Part, Postings};
use crate::scales::Scales;
use crate::segment::Segment;
use crate::texts::Texts;
use crate::weights::Weights;

impl Postings {
    /// Writes all of them; none is dead.
    pub(crate) fn write(&self, out: &mut Output<'_>) -> Result<()> {
        write_weights(&self.weights, out)?;
        out.number(self.parts.len() as u64)?;
        for part in &self.parts {
            part.segment.write(out)?;
            part.scales.write(out)?;
        }
        Ok(())
    }

    /// Fills postings without documents with what [`Postings::write`] wrote.
    pub(crate) fn read(&mut self, input: &mut Input<'_>) -> Result<()> {
        self.weights = Arc::new(read_weights(input)?);
        for _ in 0..input.n_elements(1)? {
            let segment = Segment::read(input)?;
            let before = self.parts.last().and_then(|part| part.segment.docs().last());
            require(before < segment.docs().first(), "segments overlap, or are empty")?;
            let scales = Scales::read(input, segment.len(), segment.dictionary().len())?;
            self.parts.push(Part { segment: Arc::new(segment), scales: Arc::new(scales) });
        }
        Ok(())
    }

    /// The live documents alone, numbered anew in their order, in one segment.
    pub(crate) fn compacted(&self) -> Self {
        let segments: Vec<&Segment> = self.parts.iter().map(|part| &*part.segment).collect();
        let merged = Segment::merge(&segments, |doc| self.is_live(doc));
        let mut compacted = Self { parts: Vec::new(), dead: Arc::default(), ..self.clone() };
        if merged.len() > 0 {
            compacted.parts.push(self.part(Arc::new(merged.renumbered())));
        }
        compacted
    }
}

fn write_weights(weights: &Weights, out: &mut Output<'_>) -> Result<()> {
    out.number(weights.position)?;
    out.number(weights.mean_norm)?;
    out.number(weights.frequencies.n_docs())?;
    let sorted = weights.frequencies.sorted();
    let mut terms = Texts::default();
    sorted.iter().for_each(|(term, _)| terms.push(term));
    terms.write(out)?;
    out.array(&sorted.iter().map(|(_, count)| *count).collect::<Vec<u32>>())
}

fn read_weights(input: &mut Input<'_>) -> Result<Weights> {
    let (position, mean_norm, n_docs) = (input.number()?, input.number()?, input.number()?);
    let terms = Texts::read(input)?;
    let counts: Vec<u32> = input.array_of(terms.len())?;
    require(terms.iter().is_sorted_by(|term, next| term < next), "the weights know a term twice")?;
    let counts = terms.iter().zip(counts);
    require(f64::is_finite(mean_norm), "the mean norm is no number")?;
    Ok(Weights { position, frequencies: DocumentFrequencies::new(n_docs, counts), mean_norm })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(terms: &[&str], counts: &[u32]) -> Result<Weights> {
        let mut written = Vec::new();
        let mut out = Output::new(&mut written);
        out.number(7_u64)?;
        out.number(1.5)?;
        out.number(3_u32)?;
        let mut texts = Texts::default();
        terms.iter().for_each(|term| texts.push(term));
        texts.write(&mut out)?;
        out.array(counts)?;
        let mut read = written.as_slice();
        read_weights(&mut Input::new(&mut read, written.len() as u64))
    }

    #[test]
    fn weights_that_know_a_term_twice_are_refused() {
        assert!(weights(&["a", "b"], &[1, 2]).is_ok_and(|it| it.frequencies.of("b") == 2));
        assert!(weights(&["a", "a"], &[u32::MAX, 1]).is_err());
        assert!(weights(&["b", "a"], &[1, 2]).is_err());
    }
}
