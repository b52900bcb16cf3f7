//! Other agents as a test says them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use contracts::StudentId;
use invoke::{Invoke, InvokeError};
use serde_json::Value;

/// Answers from a map of addresses; what is not in it is not found. Or agents that cannot be reached.
#[derive(Debug, Clone, Default)]
pub struct StaticInvoke {
    answers: BTreeMap<String, Value>,
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
}

fn address(agent: &str, path: &str) -> String {
    format!("{agent}/{}", path.trim_start_matches('/'))
}

#[async_trait]
impl Invoke for StaticInvoke {
    async fn get(
        &self,
        agent: &'static str,
        path: &str,
        _on_behalf_of: &StudentId,
    ) -> Result<Value, InvokeError> {
        if self.down {
            return Err(InvokeError::Unavailable("it cannot be reached in this test".to_owned()));
        }
        self.answers.get(&address(agent, path)).cloned().ok_or(InvokeError::NotFound)
    }
}
