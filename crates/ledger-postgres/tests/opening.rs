//! A store that begins before its database is there, and a schema that is not this program's: nothing is lost by waiting, and
//! what must not be used is not.

use std::time::Duration;

use ledger::suite::Verdict;
use ledger::suite::given::{ROOM, committed, message, messages, note, puts};
use ledger::{Expected, Ledger, LedgerError};
use ledger_postgres::{PgStore, Settings, Stage, migrate};
use testkit::once;
use testkit::postgres::{Database, Server};

/// What waits for nothing of its own.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) -> Verdict {
    let seen = once(Duration::from_secs(60), async || is_so().await.then_some(())).await;
    Ok(seen.ok_or_else(|| format!("never: {what}"))?)
}

async fn is_unavailable(ledger: &dyn Ledger) -> bool {
    let asked = [
        ledger.ready().await,
        ledger.stream("s", None, 1).await.map(drop),
        ledger.outbox().oldest(0, 1).await.map(drop),
        ledger.outbox().backlog().await.map(drop),
        ledger.commit(messages([message("k", "m")])).await.map(drop),
    ];
    asked.iter().all(|answer| matches!(answer, Err(LedgerError::Unavailable(_))))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_comes_later_is_opened_without_a_restart() -> Verdict {
    let server = Server::start_new();
    server.crash();
    let store = PgStore::at(server.url(), Settings { migration_wait: Duration::MAX, ..Settings::default() })?;
    let (ledger, opening) = store.room_when_there(ROOM)?;
    opening.tried().await;
    assert_eq!(opening.stage(), Stage::Away);
    assert!(is_unavailable(&*ledger).await);

    server.start();
    until("the schema is missed", async || matches!(opening.stage(), Stage::Unfit(_))).await?;
    assert!(is_unavailable(&*ledger).await, "a database without tables is none");
    let applied = migrate(server.url(), Duration::from_secs(60)).await?;
    assert_eq!(applied, ["0001_ledger"]);
    until("it opens", async || opening.stage() == Stage::Open).await?;
    ledger.ready().await?;
    committed(&*ledger, messages([message("k", "m")])).await?;
    assert_eq!(ledger.outbox().oldest(0, 9).await?.len(), 1);
    // It is opened once.
    let twice = store.room_when_there(ROOM).err();
    assert!(matches!(twice, Some(LedgerError::Undeclared(_))), "{twice:?}");
    Ok(store.close().await?)
}

#[tokio::test]
async fn a_store_closes_whose_database_never_came() -> Verdict {
    let store = PgStore::at("postgres://u@127.0.0.1:1/none", Settings::default())?;
    let (ledger, opening) = store.room_when_there(ROOM)?;
    opening.tried().await;
    store.close().await?;
    let refused = ledger.commit(puts([note("n", "red", Expected::Any)])).await;
    assert!(matches!(refused, Err(LedgerError::Unavailable(_))), "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn a_schema_that_stays_old_is_refused_and_what_it_lacks_is_named() -> Verdict {
    let database = Database::fresh().await;
    migrate(database.url(), Duration::ZERO).await?;
    // As the release before the first migration left it.
    let older = "UPDATE ledger_meta SET value = 0 WHERE name = 'schema_version'";
    sqlx::query(older).execute(&mut database.connection().await).await?;
    let settings = Settings { migration_wait: Duration::from_millis(100), ..Settings::default() };
    let store = PgStore::at(database.url(), settings)?;
    let (ledger, opening) = store.room_when_there(ROOM)?;
    let why = opening.refused().await;
    assert_eq!(why, "the database lacks migration 0001_ledger: run `agent-bus migrate`");
    assert!(is_unavailable(&*ledger).await);
    Ok(store.close().await?)
}

#[tokio::test]
async fn migrating_is_done_once_whoever_does_it() -> Verdict {
    let database = Database::fresh().await;
    let many = (0..6).map(|_| migrate(database.url(), Duration::from_secs(60)));
    let applied = futures::future::try_join_all(many).await?;
    assert_eq!(applied.concat(), ["0001_ledger"], "by one of them");
    Ok(())
}

#[tokio::test]
async fn a_database_that_does_not_let_us_in_is_not_waited_for() -> Verdict {
    let database = Database::fresh().await;
    let missing = database.url().replace("/test_", "/none_");
    assert_ne!(missing, database.url());
    // Waiting would outlast the test.
    let error = migrate(&missing, Duration::from_secs(3_600)).await.err().ok_or("migrated")?;
    assert!(error.to_string().contains("does not exist"), "{error}");
    let nobody = migrate("postgres://u:secret@127.0.0.1:1/none", Duration::ZERO).await;
    let text = nobody.err().ok_or("migrated")?.to_string();
    assert!(text.contains("refused") && !text.contains("secret"), "{text}");
    Ok(())
}
