//! The process that children come from, and how one is asked for.
//!
//! Each child talks over a connection of its own: a pair of sockets, one end of which is handed to the nursery in a message.
//! So there is no name in the file system that somebody else could find, and nothing to be removed afterwards. The socket
//! for these messages is the nursery's standard input; when the pool's end closes, the nursery ends, and the kernel ends
//! its children. Not here: when a nursery is started (`keeper`), what is said over a connection (`child`).

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream as Blocking;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use tokio::io::{AsyncRead, AsyncReadExt, Interest};
use tokio::net::UnixStream;
use tokio::process::Command;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::child::KILL_GRACE;

/// What is kept of what a nursery writes to standard error; the rest is read, so that it does not hang, and forgotten.
const STDERR_MAX_BYTES: u64 = 2 << 10;

/// Why there is no child.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", .binary.display())]
pub(super) struct StartError {
    binary: PathBuf,
    why: String,
}

impl StartError {
    pub(super) fn new(binary: &Path, why: String) -> Self {
        Self { binary: binary.to_owned(), why }
    }
}

/// Where children are asked for.
pub(super) struct Door {
    socket: UnixStream,
    doubts: Notify,
}

impl Door {
    /// Asks for a child: what it will talk over. If none comes, it ends.
    ///
    /// # Errors
    /// Where nobody is behind the door, or the system is out of descriptors.
    pub(super) async fn connection(&self) -> io::Result<UnixStream> {
        let (near, far) = Blocking::pair()?;
        near.set_nonblocking(true)?;
        self.socket.async_io(Interest::WRITABLE, || hand_over(&self.socket, &far)).await?;
        UnixStream::from_std(near)
    }

    /// Says that nothing was heard of a child that was asked for.
    pub(super) fn doubt(&self) {
        self.doubts.notify_one();
    }

    /// Waits until somebody doubts.
    pub(super) async fn doubted(&self) {
        self.doubts.notified().await;
    }
}

/// Sends a descriptor. A message must have a byte to be one.
fn hand_over(socket: impl AsFd, far: impl AsFd) -> io::Result<()> {
    let far = [far.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut carried = SendAncillaryBuffer::new(&mut space);
    carried.push(SendAncillaryMessage::ScmRights(&far));
    let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    sendmsg(socket, &[IoSlice::new(&[0])], &mut carried, flags)?;
    Ok(())
}

/// A nursery's process. Dropped, it is killed, and its children with it.
pub(super) struct Nursery {
    process: tokio::process::Child,
    stderr: JoinHandle<String>,
}

impl Nursery {
    /// Starts one. It gets warm meanwhile: who asks for a child waits until it is.
    pub(super) fn start(binary: &Path, children_max: usize) -> Result<(Self, Door), StartError> {
        let started = || -> io::Result<_> {
            let (near, far) = UnixStream::pair()?;
            let far = far.into_std()?;
            far.set_nonblocking(false)?;
            let process = Command::new(binary)
                .arg("--nursery")
                .arg(children_max.to_string())
                .env_clear()
                .current_dir("/")
                .stdin(Stdio::from(std::os::fd::OwnedFd::from(far)))
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                // A key pressed in the service's terminal is for the service alone.
                .process_group(0)
                .kill_on_drop(true)
                .spawn()?;
            Ok((process, near))
        };
        let (mut process, socket) =
            started().map_err(|error| StartError::new(binary, format!("cannot be started: {error}")))?;
        let stderr = process.stderr.take();
        let stderr = tokio::spawn(async { opening(stderr).await });
        Ok((Self { process, stderr }, Door { socket, doubts: Notify::new() }))
    }

    /// Waits until it is gone: how it ended.
    pub(super) async fn gone(&mut self) -> String {
        match self.process.wait().await {
            Ok(status) => format!("it ended: {status}"),
            Err(error) => error.to_string(),
        }
    }

    /// Kills it and waits until it is gone. What it wrote to standard error comes back behind a colon, if it wrote.
    pub(super) async fn end(mut self) -> String {
        // It may be gone already, which is as good.
        let _ = self.process.kill().await;
        // Its end of the pipe closed with it: this waits for a task to be scheduled, no longer.
        match timeout(KILL_GRACE, self.stderr).await {
            Ok(Ok(said)) if !said.is_empty() => format!(": {said:?}"),
            _ => String::new(),
        }
    }
}

/// The first [`STDERR_MAX_BYTES`] of a stream, which is read to its end.
async fn opening<R: AsyncRead + Unpin>(stream: Option<R>) -> String {
    let Some(mut stream) = stream else { return String::new() };
    let mut kept = Vec::new();
    if (&mut stream).take(STDERR_MAX_BYTES).read_to_end(&mut kept).await.is_ok() {
        // Nobody wants the rest, and a failure to read it is its end.
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    }
    String::from_utf8_lossy(&kept).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn standard_error_is_read_to_its_end_and_little_of_it_kept() {
        let long = "x".repeat(100_000);
        assert_eq!(opening(Some(long.as_bytes())).await, "x".repeat(2_048));
        assert_eq!(opening(Some(&b" why \xff\n"[..])).await, "why \u{fffd}");
        assert_eq!(opening(Some(&b""[..])).await, "");
        assert_eq!(opening(None::<&[u8]>).await, "");
    }
}
