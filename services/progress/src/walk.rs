//! A walk along a log in the order in which its events count, a page at a time.

use std::collections::VecDeque;

use agent_core::mastery::{Moment, OutOfOrder};
use ledger::{Entry, Ledger, LedgerError, Position};

use crate::decide::entry::{Kept, LogEntry, Logged};
use crate::decide::moment;
use crate::views::Log;

/// How many entries are read at once.
const PAGE: u32 = 256;

/// Where a walk stands.
pub(crate) struct Walk<'a> {
    ledger: &'a dyn Ledger,
    log: &'a Log,
    page_size: u32,
    page: VecDeque<Entry>,
    /// The next page is after this place; `None` within is the beginning. Nothing where the last page was read.
    next_page: Option<Option<Position>>,
}

/// What is kept cannot be: an entry out of its order.
pub(crate) fn corrupt(log: &Log, error: &OutOfOrder) -> LedgerError {
    LedgerError::Corrupt(format!("log {}: {error}", log.name()))
}

fn position(place: Moment) -> Position {
    Position { occurred_at: moment::occurred_at(place), event_id: moment::event_id(place) }
}

impl<'a> Walk<'a> {
    /// From after a place, or from the beginning.
    pub(crate) fn after(ledger: &'a dyn Ledger, log: &'a Log, place: Option<Moment>) -> Self {
        Self { ledger, log, page_size: PAGE, page: VecDeque::new(), next_page: Some(place.map(position)) }
    }

    /// Reads so many entries at once: for who wants no more.
    pub(crate) fn by(self, page_size: u32) -> Self {
        Self { page_size, ..self }
    }

    /// The next event; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Logged>, LedgerError> {
        let kept = self.next_kept().await?;
        Ok(kept.map(|Kept { event, by, .. }| Logged { event, by }))
    }

    /// The next event with its key; `None` at the end.
    pub(crate) async fn next_kept(&mut self) -> Result<Option<Kept>, LedgerError> {
        if self.page.is_empty()
            && let Some(after) = self.next_page
        {
            let page = self.ledger.stream(self.log.name(), after, self.page_size).await?;
            self.next_page = match page.last() {
                Some(last) if page.len() == self.page_size as usize => {
                    Some(Some(Position { occurred_at: last.occurred_at, event_id: last.event_id }))
                }
                _ => None,
            };
            self.page = page.into();
        }
        self.page.pop_front().map(|entry| read(self.log, &entry)).transpose()
    }
}

fn read(log: &Log, entry: &Entry) -> Result<Kept, LedgerError> {
    let body: LogEntry = serde_json::from_slice(&entry.body).map_err(|error| {
        LedgerError::Corrupt(format!("log {} at {}: {error}", log.name(), entry.event_id))
    })?;
    Ok(body.at(moment::of(entry.occurred_at, entry.event_id)))
}
