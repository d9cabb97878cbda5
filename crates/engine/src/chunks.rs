//! The incidents of a store, some at a time.

use store::{Store, StoredIncident};

/// How many are handed over at once.
const CHUNK: usize = 4_096;

/// Hands the live incidents that came after `position` of the log to `take`, in the order of positions.
///
/// # Errors
/// Where the store cannot be read.
pub(crate) fn each_chunk_after(
    position: u64,
    store: &Store,
    mut take: impl FnMut(Vec<StoredIncident>),
) -> store::Result<()> {
    let mut chunk: Vec<StoredIncident> = Vec::with_capacity(CHUNK);
    store.for_each_after(position, |stored| {
        chunk.push(stored);
        if chunk.len() == CHUNK {
            take(std::mem::take(&mut chunk));
        }
        Ok::<(), store::Error>(())
    })?;
    take(chunk);
    Ok(())
}
