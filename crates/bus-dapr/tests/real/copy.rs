//! The read copy in the state store: the suite of crate `read-copy`, and a store that is away.
//!
//! Not here: the copy on Redis itself (crate `cache-redis`).

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;

use async_trait::async_trait;
use bus_dapr::{DaprCopy, STATESTORE};
use jiff::Timestamp;
use read_copy::suite::Harness;
use read_copy::{Etag, ReadCopy, StudentCopy};
use testkit::dapr::{Plan, Sidecar};

use crate::release::way;

/// Two agents of a release: two sidecars, one store.
struct Dapr {
    sidecars: [Sidecar; 2],
    prefix: String,
    opened: std::sync::atomic::AtomicUsize,
}

impl Dapr {
    async fn new() -> Self {
        let id = clock::Ids::event_id(&clock::RandomIds).0.simple().to_string();
        let prefix = format!("t{}-", &id[..12]);
        let plan = |agent: &str| Plan {
            app_id: format!("{prefix}{agent}"),
            prefix: prefix.clone(),
            broker: None,
            state: true,
            listens: false,
        };
        let sidecars = tokio::join!(Sidecar::start(plan("concepts")), Sidecar::start(plan("review"))).into();
        Self { sidecars, prefix, opened: 0.into() }
    }
}

#[async_trait]
impl Harness for Dapr {
    async fn open(&self) -> Arc<dyn ReadCopy> {
        let number = self.opened.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let store = format!("{}{STATESTORE}", self.prefix);
        Arc::new(DaprCopy::new(&way(&self.sidecars[number % 2]), store, &*self.prefix))
    }
}

impl Drop for Dapr {
    /// The keys go: the server may be somebody's own.
    fn drop(&mut self) {
        let server = std::env::var(testkit::dapr::REDIS).unwrap();
        let mut connection = TcpStream::connect(server.trim_start_matches("redis://")).unwrap();
        let script = "for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end";
        write!(connection, "EVAL \"{script}\" 0 {}{STATESTORE}||*\r\nQUIT\r\n", self.prefix).unwrap();
        connection.read_to_end(&mut Vec::new()).unwrap();
    }
}

mod dapr {
    read_copy::suite!(super::Dapr::new().await);
}

/// The store calls it a wrong etag; it is none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_away_is_no_conflict() {
    let folder = tempfile::TempDir::with_prefix_in("agent-bus-redis.", "/tmp").unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/redis");
    let control = |verb: &str, rest: &[&str]| {
        let output = Command::new(script).arg(verb).arg(folder.path()).args(rest).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let address = control("start", &[]);
    let plan = Plan {
        app_id: "concepts".to_owned(),
        prefix: String::new(),
        broker: None,
        state: true,
        listens: false,
    };
    let sidecar = Sidecar::start_on(plan, Some(&address)).await;
    let copies = DaprCopy::new(&way(&sidecar), STATESTORE, "");
    let (ada, copy) = ("ada".parse().unwrap(), StudentCopy::empty(Timestamp::UNIX_EPOCH));
    assert_eq!(copies.write(&ada, &copy, None).await, Ok(read_copy::Written::Yes));
    control("stop", &["immediate"]);
    assert!(copies.read(&ada).await.is_err());
    for expected in [None, Some(Etag("1".to_owned()))] {
        let written = copies.write(&ada, &copy, expected.as_ref()).await;
        assert!(written.is_err(), "{expected:?}: {written:?}");
    }
    control("start", &[]);
    // It keeps nothing on disk: the copy is gone, and that is all.
    while copies.read(&ada).await != Ok(None) {}
    assert_eq!(
        copies.write(&ada, &copy, Some(&Etag("1".to_owned()))).await,
        Ok(read_copy::Written::Conflict)
    );
    assert_eq!(copies.write(&ada, &copy, None).await, Ok(read_copy::Written::Yes));
    control("stop", &["immediate"]);
}
