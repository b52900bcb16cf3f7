//! One group in this process: its consumer, polled on a thread of its own.
//!
//! Not here: what becomes of a record once it is in its partition's lane (`lanes`).

use std::sync::Arc;
use std::time::Duration;

use bus::settle::Settler;
use contracts::Topic;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::{BorrowedMessage, Message as _};
use rdkafka::{ClientContext, Offset, TopicPartitionList};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::client;
use crate::lanes::{Lanes, Place};
use crate::{Settings, record};

/// How long one poll waits: how long a stop, or a paused partition with room again, may go unnoticed.
const POLL: Duration = Duration::from_millis(50);

/// How long a partition that is taken away waits for its record in hand. Whoever gets it next would see that one twice.
const REVOKE_WAIT: Duration = Duration::from_secs(10);

/// How long the broker lets records gather before it answers a fetch.
const FETCH_GATHER: Duration = Duration::from_millis(100);

/// A group that has subscribed.
pub(crate) struct Group {
    settings: Settings,
    consumer: BaseConsumer<Context>,
    lanes: Arc<Lanes>,
    abandoned: CancellationToken,
}

impl Group {
    /// Subscribes. The brokers need not be there yet.
    pub(crate) fn open(
        settings: &Settings,
        topics: &[Topic],
        settler: Settler,
        abandoned: CancellationToken,
    ) -> KafkaResult<Self> {
        let group = settings.group(settler.group);
        let lanes = Arc::new(Lanes::new(settings, settler, Handle::current()));
        let context = Context { lanes: Arc::clone(&lanes) };
        let consumer: BaseConsumer<Context> = config(settings, &group).create_with_context(context)?;
        let names: Vec<String> = topics.iter().map(|topic| settings.topic(*topic)).collect();
        consumer.subscribe(&names.iter().map(String::as_str).collect::<Vec<_>>())?;
        Ok(Self { settings: settings.clone(), consumer, lanes, abandoned })
    }

    pub(crate) fn lanes(&self) -> Arc<Lanes> {
        Arc::clone(&self.lanes)
    }

    /// Polls until the stop; then finishes what is in hand, commits it, and leaves the group.
    pub(crate) fn run(self, stopping: &CancellationToken) {
        while !stopping.is_cancelled() {
            self.poll();
        }
        if self.abandoned.is_cancelled() {
            self.lanes.abandon();
            return;
        }
        self.lanes.close_all();
        // Polled on, so that the brokers know that we live, whatever a handler takes.
        while !self.lanes.are_idle() {
            if let Some(Ok(_)) = self.consumer.poll(POLL) {
                // Fetched before the stop; its offset is not stored, so that it comes again.
            }
        }
        self.store_settled();
    }

    fn poll(&self) {
        match self.consumer.poll(POLL) {
            None => {}
            Some(Ok(message)) => self.take(&message),
            Some(Err(error)) => tracing::debug!(%error, "a poll failed"),
        }
        self.store_settled();
        for place in self.lanes.with_room_again() {
            self.switch(&place, |list| self.consumer.resume(list));
        }
    }

    fn take(&self, message: &BorrowedMessage<'_>) {
        let place = (message.topic().to_owned(), message.partition());
        match record::delivery(&self.settings, message) {
            Some(delivery) => {
                if self.lanes.push(&place, delivery).is_full() {
                    self.switch(&place, |list| self.consumer.pause(list));
                }
            }
            // Only by a subscription that is none of ours.
            None => tracing::error!(topic = message.topic(), "a record of an unknown topic is passed over"),
        }
    }

    fn switch(&self, place: &Place, how: impl Fn(&TopicPartitionList) -> KafkaResult<()>) {
        let mut list = TopicPartitionList::new();
        list.add_partition(&place.0, place.1);
        if let Err(error) = how(&list) {
            // It was taken away in this moment: its lane goes with it.
            tracing::debug!(%error, topic = place.0, partition = place.1, "not paused or resumed");
        }
    }

    fn store_settled(&self) {
        store(&self.consumer, self.lanes.settled());
    }
}

/// Marks offsets as done: the client commits them soon, and before the partition goes.
fn store<C: ConsumerContext>(consumer: &BaseConsumer<C>, settled: Vec<(Place, i64)>) {
    if settled.is_empty() {
        return;
    }
    let mut list = TopicPartitionList::new();
    for ((topic, partition), offset) in settled {
        let added = list.add_partition_offset(&topic, partition, Offset::Offset(offset + 1));
        if let Err(error) = added {
            tracing::error!(%error, topic, partition, "an offset that is none");
        }
    }
    if let Err(error) = consumer.store_offsets(&list) {
        // The partition is somebody else's by now, who gets the record again.
        tracing::debug!(%error, "offsets are not stored");
    }
}

fn config(settings: &Settings, group: &str) -> rdkafka::ClientConfig {
    let mut config = settings.client();
    config
        .set("group.id", group)
        .set("partition.assignment.strategy", "cooperative-sticky")
        .set("auto.offset.reset", "earliest")
        // What is stored is committed in the background; it is stored after the effect.
        .set("enable.auto.offset.store", "false")
        .set("enable.auto.commit", "true")
        .set("auto.commit.interval.ms", "1000")
        .set("session.timeout.ms", "10000")
        .set("heartbeat.interval.ms", "2000")
        .set("fetch.error.backoff.ms", "100")
        // Records gather at the broker for a moment: a fetch for each would cost both sides more than the record.
        .set("fetch.min.bytes", (64 << 10).to_string())
        .set("fetch.wait.max.ms", FETCH_GATHER.as_millis().to_string())
        .set("queued.max.messages.kbytes", "8192");
    settings.finish(config)
}

/// What librdkafka calls back, on the polling thread.
pub(crate) struct Context {
    lanes: Arc<Lanes>,
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        client::log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(%error, reason, "librdkafka");
    }
}

impl ConsumerContext for Context {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let Rebalance::Revoke(list) = rebalance else { return };
        let places: Vec<Place> =
            list.elements().iter().map(|element| (element.topic().to_owned(), element.partition())).collect();
        self.lanes.close(&places, REVOKE_WAIT);
        store(consumer, self.lanes.settled());
    }
}
