//! Works off one partition of one group: one record in hand, in order.
//!
//! Not here: the life of a record (`settle`), who listens to what, and waiting for the acknowledgement (`memory`).

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::Delivery;
use crate::settle::{End, Settler};

/// A record in a queue, and the publisher that waits for it. Dropped without an answer, it was not acknowledged.
pub(super) struct Record {
    pub(super) delivery: Delivery,
    pub(super) acknowledge: oneshot::Sender<()>,
}

/// Until the bus stops. What is still queued then is left to its publishers.
pub(super) async fn work(settler: Settler, mut records: mpsc::Receiver<Record>, stopping: CancellationToken) {
    loop {
        let record = tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            record = records.recv() => record,
        };
        let Some(record) = record else { return };
        if let End::Settled = settler.settle(record.delivery, &stopping).await {
            // The publisher may have gone: then it publishes again, and the handler sees a duplicate.
            let _ = record.acknowledge.send(());
        }
    }
}
