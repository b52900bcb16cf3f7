//! The way to the Redis server: one connection for all who ask, made when it is first needed and anew when it breaks.
//!
//! Not here: what is asked (modules `limit` and `copy`).

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, RedisResult, Script, ScriptInvocation};
use tokio::time::timeout;

use crate::outage::Outage;

/// How many questions may wait to be written to the connection; more wait their turn, within their patience.
const WAITING_MAX: usize = 1024;

/// How long to wait for the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// For one answer, a connection that must be made included.
    pub timeout: Duration,
    /// After a failure nobody asks for so long; then one does, and finds out.
    pub cool_down: Duration,
}

impl Default for Settings {
    /// 100 ms and 1 s: a request is late by a tenth of a second at worst, and few are.
    fn default() -> Self {
        Self { timeout: Duration::from_millis(100), cool_down: Duration::from_secs(1) }
    }
}

/// A text that names no server. It is not shown: there may be a password in it.
#[derive(Debug, thiserror::Error)]
#[error("this is no address of a Redis server, as in redis://host:port: {0}")]
pub struct AddressError(String);

/// There is no answer: why. What was asked may have been done all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Redis does not answer: {0}")]
pub struct Silence(String);

/// A Redis server. Clones share the connection and what is known of an outage.
#[derive(Clone)]
pub struct Redis(Arc<Shared>);

struct Shared {
    client: Client,
    settings: Settings,
    outage: Outage,
    /// Locked for no longer than it takes to copy it.
    line: Mutex<Line>,
    /// Held while a connection is made, so that one is.
    connecting: tokio::sync::Mutex<()>,
}

/// The connection, and the number of it: who finds one broken must not throw away the next.
#[derive(Default)]
struct Line {
    number: u64,
    connection: Option<MultiplexedConnection>,
}

impl fmt::Debug for Redis {
    /// Without the address: there may be a password in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl Redis {
    /// The server at `redis://[user:password@]host:port[/database]`. It need not be there yet.
    ///
    /// # Errors
    /// If the text is no such address.
    pub fn at(address: &str, settings: Settings) -> Result<Self, AddressError> {
        let client = Client::open(address).map_err(|error| AddressError(error.to_string()))?;
        let outage = Outage::new(settings.cool_down);
        let (line, connecting) = Default::default();
        Ok(Self(Arc::new(Shared { client, settings, outage, line, connecting })))
    }

    /// Whether the server answers, for /ready.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn answers(&self) -> Result<(), Silence> {
        self.run::<i64>(&Script::new("return 1").prepare_invoke()).await.map(drop)
    }

    /// Whether the server did not answer when it was last asked: what is said meanwhile each use decides.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.0.outage.goes_on_now()
    }

    /// What the script answers.
    ///
    /// Where a connection turns out to be broken the script is sent again on a new one: rarely, it runs twice.
    pub(crate) async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, Silence> {
        let Shared { settings, outage, .. } = &*self.0;
        if !outage.may_ask() {
            return Err(Silence("it did not a moment ago".to_owned()));
        }
        let reason = match timeout(settings.timeout, self.ask(script)).await {
            Ok(Ok(answer)) => {
                outage.ended();
                return Ok(answer);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("not within {} ms", settings.timeout.as_millis()),
        };
        // Whatever it was: a connection to a server that went away may look whole for minutes.
        self.line().connection = None;
        outage.goes_on(&reason);
        Err(Silence(reason))
    }

    async fn ask<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> RedisResult<T> {
        if let Some((number, mut connection)) = self.held() {
            match script.invoke_async(&mut connection).await {
                // It broke while nobody used it, or the server was started anew.
                Err(error) if error.is_connection_dropped() => self.forget(number),
                outcome => return outcome,
            }
        }
        script.invoke_async(&mut self.connection().await?).await
    }

    async fn connection(&self) -> RedisResult<MultiplexedConnection> {
        let _connecting = self.0.connecting.lock().await;
        if let Some((_, connection)) = self.held() {
            return Ok(connection);
        }
        // The patience of who asks is the limit for all of it.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None)
            .set_pipeline_buffer_size(WAITING_MAX);
        let connection = self.0.client.get_multiplexed_async_connection_with_config(&config).await?;
        let mut line = self.line();
        *line = Line { number: line.number + 1, connection: Some(connection.clone()) };
        Ok(connection)
    }

    fn held(&self) -> Option<(u64, MultiplexedConnection)> {
        let line = self.line();
        line.connection.clone().map(|connection| (line.number, connection))
    }

    fn forget(&self, number: u64) {
        let mut line = self.line();
        if line.number == number {
            line.connection = None;
        }
    }

    /// A panic elsewhere does not make it wrong: it is only ever replaced as a whole.
    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
