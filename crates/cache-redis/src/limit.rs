//! Each principal's limit over all processes: GCRA in one script, by the server's clock.
//!
//! It says what `rate_limit::MemoryLimit` says, to the nanosecond: tests compare the two. Not here: what is done with the
//! verdict (crate `room`).

use std::time::Duration;

use async_trait::async_trait;
use rate_limit::{MemoryLimit, RateLimit, Verdict, whole_seconds};
use redis::Script;
use sha2::{Digest, Sha256};

use crate::server::{Redis, Silence};

const MINUTE_NS: u64 = 60_000_000_000;

/// What is said while Redis does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// Each process counts for itself, from nothing: a principal has its limit once for each process instead of once over
    /// all of them. The default: the gateway's limiter fails open, so that the one behind it must hold even then; and a
    /// limiter's server that restarts is no reason to send every student away.
    #[default]
    Alone,
    /// Everybody passes, uncounted. For where something else in front holds the limit whatever happens.
    Open,
    /// Nobody passes: [`Verdict::Unavailable`], to be tried again after a second. For where too much does more harm than
    /// nothing at all.
    Closed,
}

/// Counts on a Redis server.
pub struct RedisLimit {
    redis: Redis,
    prefix: String,
    on_failure: OnFailure,
    script: Script,
    alone: MemoryLimit,
}

impl RedisLimit {
    /// Counts under keys that begin with `prefix`. Whoever has the same prefix on the same server shares the limits.
    #[must_use]
    pub fn new(redis: Redis, prefix: &str, on_failure: OnFailure) -> Self {
        let script = Script::new(include_str!("../scripts/limit.lua"));
        Self { redis, prefix: prefix.to_owned(), on_failure, script, alone: MemoryLimit::default() }
    }

    /// As [`RateLimit::check`], at a time that is not the server's: so long since 1970. For who must say when.
    ///
    /// # Errors
    /// If Redis does not answer: then it is not known whether the request was counted.
    pub async fn check_at(&self, key: &str, per_minute: u32, at: Duration) -> Result<Verdict, Silence> {
        self.count(key, per_minute, Some(at)).await
    }

    async fn count(&self, key: &str, per_minute: u32, at: Option<Duration>) -> Result<Verdict, Silence> {
        if per_minute == 0 {
            return Ok(Verdict::Refused { retry_after_s: 60 });
        }
        let interval_ns = (MINUTE_NS / u64::from(per_minute)).max(1);
        let mut script = self.script.key(self.key(key, per_minute));
        script.arg(interval_ns).arg(interval_ns * u64::from(per_minute - 1));
        if let Some(at) = at {
            script.arg(at.as_secs()).arg(at.subsec_nanos());
        }
        let wait_ns: u64 = self.redis.run(&script).await?;
        match wait_ns {
            0 => Ok(Verdict::Allowed),
            _ => Ok(Verdict::Refused { retry_after_s: whole_seconds(Duration::from_nanos(wait_ns)) }),
        }
    }

    /// As short as it is, whatever the principal is called; and who looks at the keys reads no names.
    fn key(&self, key: &str, per_minute: u32) -> String {
        let digest = Sha256::digest(key.as_bytes());
        let half: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("{}limit:{half}:{per_minute}", self.prefix)
    }

    /// While Redis does not answer. Its silence is in the log once, not once a request.
    async fn without_redis(&self, key: &str, per_minute: u32) -> Verdict {
        match self.on_failure {
            OnFailure::Alone => self.alone.check(key, per_minute).await,
            OnFailure::Open => Verdict::Allowed,
            OnFailure::Closed => Verdict::Unavailable { retry_after_s: 1 },
        }
    }
}

#[async_trait]
impl RateLimit for RedisLimit {
    async fn check(&self, key: &str, per_minute: u32) -> Verdict {
        match self.count(key, per_minute, None).await {
            Ok(verdict) => verdict,
            Err(_) => self.without_redis(key, per_minute).await,
        }
    }
}
