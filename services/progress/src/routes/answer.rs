//! Shapes that several answers share.

use agent_core::mastery::{HasEvidence, Level, Mastery, Moment, ScoredScores, Scores};
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::decide::moment;

/// A time in an answer: RFC 3339 in UTC, with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub(crate) struct Time(pub(crate) Timestamp);

impl Time {
    pub(crate) fn of(place: Moment) -> Self {
        Self(moment::occurred_at(place))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:.3}", self.0))
    }
}

/// Mastery and what it is made of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Standing {
    mastery: Mastery,
    level: Level,
    breakdown: Scores,
    /// Which of the four scores stand on evidence; one that does not is 0.
    has_evidence: HasEvidence,
}

impl From<ScoredScores> for Standing {
    fn from(scored: ScoredScores) -> Self {
        let mastery = Mastery::of(&scored.scores);
        let ScoredScores { scores, has_evidence } = scored;
        Self { mastery, level: mastery.level(), breakdown: scores, has_evidence }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_always_milliseconds_and_a_z() {
        for (at, text) in [
            ("2026-03-01T09:00:00Z", "\"2026-03-01T09:00:00.000Z\""),
            ("2026-03-01T09:00:00.07Z", "\"2026-03-01T09:00:00.070Z\""),
            ("2026-03-01T10:00:00.123+01:00", "\"2026-03-01T09:00:00.123Z\""),
        ] {
            assert_eq!(serde_json::to_string(&Time(at.parse().unwrap())).unwrap(), text);
        }
    }
}
