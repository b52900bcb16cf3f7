//! Copies of the file: taken while it is written, and put back while nobody has it.
//!
//! A copy is of one moment, whatever is written meanwhile: SQLite's `VACUUM INTO` is one transaction of a connection that only
//! reads. A file gets its name here when all of it was read back and is on the disk: what has the name is whole, though the
//! process or the machine stopped half-way. Pages that are free are left out; what is erased later stays in a copy until the
//! copy goes. While one is taken, an erasure may have to leave the write-ahead log to a later commit, as with any reader.
//!
//! A copy is a file like the one it is of, for its owner alone, and holds no write-ahead log.
//!
//! Not here: what copies are called, where they lie and how long; the lock on the folder that a file is put back into, which
//! the caller holds (crate `agent-bus`).

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::{Connection, Row};

use crate::failure::Failure;
use crate::{Settings, connect, schema};

/// What a file's name ends with before it is whole; it begins with a dot then.
pub const UNFINISHED: &str = ".unfinished";

/// What SQLite keeps beside a file.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// How long to wait for another process's lock: nobody waits for a copy.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why there is no copy, or nothing was put back. What was there before is there.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The file system refuses.
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
    /// A copy is never written over another.
    #[error("{0} is there already")]
    There(PathBuf),
    /// The file cannot be read as a whole, or there is no room for the copy.
    #[error("{0} cannot be copied: {1}; the copies that are there stay")]
    NotTaken(PathBuf, String),
    /// It is cut, damaged, or no file of ours.
    #[error("{0} is not whole: {1}")]
    NotWhole(PathBuf, String),
    /// This program does not know what it would break.
    #[error(
        "{path} has schema version {found}, this program knows versions up to {known}: it was written by a newer version \
         of the program; use that one"
    )]
    Newer {
        /// Which copy.
        path: PathBuf,
        /// The copy's schema version.
        found: usize,
        /// The program's.
        known: usize,
    },
}

/// Copies a file that may be open and written meanwhile, as of one moment not before this is called. Nothing may have the
/// copy's name, and nobody else may be writing one of that name.
///
/// # Errors
/// [`CopyError`]; nothing has the copy's name then, and of what was written nothing is left.
pub async fn take(file: &Path, copy: &Path) -> Result<(), CopyError> {
    if copy.try_exists().map_err(at(copy))? {
        return Err(CopyError::There(copy.to_owned()));
    }
    let unfinished = unfinished(copy);
    discard(&unfinished)?;
    if let Err(error) = write(file, &unfinished, copy).await {
        drop(discard(&unfinished));
        return Err(error);
    }
    rename(&unfinished, copy)
}

/// Reads all of a copy that nobody writes: its schema version, which this program knows.
///
/// # Errors
/// [`CopyError::Io`] if it cannot be opened, [`CopyError::NotWhole`], [`CopyError::Newer`].
pub async fn judge(copy: &Path) -> Result<usize, CopyError> {
    fits(copy, copy).await
}

/// Puts a copy in the place of a file that nobody has open, and returns its schema version. The folder is there and the
/// caller's alone. The copy is read back where it was written before the file goes, if there is one.
///
/// # Errors
/// [`CopyError`]; the file is as it was then. Only where the file system refuses at the very end, to give the copy its name,
/// the file has lost what SQLite kept beside it: its last changes.
pub async fn put_back(copy: &Path, file: &Path) -> Result<usize, CopyError> {
    let unfinished = unfinished(file);
    discard(&unfinished)?;
    let version = match fill(copy, &unfinished).await {
        Ok(version) => version,
        Err(error) => {
            drop(discard(&unfinished));
            return Err(error);
        }
    };
    // What was written beside the old file must not be read into the new one, so it goes first: should the power fail in
    // between, the old file is there without its last changes, and the copy still lies where it was.
    for suffix in BESIDE {
        remove(&with_suffix(file, suffix))?;
    }
    rename(&unfinished, file)?;
    Ok(version)
}

async fn write(file: &Path, unfinished: &Path, copy: &Path) -> Result<(), CopyError> {
    // SQLite writes into an empty file: nobody else may read this one from its first byte on.
    drop(make(unfinished)?);
    let written = vacuum(file, unfinished).await;
    written.map_err(|failure| CopyError::NotTaken(file.to_owned(), failure.into_text()))?;
    read_back(unfinished, copy).await?;
    sync(unfinished)
}

async fn vacuum(file: &Path, into: &Path) -> Result<(), Failure> {
    // By its whole path: SQLite would read one that begins with `file:` as an address.
    let whole = |path: &Path| {
        std::path::absolute(path)
            .map_err(|error| Failure::Unavailable(format!("{}: {error}", path.display())))
    };
    let into = whole(into)?.into_os_string().into_string();
    let into = into.map_err(|name| Failure::Unavailable(format!("{} is not UTF-8", name.display())))?;
    let settings = Settings { busy_timeout: PATIENCE, ..Settings::default() };
    let mut connection = connect::reader(&whole(file)?, &settings).await?;
    sqlx::query("VACUUM INTO ?1").bind(into).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

async fn fill(copy: &Path, unfinished: &Path) -> Result<usize, CopyError> {
    let mut source = File::open(copy).map_err(at(copy))?;
    let mut target = make(unfinished)?;
    io::copy(&mut source, &mut target).map_err(at(unfinished))?;
    target.sync_all().map_err(at(unfinished))?;
    fits(unfinished, copy).await
}

/// The schema version of a file that is told of as `named`, where this program knows it.
async fn fits(path: &Path, named: &Path) -> Result<usize, CopyError> {
    let (found, known) = (read_back(path, named).await?, schema::KNOWN);
    if found > known {
        return Err(CopyError::Newer { path: named.to_owned(), found, known });
    }
    Ok(found)
}

async fn read_back(path: &Path, named: &Path) -> Result<usize, CopyError> {
    let not_whole = |why: String| CopyError::NotWhole(named.to_owned(), why);
    // One that is not there or may not be read is told so, by the system's own word.
    drop(File::open(path).map_err(at(named))?);
    match look_through(path).await.map_err(|failure| not_whole(failure.into_text()))? {
        0 => Err(not_whole("it holds nothing of agent-bus".to_owned())),
        version => Ok(version),
    }
}

async fn look_through(path: &Path) -> Result<usize, Failure> {
    let mut connection = connect::still(path).await?;
    let row = sqlx::query("PRAGMA integrity_check(1)").fetch_one(&mut connection).await?;
    let said: String = row.try_get(0)?;
    if said != "ok" {
        return Err(Failure::Corrupt(said));
    }
    let version = schema::version(&mut connection).await?;
    connection.close().await?;
    Ok(version)
}

/// Under which name a file is written before it is whole.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(UNFINISHED);
    path.with_file_name(name)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A new and empty file for its owner alone.
fn make(path: &Path) -> Result<File, CopyError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(at(path))
}

/// Removes what there is of an unfinished file.
fn discard(unfinished: &Path) -> Result<(), CopyError> {
    remove(unfinished)?;
    remove(&with_suffix(unfinished, "-journal"))
}

fn remove(path: &Path) -> Result<(), CopyError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// Gives a file that is on the disk its name, and waits until that is on the disk too.
fn rename(from: &Path, to: &Path) -> Result<(), CopyError> {
    std::fs::rename(from, to).map_err(at(to))?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    sync(folder.unwrap_or(Path::new(".")))
}

/// Waits until a file, or the names in a folder, are on the disk.
fn sync(path: &Path) -> Result<(), CopyError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(at(path))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> CopyError {
    move |error| CopyError::Io(path.to_owned(), error)
}
