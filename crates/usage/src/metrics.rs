//! What the meter counts. Labels are agents and words of this file.
//!
//! Over a window of one's own: 1 − rate(agent_usage_tokens_total) / (rate(agent_usage_calls_total) × baseline).

use std::collections::{HashMap, VecDeque};

use prometheus::{GaugeVec, IntCounterVec, Opts, Registry};
use telemetry::{counters, registered};

use crate::Tokens;

/// Over how many of an agent's last calls the gauge is the mean.
const WINDOW_CALLS: usize = 100;

/// Why a call has no record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Dropped {
    /// Calls came faster than the meter counts them.
    QueueFull,
    /// Over the size that is counted.
    TooLarge,
    /// The meter stops.
    Stopped,
    /// Counting failed.
    Failed,
    /// The bus did not take it.
    Unpublished,
}

impl Dropped {
    const ALL: [Self; 5] = [Self::QueueFull, Self::TooLarge, Self::Stopped, Self::Failed, Self::Unpublished];

    fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::TooLarge => "too_large",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Unpublished => "unpublished",
        }
    }
}

/// The counters. Clones count together.
#[derive(Clone)]
pub(crate) struct UsageMetrics {
    dropped: IntCounterVec,
    calls: IntCounterVec,
    tokens: IntCounterVec,
    efficiency: GaugeVec,
}

impl UsageMetrics {
    pub(crate) fn register(registry: &Registry) -> prometheus::Result<Self> {
        let counter = |name, help, labels: &[&str]| counters(registry, name, help, labels);
        let dropped = counter("agent_usage_dropped_total", "Calls without a usage record.", &["reason"])?;
        for reason in Dropped::ALL {
            dropped.with_label_values(&[reason.as_str()]);
        }
        Ok(Self {
            dropped,
            calls: counter("agent_usage_calls_total", "Calls whose tokens were counted.", &["agent"])?,
            tokens: counter(
                "agent_usage_tokens_total",
                "Tokens of counted calls, around the learner's text and of the answer.",
                &["agent", "part"],
            )?,
            efficiency: registered(
                registry,
                GaugeVec::new(
                    Opts::new("agent_token_efficiency", "1 - tokens / baseline, mean of the last 100 calls."),
                    &["agent"],
                )?,
            )?,
        })
    }

    pub(crate) fn dropped(&self, reason: Dropped) {
        self.dropped.with_label_values(&[reason.as_str()]).inc();
    }

    fn counted(&self, agent: &str, tokens: Tokens) {
        self.calls.with_label_values(&[agent]).inc();
        self.tokens.with_label_values(&[agent, "around"]).inc_by(tokens.around as u64);
        self.tokens.with_label_values(&[agent, "answer"]).inc_by(tokens.answer as u64);
    }
}

/// The gauge's memory: each agent's last efficiencies.
pub(crate) struct Means {
    metrics: UsageMetrics,
    recent: HashMap<&'static str, VecDeque<f64>>,
}

impl Means {
    pub(crate) fn new(metrics: UsageMetrics) -> Self {
        Self { metrics, recent: HashMap::new() }
    }

    pub(crate) fn take(&mut self, agent: &'static str, tokens: Tokens, efficiency: f64) {
        self.metrics.counted(agent, tokens);
        let recent = self.recent.entry(agent).or_default();
        if recent.len() == WINDOW_CALLS {
            recent.pop_front();
        }
        recent.push_back(efficiency);
        let mean = recent.iter().sum::<f64>() / recent.len() as f64;
        self.metrics.efficiency.with_label_values(&[agent]).set(mean);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gauge_is_the_mean_of_the_last_hundred_calls() {
        let metrics = UsageMetrics::register(&Registry::new()).unwrap();
        let mut means = Means::new(metrics.clone());
        let tokens = Tokens { around: 3, answer: 4 };
        for efficiency in [92.0, 94.0, 88.0, 90.0, 86.0] {
            means.take("debug", tokens, efficiency);
        }
        assert_eq!(metrics.efficiency.with_label_values(&["debug"]).get(), 90.0);
        (0..WINDOW_CALLS).for_each(|_| means.take("debug", tokens, 1.0));
        assert_eq!(metrics.efficiency.with_label_values(&["debug"]).get(), 1.0);
        assert_eq!(metrics.calls.with_label_values(&["debug"]).get(), 105);
        assert_eq!(metrics.tokens.with_label_values(&["debug", "answer"]).get(), 420);
    }
}
