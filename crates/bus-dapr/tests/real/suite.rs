//! The suite of crate `bus`: each group of a case is an agent of its own, with a sidecar of its own.
//!
//! Not here: what Dapr does beyond the port.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bus::conformance::Harness;
use bus::{Message, Publish, PublishError, Subscribe, Subscription};
use bus_dapr::DaprBus;
use contracts::Topic;

use crate::release::{Release, Served};

/// The agents of one process that crashes or stops as one.
pub(crate) struct Agents {
    release: Arc<Release>,
    running: Mutex<Vec<(DaprBus, Served)>>,
}

#[async_trait]
impl Publish for Agents {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        let first = self.running.lock().unwrap().first().map(|(bus, _)| bus.clone());
        let bus = match first {
            Some(bus) => bus,
            None => self.release.publisher().await,
        };
        bus.publish(message).await
    }
}

#[async_trait]
impl Subscribe for Agents {
    async fn subscribe(&self, subscription: Subscription) -> Result<(), PublishError> {
        let group = subscription.group;
        let bus = self.release.bus(group, true).await;
        bus.subscribe(subscription).await?;
        let mut sidecar = self.release.sidecar(group, true).await;
        let listener = Served::at(sidecar.app_port(), bus.router()).await;
        sidecar.subscribed(1).await;
        self.running.lock().unwrap().push((bus, listener));
        Ok(())
    }

    async fn stop(&self) {
        let buses: Vec<DaprBus> = self.running.lock().unwrap().iter().map(|(bus, _)| bus.clone()).collect();
        futures::future::join_all(buses.iter().map(Subscribe::stop)).await;
    }

    fn keeps_order(&self) -> bool {
        false
    }

    fn queued(&self) -> usize {
        let running = self.running.lock().unwrap();
        running.iter().map(|(bus, _)| bus.queued()).sum()
    }
}

struct Dapr(Arc<Release>);

impl Dapr {
    async fn new() -> Self {
        Self(Arc::new(Release::new().await))
    }
}

#[async_trait]
impl Harness for Dapr {
    type Bus = Agents;

    async fn bus(&self) -> Agents {
        Agents { release: Arc::clone(&self.0), running: Mutex::default() }
    }

    fn queue_max_records(&self) -> usize {
        usize::try_from(Topic::LearningEvidence.partitions()).unwrap()
    }

    fn run(&self) -> &str {
        self.0.prefix().trim_end_matches('-')
    }
}

mod dapr {
    bus::conformance!(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        super::Dapr::new().await
    );
}
