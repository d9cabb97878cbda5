//! Merging the segments of the index beside the writer.

use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread;

use index::{Index, Merge, Merged};

/// A thread that merges one run of segments after another, from the first time that there is one. It ends
/// with its owner, after the merge at hand.
#[derive(Debug, Default)]
pub(crate) struct Merger {
    line: Option<Line>,
    is_merging: bool,
}

/// What goes to the thread, and what comes back.
#[derive(Debug)]
struct Line {
    due: Sender<Merge>,
    merged: Receiver<Merged>,
}

impl Line {
    fn open() -> Self {
        let (due, to_merge) = mpsc::channel::<Merge>();
        let (done, merged) = mpsc::channel();
        thread::spawn(move || {
            // Nobody is left to take it when the owner has gone.
            to_merge.into_iter().map(Merge::run).try_for_each(|merged| done.send(merged))
        });
        Self { due, merged }
    }
}

impl Merger {
    /// Takes up what was merged since the last time, and has the next merge begun. It never waits.
    pub(crate) fn tend(&mut self, index: &mut Index) {
        match self.line.as_ref().map(|line| line.merged.try_recv()) {
            Some(Ok(merged)) => {
                index.take_merged(merged);
                self.is_merging = false;
            }
            // The thread has panicked: with more segments answers take longer, and are the same.
            Some(Err(TryRecvError::Disconnected)) => (self.line, self.is_merging) = (None, false),
            Some(Err(TryRecvError::Empty)) | None => {}
        }
        if self.is_merging {
            return;
        }
        if let Some(merge) = index.due_merge() {
            self.is_merging = self.line.get_or_insert_with(Line::open).due.send(merge).is_ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use incident::Incident;
    use index::Entry;
    use vector::Bag;

    use super::*;

    fn add(index: &mut Index, n_docs: usize) {
        let incident = Incident::new("test", "a", "disk full");
        let bag = Bag::count([("disk", 1)].into_iter());
        index.add((0..n_docs).map(|_| (Entry::of(&incident), bag.clone())));
    }

    #[test]
    fn segments_become_one_while_the_writer_goes_on() {
        let (mut index, mut merger) = (Index::new(0.85), Merger::default());
        let n_segments = |index: &Index| index.postings().size().n_segments;
        add(&mut index, 3_000);
        merger.tend(&mut index);
        assert!(merger.line.is_none(), "nothing to merge, no thread");
        add(&mut index, 3_000);
        assert_eq!(n_segments(&index), 2);
        while n_segments(&index) > 1 {
            merger.tend(&mut index);
            thread::sleep(Duration::from_millis(1));
        }
        assert!(!merger.is_merging && index.due_merge().is_none());
    }
}
