//! What answers rest on, to bytes and back.

use flat::{Input, Output, require};
use index::{Index, Snapshot};

use crate::corpus::Corpus;
use crate::epoch::Pass;
use crate::second_stage::Basis;
use crate::services::Services;

/// What answers rest on, as of a position of the log.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    epoch: u64,
    pass: Pass,
    basis: Basis,
    /// By document.
    positions: Vec<u64>,
    services: Services,
    pub(super) snapshot: Snapshot,
}

impl Content {
    /// What `corpus` is now.
    pub(crate) fn of(corpus: &Corpus) -> Self {
        Self {
            epoch: corpus.epoch,
            pass: corpus.pass,
            basis: corpus.second_stage.basis(),
            positions: corpus.positions.clone(),
            services: corpus.services.clone(),
            snapshot: corpus.index.snapshot(),
        }
    }

    /// The same with live documents alone, numbered anew in their order.
    pub(super) fn living(&self, is_live: impl Fn(usize) -> bool) -> Self {
        if (0..self.positions.len()).all(&is_live) {
            return self.clone();
        }
        let (until, _) = self.basis.marks();
        let n_docs = (0..until as usize).filter(|doc| is_live(*doc)).count();
        let live = self.positions.iter().enumerate().filter(|(doc, _)| is_live(*doc));
        Self {
            basis: self.basis.renumbered(n_docs as u32),
            positions: live.map(|(_, position)| *position).collect(),
            services: self.services.clone(),
            snapshot: self.snapshot.compacted(),
            ..*self
        }
    }

    pub(super) fn write(&self, out: &mut Output<'_>) -> flat::Result<()> {
        out.number(self.epoch)?;
        out.number(self.pass.number)?;
        out.number(self.pass.position)?;
        let (n_docs, fingerprint) = self.basis.marks();
        out.number(n_docs)?;
        out.number(fingerprint)?;
        out.array(&self.positions)?;
        self.services.write(out)?;
        self.snapshot.write(out)
    }
}

/// Fills `corpus`, which has no incidents yet, with what [`Content::write`] wrote.
pub(super) fn read(input: &mut Input<'_>, corpus: &mut Corpus) -> flat::Result<()> {
    corpus.epoch = input.number()?;
    corpus.pass = Pass { number: input.number()?, position: input.number()? };
    let marks = (input.number()?, input.number()?);
    corpus.positions = input.array()?;
    corpus.services = Services::read(input)?;
    corpus.index = Index::read(input, corpus.index.postings().slope())?;
    input.end()?;
    let n_rows = corpus.index.snapshot().n_docs();
    require(n_rows == corpus.positions.len(), "documents and positions are not as many")?;
    let weights = corpus.index.postings().weights();
    corpus.epoch_position = weights.position;
    let basis = Basis::marked(weights.position, weights.frequencies.n_docs(), marks);
    corpus.begin_second_stage(basis);
    Ok(())
}
