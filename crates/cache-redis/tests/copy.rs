//! The read copy on a real server: the suite, one test for each case, and what only Redis may do.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cache_redis::{KEEP, Redis, RedisCopy, Settings};
use contracts::{StudentId, Topic};
use jiff::Timestamp;
use read_copy::suite::Harness;
use read_copy::{ReadCopy, StudentCopy, Written};
use testkit::redis::Prefix;

struct OnRedis(Prefix);

impl OnRedis {
    fn new() -> Self {
        Self(Prefix::fresh())
    }

    /// As in another process: with a connection of its own.
    fn copies(&self) -> RedisCopy {
        let settings = Settings { timeout: Duration::from_secs(60), ..Settings::default() };
        RedisCopy::new(Redis::at(self.0.address(), settings).unwrap(), self.0.text())
    }

    fn connection(&self) -> redis::Connection {
        redis::Client::open(self.0.address()).unwrap().get_connection().unwrap()
    }

    fn key(&self) -> String {
        format!("{}mastery:ada", self.0.text())
    }
}

#[async_trait]
impl Harness for OnRedis {
    async fn open(&self) -> Arc<dyn ReadCopy> {
        Arc::new(self.copies())
    }
}

mod redis_server {
    use super::OnRedis;

    read_copy::suite!(OnRedis::new());
}

fn ada() -> StudentId {
    "ada".parse().unwrap()
}

#[tokio::test]
async fn an_entry_is_a_text_that_goes_after_its_time() {
    let on = OnRedis::new();
    let copy = StudentCopy::empty(Timestamp::UNIX_EPOCH);
    assert_eq!(on.copies().write(&ada(), &copy, None).await.unwrap(), Written::Yes);
    let mut connection = on.connection();
    let text: String = redis::cmd("GET").arg(on.key()).query(&mut connection).unwrap();
    assert_eq!(text, r#"{"components":{},"refreshed_at":"1970-01-01T00:00:00Z"}"#);
    let left_s: u64 = redis::cmd("TTL").arg(on.key()).query(&mut connection).unwrap();
    assert!(left_s <= KEEP.as_secs() && left_s > KEEP.as_secs() - 3600, "{left_s}");
}

#[test]
fn an_erasure_is_remembered_for_longer_than_events_come_again() {
    let events_come_for = Duration::from_millis(Topic::LearningEvents.retention_ms().unsigned_abs());
    assert!(KEEP > 2 * events_come_for, "{events_come_for:?}");
}

#[tokio::test]
async fn what_cannot_be_read_makes_room_for_what_can() {
    let on = OnRedis::new();
    let copies = on.copies();
    for nonsense in [&b"nonsense"[..], b"{}", b"\xff\xfe", b""] {
        redis::cmd("SET").arg(on.key()).arg(nonsense).exec(&mut on.connection()).unwrap();
        assert_eq!(copies.read(&ada()).await.unwrap(), None);
        let copy = StudentCopy::empty(Timestamp::UNIX_EPOCH);
        assert_eq!(copies.write(&ada(), &copy, None).await.unwrap(), Written::Yes);
    }
}

#[tokio::test]
async fn an_entry_that_redis_let_go_is_written_as_if_it_were_the_first() {
    let on = OnRedis::new();
    let copies = on.copies();
    let copy = StudentCopy::empty(Timestamp::UNIX_EPOCH);
    assert_eq!(copies.write(&ada(), &copy, None).await.unwrap(), Written::Yes);
    let (_, etag) = copies.read(&ada()).await.unwrap().unwrap();
    redis::cmd("DEL").arg(on.key()).exec(&mut on.connection()).unwrap();
    assert_eq!(copies.write(&ada(), &copy, Some(&etag)).await.unwrap(), Written::Conflict);
    assert_eq!(copies.read(&ada()).await.unwrap(), None);
    assert_eq!(copies.write(&ada(), &copy, None).await.unwrap(), Written::Yes);
}
