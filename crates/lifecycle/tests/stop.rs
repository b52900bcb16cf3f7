//! The two-stage stop over real sockets: what is in hand ends, what hangs is dropped, and the exit tells which.
//!
//! No test sleeps: each waits for the other side to say where it is.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use lifecycle::{Ending, ServerSettings, Shutdown, bind, serve, signals};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};

/// Longer than any test waits: it ends by what happens, never by this.
const PATIENCE: Duration = Duration::from_secs(600);

/// A route that says when a request has come in, and answers when it may.
#[derive(Clone, Default)]
struct Held {
    came: Arc<Notify>,
    may_answer: Arc<Notify>,
}

impl Held {
    fn router(&self) -> Router {
        let held = self.clone();
        Router::new().route(
            "/held",
            get(async move || {
                held.came.notify_one();
                held.may_answer.notified().await;
                "done"
            }),
        )
    }
}

async fn start(router: Router, settings: ServerSettings) -> (Shutdown, SocketAddr) {
    let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = Shutdown::new();
    shutdown.spawn("http", serve(listener, router, settings, shutdown.clone()));
    (shutdown, address)
}

async fn send(address: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end too.
    stream.read_to_end(&mut bytes).await.unwrap_or_default();
    String::from_utf8(bytes).unwrap()
}

const REQUEST: &str = "GET /held HTTP/1.1\r\nhost: test\r\n\r\n";

#[tokio::test]
async fn a_request_in_hand_is_answered_after_the_signal_and_no_new_one_is_taken() {
    let held = Held::default();
    let (shutdown, address) = start(held.router(), ServerSettings::default()).await;
    let request = send(address, REQUEST).await;
    held.came.notified().await;

    let (sender, receiver) = mpsc::channel(2);
    let soft = shutdown.soft().clone();
    let ending = tokio::spawn(shutdown.run(receiver, PATIENCE));
    sender.send("SIGTERM").await.unwrap();
    soft.cancelled().await;

    // The listener goes with its task; until then the kernel may still take a connection that nobody serves.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!ending.is_finished());
    held.may_answer.notify_one();
    let answer = rest(request).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    assert_eq!(ending.await.unwrap(), Ending::Clean);
}

#[tokio::test]
async fn a_second_signal_drops_what_is_in_hand() {
    let held = Held::default();
    let (shutdown, address) = start(held.router(), ServerSettings::default()).await;
    let request = send(address, REQUEST).await;
    held.came.notified().await;
    let (sender, receiver) = mpsc::channel(2);
    sender.send("SIGTERM").await.unwrap();
    sender.send("SIGINT").await.unwrap();
    assert_eq!(shutdown.run(receiver, PATIENCE).await, Ending::Cut);
    assert_eq!(rest(request).await, "");
}

#[tokio::test]
async fn a_task_that_does_not_stop_is_dropped_at_the_end_of_patience() {
    let shutdown = Shutdown::new();
    shutdown.spawn("deaf", std::future::pending::<Result<(), Infallible>>());
    shutdown.trigger();
    let (_sender, receiver) = mpsc::channel(1);
    assert_eq!(shutdown.run(receiver, Duration::from_millis(1)).await, Ending::Cut);
}

#[tokio::test]
async fn a_task_that_fails_or_panics_stops_the_process_and_the_exit_says_so() {
    for panics in [false, true] {
        let shutdown = Shutdown::new();
        let soft = shutdown.soft().clone();
        shutdown.spawn("obedient", async move {
            soft.cancelled().await;
            Ok::<(), Infallible>(())
        });
        shutdown.spawn("ill", async move {
            assert!(!panics, "on purpose");
            Err("the disk is full")
        });
        let (_sender, receiver) = mpsc::channel(1);
        assert_eq!(shutdown.run(receiver, PATIENCE).await, Ending::Failed, "panics: {panics}");
    }
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_the_stop_up() {
    let (shutdown, address) =
        start(Router::new().route("/", get(async || "hello")), ServerSettings::default()).await;
    let mut idle = send(address, "GET / HTTP/1.1\r\nhost: test\r\n\r\n").await;
    let mut first = [0; 8];
    idle.read_exact(&mut first).await.unwrap();
    shutdown.trigger();
    let (_sender, receiver) = mpsc::channel(1);
    assert_eq!(shutdown.run(receiver, PATIENCE).await, Ending::Clean);
}

#[tokio::test]
async fn a_client_that_never_finishes_its_head_is_cut_off() {
    let settings = ServerSettings { head_timeout: Duration::from_millis(50), ..ServerSettings::default() };
    let (_shutdown, address) = start(Router::new(), settings).await;
    let slow = send(address, "GET / HTTP/1.1\r\nhost: te").await;
    // It ends, or this test never does.
    let answer = rest(slow).await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn connections_over_the_limit_wait_for_their_turn() {
    let held = Held::default();
    let settings = ServerSettings { connections_max: 1, ..ServerSettings::default() };
    let (_shutdown, address) = start(held.router(), settings).await;
    let close = "GET /held HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";
    let first = send(address, close).await;
    held.came.notified().await;
    let second = send(address, close).await;
    held.may_answer.notify_one();
    assert!(rest(first).await.ends_with("done"));
    held.came.notified().await;
    held.may_answer.notify_one();
    assert!(rest(second).await.ends_with("done"));
}

#[tokio::test]
async fn the_operating_systems_signal_arrives_by_name() {
    let mut receiver = signals().unwrap();
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM).unwrap();
    assert_eq!(receiver.recv().await, Some("SIGTERM"));
}
