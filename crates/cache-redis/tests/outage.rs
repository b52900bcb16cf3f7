//! A server that goes away, comes back or hangs: what is said meanwhile is the setting's, nobody waits long, and no restart of
//! ours is needed.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::time::Duration;

use cache_redis::{OnFailure, Redis, RedisCopy, RedisLimit, Settings};
use futures::future::join_all;
use jiff::Timestamp;
use rate_limit::{RateLimit, Verdict};
use read_copy::{ReadCopy, StudentCopy, Written};
use testkit::Log;
use testkit::redis::Server;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Patient, and soon there again.
const SETTINGS: Settings =
    Settings { timeout: Duration::from_secs(30), cool_down: Duration::from_millis(20) };

const CANNOT_SAY: Verdict = Verdict::Unavailable { retry_after_s: 1 };

#[tokio::test]
async fn while_the_server_is_gone_the_setting_speaks_and_then_it_counts_again() {
    let server = Server::start_new();
    let limit = |prefix, on_failure| {
        RedisLimit::new(Redis::at(server.address(), SETTINGS).unwrap(), prefix, on_failure)
    };
    let redis = Redis::at(server.address(), SETTINGS).unwrap();
    let [alone, open, closed] = [
        RedisLimit::new(redis.clone(), "alone:", OnFailure::Alone),
        limit("open:", OnFailure::Open),
        limit("closed:", OnFailure::Closed),
    ];
    for limit in [&alone, &open, &closed] {
        assert_eq!(limit.check("ann", 1).await, Verdict::Allowed);
        assert!(matches!(limit.check("ann", 1).await, Verdict::Refused { .. }));
    }
    assert!(!redis.is_silent());
    server.crash();
    for _ in 0..50 {
        assert_eq!(open.check("ann", 1).await, Verdict::Allowed);
        assert_eq!(closed.check("ann", 1).await, CANNOT_SAY);
        assert_eq!(closed.check("ann", 0).await, Verdict::Refused { retry_after_s: 60 }, "none are none");
    }
    assert_eq!(alone.check("ann", 1).await, Verdict::Allowed, "the process begins to count for itself");
    for _ in 0..50 {
        assert!(matches!(alone.check("ann", 1).await, Verdict::Refused { .. }));
    }
    assert!(redis.is_silent(), "whoever has a clone knows that the process counts alone");
    server.start();
    // The server has forgotten everybody: the first request passes, and shows whose count it is.
    while alone.check("ann", 1).await != Verdict::Allowed {}
    assert!(!redis.is_silent());
    while open.check("ann", 1).await == Verdict::Allowed {}
    while closed.check("ann", 1).await == CANNOT_SAY {}
    for limit in [&alone, &open, &closed] {
        assert!(matches!(limit.check("ann", 1).await, Verdict::Refused { .. }));
    }
}

#[tokio::test]
async fn a_server_that_is_started_anew_between_two_requests_is_not_missed() {
    let server = Server::start_new();
    let limit = RedisLimit::new(Redis::at(server.address(), SETTINGS).unwrap(), "", OnFailure::Closed);
    for _ in 0..3 {
        assert_eq!(limit.check("ann", 1).await, Verdict::Allowed);
        server.crash();
        server.start();
    }
}

#[tokio::test]
async fn however_many_find_the_connection_broken_one_new_one_is_made() {
    let server = Server::start_new();
    let limit = RedisLimit::new(Redis::at(server.address(), SETTINGS).unwrap(), "", OnFailure::Closed);
    assert_eq!(limit.check("ann", 1).await, Verdict::Allowed);
    server.crash();
    server.start();
    let verdicts = join_all((0..300).map(|_| limit.check("ann", 1))).await;
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::Allowed).count(), 1);
    assert!(!verdicts.contains(&CANNOT_SAY));
    let mut connection = redis::Client::open(server.address()).unwrap().get_connection().unwrap();
    let told: String = redis::cmd("INFO").arg("stats").query(&mut connection).unwrap();
    assert!(told.lines().any(|line| line == "total_connections_received:2"), "with the test's own: {told}");
}

#[tokio::test]
async fn a_server_that_is_not_there_at_the_start_may_come_later() {
    let server = Server::start_new();
    server.crash();
    let limit = RedisLimit::new(Redis::at(server.address(), SETTINGS).unwrap(), "", OnFailure::Closed);
    assert_eq!(limit.check("ann", 1).await, CANNOT_SAY);
    server.start();
    while limit.check("ann", 1).await == CANNOT_SAY {}
    assert!(matches!(limit.check("ann", 1).await, Verdict::Refused { .. }));
}

#[tokio::test]
async fn a_copy_says_that_it_is_not_available_and_is_there_again() {
    let server = Server::start_new();
    let copies = RedisCopy::new(Redis::at(server.address(), SETTINGS).unwrap(), "");
    let (ada, copy) = ("ada".parse().unwrap(), StudentCopy::empty(Timestamp::UNIX_EPOCH));
    assert_eq!(copies.write(&ada, &copy, None).await, Ok(Written::Yes));
    server.crash();
    assert!(copies.read(&ada).await.is_err());
    assert!(copies.write(&ada, &copy, None).await.is_err());
    server.start();
    while copies.read(&ada).await.is_err() {}
    assert_eq!(copies.read(&ada).await, Ok(None), "it was a cache");
    assert_eq!(copies.write(&ada, &copy, None).await, Ok(Written::Yes));
}

/// Takes connections and never answers. The number of them so far.
async fn hanging() -> (String, watch::Receiver<u32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("redis://{}", listener.local_addr().unwrap());
    let (count, counted) = watch::channel(0);
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((connection, _)) = listener.accept().await {
            held.push(connection);
            count.send_modify(|count| *count += 1);
        }
    });
    (address, counted)
}

#[tokio::test]
async fn who_comes_after_a_failure_does_not_wait_for_the_same() {
    let (address, mut connections) = hanging().await;
    let settings = Settings { timeout: Duration::from_millis(50), cool_down: Duration::from_secs(3600) };
    let limit = RedisLimit::new(Redis::at(&address, settings).unwrap(), "", OnFailure::Closed);
    for _ in 0..10_000 {
        assert_eq!(limit.check("ann", 1).await, CANNOT_SAY);
    }
    connections.wait_for(|count| *count > 0).await.unwrap();
    assert_eq!(*connections.borrow(), 1, "one request found out for all of them");
}

#[tokio::test]
async fn after_the_pause_one_request_finds_out_on_a_connection_of_its_own() {
    let (address, mut connections) = hanging().await;
    let settings = Settings { timeout: Duration::from_millis(5), cool_down: Duration::from_millis(5) };
    let limit = RedisLimit::new(Redis::at(&address, settings).unwrap(), "", OnFailure::Open);
    while *connections.borrow_and_update() < 3 {
        assert_eq!(limit.check("ann", 1).await, Verdict::Allowed);
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_outage_is_in_the_log_once_and_so_is_its_end() {
    let log = Log::listen();
    let counts = || ["Redis does not answer", "Redis answers again"].map(|message| log.count(message));
    let server = Server::start_new();
    let limit = RedisLimit::new(Redis::at(server.address(), SETTINGS).unwrap(), "", OnFailure::Closed);
    for outage in 1..=2 {
        assert_ne!(limit.check("ann", 1).await, CANNOT_SAY);
        server.crash();
        for _ in 0..500 {
            assert_eq!(limit.check("ann", 1).await, CANNOT_SAY);
        }
        assert_eq!(counts(), [outage, outage - 1]);
        server.start();
        while limit.check("ann", 1).await == CANNOT_SAY {}
        assert_eq!(counts(), [outage, outage]);
    }
}
