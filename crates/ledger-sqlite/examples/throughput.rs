//! How many changes a second one file takes, and how many messages a second the relay carries out of it.
//!
//! `cargo run --release -p ledger-sqlite --example throughput -- [CHANGES] [AT_ONCE] [STUDENTS]`
//!
//! A change is what Progress commits for one event: an inbox row, an entry, a document that exists already, a message.
//! Not here: thresholds. Figures depend on the disk: each COMMIT waits for it.

use std::io::Write;

use ledger::suite::load::{Load, ROOM, measure};
use ledger_sqlite::SqliteStore;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Result<()> {
    let load = Load::of(std::env::args().skip(1))?;
    let folder = tempfile::tempdir()?;
    let store = SqliteStore::open(&folder.path().join("ledger.sqlite")).await?;
    let ledger = store.room(ROOM).await?;
    let mut out = std::io::stdout().lock();
    measure(&ledger, load, &mut out).await?;
    store.close().await?;
    writeln!(out, "file: {} bytes", std::fs::metadata(store.path())?.len())?;
    Ok(())
}
