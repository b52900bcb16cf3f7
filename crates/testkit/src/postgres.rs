//! Databases on a real Postgres server, each a test's own, and servers that a test may stop.
//!
//! The server is what AGENT_BUS_TEST_POSTGRES names; `scripts/postgres run COMMAND` starts one for the command. Not here:
//! what is in the databases (crate `ledger-postgres`).

use clock::{Ids, RandomIds};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::script::Scripted;

/// Where the server is: `postgres://user@host:port/database`.
pub const ADDRESS: &str = "AGENT_BUS_TEST_POSTGRES";

/// An empty database. It goes when this does, whoever is still connected.
pub struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    /// On the server for tests.
    ///
    /// # Panics
    /// If there is none: a test that needs it must fail, not pass over what it would show.
    pub async fn fresh() -> Self {
        let server = std::env::var(ADDRESS).unwrap_or_else(|_| {
            panic!("{ADDRESS} names no Postgres server: `make test` starts one, and so does `scripts/postgres run COMMAND`")
        });
        Self::on(&server).await
    }

    /// On this server.
    ///
    /// # Panics
    /// If the server does not make it.
    pub async fn on(server: &str) -> Self {
        let name = format!("test_{}", RandomIds.event_id().0.simple());
        execute(server, &format!("CREATE DATABASE {name}")).await.expect("a database for the test");
        let url = options(server).database(&name).to_url_lossy().to_string();
        Self { server: server.to_owned(), name, url }
    }

    /// The address of the database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection, for what the store does not show.
    ///
    /// # Panics
    /// If the database does not answer.
    pub async fn connection(&self) -> sqlx::PgConnection {
        options(&self.url).connect().await.expect("a connection to the test's database")
    }
}

impl Drop for Database {
    /// On a thread of its own: the test's runtime may be on its way out. A server that is gone took it along.
    fn drop(&mut self) {
        let (server, text) =
            (self.server.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(execute(&server, &text)).map_err(std::io::Error::other)
        });
        drop(dropping.join());
    }
}

fn options(url: &str) -> PgConnectOptions {
    let options: PgConnectOptions = url.parse().expect("postgres://user@host:port/database");
    options.disable_statement_logging()
}

async fn execute(server: &str, text: &str) -> sqlx::Result<()> {
    let mut connection = options(server).connect().await?;
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await?;
    connection.close().await
}

/// A server of the test's own. It is stopped and removed with this.
pub struct Server(Scripted);

impl Server {
    /// Makes and starts a server.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start_new() -> Self {
        Self(Scripted::start_new("postgres"))
    }

    /// The address of its first database.
    #[must_use]
    pub fn url(&self) -> &str {
        self.0.address()
    }

    /// Stops it as a crash would: connections break, and the next start recovers from the log.
    ///
    /// # Panics
    /// If it does not stop.
    pub fn crash(&self) {
        self.0.crash();
    }

    /// Starts it again on what it holds.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(&self) {
        self.0.start();
    }
}
