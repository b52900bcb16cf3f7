//! A database that breaks off, goes away, hangs or refuses: what was answered is there, what was not may be either, and
//! the store goes on without a restart.

use std::sync::Arc;
use std::time::Duration;

use futures::future::{join_all, try_join_all};
use ledger::suite::Verdict;
use ledger::suite::given::{
    NOTE, ROOM, accept, append, committed, keys_by_colour, message, messages, note, numbers, puts,
};
use ledger::{Change, Expected, Ledger, LedgerError, Outcome};
use ledger_postgres::{PgStore, Settings};
use testkit::postgres::{Database, Server};
use tokio::sync::watch;

/// An event that counts once: its acceptance, an entry, and a message.
fn change(number: u32) -> Result<Change, jiff::Error> {
    Ok(Change {
        accept: Some(accept(number)),
        appends: vec![append("s", number, i64::from(number))?],
        ..messages([message("k", &number.to_string())])
    })
}

/// As a bus does: hands the event out again until it is taken.
async fn deliver(ledger: &dyn Ledger, number: u32) -> Verdict {
    loop {
        match ledger.commit(change(number)?).await {
            Ok(_) => return Ok(()),
            Err(LedgerError::Unavailable(_)) => tokio::task::yield_now().await,
            Err(error) => return Err(error.into()),
        }
    }
}

fn impatient() -> Settings {
    let short = Duration::from_millis(300);
    Settings { statement_timeout: short, lock_timeout: short, acquire_timeout: short, ..Settings::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_killed_under_load_lose_and_double_nothing() -> Verdict {
    const TASKS: u32 = 4;
    const EACH: u32 = 60;
    let database = Database::fresh().await;
    let store = PgStore::open(database.url(), Settings::default()).await?;
    let ledger = store.room(ROOM).await?;
    let done = watch::Sender::new(0);
    let tasks = (0..TASKS).map(|task| {
        let (ledger, done) = (Arc::clone(&ledger), done.clone());
        tokio::spawn(async move {
            for number in task * EACH..(task + 1) * EACH {
                deliver(&*ledger, number).await?;
                // Reads over the pool are cut off too, and do not show it.
                ledger.document(NOTE, "n").await?;
                done.send_modify(|done| *done += 1);
            }
            Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut killer = database.connection().await;
    let mut killed = 0;
    for goal in (10..TASKS * EACH).step_by(20) {
        done.subscribe().wait_for(|done| *done >= goal).await?;
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
        killed += sqlx::query(kill).fetch_all(&mut killer).await?.len();
    }
    for ended in try_join_all(tasks).await? {
        ended?;
    }
    assert!(killed >= 10, "{killed} connections were killed");
    let expected: Vec<u128> = (0..u128::from(TASKS * EACH)).collect();
    assert_eq!(numbers(&*ledger, "s").await?, expected);
    assert_eq!(ledger.outbox().backlog().await?.messages, u64::from(TASKS * EACH));
    Ok(store.close().await?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_crashes_and_comes_back_is_used_again() -> Verdict {
    let server = Server::start_new();
    let store = PgStore::open(server.url(), impatient()).await?;
    let ledger = store.room(ROOM).await?;
    for number in 0..20 {
        committed(&*ledger, change(number)?).await?;
    }
    let under_way = (20..40).map(|number| ledger.commit(change(number).unwrap_or_default()));
    let (answers, ()) = futures::join!(join_all(under_way), async { server.crash() });
    let refused = ledger.commit(change(40)?).await;
    assert!(matches!(refused, Err(LedgerError::Unavailable(_))), "{refused:?}");
    assert!(matches!(ledger.ready().await, Err(LedgerError::Unavailable(_))));
    assert!(matches!(ledger.document(NOTE, "n").await, Err(LedgerError::Unavailable(_))));
    server.start();
    deliver(&*ledger, 40).await?;
    ledger.ready().await?;
    let there = numbers(&*ledger, "s").await?;
    let mut answered: Vec<u128> = (0..20).chain([40]).collect();
    for (number, answer) in (20..).zip(&answers) {
        match answer {
            Ok(outcome) => {
                assert_eq!(*outcome, Outcome::Committed);
                answered.push(number);
            }
            Err(error) => assert!(matches!(error, LedgerError::Unavailable(_)), "{error:?}"),
        }
    }
    assert!(
        answered.iter().all(|number| there.contains(number)),
        "{answered:?} were answered, {there:?} are there"
    );
    // What was not answered is asked again, and counts once.
    for number in 20..40 {
        deliver(&*ledger, number).await?;
    }
    assert_eq!(numbers(&*ledger, "s").await?, (0..=40).collect::<Vec<u128>>());
    assert_eq!(ledger.outbox().backlog().await?.messages, 41);
    Ok(store.close().await?)
}

/// Makes inserts of messages with the key `poison` come to `what`.
async fn poison(database: &Database, what: &str) -> Verdict {
    let text = format!(
        "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; RETURN NEW; END $$;
         CREATE TRIGGER poison BEFORE INSERT ON ledger_outbox FOR EACH ROW WHEN (NEW.key = 'poison')
         EXECUTE FUNCTION poison()"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut database.connection().await).await?;
    Ok(())
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended() -> Verdict {
    let database = Database::fresh().await;
    let store = PgStore::open(database.url(), impatient()).await?;
    let ledger = store.room(ROOM).await?;
    poison(&database, "PERFORM pg_sleep(3600)").await?;
    let change = Change { puts: vec![note("n", "red", Expected::Any)], ..messages([message("poison", "m")]) };
    let result = ledger.commit(change).await;
    let Err(LedgerError::Unavailable(text)) = result else { return Err(format!("{result:?}").into()) };
    assert!(text.contains("statement timeout"), "{text}");
    assert!(ledger.document(NOTE, "n").await?.is_none());
    committed(&*ledger, messages([message("k", "m")])).await?;
    Ok(store.close().await?)
}

#[tokio::test]
async fn another_writer_that_stands_still_is_waited_for_only_so_long() -> Verdict {
    let database = Database::fresh().await;
    let settings = Settings { lock_timeout: Duration::from_millis(100), ..Settings::default() };
    let store = PgStore::open(database.url(), settings).await?;
    let ledger = store.room(ROOM).await?;
    let mut other = database.connection().await;
    sqlx::raw_sql("BEGIN; SELECT 1 FROM ledger_room FOR UPDATE").execute(&mut other).await?;
    let result = ledger.commit(change(1)?).await;
    let Err(LedgerError::Unavailable(text)) = result else { return Err(format!("{result:?}").into()) };
    assert!(text.contains("lock timeout"), "{text}");
    // Reads wait for nobody.
    assert!(numbers(&*ledger, "s").await?.is_empty());
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await?;
    committed(&*ledger, change(1)?).await?;
    Ok(store.close().await?)
}

#[tokio::test]
async fn a_write_that_the_database_refuses_fails_alone_and_whole() -> Verdict {
    let database = Database::fresh().await;
    let store = PgStore::open(database.url(), Settings::default()).await?;
    let ledger = store.room(ROOM).await?;
    poison(&database, "RAISE EXCEPTION 'refused by the database'").await?;
    let commits = (0..20).map(|n| {
        let key = if n == 7 { "poison" } else { "k" };
        let put = note(&format!("n{n}"), "red", Expected::Absent);
        ledger.commit(Change { messages: vec![message(key, "m")], ..puts([put]) })
    });
    let results = join_all(commits).await;
    for (n, result) in results.iter().enumerate() {
        assert_eq!(matches!(result, Err(LedgerError::Unavailable(_))), n == 7, "{n}: {result:?}");
    }
    assert!(ledger.document(NOTE, "n7").await?.is_none());
    assert_eq!(ledger.outbox().backlog().await?.messages, 19);
    Ok(store.close().await?)
}

#[tokio::test]
async fn texts_that_postgres_has_not_are_refused_or_not_found() -> Verdict {
    let database = Database::fresh().await;
    let store = PgStore::open(database.url(), Settings::default()).await?;
    let ledger = store.room(ROOM).await?;
    for change in [messages([message("a\0", "m")]), puts([note("a\0", "red", Expected::Any)])] {
        let result = ledger.commit(change).await;
        assert!(matches!(result, Err(LedgerError::Undeclared(_))), "{result:?}");
    }
    assert!(ledger.document(NOTE, "a\0").await?.is_none());
    assert!(ledger.stream("a\0", None, 9).await?.is_empty());
    assert!(keys_by_colour(&*ledger, &["a\0"]).await?.is_empty());
    Ok(store.close().await?)
}

#[tokio::test]
async fn what_waits_when_closing_is_committed_first() -> Verdict {
    let database = Database::fresh().await;
    let store = PgStore::open(database.url(), Settings::default()).await?;
    let ledger = store.room(ROOM).await?;
    let commits = (0..50).map(|n| ledger.commit(puts([note(&format!("n{n}"), "red", Expected::Absent)])));
    let (results, closed) = futures::join!(join_all(commits), store.close());
    closed?;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    let store = PgStore::open(database.url(), Settings::default()).await?;
    assert_eq!(keys_by_colour(&*store.room(ROOM).await?, &["red"]).await?.len(), 50);
    Ok(store.close().await?)
}
