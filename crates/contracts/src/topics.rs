//! The topics and their settings: one table for `topics apply`, every adapter and the docs.
//!
//! Not here: who consumes them (each room's inbox).

use std::fmt;

const DAY_MS: i64 = 86_400_000;

const MIB: usize = 1 << 20;

/// A topic of the fleet. All are keyed by student id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// What the agents saw a student do. Progress consumes it.
    LearningEvidence,
    /// What Progress decided: StudentProgress, StudentErased.
    LearningEvents,
    /// A student struggles: for teachers.
    StruggleAlerts,
    /// Usage records: what an answer cost.
    AgentResponses,
    /// Records that a consumer could not use, inside an ErrorEvent.
    DeadLetterQueue,
    /// What the broker's sidecar itself gave up on, as it came.
    DeadLetterRaw,
}

impl Topic {
    /// Every topic, in the order of the docs.
    pub const ALL: [Self; 6] = [
        Self::LearningEvidence,
        Self::LearningEvents,
        Self::StruggleAlerts,
        Self::AgentResponses,
        Self::DeadLetterQueue,
        Self::DeadLetterRaw,
    ];

    /// The topic's name on the broker.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LearningEvidence => "learning.evidence",
            Self::LearningEvents => "learning.events",
            Self::StruggleAlerts => "struggle.alerts",
            Self::AgentResponses => "agent.responses",
            Self::DeadLetterQueue => "dead-letter.queue",
            Self::DeadLetterRaw => "dead-letter.raw",
        }
    }

    /// The topic of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }

    /// How many partitions: the most consumers of one group that can work at once.
    #[must_use]
    pub fn partitions(self) -> u32 {
        match self {
            Self::DeadLetterQueue | Self::DeadLetterRaw => 3,
            _ => 6,
        }
    }

    /// The largest record that the broker takes, in bytes. Far above what an event may be, so that what is too large for one
    /// comes to its consumer all the same and becomes a dead letter, which holds all of it.
    #[must_use]
    pub fn record_max_bytes(self) -> usize {
        match self {
            Self::DeadLetterQueue | Self::DeadLetterRaw => 8 * MIB,
            _ => 6 * MIB,
        }
    }

    /// How long the broker keeps a record, in milliseconds.
    #[must_use]
    pub fn retention_ms(self) -> i64 {
        match self {
            Self::DeadLetterQueue | Self::DeadLetterRaw => 30 * DAY_MS,
            _ => 7 * DAY_MS,
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_is_found_by_its_name() {
        for topic in Topic::ALL {
            assert_eq!(Topic::named(&topic.to_string()), Some(topic));
        }
        assert_eq!(Topic::named("learning"), None);
    }

    #[test]
    fn topics_have_the_sizes_that_were_decided() {
        let sizes = Topic::ALL.map(|topic| (topic.name(), topic.partitions(), topic.retention_ms() / DAY_MS));
        assert_eq!(
            sizes,
            [
                ("learning.evidence", 6, 7),
                ("learning.events", 6, 7),
                ("struggle.alerts", 6, 7),
                ("agent.responses", 6, 7),
                ("dead-letter.queue", 3, 30),
                ("dead-letter.raw", 3, 30),
            ]
        );
    }
}
