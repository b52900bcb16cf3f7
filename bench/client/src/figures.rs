//! Latencies, and what is told of them. All of them are kept: a run is short, and a percentile exact.

use std::time::Duration;

use serde_json::{Value, json};

/// Latencies of one kind, in microseconds.
#[derive(Debug, Default)]
pub(crate) struct Latencies(Vec<u32>);

impl Latencies {
    pub(crate) fn add(&mut self, latency: Duration) {
        self.0.push(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX));
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many, and percentiles in milliseconds.
    pub(crate) fn told(mut self) -> Value {
        self.0.sort_unstable();
        let at = |per_mille: usize| {
            let place = (self.0.len() * per_mille / 1000).min(self.0.len().saturating_sub(1));
            self.0.get(place).map(|us| f64::from(*us) / 1000.0)
        };
        json!({"count": self.0.len(), "p50_ms": at(500), "p95_ms": at(950), "p99_ms": at(990), "most_ms": at(1000)})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_latencies() {
        let mut latencies = Latencies::default();
        for ms in (1..=1000).rev() {
            latencies.add(Duration::from_millis(ms));
        }
        let told = latencies.told();
        assert_eq!(
            (&told["count"], &told["p50_ms"], &told["p99_ms"]),
            (&json!(1000), &json!(501.0), &json!(991.0))
        );
        assert_eq!(told["most_ms"], json!(1000.0));
        assert_eq!(Latencies::default().told()["p99_ms"], Value::Null);
    }
}
