//! Several stores on one database, as several processes have them: nothing is lost between them, whoever comes first.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{join_all, try_join_all};
use ledger::retry::on_conflict;
use ledger::suite::Verdict;
use ledger::suite::given::{
    COUNTER, NOTE, ROOM, accept, append, committed, counter, message, messages, note, numbers, puts, student,
};
use ledger::{Change, Expected, Kind, Ledger, LedgerError, Outcome, RoomSpec};
use ledger_postgres::{PgStore, Settings, migrate};
use sqlx::Row;
use testkit::postgres::Database;

async fn stores(database: &Database, count: usize, outbox_max: u64) -> Result<Vec<PgStore>, LedgerError> {
    let settings = Settings { outbox_max, ..Settings::default() };
    try_join_all((0..count).map(|_| PgStore::open(database.url(), settings.clone()))).await
}

async fn ledgers(database: &Database, outbox_max: u64) -> Result<Vec<Arc<dyn Ledger>>, LedgerError> {
    let stores = stores(database, 2, outbox_max).await?;
    try_join_all(stores.iter().map(|store| store.room(ROOM))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_open_a_new_database_at_once_make_it_once() -> Verdict {
    let database = Database::fresh().await;
    let stores = stores(&database, 8, 10).await?;
    let ledgers = try_join_all(stores.iter().map(|store| store.room(ROOM))).await?;
    let change = Change { accept: Some(accept(1)), ..messages([message("k", "m")]) };
    let outcomes = try_join_all(ledgers.iter().map(|ledger| ledger.commit(change.clone()))).await?;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Committed).count(), 1);
    let rows = "SELECT (SELECT count(*) FROM ledger_room), (SELECT count(*) FROM ledger_kind), \
                (SELECT value FROM ledger_meta WHERE name = 'schema_version')";
    let row = sqlx::query(rows).fetch_one(&mut database.connection().await).await?;
    let counts: (i64, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    assert_eq!(counts, (1, 2, 1));
    Ok(())
}

#[tokio::test]
async fn a_newer_schema_is_used_until_it_took_away_what_this_program_needs() -> Verdict {
    let database = Database::fresh().await;
    let store = PgStore::open(database.url(), Settings::default()).await?;
    let running = store.room(ROOM).await?;
    let newer = "UPDATE ledger_meta SET value = value + 1 WHERE name = 'schema_version'";
    sqlx::query(newer).execute(&mut database.connection().await).await?;
    // A process of the version before starts anew in the middle of a rollout.
    let beside = PgStore::open(database.url(), Settings::default()).await?;
    committed(&*beside.room(ROOM).await?, puts([note("b", "red", Expected::Absent)])).await?;
    assert!(migrate(database.url(), Duration::ZERO).await?.is_empty());
    let version = "SELECT value FROM ledger_meta WHERE name = 'schema_version'";
    let version: i64 = sqlx::query(version).fetch_one(&mut database.connection().await).await?.try_get(0)?;
    assert_eq!(version, 2, "it is not turned back");

    let contracted = "INSERT INTO ledger_meta (name, value) VALUES ('program_needs', 2)";
    sqlx::query(contracted).execute(&mut database.connection().await).await?;
    let error = PgStore::open(database.url(), Settings::default()).await.err().ok_or("opened")?;
    assert!(matches!(error, LedgerError::Unavailable(_)));
    let text = error.to_string();
    assert!(
        text.contains("a program must know version 2 to use it; this one knows versions up to 1"),
        "{text}"
    );
    // Who runs already is not disturbed.
    committed(&*running, puts([note("n", "red", Expected::Absent)])).await
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_no_password_is_told() -> Verdict {
    for url in ["postgres://u:secret@127.0.0.1:1/none", "postgres://u:secret@[", "sqlite://secret"] {
        let error = PgStore::open(url, Settings::default()).await.err().ok_or("opened")?;
        assert!(matches!(error, LedgerError::Unavailable(_)), "{error:?}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    Ok(())
}

async fn increment(ledger: &dyn Ledger) -> Result<Outcome, LedgerError> {
    let read = ledger.document(COUNTER, "c").await?;
    let value: u64 = read.as_ref().map(ledger::Document::read).transpose()?.unwrap_or(0);
    ledger.commit(puts([counter("c", value + 1, Expected::as_read(read.as_ref()))?])).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_write_the_same_document_lose_no_update() -> Verdict {
    const TASKS: u32 = 8;
    const TURNS: u32 = 10;
    let database = Database::fresh().await;
    let ledgers = ledgers(&database, 10).await?;
    let tasks = (0..TASKS).map(|task| {
        let ledger = Arc::clone(&ledgers[task as usize % 2]);
        tokio::spawn(async move {
            for _ in 0..TURNS {
                let outcome = on_conflict(TASKS * TURNS, || increment(&*ledger)).await?;
                assert_eq!(outcome, Outcome::Committed);
            }
            Ok::<(), LedgerError>(())
        })
    });
    for ended in try_join_all(tasks).await? {
        ended?;
    }
    for ledger in &ledgers {
        let there = ledger.document(COUNTER, "c").await?.ok_or("gone")?;
        assert_eq!((there.read::<u32>()?, there.version), (TASKS * TURNS, i64::from(TASKS * TURNS)));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_erase_write_and_delete_the_same_things_are_never_stuck() -> Verdict {
    let database = Database::fresh().await;
    let ledgers = ledgers(&database, 10_000).await?;
    let change = |number: u32| {
        let subject = Some(student("ada")?);
        let mut entry = append("s", number, i64::from(number))?;
        entry.subject.clone_from(&subject);
        let keys = if number.is_multiple_of(2) { ["a", "b"] } else { ["b", "a"] };
        let change = Change {
            accept: Some(accept(number)),
            erase: subject.filter(|_| number.is_multiple_of(10)),
            appends: vec![entry],
            messages: vec![message("ada", "m")],
            ..puts(keys.map(|key| note(key, "red", Expected::Any)))
        };
        Ok::<Change, Box<dyn std::error::Error + Send + Sync>>(change)
    };
    let changes = (0..200).map(change).collect::<Result<Vec<_>, _>>()?;
    let both = changes.iter().flat_map(|change| ledgers.iter().map(|ledger| ledger.commit(change.clone())));
    let outcomes = try_join_all(both).await?;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Committed).count(), 200);
    let version = ledgers[0].document(NOTE, "a").await?.map(|document| document.version);
    assert_eq!(version, Some(200));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_outbox_limit_holds_for_two_together() -> Verdict {
    let database = Database::fresh().await;
    let ledgers = ledgers(&database, 10).await?;
    let change = messages([message("k", "m")]);
    let results = join_all((0..40).map(|n| ledgers[n % 2].commit(change.clone()))).await;
    assert_eq!(results.iter().filter(|result| matches!(result, Err(LedgerError::OutboxFull))).count(), 30);
    for ledger in &ledgers {
        assert_eq!(ledger.outbox().backlog().await?.messages, 10);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sequences_become_visible_in_rising_order_while_two_write() -> Verdict {
    const EACH: usize = 150;
    let database = Database::fresh().await;
    let ledgers = ledgers(&database, 10_000).await?;
    let writers = ledgers.iter().map(|ledger| {
        let ledger = Arc::clone(ledger);
        tokio::spawn(async move {
            for _ in 0..EACH {
                let _ = ledger.commit(messages([message("k", "m"), message("l", "m")])).await?;
            }
            Ok::<(), LedgerError>(())
        })
    });
    let writers: Vec<_> = writers.collect();
    let mut connection = database.connection().await;
    let mut seen = BTreeSet::new();
    while seen.len() < EACH * 4 {
        let rows = sqlx::query("SELECT sequence FROM ledger_outbox").fetch_all(&mut connection).await?;
        let now: BTreeSet<i64> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        let last = seen.last().copied().unwrap_or(0);
        assert!(now.difference(&seen).all(|sequence| *sequence > last), "a relay would have missed one");
        seen = now;
    }
    for ended in try_join_all(writers).await? {
        ended?;
    }
    Ok(())
}

#[tokio::test]
async fn a_change_of_indexed_fields_is_refused_where_documents_would_lack_them() -> Verdict {
    const OLD: RoomSpec = RoomSpec { name: "suite", kinds: &[Kind { name: "note", indexed: &["colour"] }] };
    const NEW: RoomSpec = RoomSpec { name: "suite", kinds: &[NOTE] };
    let database = Database::fresh().await;
    let store = PgStore::open(database.url(), Settings::default()).await?;
    store.room(OLD).await?;
    assert!(matches!(store.room(NEW).await.err(), Some(LedgerError::Undeclared(_))), "two in one process");
    store.close().await?;
    // No document yet: the kind gets both fields.
    let store = PgStore::open(database.url(), Settings::default()).await?;
    committed(&*store.room(NEW).await?, puts([note("n", "red", Expected::Absent)])).await?;
    store.close().await?;
    let store = PgStore::open(database.url(), Settings::default()).await?;
    let text = store.room(OLD).await.err().ok_or("defined")?.to_string();
    assert!(text.contains(r#"["colour", "owner"], now ["colour"] is declared"#), "{text}");
    let spec = RoomSpec { name: "a-b", kinds: &[] };
    assert!(matches!(store.room(spec).await.err(), Some(LedgerError::Undeclared(_))));
    Ok(store.close().await?)
}

#[tokio::test]
async fn kinds_that_are_no_longer_declared_are_exported_and_erased_too() -> Verdict {
    let database = Database::fresh().await;
    let subject = student("ada")?;
    let store = PgStore::open(database.url(), Settings::default()).await?;
    let mut of_ada = note("n", "red", Expected::Absent);
    of_ada.subject = Some(subject.clone());
    committed(&*store.room(ROOM).await?, puts([of_ada])).await?;
    store.close().await?;
    let store = PgStore::open(database.url(), Settings::default()).await?;
    let ledger = store.room(RoomSpec { kinds: &[], ..ROOM }).await?;
    let exported = ledger.export(&subject).await?;
    assert_eq!(exported.iter().map(|document| document.place.as_str()).collect::<Vec<_>>(), ["note"]);
    committed(&*ledger, Change { erase: Some(subject.clone()), ..Change::default() }).await?;
    assert!(ledger.export(&subject).await?.is_empty());
    Ok(store.close().await?)
}

#[tokio::test]
async fn what_was_erased_is_in_no_table() -> Verdict {
    let database = Database::fresh().await;
    let store = PgStore::open(database.url(), Settings::default()).await?;
    let ledger = store.room(ROOM).await?;
    let subject = Some(student("ada.lovelace")?);
    let mut entry = append("answers", 1, 0)?;
    let mut own = note("of ada.lovelace", "red", Expected::Absent);
    (entry.subject, own.subject) = (subject.clone(), subject.clone());
    let accept = ledger::Accept { subject: subject.clone(), ..accept(1) };
    let change = Change {
        accept: Some(accept),
        appends: vec![entry],
        messages: vec![message("ada.lovelace", "secret")],
        ..puts([own])
    };
    committed(&*ledger, change.clone()).await?;
    let mut connection = database.connection().await;
    let tables = ["ledger_inbox", "ledger_entry", "ledger_document", "ledger_outbox"];
    let mut counts = Vec::new();
    for erase in [None, subject] {
        committed(&*ledger, Change { erase, ..Change::default() }).await?;
        let mut found = Vec::new();
        for table in tables {
            let text = format!("SELECT count(*) FROM {table} AS t WHERE t::text LIKE '%ada.lovelace%'");
            let row = sqlx::query(sqlx::AssertSqlSafe(text)).fetch_one(&mut connection).await?;
            found.push(row.try_get::<i64, _>(0)?);
        }
        counts.push(found);
    }
    assert_eq!(counts, [[0, 1, 1, 1], [0, 0, 0, 0]]);
    assert!(numbers(&*ledger, "answers").await?.is_empty());
    assert_eq!(ledger.commit(change).await?, Outcome::Duplicate);
    Ok(store.close().await?)
}
