//! Tells the stores of other processes that there are messages in lanes which are not ours, and hears it from them.
//!
//! Only a means to be quick: a relay also looks by itself now and then. The word is sent after the COMMIT and not with it,
//! because Postgres lets transactions that notify commit one after the other.
//!
//! Not here: which lanes are whose (module `lanes`).

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Base;
use crate::room::Room;

/// The channel; what is said there is the room's number and the holder who says it.
const CHANNEL: &str = "ledger_outbox";

/// Whom to wake, by room.
#[derive(Clone, Default)]
pub(crate) struct Ears(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    rooms: Vec<(i16, Weak<Notify>)>,
    is_listening: bool,
}

impl Ears {
    pub(crate) fn add(&self, room: i16, changed: &Arc<Notify>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).rooms.push((room, Arc::downgrade(changed)));
    }

    fn wake(&self, is_meant: impl Fn(i16) -> bool) {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, changed) in known.rooms.iter().filter(|(room, _)| is_meant(*room)) {
            if let Some(changed) = changed.upgrade() {
                changed.notify_one();
            }
        }
    }

    fn is_first_to_listen(&self) -> bool {
        !std::mem::replace(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).is_listening, true)
    }
}

/// Tells the others, in the background, if one of these lanes is theirs.
pub(crate) fn tell_others(room: &Arc<Room>, lanes: &HashSet<i16>) {
    let now = Instant::now();
    if lanes.iter().all(|lane| room.lanes.has(*lane, now)) {
        return;
    }
    let Ok(numbers) = room.numbers() else { return };
    let word = format!("{} {}", numbers.room, room.base.holder);
    let pool = room.base.readers.pool.clone();
    tokio::spawn(async move {
        let told = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(word).execute(&pool).await;
        if let Err(error) = told {
            tracing::debug!(%error, "other relays were not told of new messages; they will look");
        }
    });
}

/// Listens from now on, until the store is closed or gone. Once a store.
pub(crate) fn start(base: &Base) {
    if base.ears.is_first_to_listen() {
        let own = format!(" {}", base.holder);
        let (pool, ears, stop) = (base.readers.pool.clone(), base.ears.clone(), base.stop.clone());
        let poll = base.settings.poll;
        tokio::spawn(async move {
            while !stop.is_cancelled() {
                tokio::select! {
                    () = stop.cancelled() => return,
                    error = listen(&pool, &ears, &own) => {
                        tracing::debug!(%error, "not listening for the moment");
                        pause(&stop, poll).await;
                    }
                }
            }
        });
    }
}

async fn pause(stop: &CancellationToken, time: std::time::Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(time) => {}
    }
}

/// Listens until the connection breaks.
async fn listen(pool: &PgPool, ears: &Ears, own: &str) -> sqlx::Error {
    let mut listener = match PgListener::connect_with(pool).await {
        Ok(listener) => listener,
        Err(error) => return error,
    };
    listener.ignore_pool_close_event(false);
    if let Err(error) = listener.listen(CHANNEL).await {
        return error;
    }
    // Something may have been said before.
    ears.wake(|_| true);
    loop {
        let word = match listener.recv().await {
            Ok(word) => word,
            Err(error) => return error,
        };
        let (room, holder) = word.payload().split_at(word.payload().find(' ').unwrap_or(0));
        if holder != own {
            ears.wake(|known| room.parse() == Ok(known));
        }
    }
}
