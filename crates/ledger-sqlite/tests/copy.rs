//! Copies of the file: of one moment, whole or not there, and put back only where they can be read.
//!
//! Not here: what copies are called and which go, and a copy whose process is killed (the binary, crate `agent-bus`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ledger::suite::given::{ROOM, append, committed, keys_by_colour, note, numbers, puts};
use ledger::{Change, Expected, Ledger};
use ledger_sqlite::SqliteStore;
use ledger_sqlite::copy::{self, CopyError};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Verdict = Result<(), Failure>;

fn place() -> std::io::Result<(TempDir, PathBuf)> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ledger.sqlite");
    Ok((folder, path))
}

/// Makes a file with one note in it.
async fn file_with(path: &Path, key: &str) -> Verdict {
    let store = SqliteStore::open(path).await?;
    committed(&*store.room(ROOM).await?, puts([note(key, "red", Expected::Absent)])).await?;
    Ok(store.close().await?)
}

async fn notes_in(path: &Path) -> Result<Vec<String>, Failure> {
    let store = SqliteStore::open(path).await?;
    let keys = keys_by_colour(&*store.room(ROOM).await?, &["red"]).await?;
    store.close().await?;
    Ok(keys)
}

/// What lies in a folder, hidden or not.
fn files(folder: &Path) -> std::io::Result<BTreeSet<String>> {
    let names = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    names.collect()
}

/// An entry and a note of each number, one change a number.
async fn commit_all(ledger: &dyn Ledger, count: u32) -> Verdict {
    for number in 0..count {
        let change = Change {
            appends: vec![append("s", number, i64::from(number))?],
            puts: vec![note(&number.to_string(), "red", Expected::Absent)],
            ..Change::default()
        };
        committed(ledger, change).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_copy_is_of_one_moment_while_changes_go_on() -> Verdict {
    let (folder, path) = place()?;
    let store = SqliteStore::open(&path).await?;
    let ledger = store.room(ROOM).await?;
    committed(&*ledger, puts([note("before", "red", Expected::Absent)])).await?;
    let target = folder.path().join("copy.db");
    let (changed, taken) = futures::join!(commit_all(&*ledger, 300), copy::take(&path, &target));
    changed?;
    taken?;
    assert_eq!(numbers(&*ledger, "s").await?.len(), 300, "whoever writes goes on");
    store.close().await?;

    assert_eq!(copy::judge(&target).await?, 1);
    let made = files(folder.path())?.into_iter().filter(|name| name.contains("copy.db"));
    assert_eq!(made.collect::<Vec<_>>(), ["copy.db"], "nothing beside it, and nothing unfinished");
    let copy = SqliteStore::open(&target).await?;
    let ledger = copy.room(ROOM).await?;
    let entries = numbers(&*ledger, "s").await?;
    let mut wanted: BTreeSet<String> = (0..entries.len()).map(|number| number.to_string()).collect();
    wanted.insert("before".to_owned());
    assert_eq!(keys_by_colour(&*ledger, &["red"]).await?.into_iter().collect::<BTreeSet<_>>(), wanted);
    Ok(copy.close().await?)
}

#[cfg(unix)]
#[tokio::test]
async fn a_copy_is_its_owners_alone_there_and_back() -> Verdict {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = place()?;
    file_with(&path, "n").await?;
    let (target, back) = (folder.path().join("copy.db"), folder.path().join("back.db"));
    copy::take(&path, &target).await?;
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o644))?;
    copy::put_back(&target, &back).await?;
    assert_eq!(std::fs::metadata(&back)?.permissions().mode() & 0o777, 0o600);
    std::fs::remove_file(&target)?;
    copy::take(&path, &target).await?;
    assert_eq!(std::fs::metadata(&target)?.permissions().mode() & 0o777, 0o600);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_copied_leaves_nothing_and_what_is_there_stays() -> Verdict {
    let (folder, path) = place()?;
    let copies = folder.path().join("copies");
    std::fs::create_dir(&copies)?;
    let target = copies.join("copy.db");
    let missing = copy::take(&path, &target).await.err().ok_or("copied")?;
    assert!(matches!(missing, CopyError::NotTaken(..)), "{missing}");
    assert!(missing.to_string().contains("ledger.sqlite"), "{missing}");
    std::fs::write(&path, "no database\n".repeat(1000))?;
    let none = copy::take(&path, &target).await.err().ok_or("copied")?;
    assert!(matches!(none, CopyError::NotTaken(..)), "{none}");
    std::fs::remove_file(&path)?;
    // SQLite copies any database; but this one is none of ours.
    let mut other = SqliteConnectOptions::new().filename(&path).create_if_missing(true).connect().await?;
    sqlx::query("CREATE TABLE note (body TEXT)").execute(&mut other).await?;
    other.close().await?;
    let strange = copy::take(&path, &target).await.err().ok_or("copied")?;
    assert!(matches!(strange, CopyError::NotWhole(..)), "{strange}");
    assert!(files(&copies)?.is_empty());

    std::fs::remove_file(&path)?;
    file_with(&path, "n").await?;
    copy::take(&path, &target).await?;
    let before = std::fs::read(&target)?;
    let twice = copy::take(&path, &target).await.err().ok_or("copied")?;
    assert!(matches!(twice, CopyError::There(_)), "{twice}");
    assert_eq!(std::fs::read(&target)?, before);
    Ok(())
}

#[tokio::test]
async fn a_copy_that_is_not_whole_is_refused_by_its_name_and_changes_nothing() -> Verdict {
    let (folder, path) = place()?;
    file_with(&path, "n").await?;
    let whole = folder.path().join("whole.db");
    copy::take(&path, &whole).await?;
    let bytes = std::fs::read(&whole)?;
    let zeros = [&bytes[..bytes.len() / 2], &vec![0; bytes.len() - bytes.len() / 2]].concat();
    let bad = folder.path().join("bad.db");
    for (what, content) in [
        ("cut", &bytes[..bytes.len() * 2 / 3]),
        ("cut in its first page", &bytes[..1000]),
        ("half of it zeros", &zeros[..]),
        ("empty", &bytes[..0]),
        ("no database", &b"no database"[..]),
    ] {
        std::fs::write(&bad, content)?;
        for refused in [copy::judge(&bad).await, copy::put_back(&bad, &path).await] {
            let error = refused.err().ok_or(what)?;
            assert!(matches!(error, CopyError::NotWhole(..)), "{what}: {error}");
            assert!(error.to_string().contains("bad.db is not whole"), "{what}: {error}");
        }
    }
    let missing = copy::judge(&folder.path().join("missing.db")).await.err().ok_or("judged")?;
    assert!(matches!(missing, CopyError::Io(..)), "{missing}");
    assert_eq!(files(folder.path())?.iter().filter(|name| name.contains("unfinished")).count(), 0);
    assert_eq!(notes_in(&path).await?, ["n"]);
    Ok(())
}

#[tokio::test]
async fn a_copy_of_a_newer_version_is_taken_but_not_put_back() -> Verdict {
    let (folder, path) = place()?;
    file_with(&path, "n").await?;
    let mut connection = SqliteConnectOptions::new().filename(&path).connect().await?;
    sqlx::query("UPDATE meta SET value = value + 1").execute(&mut connection).await?;
    connection.close().await?;
    let (target, back) = (folder.path().join("copy.db"), folder.path().join("back.db"));
    copy::take(&path, &target).await?;
    for refused in [copy::judge(&target).await, copy::put_back(&target, &back).await] {
        let error = refused.err().ok_or("taken for ours")?;
        assert!(matches!(error, CopyError::Newer { found: 2, known: 1, .. }), "{error}");
        let told = error.to_string();
        assert!(told.contains("copy.db has schema version 2, this program knows versions up to 1"), "{told}");
    }
    assert!(!back.exists());
    Ok(())
}

#[tokio::test]
async fn what_is_put_back_takes_the_place_of_the_file_and_of_its_log() -> Verdict {
    let (folder, path) = place()?;
    file_with(&path, "copied").await?;
    let target = folder.path().join("copy.db");
    copy::take(&path, &target).await?;
    // A file whose process was killed: what it wrote last is in its log alone.
    let (other, killed) = (folder.path().join("other.db"), folder.path().join("killed.db"));
    let store = SqliteStore::open(&other).await?;
    let ledger = store.room(ROOM).await?;
    for key in ["after which the log is emptied", "of the log"] {
        committed(&*ledger, puts([note(key, "red", Expected::Absent)])).await?;
    }
    for suffix in ["", "-wal"] {
        let name = |path: &Path| format!("{}{suffix}", path.display());
        std::fs::copy(name(&other), name(&killed))?;
    }
    store.close().await?;
    assert!(std::fs::metadata(format!("{}-wal", killed.display()))?.len() > 0, "there is something in it");
    assert_eq!(copy::put_back(&target, &killed).await?, 1);
    let beside = files(folder.path())?.into_iter().filter(|name| name.contains("killed.db"));
    assert_eq!(beside.collect::<Vec<_>>(), ["killed.db"]);
    assert_eq!(notes_in(&killed).await?, ["copied"]);
    Ok(())
}
