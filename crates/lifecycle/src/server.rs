//! Serves HTTP until told to stop, then finishes the requests in hand.
//!
//! Each connection has limits: how long a request's head may take, how many connections there are. Not here: the size
//! of bodies and the rate of requests (crate `room`).

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Shutdown;

/// The limits of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerSettings {
    /// How many connections are open at once; further ones wait in the kernel's queue. Below the usual limit of 1024
    /// open files, as stores need some too.
    pub connections_max: usize,
    /// How long a client may take for a request's head, and be silent between two requests.
    pub head_timeout: Duration,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self { connections_max: 900, head_timeout: Duration::from_secs(15) }
    }
}

/// How long to wait when the machine has no more open files to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves `router` on `listener` until the soft stop; requests in hand are finished, and dropped at the hard stop. It
/// returns when no more are accepted: [`Shutdown::run`] waits for the connections.
///
/// # Errors
/// Never; the type fits [`Shutdown::spawn`].
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: ServerSettings,
    shutdown: Shutdown,
) -> Result<(), Infallible> {
    let room = Arc::new(Semaphore::new(settings.connections_max));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(settings.head_timeout);
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.soft().cancelled() => return Ok(()),
            accepted = accept(&listener, &room) => accepted,
        };
        let Some((stream, permit)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let connection = connection(stream, builder.clone(), router.clone(), shutdown.clone());
        shutdown.track(async move {
            connection.await;
            drop(permit);
        });
    }
}

/// The next connection, when there is room for one more.
async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, permit)),
        Err(error) => {
            tracing::warn!("a connection was not accepted: {error}");
            None
        }
    }
}

/// One connection to its end.
async fn connection(stream: TcpStream, builder: http1::Builder, router: Router, shutdown: Shutdown) {
    // Answers are small and whole: waiting for more to send only costs time. An old kernel's refusal does no harm.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("TCP_NODELAY: {error}");
    }
    let serving = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut serving = pin!(serving);
    let outcome = tokio::select! {
        outcome = serving.as_mut() => outcome,
        () = shutdown.hard().cancelled() => return,
        () = shutdown.soft().cancelled() => {
            serving.as_mut().graceful_shutdown();
            tokio::select! {
                outcome = serving.as_mut() => outcome,
                () = shutdown.hard().cancelled() => return,
            }
        }
    };
    if let Err(error) = outcome {
        tracing::debug!("a connection broke off: {error}");
    }
}
