//! The task that owns a room's connection that writes: takes what waits, one transaction for all of it, then the answers.
//!
//! Not here: what happens inside the transaction (module `batch`).

use std::sync::Arc;

use ledger::gather::{self, Gather, Gathered, Waiting, Work};
use ledger::{LedgerError, Outcome};
use sqlx::{Connection, PgConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::batch::{Batch, Verdict, Written};
use crate::connect::ANSWER_MARGIN;
use crate::failure::Failure;
use crate::listen;
use crate::room::Room;

/// How often a transaction is tried that another one, or a broken connection, ended before its COMMIT.
const ATTEMPTS_MAX: u32 = 4;

/// How many statements' time a transaction may take.
const STATEMENTS_MAX: u32 = 4;

/// What the writer is asked to do beside writing.
pub(crate) enum Order {
    /// End.
    Close { reply: oneshot::Sender<()> },
}

/// What the writer is asked to do.
pub(crate) type Job = gather::Job<Write, Order>;

/// A write.
pub(crate) struct Write {
    pub(crate) work: Work,
    pub(crate) reply: oneshot::Sender<Verdict>,
}

impl Waiting for Write {
    fn work(&self) -> &Work {
        &self.work
    }
}

/// A room's writer.
pub(crate) struct Writer {
    room: Arc<Room>,
    /// None before it is needed, and after it broke.
    connection: Option<PgConnection>,
}

impl Writer {
    pub(crate) fn new(room: Arc<Room>, connection: Option<PgConnection>) -> Self {
        Self { room, connection }
    }

    /// Works until it is told to close, or until nobody is left who could ask.
    pub(crate) async fn run(mut self, waiting: mpsc::Receiver<Job>) {
        let mut gather = Gather::new(waiting);
        while let Some(Gathered { writes, order }) = gather.next().await {
            self.commit(writes).await;
            if let Some(Order::Close { reply }) = order {
                // Whoever waits behind sees the channel go: "the store is closed".
                drop(gather);
                self.finish().await;
                let _ = reply.send(());
                return;
            }
        }
        self.finish().await;
    }

    async fn finish(self) {
        let Some(connection) = self.connection else { return };
        if !matches!(timeout(ANSWER_MARGIN, connection.close()).await, Ok(Ok(()))) {
            tracing::debug!("the connection that writes was not closed with a word");
        }
    }

    async fn commit(&mut self, writes: Vec<Write>) {
        if writes.is_empty() {
            return;
        }
        match self.transact(&writes).await {
            Ok(written) => self.answer(writes, written),
            // One of them is at fault: the others shall not suffer for it.
            Err(Failure::Refused(text)) if writes.len() > 1 => {
                tracing::warn!(text, changes = writes.len(), "a batch was refused; trying one by one");
                for write in writes {
                    match self.transact(std::slice::from_ref(&write)).await {
                        Ok(written) => self.answer(vec![write], written),
                        Err(failure) => refuse(vec![write], &failure),
                    }
                }
            }
            Err(failure) => refuse(writes, &failure),
        }
    }

    fn answer(&self, writes: Vec<Write>, written: Written) {
        if !written.lanes.is_empty() {
            self.room.changed.notify_one();
            listen::tell_others(&self.room, &written.lanes);
        }
        let mut verdicts = written.verdicts.into_iter();
        for write in writes {
            let verdict = match write.work {
                Work::Change(_) => verdicts.next().unwrap_or_else(|| Err(Failure::silent().into())),
                Work::Published(_) => Ok(Outcome::Committed),
            };
            // Whoever asked may have gone; the change stands.
            let _ = write.reply.send(verdict);
        }
    }

    async fn transact(&mut self, writes: &[Write]) -> Result<Written, Failure> {
        let mut attempts = 1;
        loop {
            match self.attempt(writes).await {
                Err(Failure::Lost(_) | Failure::Raced(_)) if attempts < ATTEMPTS_MAX => attempts += 1,
                ended => return ended,
            }
        }
    }

    async fn attempt(&mut self, writes: &[Write]) -> Result<Written, Failure> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.room.base.connector.connect().await?,
        };
        let settings = &self.room.base.settings;
        let within = settings.lock_timeout + settings.statement_timeout * STATEMENTS_MAX + ANSWER_MARGIN;
        // Without an answer the connection is dropped, and the server rolls back what was not committed.
        let ended = timeout(within, write(&mut connection, &self.room, writes)).await;
        let ended = ended.map_err(|_| Failure::silent())?;
        let is_whole = match &ended {
            Ok(_) => true,
            Err(Failure::Lost(_) | Failure::Undecided(_)) => false,
            Err(_) => roll_back(&mut connection).await,
        };
        if is_whole {
            self.connection = Some(connection);
        }
        ended
    }
}

async fn write(connection: &mut PgConnection, room: &Room, writes: &[Write]) -> Result<Written, Failure> {
    let (mut changes, mut published) = (Vec::new(), Vec::new());
    for write in writes {
        match &write.work {
            Work::Change(change) => changes.push(&**change),
            Work::Published(sequences) => published.extend_from_slice(sequences),
        }
    }
    let batch = Batch::begin(connection, room).await?;
    let written = batch.write(&published, &changes).await?;
    match sqlx::query("COMMIT").execute(connection).await.map_err(Failure::from) {
        Ok(_) => Ok(written),
        Err(Failure::Lost(text)) => Err(Failure::Undecided(text)),
        Err(failure) => Err(failure),
    }
}

/// Whether the connection can be used again.
async fn roll_back(connection: &mut PgConnection) -> bool {
    let rolled_back = timeout(ANSWER_MARGIN, sqlx::raw_sql("ROLLBACK").execute(connection)).await;
    matches!(rolled_back, Ok(Ok(_)))
}

fn refuse(writes: Vec<Write>, failure: &Failure) {
    tracing::error!(?failure, changes = writes.len(), "the ledger's database cannot be written");
    for write in writes {
        let refused: LedgerError = failure.clone().into();
        let _ = write.reply.send(Err(refused));
    }
}
