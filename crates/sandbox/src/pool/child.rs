//! One child: a connection to it, one job over that, and its end.
//!
//! The child lives for as long as this end of the connection is open for writing; the nursery kills it then, and closes the
//! other end once it is gone. Not here: where children come from (`nursery`), what they may say (`transcript`).

use std::io;
use std::time::Duration;

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::time::{Instant, timeout, timeout_at};

use super::lines;
use super::nursery::Door;
use super::transcript::{Fault, Heard, Transcript};
use crate::wire::{self, LINE_MAX_BYTES, Line, Lockdown, Said};
use crate::{Ended, Job, Priority, Report};

/// How long beyond the job's wall-clock time a child may live: it should have ended itself.
pub const KILL_GRACE: Duration = Duration::from_secs(1);

/// The longest first line.
const READY_MAX_BYTES: usize = 16 << 10;

/// The signal of a process over its soft limit of processor time, on every Linux that is served (x86_64, aarch64).
const SIGXCPU: i32 = 24;

/// The signal of a process over its hard limit.
const SIGKILL: i32 = 9;

/// Why a child did not take a job: nothing of it was run.
#[derive(Debug, thiserror::Error)]
pub(super) enum Untaken {
    /// It went away before it said that it had read the order.
    #[error("it went away")]
    Gone,
    /// It went away before the whole order was written.
    #[error("it did not read: {0}")]
    Deaf(io::Error),
}

/// A job on its way to a child.
pub(super) struct Order {
    order: wire::Order,
    line: Vec<u8>,
}

impl Order {
    pub(super) fn new(job: Job, nonce: String) -> Self {
        let order = wire::Order { nonce, job };
        // Strings, numbers, lists: nothing that JSON could refuse.
        let mut line = serde_json::to_vec(&order).unwrap_or_default();
        line.push(b'\n');
        Self { order, line }
    }

    pub(super) const fn priority(&self) -> Priority {
        self.order.job.priority
    }
}

/// A child that can take a job. Dropped, it is killed.
pub(super) struct Child {
    connection: BufReader<UnixStream>,
}

/// What ended a conversation.
enum Cause {
    /// The child said so.
    Said(Ended),
    /// A signal ended the child.
    Killed(i32),
    /// Its time was up.
    Late,
    /// It wrote no more.
    Silent,
    /// It wrote what it should not have.
    Fault(Fault),
}

impl Child {
    /// Asks for one, and hears what holds it.
    ///
    /// # Errors
    /// What came instead of a child.
    pub(super) async fn ask(door: &Door) -> Result<(Self, Lockdown), String> {
        let connection = door.connection().await.map_err(|error| what_came(&error))?;
        let mut child = Self { connection: BufReader::new(connection) };
        let lockdown = child.ready().await?;
        Ok((child, lockdown))
    }

    async fn ready(&mut self) -> Result<Lockdown, String> {
        let line = match lines::next(&mut self.connection, READY_MAX_BYTES).await {
            Ok(Some(line)) => line,
            Ok(None) => return Err(ENDED.to_owned()),
            Err(error) => return Err(what_came(&error)),
        };
        match serde_json::from_slice(&line) {
            Ok(Line { nonce, said: Said::Ready { lockdown } }) if nonce.is_empty() => Ok(lockdown),
            Ok(Line { said: Said::Killed { signal }, .. }) => Err(format!("signal {signal} ended it")),
            Ok(_) => Err("it said something else".to_owned()),
            Err(error) => Err(format!("it said something else ({error})")),
        }
    }

    /// Has it run the job, and ends it, whatever it did.
    pub(super) async fn serve(mut self, order: &Order) -> Result<Report, Untaken> {
        let job = &order.order.job;
        let by = Instant::now() + Duration::from_millis(job.limits.wall_ms.into()) + KILL_GRACE;
        let mut transcript = Transcript::new(job, &order.order.nonce);
        let cause = match timeout_at(by, self.connection.get_mut().write_all(&order.line)).await {
            Ok(Ok(())) => self.hear(&mut transcript, by).await,
            Ok(Err(error)) => return Err(Untaken::Deaf(error)),
            Err(_late) => Cause::Late,
        };
        let ended = match cause {
            Cause::Said(ended) => ended,
            Cause::Late => Ended::TimedOut,
            Cause::Silent | Cause::Killed(_) if !transcript.taken() => return Err(Untaken::Gone),
            Cause::Silent => Ended::Crashed,
            Cause::Killed(signal) => killed_by(signal),
            Cause::Fault(Fault::TooMuch) => Ended::TooMuchOutput,
            Cause::Fault(fault) => {
                tracing::warn!("a sandbox is ended: {fault}");
                Ended::Crashed
            }
        };
        self.end().await;
        if ended == Ended::Crashed {
            tracing::warn!("a sandbox crashed");
        }
        Ok(transcript.close(ended))
    }

    async fn hear(&mut self, transcript: &mut Transcript<'_>, by: Instant) -> Cause {
        loop {
            let line = match timeout_at(by, lines::next(&mut self.connection, LINE_MAX_BYTES)).await {
                Ok(Ok(Some(line))) => line,
                Ok(Ok(None)) => return Cause::Silent,
                // It went away with something unread.
                Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionReset => return Cause::Silent,
                Ok(Err(error)) => return Cause::Fault(Fault::Unreadable(error)),
                Err(_late) => return Cause::Late,
            };
            match transcript.hear(&line) {
                Ok(Heard::Taken | Heard::Case) => {}
                Ok(Heard::Ended(ended)) => return Cause::Said(ended),
                Ok(Heard::Killed(signal)) => return Cause::Killed(signal),
                Err(fault) => return Cause::Fault(fault),
            }
        }
    }

    /// Has it killed and waits until it is gone, so that its memory is free before its place is.
    pub(super) async fn end(mut self) {
        // Where it is gone already there is nothing to close.
        let _ = self.connection.get_mut().shutdown().await;
        let mut nowhere = tokio::io::sink();
        let rest = tokio::io::copy_buf(&mut self.connection, &mut nowhere);
        if timeout(KILL_GRACE, rest).await.is_err() {
            tracing::warn!("a sandbox does not go away");
        }
    }
}

/// How a child ended that did not say so.
fn killed_by(signal: i32) -> Ended {
    tracing::warn!("signal {signal} ended a sandbox");
    match signal {
        SIGXCPU | SIGKILL => Ended::TimedOut,
        _ => Ended::Crashed,
    }
}

/// What is said where the other end is gone.
const ENDED: &str = "it ended";

/// A nursery that dies may be seen dead before a connection was handed to it, or after: one word for both.
fn what_came(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => ENDED.to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_death_by_the_limit_of_processor_time_is_a_timeout_and_any_other_a_crash() {
        let cases = [
            (SIGXCPU, Ended::TimedOut),
            (SIGKILL, Ended::TimedOut),
            (11, Ended::Crashed),
            (6, Ended::Crashed),
            (31, Ended::Crashed),
        ];
        for (signal, ended) in cases {
            assert_eq!(killed_by(signal), ended, "{signal}");
        }
    }
}
