//! What only the SQLite adapter promises: which files it opens, what it leaves in them, who may read them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ledger::suite::given::{NOTE, append, committed, message, note, student};
use ledger::{Change, Expected, Kind, LedgerError, RoomSpec};
use ledger_sqlite::{Settings, SqliteStore};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tempfile::TempDir;

type Verdict = Result<(), Box<dyn std::error::Error + Send + Sync>>;

const ROOM: RoomSpec = RoomSpec { name: "suite", kinds: &[NOTE] };

fn place() -> std::io::Result<(TempDir, PathBuf)> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ledger.sqlite");
    Ok((folder, path))
}

async fn raw(path: &Path) -> sqlx::Result<SqliteConnection> {
    SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await
}

/// All bytes on disk: the file and its write-ahead log.
fn bytes(path: &Path) -> Vec<u8> {
    let log = PathBuf::from(format!("{}-wal", path.display()));
    [path.to_owned(), log].iter().flat_map(|file| std::fs::read(file).unwrap_or_default()).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused() -> Verdict {
    let (_folder, path) = place()?;
    SqliteStore::open(&path).await?.close().await?;
    let mut connection = raw(&path).await?;
    sqlx::query("UPDATE meta SET value = value + 1").execute(&mut connection).await?;
    connection.close().await?;
    let error = SqliteStore::open(&path).await.err().ok_or("opened")?;
    assert!(matches!(error, LedgerError::Unavailable(_)));
    let text = error.to_string();
    assert!(text.contains("schema version 2, this program knows versions up to 1"), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_file_that_another_process_locks_is_refused() -> Verdict {
    let (_folder, path) = place()?;
    SqliteStore::open(&path).await?.close().await?;
    let mut other = raw(&path).await?;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await?;
    let impatient = Settings { busy_timeout: Duration::ZERO, ..Settings::default() };
    let error = SqliteStore::open_with(&path, impatient).await.err().ok_or("opened")?;
    assert_eq!(error.to_string(), "the store is not available: the file is locked by another process");
    other.close().await?;
    Ok(SqliteStore::open(&path).await?.close().await?)
}

#[tokio::test]
async fn what_is_no_sqlite_file_is_refused_and_kept() -> Verdict {
    let (folder, path) = place()?;
    let text = "no database\n".repeat(1000);
    std::fs::write(&path, &text)?;
    let result = SqliteStore::open(&path).await;
    assert!(matches!(result.err(), Some(LedgerError::Corrupt(_))));
    assert_eq!(std::fs::read_to_string(&path)?, text);
    let result = SqliteStore::open(&folder.path().join("no folder").join("file")).await;
    assert!(matches!(result.err(), Some(LedgerError::Unavailable(_))));
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_file() -> Verdict {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = place()?;
    let store = SqliteStore::open(&path).await?;
    committed(&*store.room(ROOM).await?, Change { messages: vec![message("k", "m")], ..Change::default() })
        .await?;
    let files = std::fs::read_dir(folder.path())?.collect::<Result<Vec<_>, _>>()?;
    assert!(files.len() >= 2, "the file and its log");
    for file in files {
        assert_eq!(file.metadata()?.permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
    Ok(store.close().await?)
}

#[tokio::test]
async fn a_change_of_indexed_fields_is_refused_where_documents_would_lack_them() -> Verdict {
    const OLD: RoomSpec = RoomSpec { name: "suite", kinds: &[Kind { name: "note", indexed: &["colour"] }] };
    let (_folder, path) = place()?;
    let store = SqliteStore::open(&path).await?;
    store.room(OLD).await?;
    let twice = store.room(ROOM).await;
    assert!(matches!(twice.err(), Some(LedgerError::Undeclared(_))), "two declarations in one process");
    store.close().await?;
    // No document yet: the kind is remade with both fields.
    let store = SqliteStore::open(&path).await?;
    let ledger = store.room(ROOM).await?;
    let change = Change { puts: vec![note("n", "red", Expected::Absent)], ..Change::default() };
    committed(&*ledger, change).await?;
    store.close().await?;
    let store = SqliteStore::open(&path).await?;
    let error = store.room(OLD).await.err().ok_or("defined")?;
    let text = error.to_string();
    assert!(text.contains(r#"["colour","owner"], now ["colour"] is declared"#), "{text}");
    assert!(store.room(ROOM).await?.document(NOTE, "n").await?.is_some());
    Ok(store.close().await?)
}

#[tokio::test]
async fn names_outside_the_pattern_are_refused() -> Verdict {
    const fn room(name: &'static str, kinds: &'static [Kind]) -> RoomSpec {
        RoomSpec { name, kinds }
    }
    let (_folder, path) = place()?;
    let store = SqliteStore::open(&path).await?;
    let refused = [
        room("", &[]),
        room("Suite", &[]),
        room("a-b", &[]),
        room("a; DROP TABLE meta", &[]),
        room("abcdefghijklmnopqrstuvwxyzabcdefg", &[]),
        room("a_doc_b", &[]),
        room("sqlite_a", &[]),
        room("a", &[Kind { name: "k 1", indexed: &[] }]),
        room("a", &[Kind { name: "k", indexed: &["\""] }]),
        room("a", &[Kind { name: "k", indexed: &["a", "b", "c", "d", "e"] }]),
        room("a", &[Kind { name: "k", indexed: &["a", "a"] }]),
        room("a", &[Kind { name: "k", indexed: &[] }, Kind { name: "k", indexed: &["a"] }]),
    ];
    for spec in refused {
        let result = store.room(spec).await;
        assert!(matches!(result.err(), Some(LedgerError::Undeclared(_))), "{spec:?}");
    }
    // SQL's own words are names like any other.
    store.room(room("select", &[Kind { name: "table", indexed: &["key", "order"] }])).await?;
    Ok(store.close().await?)
}

#[tokio::test]
async fn what_was_erased_or_deleted_is_not_in_the_file() -> Verdict {
    let (_folder, path) = place()?;
    let store = SqliteStore::open(&path).await?;
    let ledger = store.room(ROOM).await?;
    let subject = Some(student("ada.lovelace")?);
    let mut entry = append("answers", 1, 0)?;
    let mut own = note("of ada.lovelace", "red", Expected::Absent);
    (entry.subject, own.subject) = (subject.clone(), subject.clone());
    (entry.body, own.body) =
        ("\"secret answer\"".into(), format!("\"{}\"", "secret note ".repeat(5000)).into());
    let change = Change {
        appends: vec![entry],
        puts: vec![own],
        messages: vec![message("ada.lovelace", "secret message")],
        ..Change::default()
    };
    committed(&*ledger, change).await?;
    let texts = ["secret answer", "secret note", "secret message", "ada.lovelace"];
    assert!(texts.iter().all(|text| holds(&bytes(&path), text)), "the search itself works");
    committed(&*ledger, Change { erase: subject, ..Change::default() }).await?;
    let left = bytes(&path);
    assert!(!left.is_empty());
    for text in texts {
        assert!(!holds(&left, text), "{text} is still in the file");
    }
    Ok(store.close().await?)
}

#[tokio::test]
async fn kinds_that_are_no_longer_declared_are_exported_and_erased_too() -> Verdict {
    let (_folder, path) = place()?;
    let subject = student("ada")?;
    let store = SqliteStore::open(&path).await?;
    let mut of_ada = note("n", "red", Expected::Absent);
    of_ada.subject = Some(subject.clone());
    let change = Change { puts: vec![of_ada], ..Change::default() };
    committed(&*store.room(ROOM).await?, change).await?;
    store.close().await?;
    let store = SqliteStore::open(&path).await?;
    let ledger = store.room(RoomSpec { kinds: &[], ..ROOM }).await?;
    let exported = ledger.export(&subject).await?;
    assert_eq!(exported.iter().map(|document| document.place.as_str()).collect::<Vec<_>>(), ["note"]);
    committed(&*ledger, Change { erase: Some(subject.clone()), ..Change::default() }).await?;
    assert!(ledger.export(&subject).await?.is_empty());
    Ok(store.close().await?)
}

#[tokio::test]
async fn what_waits_when_closing_is_committed_first() -> Verdict {
    let (_folder, path) = place()?;
    let store = SqliteStore::open(&path).await?;
    let ledger = store.room(ROOM).await?;
    let commits = (0..50).map(|n| {
        let put = note(&format!("n{n}"), "red", Expected::Absent);
        ledger.commit(Change { puts: vec![put], ..Change::default() })
    });
    let (results, closed) = futures::join!(futures::future::join_all(commits), store.close());
    closed?;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    let store = SqliteStore::open(&path).await?;
    let keys = ledger::suite::given::keys_by_colour(&*store.room(ROOM).await?, &["red"]).await?;
    assert_eq!(keys.len(), 50);
    Ok(store.close().await?)
}

#[tokio::test]
async fn a_write_that_the_file_refuses_fails_alone_and_whole() -> Verdict {
    let (_folder, path) = place()?;
    let store = SqliteStore::open(&path).await?;
    let ledger = store.room(ROOM).await?;
    let mut other = raw(&path).await?;
    let trigger = "CREATE TRIGGER refuse BEFORE INSERT ON suite_outbox WHEN NEW.key = 'poison'
                   BEGIN SELECT RAISE(ABORT, 'refused by the file'); END";
    sqlx::raw_sql(trigger).execute(&mut other).await?;
    let commits = (0..20).map(|n| {
        let key = if n == 7 { "poison" } else { "k" };
        let put = note(&format!("n{n}"), "red", Expected::Absent);
        ledger.commit(Change { puts: vec![put], messages: vec![message(key, "m")], ..Change::default() })
    });
    let results = futures::future::join_all(commits).await;
    for (n, result) in results.iter().enumerate() {
        assert_eq!(matches!(result, Err(LedgerError::Unavailable(_))), n == 7, "{n}: {result:?}");
    }
    assert!(ledger.document(NOTE, "n7").await?.is_none());
    assert_eq!(ledger.outbox().backlog().await?.messages, 19);
    other.close().await?;
    Ok(store.close().await?)
}
