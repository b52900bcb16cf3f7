//! The suite that every bus passes, on a bus with frames around it. Its records are no events and go as they are; the dead
//! letters that it waits for come in frames.

mod confluent_framing_over_the_in_process_bus {
    use std::sync::Arc;
    use std::time::Duration;

    use async_trait::async_trait;
    use bus::conformance::Harness;
    use bus::memory::{MemoryBus, Settings};
    use bus::settle::Patience;
    use clock::{RandomIds, SystemClock};
    use schema_registry::Framed;
    use testkit::registry::Registry;

    use crate::desk::framing;

    const QUICK: Patience = Patience {
        retry_first: Duration::from_millis(1),
        hold_max: Duration::from_millis(5),
        handler_timeout: Duration::from_secs(30),
    };

    struct FramedMemory(Registry);

    impl FramedMemory {
        async fn start() -> Self {
            Self(Registry::start().await)
        }
    }

    #[async_trait]
    impl Harness for FramedMemory {
        type Bus = Framed<MemoryBus>;

        async fn bus(&self) -> Self::Bus {
            let settings = Settings { patience: QUICK, ..Settings::default() };
            let bus = MemoryBus::new(settings, Arc::new(SystemClock), Arc::new(RandomIds), Arc::new(()));
            Framed::new(bus, framing(&self.0))
        }

        fn queue_max_records(&self) -> usize {
            Settings::default().queue_max_records
        }

        fn run(&self) -> &str {
            "framed"
        }
    }

    bus::conformance!(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        FramedMemory::start().await
    );
}
