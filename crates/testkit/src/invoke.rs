//! Other agents as a test says them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use invoke::{Invoke, InvokeError, Question};
use serde_json::Value;

/// Answers from maps of addresses; what is not in them is not found. Or agents that cannot be reached. Clones are the
/// same.
#[derive(Debug, Clone, Default)]
pub struct StaticInvoke {
    answers: BTreeMap<String, Value>,
    post_answers: BTreeMap<String, Value>,
    posted: Arc<Mutex<Vec<(String, Value)>>>,
    down: bool,
}

impl StaticInvoke {
    /// Finds nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Cannot be reached.
    #[must_use]
    pub fn down() -> Self {
        Self { down: true, ..Self::default() }
    }

    /// One more answer: what `agent` says at `path`, as given to [`Invoke::get`].
    #[must_use]
    pub fn with(mut self, agent: &str, path: &str, answer: Value) -> Self {
        self.answers.insert(address(agent, path), answer);
        self
    }

    /// One more answer: what `agent` says to whatever is posted to `path`.
    #[must_use]
    pub fn with_post(mut self, agent: &str, path: &str, answer: Value) -> Self {
        self.post_answers.insert(address(agent, path), answer);
        self
    }

    /// What was posted so far, each with its address, `exercise/generate`.
    #[must_use]
    pub fn posted(&self) -> Vec<(String, Value)> {
        self.posted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn answer(&self, answers: &BTreeMap<String, Value>, address: &str) -> Result<Value, InvokeError> {
        if self.down {
            return Err(InvokeError::Unavailable("it cannot be reached in this test".to_owned()));
        }
        answers.get(address).cloned().ok_or(InvokeError::NotFound)
    }
}

fn address(agent: &str, path: &str) -> String {
    format!("{agent}/{}", path.trim_start_matches('/'))
}

#[async_trait]
impl Invoke for StaticInvoke {
    async fn ask(&self, question: Question<'_>) -> Result<Value, InvokeError> {
        let address = address(question.agent, question.path);
        let Some(body) = question.body else { return self.answer(&self.answers, &address) };
        self.posted.lock().unwrap_or_else(PoisonError::into_inner).push((address.clone(), body.clone()));
        self.answer(&self.post_answers, &address)
    }
}
