//! What students do and where they get, as metrics: the same words as in the API and in the events.
//!
//! No label is a student's, a class's or a component's: there are too many of them, and metrics are no place for people.

use std::sync::Arc;

use agent_core::mastery::Level;
use contracts::events::StruggleCause;
use exercise::AnswerObserver;
use exercise::decide::exercise::Kind;
use progress::{EvidenceKind, LearningObserver};
use prometheus::IntCounterVec;
use telemetry::{Metrics, counters};

const SIGNS: [StruggleCause; 5] = [
    StruggleCause::RepeatedError,
    StruggleCause::LongOpenExercise,
    StruggleCause::LowQuiz,
    StruggleCause::AskedForHelp,
    StruggleCause::FailedInARow,
];

/// The counters of Progress and of Exercise. Clones count together.
#[derive(Clone)]
pub(crate) struct Learning {
    answers: IntCounterVec,
    evidence: IntCounterVec,
    levels: IntCounterVec,
    struggles: IntCounterVec,
}

impl Learning {
    pub(crate) fn register(metrics: &Metrics) -> Result<Self, prometheus::Error> {
        let counter = |name, help, labels: &[&str]| counters(metrics.registry(), name, help, labels);
        Ok(Self {
            answers: counter(
                "agent_learning_answers_total",
                "Answers to exercises that were judged.",
                &["kind", "correct"],
            )?,
            evidence: counter("agent_learning_evidence_total", "Events that told of a student.", &["kind"])?,
            levels: counter(
                "agent_learning_level_changes_total",
                "Changes of a student's level in a component, by the level reached.",
                &["level"],
            )?,
            struggles: counter(
                "agent_struggle_alerts_total",
                "Alerts of which teachers were told.",
                &["sign"],
            )?,
        })
    }

    /// For Progress. What it counts is told from here on.
    pub(super) fn of_progress(&self) -> Arc<dyn LearningObserver> {
        for kind in EvidenceKind::ALL {
            self.evidence.with_label_values(&[kind.name()]);
        }
        for level in Level::ALL {
            self.levels.with_label_values(&[level.name()]);
        }
        for sign in SIGNS {
            self.struggles.with_label_values(&[sign_word(sign)]);
        }
        Arc::new(self.clone())
    }

    /// For Exercise. What it counts is told from here on.
    pub(super) fn of_exercise(&self) -> Arc<dyn AnswerObserver> {
        for kind in Kind::ALL {
            for correct in ["true", "false"] {
                self.answers.with_label_values(&[kind.name(), correct]);
            }
        }
        Arc::new(self.clone())
    }
}

impl LearningObserver for Learning {
    fn evidence(&self, kind: EvidenceKind) {
        self.evidence.with_label_values(&[kind.name()]).inc();
    }

    fn level_changed(&self, level: Level) {
        self.levels.with_label_values(&[level.name()]).inc();
    }

    fn struggle(&self, sign: StruggleCause) {
        self.struggles.with_label_values(&[sign_word(sign)]).inc();
    }
}

impl AnswerObserver for Learning {
    fn answered(&self, kind: Kind, correct: bool) {
        let correct = if correct { "true" } else { "false" };
        self.answers.with_label_values(&[kind.name(), correct]).inc();
    }
}

fn sign_word(sign: StruggleCause) -> &'static str {
    match sign {
        StruggleCause::RepeatedError => "repeated-error",
        StruggleCause::LongOpenExercise => "long-open-exercise",
        StruggleCause::LowQuiz => "low-quiz",
        StruggleCause::AskedForHelp => "asked-for-help",
        StruggleCause::FailedInARow => "failed-in-a-row",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_api() {
        for level in Level::ALL {
            assert_eq!(serde_json::json!(level), level.name());
        }
        for sign in SIGNS {
            assert_eq!(serde_json::json!(sign), sign_word(sign));
        }
    }

    #[test]
    fn what_has_not_happened_yet_is_told_by_the_agent_that_counts_it_alone() {
        let metrics = Metrics::new().unwrap();
        let learning = Learning::register(&metrics).unwrap();
        let told = || metrics.encode().unwrap();
        let series = |name: &str| told().lines().filter(|line| line.starts_with(name)).count();
        learning.of_exercise().answered(Kind::Write, true);
        assert_eq!(
            (series("agent_learning_answers_total{"), series("agent_learning_evidence_total{")),
            (10, 0)
        );
        learning.of_progress().struggle(StruggleCause::LowQuiz);
        assert_eq!(
            (series("agent_learning_evidence_total{"), series("agent_struggle_alerts_total{")),
            (6, 5)
        );
        assert_eq!(series("agent_learning_level_changes_total{"), 4);
        let told = told();
        for line in [
            "agent_learning_answers_total{correct=\"true\",kind=\"write\"} 1",
            "agent_learning_answers_total{correct=\"false\",kind=\"write\"} 0",
            "agent_struggle_alerts_total{sign=\"low-quiz\"} 1",
        ] {
            assert!(told.contains(line), "{told}");
        }
    }
}
