//! The folder in which backups of `up`'s file lie: what they are called, who works in it, which of them go.
//!
//! Not here: what a backup holds (crate `ledger-sqlite`), the commands (`backup`, `restore`).

use std::ffi::OsStr;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::ProgressBar;
use jiff::{SignedDuration, Timestamp};
use ledger_sqlite::copy::UNFINISHED;

use super::Failure;
use super::bar::bar;

/// So many that are there are named to who asks for one that is not.
const NAMED_MAX: usize = 10;

/// The folder.
pub(super) struct Copies {
    folder: PathBuf,
}

impl Copies {
    /// The folder that a flag names. It is not made: where a disk is not mounted its folder is not to be filled elsewhere.
    pub(super) fn in_folder(flag: &str, folder: &Path) -> Result<Self, Failure> {
        if !folder.is_dir() {
            return Err(format!("{flag}: {} is no folder", folder.display()).into());
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// Where the backup of this name is, or would be.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Ours to write in until what is returned is dropped, or the process dies: the lock is the kernel's. Two at once would
    /// take each other's unfinished files for leftovers.
    pub(super) fn hold(&self) -> Result<File, Failure> {
        let path = self.path(".lock");
        let lock = OpenOptions::new().create(true).append(true).open(&path).map_err(at(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => {
                Err(format!("another backup works in {}", self.folder.display()).into())
            }
            Err(TryLockError::Error(error)) => Err(at(&path)(error)),
        }
    }

    /// Removes what was left by those who were stopped. Only for who holds the folder.
    pub(super) fn sweep(&self) -> Result<(), Failure> {
        self.files()?.iter().filter(|name| is_leftover(name)).try_for_each(|name| self.remove(name))
    }

    /// Removes the backups that are older than so many days but for the newest, and returns their names.
    pub(super) fn forget(
        &self,
        now: Timestamp,
        keep_days: u32,
        keep_newest: u32,
    ) -> Result<Vec<String>, Failure> {
        let names = outdated(self.names()?, now, keep_days, keep_newest)?;
        names.iter().try_for_each(|name| self.remove(name))?;
        Ok(names)
    }

    /// The name of the one that is asked for, or of the newest.
    pub(super) fn chosen(&self, name: Option<&str>) -> Result<String, Failure> {
        let names = self.names()?;
        let Some(name) = name else {
            let none = || format!("--from: there is no backup in {}", self.folder.display());
            return Ok(names.last().ok_or_else(none)?.clone());
        };
        let is_name = Path::new(name).file_name() == Some(OsStr::new(name));
        if is_name && self.path(name).is_file() {
            return Ok(name.to_owned());
        }
        let newest: Vec<&str> = names.iter().rev().take(NAMED_MAX).map(String::as_str).collect();
        let there = if newest.is_empty() { "none".to_owned() } else { newest.join(", ") };
        Err(format!("--name: there is no {name} in {}; the newest are: {there}", self.folder.display())
            .into())
    }

    /// The backups by their names, which are their times: the newest last.
    fn names(&self) -> Result<Vec<String>, Failure> {
        let mut names = self.files()?;
        names.retain(|name| is_copy(name));
        names.sort_unstable();
        Ok(names)
    }

    /// What lies in the folder, whoever put it there.
    fn files(&self) -> Result<Vec<String>, Failure> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(at(&self.folder))? {
            // What is not UTF-8 is not ours.
            names.extend(entry.map_err(at(&self.folder))?.file_name().into_string().ok());
        }
        Ok(names)
    }

    fn remove(&self, name: &str) -> Result<(), Failure> {
        let path = self.path(name);
        std::fs::remove_file(&path).map_err(at(&path))
    }
}

/// What a backup is called that is begun at this time: everything that was answered by then is in it.
pub(super) fn name_at(time: Timestamp) -> String {
    format!("agent-bus-{}.db", time.strftime("%Y%m%dT%H%M%SZ"))
}

fn is_copy(name: &str) -> bool {
    let time = name.strip_prefix("agent-bus-").and_then(|rest| rest.strip_suffix("Z.db"));
    time.and_then(|time| time.split_once('T')).is_some_and(|(day, time)| {
        day.len() == 8 && time.len() == 6 && day.bytes().chain(time.bytes()).all(|byte| byte.is_ascii_digit())
    })
}

/// What SQLite kept beside an unfinished one too.
fn is_leftover(name: &str) -> bool {
    let named = name.strip_prefix('.').and_then(|rest| rest.split_once(UNFINISHED));
    named.is_some_and(|(named, _)| is_copy(named))
}

/// Of sorted names those that are too old, but never one of the newest.
fn outdated(
    mut names: Vec<String>,
    now: Timestamp,
    keep_days: u32,
    keep_newest: u32,
) -> Result<Vec<String>, jiff::Error> {
    let oldest = name_at(now.checked_sub(SignedDuration::from_hours(24 * i64::from(keep_days)))?);
    names.truncate(names.len().saturating_sub(keep_newest as usize));
    names.retain(|name| *name < oldest);
    Ok(names)
}

/// Tells that work goes on.
pub(super) fn working(on: String) -> Result<ProgressBar, Failure> {
    let bar = bar("{spinner} {msg}, {elapsed}")?.with_message(on);
    bar.enable_steady_tick(Duration::from_millis(100));
    Ok(bar)
}

/// Names the file that an error is about.
fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Failure {
    move |error| format!("{}: {error}", path.display()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = [
        "agent-bus-20260220T022300Z.db",
        "agent-bus-20260222T090000Z.db",
        "agent-bus-20260223T090000Z.db",
        "agent-bus-20260228T022300Z.db",
    ];

    fn gone(keep_days: u32, keep_newest: u32) -> Vec<String> {
        let now = "2026-03-01T09:00:00Z".parse().unwrap();
        outdated(NAMES.map(str::to_owned).into(), now, keep_days, keep_newest).unwrap()
    }

    #[test]
    fn a_name_is_the_time_and_nothing_else_is_one() {
        assert_eq!(name_at("2026-03-01T09:00:07.5Z".parse().unwrap()), "agent-bus-20260301T090007Z.db");
        assert!(NAMES.into_iter().all(is_copy));
        for name in [
            "agent-bus-20260301T090007Z.dump",
            "agent-bus-20260301T090007.db",
            "agent-bus-2026030T0900007Z.db",
            "agent-bus-20260301T09000xZ.db",
            "my-agent-bus-20260301T090007Z.db",
            "agent-bus.db",
            "notes.txt",
        ] {
            assert!(!is_copy(name), "{name}");
        }
    }

    #[test]
    fn what_was_left_unfinished_is_told_from_what_is_whole() {
        for left in
            [".agent-bus-20260301T090007Z.db.unfinished", ".agent-bus-20260301T090007Z.db.unfinished-journal"]
        {
            assert!(is_leftover(left), "{left}");
        }
        for other in [
            "agent-bus-20260301T090007Z.db",
            ".agent-bus-20260301T090007Z.dump.unfinished",
            ".notes.unfinished",
            ".lock",
        ] {
            assert!(!is_leftover(other), "{other}");
        }
    }

    #[test]
    fn what_is_too_old_goes_but_never_one_of_the_newest() {
        assert_eq!(gone(6, 1), NAMES[..2], "six days to the second are not too old");
        assert_eq!(gone(6, 3), NAMES[..1]);
        assert_eq!(gone(1, 1), NAMES[..3]);
        assert!(gone(1, 4).is_empty() && gone(1, 99_999).is_empty(), "however old");
        assert!(gone(99_999, 1).is_empty(), "however many");
    }
}
