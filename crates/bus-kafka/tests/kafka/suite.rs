//! The suite of the bus on Kafka: one test for each case, each with topics and groups of its own on the broker.

use crate::given;
use async_trait::async_trait;
use bus::conformance::Harness;
use bus_kafka::{KafkaBus, Settings};

/// Topics of the test's own, and buses on them.
struct Kafka {
    settings: Settings,
}

impl Kafka {
    async fn new() -> Self {
        Self { settings: given::fresh().await }
    }
}

#[async_trait]
impl Harness for Kafka {
    type Bus = KafkaBus;

    async fn bus(&self) -> KafkaBus {
        given::bus(&self.settings)
    }

    fn queue_max_records(&self) -> usize {
        self.settings.queue_max_records
    }

    fn run(&self) -> &str {
        "kafka"
    }
}

mod kafka {
    use super::Kafka;

    bus::conformance!(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        Kafka::new().await
    );
}
