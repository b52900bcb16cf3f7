//! Dapr's sidecar in a test: a real daprd on the component files of the product, with the addresses of the test's servers.
//!
//! Not here: the servers behind it (`kafka`, scripts/redis), the agent beside it (crate `bus-dapr` and its tests).

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use clock::{Ids, RandomIds};
use tempfile::TempDir;

use crate::ports::free_ports;

/// Where daprd is; without it `scripts/need daprd` says.
pub const BINARY: &str = "AGENT_BUS_TEST_DAPRD";
/// Where the Redis server of the state store is: `redis://host:port`.
pub const REDIS: &str = "AGENT_BUS_TEST_REDIS";

/// How long a sidecar may take to get ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a sidecar is started for.
pub struct Plan {
    /// The app's id, prefix included.
    pub app_id: String,
    /// What the app ids of the release begin with, and the names of its components, as the chart has them.
    pub prefix: String,
    /// The broker of component `<prefix>kafka-pubsub`; without one there is no such component.
    pub broker: Option<String>,
    /// Whether there is a state store, on the Redis server for tests.
    pub state: bool,
    /// Whether an app listens beside it.
    pub listens: bool,
}

/// A running sidecar. Dropping it kills the process and removes its folder.
pub struct Sidecar {
    plan: Plan,
    folder: TempDir,
    process: Child,
    client: reqwest::Client,
    /// Of the app, the HTTP API, the gRPC API, and the API for other sidecars.
    ports: [u16; 4],
    app_token: String,
    api_token: String,
}

impl Sidecar {
    /// Starts a sidecar, and waits until it takes what the app asks of it. It asks the app for subscriptions once that
    /// listens: see [`Self::subscribed`].
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start(plan: Plan) -> Self {
        Self::start_on(plan, None).await
    }

    /// The same, on a Redis server of the test's own.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_on(plan: Plan, redis: Option<&str>) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the sidecar");
        let resources = folder.path().join("resources");
        fs::create_dir(&resources).expect("a folder for the components");
        for (name, text) in resources_of(&plan, redis) {
            fs::write(resources.join(name), text).expect("a component's file");
        }
        let [app_token, api_token] = [0, 1].map(|_| RandomIds.event_id().to_string());
        let ports = free_ports();
        let process = spawn(&plan, folder.path(), ports, &app_token, &api_token);
        let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let mut sidecar = Self { plan, folder, process, client, ports, app_token, api_token };
        sidecar.ready().await;
        sidecar
    }

    /// The address of its gRPC API.
    #[must_use]
    pub fn grpc(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports[2])
    }

    /// The address of its HTTP API.
    #[must_use]
    pub fn http(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports[1])
    }

    /// Where it expects its app.
    #[must_use]
    pub fn app_port(&self) -> u16 {
        self.ports[0]
    }

    /// What it shows to the app.
    #[must_use]
    pub fn app_token(&self) -> &str {
        &self.app_token
    }

    /// What the app shows to it.
    #[must_use]
    pub fn api_token(&self) -> &str {
        &self.api_token
    }

    /// Ends it as a crash would.
    ///
    /// # Panics
    /// If it does not end.
    pub fn kill(&mut self) {
        // An error says that it ended before.
        drop(self.process.kill());
        self.process.wait().expect("the end of daprd");
    }

    /// Starts it again on the same ports, after [`Self::kill`].
    ///
    /// # Panics
    /// If it does not start.
    pub async fn restart(&mut self) {
        self.process = spawn(&self.plan, self.folder.path(), self.ports, &self.app_token, &self.api_token);
        self.ready().await;
    }

    /// Waits until it has subscribed to as many topics.
    ///
    /// # Panics
    /// If it does not.
    pub async fn subscribed(&mut self, topics: usize) {
        let url = format!("{}/v1.0/metadata", self.http());
        self.until("subscribe", || {
            let asked = self.client.get(&url).header("dapr-api-token", &self.api_token).send();
            async move {
                let Ok(answer) = asked.await else { return false };
                let text = answer.text().await.unwrap_or_default();
                let metadata: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
                metadata["subscriptions"].as_array().is_some_and(|all| all.len() >= topics)
            }
        })
        .await;
    }

    /// What it wrote.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    async fn ready(&mut self) {
        let url = format!("{}/v1.0/healthz/outbound", self.http());
        self.until("start", || {
            let asked = self.client.get(&url).send();
            async move { asked.await.is_ok_and(|answer| answer.status().is_success()) }
        })
        .await;
    }

    async fn until<F: Future<Output = bool>>(&self, what: &str, mut holds: impl FnMut() -> F) {
        let waiting = async {
            while !holds().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(in_time.is_ok(), "daprd does not {what}:\n{}", self.log());
    }
}

impl Drop for Sidecar {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(plan: &Plan, folder: &Path, ports: [u16; 4], app_token: &str, api_token: &str) -> Child {
    let log = File::options().create(true).append(true).open(folder.join("log")).expect("a log");
    let mut command = Command::new(binary());
    command
        .args(["--app-id", &plan.app_id])
        .args(["--dapr-http-port", &ports[1].to_string()])
        .args(["--dapr-grpc-port", &ports[2].to_string()])
        .args(["--dapr-internal-grpc-port", &ports[3].to_string()])
        .args(["--dapr-listen-addresses", "127.0.0.1", "--dapr-internal-grpc-listen-address", "127.0.0.1"])
        .args(["--enable-metrics=false", "--max-body-size", "16Mi", "--log-level", "info"])
        .args(["--dapr-graceful-shutdown-seconds", "1"])
        .arg("--resources-path")
        .arg(folder.join("resources"))
        .arg("--config")
        .arg(product("configuration.yaml"))
        // Other sidecars find it by multicast DNS, which tells them this address.
        .env("DAPR_HOST_IP", "127.0.0.1")
        .env("APP_API_TOKEN", app_token)
        .env("DAPR_API_TOKEN", api_token)
        .stdin(Stdio::null())
        .stderr(log.try_clone().expect("the log once more"))
        .stdout(log);
    if plan.listens {
        command.args(["--app-port", &ports[0].to_string()]);
    }
    command.spawn().expect("daprd")
}

/// The product's component files, as this sidecar reads them.
fn resources_of(plan: &Plan, redis: Option<&str>) -> Vec<(&'static str, String)> {
    let mut files = Vec::new();
    let mut resiliency = read("resiliency.yaml");
    for agent in ["progress", "debug", "review", "concepts", "exercise"] {
        resiliency = replaced(
            &resiliency,
            &format!("\n      {agent}: "),
            &format!("\n      {}{agent}: ", plan.prefix),
        );
    }
    files.push(("resiliency.yaml", resiliency));
    if let Some(broker) = &plan.broker {
        let text = replaced(&read("kafka-pubsub.yaml"), "kafka:9092", broker);
        files.push(("kafka-pubsub.yaml", named(&text, "kafka-pubsub", &plan.prefix)));
    }
    if plan.state {
        let redis = redis.map_or_else(redis_for_tests, str::to_owned);
        let host = redis.trim_start_matches("redis://").trim_end_matches('/');
        let text = replaced(&read("statestore.yaml"), "redis:6379", host);
        files.push(("statestore.yaml", named(&text, "statestore", &plan.prefix)));
    }
    files
}

/// The component under the name that it has in the release.
fn named(text: &str, name: &str, prefix: &str) -> String {
    replaced(text, &format!("\n  name: {name}\n"), &format!("\n  name: {prefix}{name}\n"))
}

fn redis_for_tests() -> String {
    std::env::var(REDIS).unwrap_or_else(|_| {
        panic!(
            "{REDIS} names no Redis server: `make test` starts one, and so does `scripts/redis run COMMAND`"
        )
    })
}

fn product(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../k8s/base/dapr").join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(product(name)).unwrap_or_else(|error| panic!("k8s/base/dapr/{name}: {error}"))
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} is not in the product's file any more");
    text.replace(from, to)
}

fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os(BINARY) {
        return path.into();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/need");
    let output = Command::new(&script).arg("daprd").stderr(Stdio::inherit()).output().expect("scripts/need");
    assert!(
        output.status.success(),
        "daprd is missing: `scripts/need daprd` builds it, {BINARY} names another"
    );
    String::from_utf8_lossy(&output.stdout).trim().into()
}
