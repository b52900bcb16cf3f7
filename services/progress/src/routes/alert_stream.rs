//! `GET /alerts` as server-sent events: what is told of a class, from a number on.
//!
//! A task reads for each listener and puts into a bounded buffer. It ends, and the stream with it, where the reader is too
//! slow or gone, where the class is no longer the reader's, after an hour (the token that opened it is old by then), and at
//! the stop of the process, which would wait for it otherwise.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use auth::Principal;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use contracts::{ClassId, StudentId};
use futures::stream::poll_fn;
use http::HeaderMap;
use ledger::LedgerError;
use problem::Problem;
use room::ledger_problem;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use super::alert::AlertAnswer;
use super::alerts::students;
use crate::Progress;
use crate::alerts::feed::{self, What};

/// So many events wait for a reader; then the reader is too slow.
const BUFFER: usize = 256;
/// What another process tells is looked for so often.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A comment keeps the connection from being taken for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// No stream is longer.
const LIFE_MAX: Duration = Duration::from_secs(3600);
/// How long a client should wait that finds all places taken.
const RETRY_AFTER_S: u64 = 30;

/// The stream.
pub(super) async fn answer(
    room: Arc<Progress>,
    principal: Principal,
    class_id: ClassId,
    last_heard: Option<u64>,
) -> Result<Response, Problem> {
    let after = match last_heard {
        Some(number) => number,
        None => {
            let last = feed::last_number(room.ports.ledger.as_ref()).await;
            last.map_err(|error| ledger_problem(&error))?
        }
    };
    let listening = room.alerts.feed.listen();
    let (mut news, place) =
        listening.ok_or_else(|| Problem::unavailable(RETRY_AFTER_S, "too many listen to alerts"))?;
    let (sender, mut receiver) = mpsc::channel::<Result<Event, Infallible>>(BUFFER);
    tokio::spawn(async move {
        let _place = place;
        let over = Instant::now() + LIFE_MAX;
        let mut reader = Reader { room, principal, class_id, after };
        loop {
            let is_over = news.borrow_and_update().is_over;
            if is_over || !reader.hand_on(&sender).await {
                return;
            }
            tokio::select! {
                () = sender.closed() => return,
                changed = news.changed() => if changed.is_err() { return },
                () = sleep(LOOK_EVERY) => {}
                () = sleep_until(over) => return,
            }
        }
    });
    let events = poll_fn(move |context| receiver.poll_recv(context));
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

/// The number after which to go on, if the client gave one.
pub(super) fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    number
        .map(Some)
        .ok_or_else(|| Problem::field("Last-Event-ID", "must be the id of an event of this stream"))
}

/// What one listener heard.
struct Reader {
    room: Arc<Progress>,
    principal: Principal,
    class_id: ClassId,
    after: u64,
}

impl Reader {
    /// Puts what is new into the buffer; false where the stream is to end.
    async fn hand_on(&mut self, sender: &mpsc::Sender<Result<Event, Infallible>>) -> bool {
        let events = match self.events().await {
            Ok(events) => events,
            Err(problem) => {
                tracing::debug!(detail = %problem.detail, "a stream of alerts ends");
                return false;
            }
        };
        // Full: too slow. Closed: gone. Either may begin again with the last id.
        events.into_iter().all(|event| sender.try_send(Ok(event)).is_ok())
    }

    async fn events(&mut self) -> Result<Vec<Event>, Problem> {
        let ledger = Arc::clone(&self.room.ports.ledger);
        let stored = |error: LedgerError| ledger_problem(&error);
        let last = feed::last_number(ledger.as_ref()).await.map_err(stored)?;
        if last <= self.after {
            return Ok(Vec::new());
        }
        // Who is in the class, and whose it is, may have changed.
        let students = students(&self.room, &self.principal, &self.class_id).await?;
        let students: Vec<StudentId> = students.into_iter().collect();
        let told = feed::since(ledger.as_ref(), &students, self.after, last).await.map_err(stored)?;
        self.after = last;
        told.into_iter().map(|(number, what, kept)| event(number, what, kept.into())).collect()
    }
}

fn event(number: u64, what: What, alert: AlertAnswer) -> Result<Event, Problem> {
    let name = match what {
        What::Opened => "alert.opened",
        What::Closed => "alert.closed",
    };
    let event = Event::default().id(number.to_string()).event(name);
    event.json_data(alert).map_err(|error| Problem::internal(error.to_string()))
}
