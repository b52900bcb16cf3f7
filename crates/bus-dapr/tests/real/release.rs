//! Agents of one release on the test's servers, each with a sidecar and a listener that a test may take away.
//!
//! Not here: what is shown with them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, http::HeaderMap};
use bus::{BusObserver, Delivery, Disposition, Handle, Headers, Message, Subscribe, Subscription};
use bus_dapr::{AppToken, DaprBus, Settings};
use clock::{RandomIds, SystemClock};
use contracts::Topic;
use contracts::events::ErrorType;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use testkit::dapr::{Plan, Sidecar};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Mutex, OwnedMutexGuard, mpsc};

use crate::topics::Topics;

/// How long a test waits for what must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The topics of one release, and the sidecars of its agents.
pub(crate) struct Release {
    pub(crate) topics: Arc<Topics>,
    sidecars: Mutex<HashMap<&'static str, Arc<Mutex<Sidecar>>>>,
    pub(crate) unread: Arc<Unread>,
}

/// Counts what could not even be read: by whom, and on which topic.
#[derive(Default)]
pub(crate) struct Unread(std::sync::Mutex<Vec<(&'static str, Option<Topic>)>>);

impl Unread {
    pub(crate) fn counted(&self) -> Vec<(&'static str, Option<Topic>)> {
        self.0.lock().unwrap().clone()
    }
}

impl BusObserver for Unread {
    fn delivered(&self, _: &'static str, _: Topic) {}
    fn retried(&self, _: &'static str, _: Topic) {}
    fn dead_lettered(&self, _: &'static str, _: Topic, _: ErrorType) {}

    fn unread(&self, group: &'static str, topic: Option<Topic>) {
        self.0.lock().unwrap().push((group, topic));
    }
}

impl Release {
    pub(crate) async fn new() -> Self {
        Self::on(Arc::new(Topics::fresh().await))
    }

    pub(crate) fn on(topics: Arc<Topics>) -> Self {
        Self { topics, sidecars: Mutex::default(), unread: Arc::default() }
    }

    /// Second instances of the agents of a release.
    pub(crate) fn again(release: &Self) -> Self {
        Self::on(Arc::clone(&release.topics))
    }

    pub(crate) fn prefix(&self) -> &str {
        self.topics.prefix()
    }

    /// The agent's sidecar; it is started where it is asked for first.
    pub(crate) async fn sidecar(&self, agent: &'static str, listens: bool) -> OwnedMutexGuard<Sidecar> {
        let mut sidecars = self.sidecars.lock().await;
        if let Some(sidecar) = sidecars.get(agent) {
            return Arc::clone(sidecar).lock_owned().await;
        }
        let plan = Plan {
            app_id: format!("{}{agent}", self.prefix()),
            prefix: self.prefix().to_owned(),
            broker: Some(self.topics.broker().to_owned()),
            state: false,
            listens,
        };
        let sidecar = Arc::new(Mutex::new(Sidecar::start(plan).await));
        sidecars.insert(agent, Arc::clone(&sidecar));
        sidecar.lock_owned().await
    }

    /// A bus behind the agent's sidecar, with short waits.
    pub(crate) async fn bus(&self, agent: &'static str, listens: bool) -> DaprBus {
        let sidecar = self.sidecar(agent, listens).await;
        self.bus_with(&sidecar, self.settings(agent, &sidecar))
    }

    pub(crate) fn settings(&self, agent: &'static str, sidecar: &Sidecar) -> Settings {
        let mut settings = Settings::new(agent, self.prefix(), AppToken::new(sidecar.app_token()).unwrap());
        settings.pubsub = format!("{}{}", self.prefix(), bus_dapr::PUBSUB);
        settings.patience.retry_first = Duration::from_millis(5);
        settings.hold_max_total = Duration::from_millis(100);
        settings
    }

    pub(crate) fn bus_with(&self, sidecar: &Sidecar, settings: Settings) -> DaprBus {
        let observer = Arc::clone(&self.unread) as _;
        DaprBus::new(settings, &way(sidecar), Arc::new(SystemClock), Arc::new(RandomIds), observer)
    }

    /// A bus to publish with. The same one each time: an agent that listens to nothing.
    pub(crate) async fn publisher(&self) -> DaprBus {
        self.bus("publisher", false).await
    }

    /// An agent whose handler shows what it gets and answers what the test says.
    pub(crate) async fn agent<F>(&self, agent: &'static str, topic: Topic, answer: F) -> Agent
    where
        F: Fn(Delivery) -> BoxFuture<'static, Disposition> + Send + Sync + 'static,
    {
        let bus = self.bus(agent, true).await;
        let (show, seen) = mpsc::unbounded_channel();
        let handler = Arc::new(Probe { show, answer });
        bus.subscribe(Subscription { group: agent, topics: vec![topic], handler }).await.unwrap();
        let mut sidecar = self.sidecar(agent, true).await;
        let listener = Served::at(sidecar.app_port(), bus.router()).await;
        sidecar.subscribed(1).await;
        Agent { bus, seen, _listener: listener }
    }

    /// Whoever looks at a topic as the sidecar hands it over, and answers it as the test says.
    pub(crate) async fn onlooker<F>(&self, agent: &'static str, topic: Topic, answer: F) -> Onlooker
    where
        F: Fn(&Shown) -> (u16, Value) + Send + Sync + 'static,
    {
        let mut sidecar = self.sidecar(agent, true).await;
        let (show, seen) = mpsc::unbounded_channel();
        let subscribed = json!([{
            "pubsubname": format!("{}{}", self.prefix(), bus_dapr::PUBSUB),
            "topic": format!("{}{topic}", self.prefix()),
            "route": format!("/events/{topic}"),
            "metadata": {"rawPayload": "true"},
        }]);
        let state = Arc::new((show, Box::new(answer) as Answer));
        let router = Router::new()
            .route("/dapr/subscribe", get(async move || Json(subscribed.clone())))
            .route("/events/{topic}", post(look))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(state);
        let listener = Served::at(sidecar.app_port(), router).await;
        sidecar.subscribed(1).await;
        Onlooker { seen, _listener: listener }
    }
}

/// How an app reaches its sidecar.
pub(crate) fn way(sidecar: &Sidecar) -> bus_dapr::Sidecar {
    bus_dapr::Sidecar::new(&sidecar.grpc(), &sidecar.http(), Some(sidecar.api_token())).unwrap()
}

/// A running agent. Dropping it ends it as a crash would: nobody answers what it has in hand.
pub(crate) struct Agent {
    pub(crate) bus: DaprBus,
    pub(crate) seen: mpsc::UnboundedReceiver<Delivery>,
    _listener: Served,
}

impl Agent {
    pub(crate) async fn next(&mut self) -> Delivery {
        tokio::time::timeout(PATIENCE, self.seen.recv()).await.expect("a delivery in time").unwrap()
    }
}

/// What an onlooker was shown.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Shown {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn payload(&self) -> Vec<u8> {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.decode(self.body["data_base64"].as_str().unwrap()).unwrap()
    }
}

pub(crate) struct Onlooker {
    seen: mpsc::UnboundedReceiver<Shown>,
    _listener: Served,
}

impl Onlooker {
    pub(crate) async fn next(&mut self) -> Shown {
        tokio::time::timeout(PATIENCE, self.seen.recv()).await.expect("a record in time").unwrap()
    }
}

type Answer = Box<dyn Fn(&Shown) -> (u16, Value) + Send + Sync>;

async fn look(
    State(state): State<Arc<(mpsc::UnboundedSender<Shown>, Answer)>>,
    Path(_): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> (axum::http::StatusCode, Json<Value>) {
    let shown = Shown { headers, body: serde_json::from_slice(&body).unwrap() };
    let (status, answer) = (state.1)(&shown);
    let _ = state.0.send(shown);
    (status.try_into().unwrap(), Json(answer))
}

/// A listener with all that runs in it. Dropping it cuts off whatever is in hand, as the end of a process does.
pub(crate) struct Served(Option<Runtime>);

impl Served {
    /// Waits for the port where its last owner is still on the way out.
    pub(crate) async fn at(port: u16, router: Router) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let bound = runtime.spawn(async move {
            loop {
                match TcpListener::bind(("127.0.0.1", port)).await {
                    Ok(listener) => return listener,
                    Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            }
        });
        let listener = tokio::time::timeout(PATIENCE, bound).await.expect("the port in time").unwrap();
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self(Some(runtime))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

struct Probe<F> {
    show: mpsc::UnboundedSender<Delivery>,
    answer: F,
}

#[async_trait]
impl<F> Handle for Probe<F>
where
    F: Fn(Delivery) -> BoxFuture<'static, Disposition> + Send + Sync + 'static,
{
    async fn handle(&self, delivery: Delivery) -> Disposition {
        let _ = self.show.send(delivery.clone());
        (self.answer)(delivery).await
    }
}

pub(crate) fn ack(_: Delivery) -> BoxFuture<'static, Disposition> {
    Box::pin(std::future::ready(Disposition::Ack))
}

pub(crate) fn message(topic: Topic, key: &str, payload: &'static [u8]) -> Message {
    let headers = Headers { correlation_id: Some("req-1".into()), traceparent: None };
    Message { topic, key: key.into(), payload: payload.into(), headers }
}
