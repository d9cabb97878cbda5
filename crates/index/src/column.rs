//! A growing column that snapshots share.

use std::sync::Arc;

/// How many values share one allocation, and are copied when one of them changes under a snapshot.
const CHUNK: usize = 512;

/// Values by row. Cloning copies a pointer per chunk; changing a value copies its chunk at most.
#[derive(Debug, Clone)]
pub(crate) struct Column<T> {
    chunks: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T: Clone> Column<T> {
    pub(crate) fn new() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn push(&mut self, value: T) {
        if self.len.is_multiple_of(CHUNK) {
            self.chunks.push(Arc::new(Vec::with_capacity(CHUNK)));
        }
        let last = self.chunks.last_mut().expect("a chunk was added when the last was full");
        Arc::make_mut(last).push(value);
        self.len += 1;
    }

    pub(crate) fn get(&self, row: usize) -> &T {
        &self.chunks[row / CHUNK][row % CHUNK]
    }

    pub(crate) fn get_mut(&mut self, row: usize) -> &mut T {
        &mut Arc::make_mut(&mut self.chunks[row / CHUNK])[row % CHUNK]
    }

    pub(crate) fn set(&mut self, row: usize, value: T) {
        *self.get_mut(row) = value;
    }

    /// What the values themselves take; what they point to counts elsewhere.
    pub(crate) fn n_bytes(&self) -> usize {
        self.chunks.len() * CHUNK * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_does_not_see_later_changes() {
        let mut column = Column::new();
        (0..1_000).for_each(|value| column.push(value));
        let before = column.clone();
        column.set(700, -1);
        column.push(1_000);
        assert_eq!((before.len(), *before.get(700)), (1_000, 700));
        assert_eq!((column.len(), *column.get(700), *column.get(1_000)), (1_001, -1, 1_000));
    }
}
