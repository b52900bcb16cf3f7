//! The gate behind a real socket: what a client that has sent too much gets to read.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use auth::{KeySource, Settings, Verifier};
use axum::Router;
use axum::routing::get;
use clock::SystemClock;
use lifecycle::{Ending, ServerSettings, Shutdown, bind};
use rate_limit::MemoryLimit;
use room::{Chassis, Limits, Room};
use telemetry::Metrics;
use testkit::SeededIds;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

const SENT_BYTES: usize = 3 << 20;

async fn start() -> (Shutdown, SocketAddr) {
    let settings = Settings {
        keys: KeySource::File("no such file".into()),
        issuer: String::new(),
        audience: String::new(),
        refresh_every: Duration::from_secs(60),
    };
    let chassis = Chassis {
        ids: Arc::new(SeededIds::default()),
        verifier: Arc::new(Verifier::open(settings, Arc::new(SystemClock)).await.unwrap()),
        limiter: Arc::new(MemoryLimit::default()),
        limits: Limits::default(),
        metrics: Metrics::new().unwrap(),
        spans: telemetry::Spans::default(),
        record: None,
    };
    let router = Router::new().route("/api/v1/debug/version", get(async || "1"));
    let room = Room {
        name: "debug",
        router,
        openapi: utoipa::openapi::OpenApi::default(),
        inbox: Vec::new(),
        tasks: Vec::new(),
    };
    let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = Shutdown::new();
    let router = room::serve(room, chassis);
    shutdown.spawn("http", lifecycle::serve(listener, router, ServerSettings::default(), shutdown.clone()));
    (shutdown, address)
}

/// Sends all of it before reading a byte, as simple clients do.
async fn send(address: SocketAddr, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn who_sends_too_much_reads_why() {
    let (shutdown, address) = start().await;
    let head = |how: &str| {
        format!(
            "POST /nowhere HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-type: application/json\r\n{how}\r\n\r\n"
        )
    };
    let body = vec![b' '; SENT_BYTES];
    let mut chunked = format!("{SENT_BYTES:x}\r\n").into_bytes();
    chunked.extend_from_slice(&body);
    chunked.extend_from_slice(b"\r\n0\r\n\r\n");
    for answer in [
        send(address, &head(&format!("content-length: {SENT_BYTES}")), &body).await,
        send(address, &head("transfer-encoding: chunked"), &chunked).await,
        // Who asks first is told at once, and sends nothing.
        send(address, &head(&format!("content-length: {SENT_BYTES}\r\nexpect: 100-continue")), b"").await,
    ] {
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
    shutdown.trigger();
    let (_sender, signals) = mpsc::channel(1);
    assert_eq!(shutdown.run(signals, Duration::from_secs(600)).await, Ending::Clean);
}
