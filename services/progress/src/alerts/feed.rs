//! What was told, in the order in which it was told: each opening and each end of an alert has a number.
//!
//! The numbers are stored with the alerts, so that whoever listened can go on after the last one, from any process, as
//! far back as alerts are kept. Not here: the stream's form (`routes`).

use std::sync::Arc;

use contracts::StudentId;
use ledger::{Document, Ledger, LedgerError};
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::kept::{self, FEED, Kept};

/// The one document's key.
pub(super) const KEY: &str = "alerts";
/// So many may listen at once.
const LISTENERS_MAX: usize = 200;

/// The number of the last thing that was told.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Numbered {
    pub(super) last: u64,
}

/// Its document and the number; 0 where nothing was told yet.
pub(super) async fn last(ledger: &dyn Ledger) -> Result<(Option<Document>, u64), LedgerError> {
    let document = ledger.document(FEED, KEY).await?;
    let numbered: Numbered = document.as_ref().map(Document::read).transpose()?.unwrap_or_default();
    Ok((document, numbered.last))
}

/// The number of the last thing that was told.
pub(crate) async fn last_number(ledger: &dyn Ledger) -> Result<u64, LedgerError> {
    last(ledger).await.map(|(_, last)| last)
}

/// What happened to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Opened,
    Closed,
}

/// What was told of these students after a number and up to another, in order.
pub(crate) async fn since(
    ledger: &dyn Ledger,
    students: &[StudentId],
    after: u64,
    up_to: u64,
) -> Result<Vec<(u64, What, Kept)>, LedgerError> {
    let is_new = |number: &u64| *number > after && *number <= up_to;
    let mut found = Vec::new();
    for kept in kept::of_students(ledger, students, false).await? {
        let numbers = [(kept.told.opened, What::Opened), (kept.told.ended, What::Closed)];
        for (number, what) in numbers {
            if let Some(number) = number.filter(is_new) {
                found.push((number, what, kept.clone()));
            }
        }
    }
    found.sort_by_key(|(number, _, _)| *number);
    Ok(found)
}

/// What this process knows of the feed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct News {
    told: u64,
    /// The process stops: nothing more will be told here.
    pub(crate) is_over: bool,
}

/// Tells those who listen in this process that there is something new.
pub(crate) struct Feed {
    news: watch::Sender<News>,
    listeners: Arc<Semaphore>,
}

impl Default for Feed {
    fn default() -> Self {
        Self { news: watch::Sender::default(), listeners: Arc::new(Semaphore::new(LISTENERS_MAX)) }
    }
}

impl Feed {
    pub(super) fn tell(&self) {
        self.news.send_modify(|news| news.told += 1);
    }

    pub(super) fn end(&self) {
        self.news.send_modify(|news| news.is_over = true);
    }

    /// A place among those who listen, as long as the permit is held; `None` where all are taken.
    pub(crate) fn listen(&self) -> Option<(watch::Receiver<News>, OwnedSemaphorePermit)> {
        let permit = Arc::clone(&self.listeners).try_acquire_owned().ok()?;
        Some((self.news.subscribe(), permit))
    }
}
