//! The rooms of the fleet, each on its ports: one table for both sizes, and one for their documents.

use std::sync::Arc;
use std::time::Duration;

use ::invoke::{AskProgress, Invoke, Standings, get_as};
use ::usage::Tokenizer;
use async_trait::async_trait;
use auth::{Rosters, RostersError};
use clock::{Alarm, Clock, Ids};
use contracts::{ClassId, StudentId, SubjectId};
use ledger::{Ledger, RoomSpec};
use read_copy::{CopyFirst, FRESH_FOR, ReadCopy};
use room::Room;
use sandbox::Sandbox;
use serde::Deserialize;
use utoipa::openapi::{InfoBuilder, OpenApi};

use super::asking::Asked;
use super::learning::Learning;
use super::usage::Measured;

/// Each room's store, by the room's name.
pub(crate) type Ledgers = Vec<(&'static str, Arc<dyn Ledger>)>;

/// One agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Service {
    Progress,
    Debug,
    Review,
    Concepts,
    Exercise,
}

/// What rooms are put together from, beside their ledgers.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) alarm: Arc<dyn Alarm>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) tokenizer: Tokenizer,
    pub(crate) invoke: Arc<dyn Invoke>,
    /// What knows where students stand without asking Progress each time, where there is one.
    pub(crate) copy: Option<Arc<dyn ReadCopy>>,
    /// Runs learners' programs.
    pub(crate) sandbox: Arc<dyn Sandbox>,
    /// What is counted about learning.
    pub(crate) learning: Learning,
    /// What is counted about questions to others.
    pub(crate) asked: Asked,
}

impl Parts {
    /// Where students stand: as the copy says, or as Progress says when asked, for so long at most.
    fn standings(
        &self,
        agent: &'static str,
        invoke: &Arc<dyn Invoke>,
        patience: Duration,
    ) -> Arc<dyn Standings> {
        let asking: Arc<dyn Standings> = Arc::new(AskProgress::new(Arc::clone(invoke), patience));
        match &self.copy {
            Some(copy) => {
                let first = CopyFirst::new(Arc::clone(copy), asking, Arc::clone(&self.clock), FRESH_FOR);
                Arc::new(first.observed(self.asked.looks(agent)))
            }
            None => asking,
        }
    }
}

impl Service {
    /// Every agent. Those that others ask come first.
    pub(crate) const ALL: [Self; 5] =
        [Self::Progress, Self::Debug, Self::Review, Self::Concepts, Self::Exercise];

    /// The room's name: in its routes, its consumer group and its tables.
    pub(crate) fn name(self) -> &'static str {
        self.spec().name
    }

    /// What it keeps.
    pub(crate) fn spec(self) -> RoomSpec {
        match self {
            Self::Progress => progress::SPEC,
            Self::Debug => debug::SPEC,
            Self::Review => review::SPEC,
            Self::Concepts => concepts::SPEC,
            Self::Exercise => exercise::SPEC,
        }
    }

    /// Whether it runs learners' programs.
    pub(crate) fn runs_programs(self) -> bool {
        matches!(self, Self::Concepts | Self::Exercise)
    }

    /// Whom it asks, by name.
    fn asks(self) -> &'static [&'static str] {
        match self {
            Self::Progress => &[exercise::NAME],
            Self::Debug | Self::Review | Self::Concepts | Self::Exercise => &[progress::NAME],
        }
    }

    /// The room on its ledger.
    pub(crate) fn room(self, ledger: Arc<dyn Ledger>, parts: Parts) -> Room {
        let invoke = parts.asked.invoke(Arc::clone(&parts.invoke), self.name(), self.asks());
        let standings = |patience| parts.standings(self.name(), &invoke, patience);
        let Parts { clock, alarm, ids, tokenizer, sandbox, learning, .. } = parts.clone();
        let rosters: Arc<dyn Rosters> = Arc::new(AskedRosters(Arc::clone(&invoke)));
        match self {
            Self::Progress => {
                let tokens = Arc::new(Measured(tokenizer));
                let learning = learning.of_progress();
                progress::room(progress::Ports { ledger, clock, alarm, ids, tokens, invoke, learning })
            }
            Self::Debug => debug::room(debug::Ports { ledger, clock, ids, rosters }),
            Self::Review => {
                let standings = standings(review::PATIENCE);
                review::room(review::Ports { ledger, clock, ids, standings, rosters })
            }
            Self::Concepts => {
                let (standings, sandbox) = (standings(concepts::PATIENCE), Some(sandbox));
                concepts::room(concepts::Ports { ledger, clock, ids, standings, rosters, sandbox })
            }
            Self::Exercise => {
                let standings = standings(exercise::PATIENCE);
                let answers = learning.of_exercise();
                exercise::room(exercise::Ports { ledger, clock, ids, rosters, standings, sandbox, answers })
            }
        }
    }
}

/// Every agent's OpenAPI document, by the agent's name.
pub(crate) fn openapi_documents() -> Vec<(&'static str, OpenApi)> {
    let documents = [
        (progress::NAME, "mastery from evidence", progress::openapi()),
        (debug::NAME, "what is wrong with this code, and the edit that mends it", debug::openapi()),
        (review::NAME, "a quality score that teaches", review::openapi()),
        (concepts::NAME, "explanations and quizzes that fit the learner", concepts::openapi()),
        (exercise::NAME, "problems that fit, checked by running them", exercise::openapi()),
    ];
    documents
        .into_iter()
        .map(|(agent, purpose, document)| (agent, described(agent, purpose, document)))
        .collect()
}

/// With what a room's code does not say: its title, its version, its errors and its token.
fn described(agent: &str, purpose: &str, mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title(format!("Agent Bus: {agent}"))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(purpose))
        .build();
    problem::describe(&mut document);
    document
}

/// The rosters, as Progress tells them.
pub(crate) struct AskedRosters(pub(crate) Arc<dyn Invoke>);

#[derive(Deserialize)]
struct Teaches {
    teaches: bool,
}

#[derive(Deserialize)]
struct Class {
    students: Option<Vec<StudentId>>,
}

#[async_trait]
impl Rosters for AskedRosters {
    async fn teaches(&self, teacher: &SubjectId, student: &StudentId) -> Result<bool, RostersError> {
        let path = format!("{student}/teachers/{teacher}");
        let answer: Teaches = get_as(self.0.as_ref(), progress::NAME, &path, Some(student))
            .await
            .map_err(|error| RostersError(error.to_string()))?;
        Ok(answer.teaches)
    }

    async fn class(
        &self,
        teacher: &SubjectId,
        class: &ClassId,
    ) -> Result<Option<Vec<StudentId>>, RostersError> {
        let path = format!("classes/{class}/teachers/{teacher}");
        let answer: Class = get_as(self.0.as_ref(), progress::NAME, &path, None)
            .await
            .map_err(|error| RostersError(error.to_string()))?;
        Ok(answer.students)
    }
}
