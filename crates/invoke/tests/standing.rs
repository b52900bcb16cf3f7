//! What is made of Progress's answer, of a refusal, and of none.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::sync::Arc;
use std::time::Duration;

use agent_core::mastery::Mastery;
use async_trait::async_trait;
use contracts::StudentId;
use invoke::{AskProgress, Invoke, InvokeError, Question, Standing, Standings};
use serde_json::{Value, json};
use testkit::StaticInvoke;

const PATIENCE: Duration = Duration::from_millis(150);

fn ada() -> StudentId {
    "ada".parse().unwrap()
}

#[tokio::test]
async fn a_mastery_is_known_or_not_there_yet_or_cannot_be_had() {
    let says = |answer: Value| StaticInvoke::none().with("progress", "ada", answer);
    let known =
        says(json!({"level": "learning", "components": {"for": {"mastery": 0.84, "level": "proficient"}}}));
    for (invoke, component, standing) in [
        (known.clone(), "for", Standing::Known(Mastery::new(0.84).unwrap())),
        (known, "while", Standing::NoEvidence),
        (says(json!({})), "for", Standing::NoEvidence),
        (StaticInvoke::none(), "for", Standing::NoEvidence),
        (StaticInvoke::down(), "for", Standing::Unavailable),
        (says(json!({"components": 3})), "for", Standing::Unavailable),
        (says(json!({"components": {"for": {"mastery": 7}}})), "for", Standing::Unavailable),
    ] {
        let case = format!("{invoke:?} {component}");
        let asking = AskProgress::new(Arc::new(invoke), PATIENCE);
        assert_eq!(asking.standing(&ada(), component).await, standing, "{case}");
    }
}

/// Never answers.
struct Hangs;

#[async_trait]
impl Invoke for Hangs {
    async fn ask(&self, _: Question<'_>) -> Result<Value, InvokeError> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_longer_than_the_patience() {
    let asking = AskProgress::new(Arc::new(Hangs), PATIENCE);
    let before = tokio::time::Instant::now();
    assert_eq!(asking.standing(&ada(), "for").await, Standing::Unavailable);
    // Time stands still but for what is waited for.
    assert!((PATIENCE..PATIENCE + Duration::from_millis(10)).contains(&before.elapsed()));
}
