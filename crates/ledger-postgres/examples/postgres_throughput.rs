//! How many changes a second one database takes from one process, and how many messages a second its relay carries out.
//!
//! `scripts/postgres run cargo run --release -p ledger-postgres --example postgres_throughput -- [CHANGES] [AT_ONCE] [STUDENTS]`
//!
//! A change is what Progress commits for one event: an inbox row, an entry, a document that exists already, a message.
//! Not here: thresholds. Figures depend on the disk: each COMMIT waits for it.

use ledger::suite::load::{Load, ROOM, measure};
use ledger_postgres::{PgStore, Settings};
use testkit::postgres::Database;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Result<()> {
    let load = Load::of(std::env::args().skip(1))?;
    let database = Database::fresh().await;
    let store = PgStore::open(database.url(), Settings::default()).await?;
    let ledger = store.room(ROOM).await?;
    let mut out = std::io::stdout().lock();
    measure(&ledger, load, &mut out).await?;
    store.close().await?;
    Ok(())
}
