//! The stream of records: read ahead, stored in batches, answered in order.
//!
//! While a batch is being stored the one after it is read, and the next gathers whatever arrives, so the slower the disk,
//! the larger the batches. While somebody asks, batches stay small and one step is done after another. At most five batches
//! are in memory: one being stored, one being read, one waiting for either, and one gathering; the sender waits beyond.

use std::sync::Arc;

use prost::Message;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

use crate::convert::count;
use crate::dispatch::Dispatch;
use crate::limits::{BATCH_BYTES, BATCH_RECORDS};
use crate::proto::{IngestIncidentsRequest, IngestIncidentsResponse};
use crate::service::Read;

type Receipt = Result<IngestIncidentsResponse, Status>;

/// The receipts for `records`, each sent once its record is durable and searchable.
pub(super) fn receipts(
    dispatch: Arc<Dispatch>,
    records: Streaming<IngestIncidentsRequest>,
) -> ReceiverStream<Receipt> {
    let (batches, gathered) = channel(1);
    let (reads, read) = channel(1);
    let (receipts, sent) = channel(BATCH_RECORDS);
    tokio::spawn(gather(Arc::clone(&dispatch), records, batches));
    tokio::spawn(read_ahead(Arc::clone(&dispatch), gathered, reads));
    tokio::spawn(store(dispatch, read, receipts));
    ReceiverStream::new(sent)
}

/// Records that share a commit.
#[derive(Default)]
struct Batch {
    records: Vec<IngestIncidentsRequest>,
    bytes: usize,
}

impl Batch {
    fn push(&mut self, record: IngestIncidentsRequest) {
        self.bytes += record.encoded_len();
        self.records.push(record);
    }

    fn is_full(&self, records_max: usize) -> bool {
        self.records.len() >= records_max || self.bytes >= BATCH_BYTES
    }
}

/// Gathers what has arrived each time there is room for a batch, until the stream ends or nobody stores it.
async fn gather(
    dispatch: Arc<Dispatch>,
    mut records: Streaming<IngestIncidentsRequest>,
    batches: Sender<Result<Batch, Status>>,
) {
    let mut batch = Batch::default();
    loop {
        let next = tokio::select! {
            // What has arrived goes into the batch before the batch goes on.
            biased;
            next = records.message(), if !batch.is_full(dispatch.batch_records()) => next,
            room = batches.reserve(), if !batch.records.is_empty() => {
                let Ok(room) = room else { return };
                room.send(Ok(std::mem::take(&mut batch)));
                continue;
            }
        };
        match next {
            Ok(Some(record)) => batch.push(record),
            end => {
                let error = end.err().map(Err);
                let rest = (!batch.records.is_empty()).then_some(Ok(batch));
                for last in rest.into_iter().chain(error) {
                    // A closed channel means that nobody waits for it.
                    let _ = batches.send(last).await;
                }
                return;
            }
        }
    }
}

/// Reads batches in their order, until the stream ends or nobody stores them.
async fn read_ahead(
    dispatch: Arc<Dispatch>,
    mut batches: Receiver<Result<Batch, Status>>,
    reads: Sender<Result<Read, Status>>,
) {
    while let Some(batch) = batches.recv().await {
        let read = match batch {
            Ok(batch) => dispatch.read_ahead(batch.records).await,
            Err(status) => Err(status),
        };
        if reads.send(read).await.is_err() {
            return;
        }
    }
}

/// Stores batches in their order, until one fails or nobody reads the receipts.
async fn store(
    dispatch: Arc<Dispatch>,
    mut reads: Receiver<Result<Read, Status>>,
    receipts: Sender<Receipt>,
) {
    let mut stored = 0;
    while let Some(read) = reads.recv().await {
        let given = match read {
            Ok(read) => dispatch.keep(read).await,
            Err(status) => Err(status),
        };
        let end = match given {
            Ok(given) => hand_over(given, &mut stored, &receipts).await,
            Err(status) => {
                // Nobody there to be told is as good an end.
                let _ = receipts.send(Err(status)).await;
                None
            }
        };
        if end.is_none() {
            return;
        }
    }
}

/// Sends receipts with their numbers in the stream; `None` where nobody reads them.
async fn hand_over(
    given: Vec<IngestIncidentsResponse>,
    stored: &mut usize,
    receipts: &Sender<Receipt>,
) -> Option<()> {
    for mut receipt in given {
        receipt.index = count(*stored);
        *stored += 1;
        receipts.send(Ok(receipt)).await.ok()?;
    }
    Some(())
}
