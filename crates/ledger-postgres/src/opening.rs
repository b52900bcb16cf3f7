//! A room whose database need not be there yet: it is opened in the background, as soon as the database answers and has this
//! program's schema. Until then whoever asks hears [`LedgerError::Unavailable`], as when the database goes away later.
//!
//! Nothing is migrated here: a program that runs in many processes beside its predecessor must not change what both stand
//! on. A schema that does not fit is waited for for a while, as a migration may be under way; then it is refused.
//!
//! Not here: migrating (module `migrate`), what fits (module `schema`).

use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use ledger::{Ledger, LedgerError, RoomSpec, declared};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::connect::Connector;
use crate::define::{Numbers, define};
use crate::failure::Failure;
use crate::reader::PgLedger;
use crate::room::Room;
use crate::{PgStore, Settings, schema, warn_of_loss};

/// How often the database is tried.
const TRY_EVERY: Duration = Duration::from_millis(500);

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The database was not asked yet.
    Untried,
    /// It does not answer, or lets nobody in.
    Away,
    /// It lacks what this program needs: what, and what is to be done.
    Unfit(String),
    /// It never will do: why.
    Refused(String),
    /// The room can be used.
    Open,
}

/// Tells how far the opening of a room is. Clones tell the same.
#[derive(Debug, Clone)]
pub struct Opening(watch::Receiver<Stage>);

impl Opening {
    /// How far it is now.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.0.borrow().clone()
    }

    /// Waits until the database was tried once: with one that is there, the room is open then.
    pub async fn tried(&self) {
        // The other end goes when all is said.
        let _ = self.0.clone().wait_for(|stage| *stage != Stage::Untried).await;
    }

    /// Resolves with the reason once the database was refused; else never.
    pub async fn refused(&self) -> String {
        let mut stages = self.0.clone();
        if let Ok(stage) = stages.wait_for(|stage| matches!(stage, Stage::Refused(_))).await
            && let Stage::Refused(why) = &*stage
        {
            return why.clone();
        }
        std::future::pending().await
    }
}

impl PgStore {
    /// The database at `postgres://user:password@host:port/name`, which need not be there yet. Within a Tokio runtime.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if the address is not well formed.
    pub fn at(url: &str, settings: Settings) -> Result<Self, LedgerError> {
        let connector = Connector::new(url, &settings)?;
        Ok(Self::on(connector, settings))
    }

    /// The ledger of one room at once, and how far it is: it can be used when the database is there.
    ///
    /// # Errors
    /// [`LedgerError::Undeclared`] if a name is not well formed, or the room was asked for before.
    pub fn room_when_there(&self, spec: RoomSpec) -> Result<(Arc<dyn Ledger>, Opening), LedgerError> {
        declared::check_names(spec)?;
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if rooms.iter().any(|ledger| ledger.spec().name == spec.name) {
            return Err(LedgerError::Undeclared(format!("room {} is opened twice", spec.name)));
        }
        let room = Arc::new(Room::new(Arc::clone(&self.base), spec));
        let (stage, opening) = watch::channel(Stage::Untried);
        let trying = Trying {
            room: Arc::downgrade(&room),
            spec,
            connector: self.base.connector.clone(),
            migration_wait: self.base.settings.migration_wait,
            stage,
        };
        let stop = self.base.stop.clone();
        tokio::spawn(stop.run_until_cancelled_owned(trying.run()));
        let ledger = PgLedger::start(room, None);
        rooms.push(ledger.clone());
        Ok((Arc::new(ledger), Opening(opening)))
    }
}

/// Why a room cannot be opened now.
enum Hindrance {
    Away(String),
    Unfit(String),
    Refused(String),
}

impl From<Failure> for Hindrance {
    fn from(failure: Failure) -> Self {
        Self::Away(LedgerError::from(failure).to_string())
    }
}

/// Tries until the room is open, or refused, or gone.
struct Trying {
    room: Weak<Room>,
    spec: RoomSpec,
    connector: Connector,
    migration_wait: Duration,
    stage: watch::Sender<Stage>,
}

impl Trying {
    async fn run(self) {
        let mut unfit_since = None;
        loop {
            let stage = match self.attempt().await {
                Ok(numbers) => {
                    let Some(room) = self.room.upgrade() else { return };
                    room.is_known_by(numbers);
                    tracing::info!(room = self.spec.name, "the database is open");
                    Stage::Open
                }
                Err(Hindrance::Away(why)) => {
                    unfit_since = None;
                    if self.is_news(&Stage::Away) {
                        tracing::warn!(room = self.spec.name, reason = why, "the database is waited for");
                    }
                    Stage::Away
                }
                Err(Hindrance::Unfit(why)) => {
                    let since: Instant = *unfit_since.get_or_insert_with(Instant::now);
                    let stage = Stage::Unfit(why.clone());
                    if self.is_news(&stage) {
                        tracing::warn!(room = self.spec.name, reason = why, "the schema is waited for");
                    }
                    if since.elapsed() >= self.migration_wait { Stage::Refused(why) } else { stage }
                }
                Err(Hindrance::Refused(why)) => Stage::Refused(why),
            };
            let is_settled = matches!(stage, Stage::Open | Stage::Refused(_));
            self.stage.send_replace(stage);
            if is_settled || self.room.strong_count() == 0 {
                return;
            }
            sleep(TRY_EVERY).await;
        }
    }

    fn is_news(&self, stage: &Stage) -> bool {
        *self.stage.borrow() != *stage
    }

    async fn attempt(&self) -> Result<Numbers, Hindrance> {
        let mut connection = self.connector.connect().await?;
        schema::check(&mut connection).await?.map_err(Hindrance::Unfit)?;
        let numbers = define(&mut connection, self.spec).await.map_err(|error| match error {
            LedgerError::Undeclared(_) | LedgerError::Corrupt(_) => Hindrance::Refused(error.to_string()),
            away => Hindrance::Away(away.to_string()),
        })?;
        warn_of_loss(&mut connection).await?;
        Ok(numbers)
    }
}
