//! Events, invocation and state through Dapr's sidecar: the adapter of the ports `bus`, `invoke` and `read-copy` for a
//! cluster.
//!
//! A record goes out by [`DaprBus`]'s `publish` and comes in as a request of the sidecar to [`DaprBus::router`], on a
//! listener that only the sidecar may use ([`AppToken`]). Here a record is tried again, held, and given up
//! (`bus::settle`); the sidecar hears one of two words:
//! - `SUCCESS`: it is acknowledged. Its effect is stored, or its dead letter is in `dead-letter.queue`; or nothing can be made
//!   of the request, and its bytes are in `dead-letter.raw`.
//! - `RETRY`: it comes again, without end, until it is acknowledged: what is held, or left by a stop.
//!
//! Never `DROP`, and never a 404: both lose the event. Subscriptions name no dead-letter topic, as the sidecar would put there
//! whatever is answered with `RETRY`, or not at all. (A resiliency policy that retries without end would prevent that, but
//! it goes on when the group has given the partition to another instance: the whole group waits for it.) The sidecar runs
//! on the files in k8s/base/dapr, and so do the tests.
//!
//! Not here: what a handler does with a record, who may call an agent (crates `auth`, `agent-bus`), the metrics.

mod answers;
mod copy;
mod delivery;
mod invoke;
mod listener;
mod publish;
mod resume;
mod sidecar;
mod subscribe;
mod token;

use std::sync::Arc;
use std::time::Duration;

use bus::dead_letter::SendsLetters;
use bus::settle::{Patience, Settler};
use bus::{BusObserver, Publish};
use clock::{Clock, Ids};

pub use answers::{CALLER_HEADER, Caller, ON_BEHALF_OF_HEADER, STATUS_HEADER, invoked};
pub use copy::DaprCopy;
pub use invoke::{BREAKER_OPEN, DaprInvoke};
pub use publish::CORRELATION_METADATA;
pub use sidecar::{Sidecar, SidecarError};
pub use token::{AppToken, TOKEN_HEADER};

use publish::Publisher;
use subscribe::Inbound;

/// The component that events go through where nothing else is said: `metadata.name` in k8s/base/dapr/kafka-pubsub.yaml.
pub const PUBSUB: &str = "kafka-pubsub";
/// The component that the read copy lies in where nothing else is said: `metadata.name` in k8s/base/dapr/statestore.yaml.
pub const STATESTORE: &str = "statestore";

/// How an agent stands beside its sidecar.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The agent's name: its consumer group. The sidecar's app id is this behind the prefix.
    pub group: &'static str,
    /// What app ids and topics begin with: nothing in the release `agent-bus`, else the release's name and a dash.
    pub prefix: String,
    /// The component that events go through. Components are found by name in the whole namespace: where several releases
    /// share one, each has its own.
    pub pubsub: String,
    /// What the sidecar shows to this agent.
    pub app_token: AppToken,
    /// How long a record's way may take.
    pub patience: Patience,
    /// How long a request of the sidecar is kept open for a record that is held or tried again; then it is `RETRY`. So long,
    /// and one more call of the handler, the group waits when it gives partitions to others; Kafka waits a minute.
    pub hold_max_total: Duration,
    /// How many records are with their handler at once, each of up to 8 MiB; the others wait, unread.
    pub running_max: usize,
}

impl Settings {
    /// The default component and limits: [`PUBSUB`], 5 s, 8 records.
    #[must_use]
    pub fn new(group: &'static str, prefix: impl Into<String>, app_token: AppToken) -> Self {
        Self {
            group,
            prefix: prefix.into(),
            pubsub: PUBSUB.to_owned(),
            app_token,
            patience: Patience::default(),
            hold_max_total: Duration::from_secs(5),
            running_max: 8,
        }
    }
}

/// The bus of one agent behind its sidecar. Clones are the same bus.
#[derive(Clone)]
pub struct DaprBus {
    publisher: Publisher,
    /// Where dead letters go.
    letters: Arc<dyn Publish>,
    inbound: Arc<Inbound>,
}

impl DaprBus {
    /// A bus that nobody listens to yet. The sidecar need not be there. Clock and ids are for dead letters.
    #[must_use]
    pub fn new(
        settings: Settings,
        sidecar: &Sidecar,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        observer: Arc<dyn BusObserver>,
    ) -> Self {
        let publisher = Publisher::new(sidecar, settings.pubsub.clone(), settings.prefix.clone());
        let letters: Arc<dyn Publish> = Arc::new(publisher.clone());
        let (group, patience) = (settings.group, settings.patience);
        let counting = Arc::clone(&observer);
        let settler = move |handler, letters| Settler {
            group,
            handler,
            patience,
            letters,
            observer: Arc::clone(&counting),
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids),
        };
        let inbound = Arc::new(Inbound::new(settings, publisher.clone(), observer, Box::new(settler)));
        Self { publisher, letters, inbound }
    }
}

impl SendsLetters for DaprBus {
    fn letters_through(self, gate: impl FnOnce(Arc<dyn Publish>) -> Arc<dyn Publish>) -> Self {
        Self { letters: gate(self.letters), ..self }
    }
}
