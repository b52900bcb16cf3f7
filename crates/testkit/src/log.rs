//! What is told to the log while a test listens, on the test's own thread.
//!
//! Not here: how lines are written (crate `telemetry`).

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber};

/// Hears the messages of level info and above, until it goes.
pub struct Log {
    messages: Messages,
    _listening: DefaultGuard,
}

impl Log {
    /// Begins to listen. Only what is told on this thread is heard: the test's runtime must have one thread.
    #[must_use]
    pub fn listen() -> Self {
        let messages = Messages::default();
        let listening = tracing::subscriber::set_default(messages.clone());
        Self { messages, _listening: listening }
    }

    /// How often this message was told.
    #[must_use]
    pub fn count(&self, message: &str) -> usize {
        let messages = self.messages.0.lock().unwrap_or_else(PoisonError::into_inner);
        messages.iter().filter(|told| *told == message).count()
    }
}

#[derive(Clone, Default)]
struct Messages(Arc<Mutex<Vec<String>>>);

impl Visit for &Messages {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{value:?}"));
        }
    }
}

impl Subscriber for Messages {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut messages = self;
        event.record(&mut messages);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
