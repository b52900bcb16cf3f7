//! Takes, renews and gives back the lanes of a room, so that the stores that relay share them evenly.
//!
//! A store that relays says so in `ledger_relay`, and each works towards its share: it takes lanes that are free or whose
//! lease ended (SKIP LOCKED: two stores that take at once get different ones), and lets surplus ones go, which are free
//! as soon as all that was handed out of them is published, at the latest when their lease ends.
//!
//! Not here: what a lease allows (module `lanes`).

use std::sync::Arc;
use std::time::Duration;

use sqlx::Row;
use sqlx::postgres::PgRow;
use tokio::time::{Instant, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::failure::Failure;
use crate::lanes::LANES;
use crate::room::Room;
use crate::sql::{APPEAR, COUNT_RELAYS, LEAVE, RELEASE, RENEW, TAKE};

/// Leases are renewed so many times before they would end.
const RENEWALS: u32 = 4;

/// Renews the leases as long as it lives: whoever reads the outbox keeps one.
pub(crate) struct Keeper(#[expect(dead_code, reason = "it works by being dropped")] DropGuard);

impl Keeper {
    pub(crate) fn start(room: &Arc<Room>) -> Self {
        let stop = room.base.stop.child_token();
        tokio::spawn(keep(Arc::clone(room), stop.clone()));
        Self(stop.drop_guard())
    }
}

async fn keep(room: Arc<Room>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(room.base.settings.lease / RENEWALS) => {}
        }
        match tend(&room).await {
            Ok(true) => room.changed.notify_one(),
            Ok(false) => {}
            Err(failure) => tracing::warn!(?failure, room = room.spec.name, "leases could not be renewed"),
        }
    }
}

/// One round: renews, lets go, takes. Whether there are lanes that were not held before.
async fn tend(room: &Room) -> Result<bool, Failure> {
    let mut tended_at = room.tended_at.lock().await;
    tend_alone(room, &mut tended_at).await
}

/// A round where the last one is long ago: for a relay that begins, and must not wait for the first of the keeper's rounds.
pub(crate) async fn tend_if_due(room: &Room) -> Result<(), Failure> {
    let mut tended_at = room.tended_at.lock().await;
    if tended_at.is_some_and(|at| at.elapsed() < room.base.settings.lease / RENEWALS) {
        return Ok(());
    }
    tend_alone(room, &mut tended_at).await.map(|_| ())
}

async fn tend_alone(room: &Room, tended_at: &mut Option<Instant>) -> Result<bool, Failure> {
    if room.base.stop.is_cancelled() {
        return Err(Failure::closed());
    }
    let lease = room.base.settings.lease;
    let ended = timeout(lease, round(room, lease)).await.map_err(|_| Failure::silent())?;
    if ended.is_ok() {
        *tended_at = Some(Instant::now());
    }
    ended
}

async fn round(room: &Room, lease: Duration) -> Result<bool, Failure> {
    let (number, holder) = (room.numbers()?.room, room.base.holder);
    let lease_ms = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX);
    let mut transaction = room.base.readers.pool.begin().await?;
    // From before the database's own count begins.
    let until = Instant::now() + lease;
    let appear = sqlx::query(APPEAR).bind(number).bind(holder).bind(lease_ms);
    appear.execute(&mut *transaction).await?;
    let row = sqlx::query(COUNT_RELAYS).bind(number).fetch_one(&mut *transaction).await?;
    let relays: i64 = row.try_get(0)?;
    let share = usize::from(LANES).div_ceil(usize::try_from(relays).unwrap_or(1).max(1));

    let surplus: Vec<i16> = room.lanes.split(Instant::now()).0.keys().skip(share).copied().collect();
    room.lanes.let_go(surplus);
    let (kept, leaving) = room.lanes.split(Instant::now());
    let (lanes, tokens): (Vec<i16>, Vec<i64>) = kept.iter().map(|(lane, held)| (*lane, held.token)).unzip();
    let renew = sqlx::query(RENEW).bind(number).bind(holder).bind(lease_ms).bind(&lanes).bind(tokens);
    let renewed = numbers(&renew.fetch_all(&mut *transaction).await?)?;
    let lost: Vec<i16> = lanes.into_iter().filter(|lane| !renewed.contains(lane)).collect();

    let (away, handed_out): (Vec<i16>, Vec<i64>) =
        leaving.iter().map(|(lane, held)| (*lane, held.handed_out)).unzip();
    let release = sqlx::query(RELEASE).bind(number).bind(holder).bind(&away).bind(handed_out);
    let released = numbers(&release.fetch_all(&mut *transaction).await?)?;

    let held: Vec<i16> = renewed.iter().chain(&away).copied().collect();
    let missing = i64::try_from(share.saturating_sub(renewed.len())).unwrap_or(0);
    let take = sqlx::query(TAKE).bind(number).bind(holder).bind(lease_ms).bind(held).bind(missing);
    let taken: Result<Vec<(i16, i64)>, sqlx::Error> = take
        .fetch_all(&mut *transaction)
        .await?
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect();
    let taken = taken?;
    transaction.commit().await?;

    room.lanes.lose(lost.into_iter().chain(released));
    room.lanes.renew(renewed, until);
    let has_more = !taken.is_empty();
    room.lanes.take(taken, until);
    Ok(has_more)
}

fn numbers(rows: &[PgRow]) -> Result<Vec<i16>, Failure> {
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

/// Gives everything back, so that others need not wait for the end of the leases.
pub(crate) async fn leave(room: &Room) {
    // Where it was never opened nothing was leased.
    let Ok(numbers) = room.numbers() else { return };
    let _alone = room.tended_at.lock().await;
    room.lanes.clear();
    let leave = sqlx::query(LEAVE).bind(numbers.room).bind(room.base.holder);
    let left = timeout(room.base.settings.lease, leave.execute(&room.base.readers.pool)).await;
    if !matches!(left, Ok(Ok(_))) {
        tracing::warn!(room = room.spec.name, "leases were not given back; they end by themselves");
    }
}
