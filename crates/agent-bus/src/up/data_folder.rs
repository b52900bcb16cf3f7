//! The data folder of `up`: made on first start, held by one process at a time.
//!
//! Not here: the files inside (each opened by its crate).

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataFolderError {
    #[error("the data folder {0} cannot be made or opened: {1}")]
    Io(PathBuf, std::io::Error),
    #[error(
        "the data folder {0} is in use by another agent-bus{1}; stop that one, or give --data-dir another folder"
    )]
    InUse(PathBuf, String),
}

/// A folder that is ours until this is dropped, or the process dies: the lock is the kernel's.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder where it is missing, readable by its owner alone, and takes its lock.
    pub(crate) fn hold(path: &Path) -> Result<Self, DataFolderError> {
        let io = |error| DataFolderError::Io(path.to_owned(), error);
        make(path).map_err(io)?;
        let mut lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path.join("lock"))
            .map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(DataFolderError::InUse(path.to_owned(), holder(&mut lock)));
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        lock.set_len(0).map_err(io)?;
        write!(lock, "{}", std::process::id()).map_err(io)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The SQLite file of the ledgers.
    pub(crate) fn database(&self) -> PathBuf {
        database_in(&self.path)
    }
}

/// Where the SQLite file of the ledgers is in a data folder, held or not.
pub(crate) fn database_in(folder: &Path) -> PathBuf {
    folder.join("agent-bus.db")
}

/// Makes the folder where it is missing, readable by its owner alone.
#[cfg(unix)]
pub(crate) fn make(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes the folder where it is missing.
#[cfg(not(unix))]
pub(crate) fn make(path: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(path)
}

/// The holder's process id, where it has written it.
fn holder(lock: &mut File) -> String {
    let mut text = String::new();
    let read = lock.rewind().and_then(|()| lock.take(20).read_to_string(&mut text));
    if read.is_ok() && !text.is_empty() { format!(" (process {text})") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_in_use_is_refused_with_its_holder_and_free_again_afterwards() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("data");
        let held = DataFolder::hold(&path).unwrap();
        let refused = DataFolder::hold(&path).unwrap_err().to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        drop(held);
        DataFolder::hold(&path).unwrap();
    }

    #[test]
    fn a_file_where_the_folder_should_be_is_named() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("file");
        std::fs::write(&path, "").unwrap();
        let refused = DataFolder::hold(&path).unwrap_err().to_string();
        assert!(refused.contains("file"), "{refused}");
    }
}
