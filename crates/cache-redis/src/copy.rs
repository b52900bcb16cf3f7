//! The read copy of mastery on Redis: a JSON text for each student, replaced only where it is what was read.
//!
//! Not here: what is in it, and when it is believed (crate `read-copy`).

use std::time::Duration;

use async_trait::async_trait;
use contracts::StudentId;
use read_copy::{Etag, ReadCopy, ReadCopyError, StudentCopy, Written};
use redis::Script;

use crate::server::{Redis, Silence};

/// How long an entry is kept after it was written: 30 days. It must be longer than the topic keeps events, so that an erasure
/// is still known when they come again.
pub const KEEP: Duration = Duration::from_hours(30 * 24);

/// Keeps copies on a Redis server. An etag is a digest of what is there: it names that content.
pub struct RedisCopy {
    redis: Redis,
    prefix: String,
    reading: Script,
    writing: Script,
}

impl RedisCopy {
    /// Keeps them under keys that begin with `prefix`.
    #[must_use]
    pub fn new(redis: Redis, prefix: &str) -> Self {
        Self {
            redis,
            prefix: prefix.to_owned(),
            reading: Script::new(include_str!("../scripts/copy_read.lua")),
            writing: Script::new(include_str!("../scripts/copy_write.lua")),
        }
    }

    fn key(&self, student: &StudentId) -> String {
        format!("{}mastery:{student}", self.prefix)
    }

    /// `copy` takes the place of what has the etag; empty stands for none.
    async fn replace(&self, student: &StudentId, etag: &str, copy: &str) -> Result<Written, ReadCopyError> {
        let mut script = self.writing.key(self.key(student));
        script.arg(etag).arg(copy).arg(KEEP.as_secs());
        let written: u8 = self.redis.run(&script).await.map_err(unavailable)?;
        Ok(if written == 1 { Written::Yes } else { Written::Conflict })
    }
}

#[async_trait]
impl ReadCopy for RedisCopy {
    async fn read(&self, student: &StudentId) -> Result<Option<(StudentCopy, Etag)>, ReadCopyError> {
        let script = self.reading.key(self.key(student));
        let held: Option<(Vec<u8>, String)> = self.redis.run(&script).await.map_err(unavailable)?;
        let Some((text, etag)) = held else { return Ok(None) };
        match serde_json::from_slice(&text) {
            Ok(copy) => Ok(Some((copy, Etag(etag)))),
            Err(error) => {
                // A copy that nobody can read would stand in the way of the next; it is the truth of nothing.
                tracing::warn!(%error, "the copy of a student's mastery cannot be read, and is removed");
                // Where somebody wrote meanwhile, that stays.
                let (Written::Yes | Written::Conflict) = self.replace(student, &etag, "").await?;
                Ok(None)
            }
        }
    }

    async fn write(
        &self,
        student: &StudentId,
        copy: &StudentCopy,
        expected: Option<&Etag>,
    ) -> Result<Written, ReadCopyError> {
        let text = serde_json::to_string(copy).map_err(|error| ReadCopyError(error.to_string()))?;
        self.replace(student, expected.map_or("", |etag| etag.0.as_str()), &text).await
    }
}

fn unavailable(silence: Silence) -> ReadCopyError {
    ReadCopyError(silence.to_string())
}
