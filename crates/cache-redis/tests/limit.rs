//! The limit over several processes, on a real server: one count for all, by the server's clock.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::sync::Arc;
use std::time::Duration;

use cache_redis::{OnFailure, Redis, RedisLimit, Settings};
use futures::future::join_all;
use rate_limit::{RateLimit, Verdict};
use testkit::redis::Prefix;

/// What is not about outages waits as long as it takes.
fn redis(prefix: &Prefix) -> Redis {
    let settings = Settings { timeout: Duration::from_secs(60), ..Settings::default() };
    Redis::at(prefix.address(), settings).unwrap()
}

/// As in another process: with a connection of its own.
fn limit(prefix: &Prefix) -> RedisLimit {
    RedisLimit::new(redis(prefix), prefix.text(), OnFailure::Closed)
}

fn connection(prefix: &Prefix) -> redis::Connection {
    redis::Client::open(prefix.address()).unwrap().get_connection().unwrap()
}

fn keys(prefix: &Prefix) -> Vec<String> {
    redis::cmd("KEYS").arg(format!("{}*", prefix.text())).query(&mut connection(prefix)).unwrap()
}

const MORNING: Duration = Duration::new(1_772_355_600, 123_456_789);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_in_two_processes_share_one_limit_exactly() {
    const PER_MINUTE: u32 = 100;
    let prefix = Prefix::fresh();
    let both = [Arc::new(limit(&prefix)), Arc::new(limit(&prefix))];
    // However long the machine takes, it is the same moment for all of them.
    for (moment, allowed) in [(MORNING, 100), (MORNING, 0), (MORNING + Duration::from_millis(6000), 10)] {
        let requests = (0..300).map(|number| {
            let limit = Arc::clone(&both[number % 2]);
            tokio::spawn(async move { limit.check_at("student:ann", PER_MINUTE, moment).await.unwrap() })
        });
        let verdicts = join_all(requests).await.into_iter().map(Result::unwrap);
        let passed = verdicts.filter(|verdict| *verdict == Verdict::Allowed).count();
        assert_eq!(passed, allowed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_time_the_servers_own_counts_for_all() {
    let prefix = Prefix::fresh();
    let both = [limit(&prefix), limit(&prefix)];
    let verdicts = join_all((0..50).map(|number| both[number % 2].check("student:ann", 1))).await;
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::Allowed).count(), 1);
    for verdict in verdicts.into_iter().filter(|verdict| *verdict != Verdict::Allowed) {
        let Verdict::Refused { retry_after_s } = verdict else { panic!("{verdict:?}") };
        assert!((1..=60).contains(&retry_after_s), "{retry_after_s}");
    }
}

#[tokio::test]
async fn who_waits_as_long_as_told_gets_through() {
    let prefix = Prefix::fresh();
    let limit = limit(&prefix);
    for per_minute in [1, 7, 100] {
        for _ in 0..per_minute {
            assert_eq!(limit.check_at("ann", per_minute, MORNING).await, Ok(Verdict::Allowed));
        }
        let Ok(Verdict::Refused { retry_after_s }) = limit.check_at("ann", per_minute, MORNING).await else {
            panic!("{per_minute} a minute")
        };
        assert_eq!(retry_after_s, 60_u64.div_ceil(per_minute.into()));
        let later = MORNING + Duration::from_secs(retry_after_s);
        assert_eq!(limit.check_at("ann", per_minute, later).await, Ok(Verdict::Allowed));
    }
}

#[tokio::test]
async fn principals_limits_and_prefixes_are_apart_and_none_means_none() {
    let [prefix, other] = [Prefix::fresh(), Prefix::fresh()];
    let limits = [limit(&prefix), limit(&other)];
    for limit in &limits {
        for (key, per_minute) in [("ann", 1), ("bob", 1), ("ann", 2), ("teacher:ann", 1)] {
            assert_eq!(limit.check(key, per_minute).await, Verdict::Allowed, "{key} {per_minute}");
        }
        assert_eq!(limit.check("eve", 0).await, Verdict::Refused { retry_after_s: 60 });
    }
    assert_eq!(keys(&prefix).len(), 4);
}

#[tokio::test]
async fn a_key_is_short_tells_no_name_and_goes_when_nobody_asks() {
    let prefix = Prefix::fresh();
    let limit = limit(&prefix);
    let long = "student:".to_owned() + &"ann".repeat(10_000);
    for key in [long.as_str(), "student:ann", "student:änn\0*"] {
        assert_eq!(limit.check(key, u32::MAX).await, Verdict::Allowed);
    }
    let keys = keys(&prefix);
    assert_eq!(keys.len(), 3);
    for key in keys {
        assert!(key.len() <= prefix.text().len() + 60 && !key.contains("ann"), "{key}");
        let left_s: i64 = redis::cmd("TTL").arg(&key).query(&mut connection(&prefix)).unwrap();
        // A minute's worth is forgotten in two minutes at most, and not before it is worked off.
        assert!((60..=120).contains(&left_s), "{left_s}");
    }
}

#[tokio::test]
async fn a_server_that_forgot_the_script_is_told_again() {
    let server = testkit::redis::Server::start_new();
    let settings = Settings { timeout: Duration::from_secs(60), ..Settings::default() };
    let limit = RedisLimit::new(Redis::at(server.address(), settings).unwrap(), "", OnFailure::Closed);
    let mut connection = redis::Client::open(server.address()).unwrap().get_connection().unwrap();
    let mut verdicts = Vec::new();
    for _ in 0..4 {
        verdicts.push(limit.check("ann", 2).await == Verdict::Allowed);
        redis::cmd("SCRIPT").arg("FLUSH").exec(&mut connection).unwrap();
    }
    assert_eq!(verdicts, [true, true, false, false]);
}

#[tokio::test]
async fn a_clock_that_is_set_back_keeps_nobody_out_for_more_than_a_minute() {
    let prefix = Prefix::fresh();
    let limit = limit(&prefix);
    for _ in 0..2 {
        assert_eq!(limit.check_at("ann", 2, MORNING).await, Ok(Verdict::Allowed));
    }
    let yesterday = MORNING - Duration::from_secs(86_400);
    let refused = Ok(Verdict::Refused { retry_after_s: 30 });
    assert_eq!(limit.check_at("ann", 2, yesterday).await, refused);
    let tomorrow = MORNING + Duration::from_secs(86_400);
    assert_eq!(limit.check_at("ann", 2, tomorrow).await, Ok(Verdict::Allowed));
}

#[tokio::test]
async fn what_somebody_else_wrote_under_a_key_is_as_nothing() {
    let prefix = Prefix::fresh();
    let limit = limit(&prefix);
    assert_eq!(limit.check("ann", 1).await, Verdict::Allowed);
    let keys = keys(&prefix);
    redis::cmd("SET").arg(&keys[0]).arg("nonsense").exec(&mut connection(&prefix)).unwrap();
    assert_eq!(limit.check("ann", 1).await, Verdict::Allowed);
    assert_ne!(limit.check("ann", 1).await, Verdict::Allowed);
}

#[test]
fn an_address_is_an_address_and_a_password_is_never_shown() {
    let settings = Settings::default();
    for wrong in ["", "hunter2", "http://hunter2@localhost", "redis://:hunter2@localhost:port"] {
        let error = Redis::at(wrong, settings).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
    let shown = format!("{:?}", Redis::at("redis://:hunter2@127.0.0.1:1/0", settings).unwrap());
    assert!(!shown.contains("hunter2") && shown.contains("cool_down"), "{shown}");
}
