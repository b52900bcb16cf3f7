//! The ready exercise of an alert: asked of the exercise agent, which may not answer. An alert does not wait for it.

use std::time::Duration;

use agent_core::curriculum::Topic;
use contracts::ProblemId;
use contracts::events::ReadyExercise;
use invoke::{InvokeError, post_as};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;

use super::Alerts;
use super::kept::Kept;
use crate::decide::struggle::gentle;
use crate::views;

/// How long one answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);
/// So often it is asked.
const TRIES_MAX: u32 = 3;
/// The wait after the first try; it doubles with each one.
const RETRY_FIRST: SignedDuration = SignedDuration::from_secs(1);
/// Once an alert is so old it is told without an exercise: half of the time in which a teacher must hear of it.
const PATIENCE: SignedDuration = SignedDuration::from_secs(15);

/// What was asked so far for an alert.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tried {
    tries: u32,
    again_at: Option<Timestamp>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    /// There is one.
    Ready(ReadyExercise),
    /// There is none, and why.
    None(&'static str),
    /// Not yet: ask again at this time.
    Later(Timestamp),
}

/// The part of the exercise agent's answer that is read here.
#[derive(Debug, Deserialize)]
struct Generated {
    problem_id: ProblemId,
    difficulty: String,
    kind: String,
}

impl Alerts {
    /// Asks once, if it is time.
    pub(super) async fn exercise_for(&self, kept: &Kept, tried: &mut Tried) -> Answer {
        let now = self.ports.clock.now();
        if kept.component.as_str().parse::<Topic>().is_err() {
            return Answer::None("There are exercises for the topics of the curriculum alone.");
        }
        if now.duration_since(kept.detected_at) >= PATIENCE {
            return Answer::None("The exercise agent did not answer in time.");
        }
        if let Some(again_at) = tried.again_at
            && now < again_at
        {
            return Answer::Later(again_at);
        }
        let asked = tokio::time::timeout(ANSWER_TIMEOUT, self.generate(kept)).await;
        match asked {
            Ok(Ok(exercise)) => return Answer::Ready(exercise),
            Ok(Err(InvokeError::NotFound | InvokeError::Refused(400..=428 | 430..=499))) => {
                return Answer::None("The exercise agent has no exercise for this topic.");
            }
            Ok(Err(error)) => tracing::warn!(%error, "no exercise for an alert yet"),
            Err(_) => tracing::warn!("no exercise for an alert yet: no answer in time"),
        }
        tried.tries += 1;
        if tried.tries >= TRIES_MAX {
            return Answer::None("The exercise agent did not answer.");
        }
        let wait = RETRY_FIRST * 2_i32.pow(tried.tries - 1);
        let again_at = now.saturating_add(wait).unwrap_or(now);
        tried.again_at = Some(again_at);
        Answer::Later(again_at)
    }

    async fn generate(&self, kept: &Kept) -> Result<ReadyExercise, InvokeError> {
        let head = views::head(self.ports.ledger.as_ref(), &kept.student_id, &kept.component).await;
        let head = head.map_err(|error| InvokeError::Unavailable(error.to_string()))?;
        let mastery = head
            .filter(|(_, head)| head.state.scores().has_evidence.any())
            .map(|(_, head)| head.state.mastery());
        let body = json!({
            "topic": kept.component,
            "difficulty": gentle::difficulty(mastery),
            "student_id": kept.student_id,
        });
        let invoke = self.ports.invoke.as_ref();
        let generated: Generated = post_as(invoke, "exercise", "generate", &body, &kept.student_id).await?;
        Ok(ReadyExercise {
            problem_id: generated.problem_id,
            topic: kept.component.clone(),
            difficulty: generated.difficulty,
            exercise_kind: generated.kind,
        })
    }
}
