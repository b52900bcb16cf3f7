//! The rooms of the fleet, each on its ports: one table for `up`, and one for their documents.

use std::sync::Arc;
use std::time::Duration;

use ::invoke::{AskProgress, Invoke, Standings};
use ::usage::Tokenizer;
use auth::Rosters;
use clock::{Clock, Ids, SystemClock};
use ledger::Ledger;
use room::Room;
use sandbox::Sandbox;
use utoipa::openapi::{InfoBuilder, OpenApi};

use super::invoke::{AskedRosters, InProcess};
use super::store::Store;
use super::usage::Measured;
use crate::cli::Failure;

/// Each room's store, by the room's name.
pub(super) type Ledgers = Vec<(&'static str, Arc<dyn Ledger>)>;

/// The rooms and what they are kept in.
pub(super) struct Rooms {
    pub(super) rooms: Vec<Room>,
    pub(super) ledgers: Ledgers,
}

/// Builds every room on the store.
pub(super) async fn build(
    store: &Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    tokenizer: Tokenizer,
    sandbox: Arc<dyn Sandbox>,
) -> Result<Rooms, Failure> {
    let progress_ledger = store.room(progress::SPEC).await?;
    let debug_ledger = store.room(debug::SPEC).await?;
    let review_ledger = store.room(review::SPEC).await?;
    let concepts_ledger = store.room(concepts::SPEC).await?;
    let exercise_ledger = store.room(exercise::SPEC).await?;

    let in_process = Arc::new(InProcess::new("fleet".parse()?));
    let invoke: Arc<dyn Invoke> = Arc::clone(&in_process) as _;
    let progress = progress::room(progress::Ports {
        ledger: Arc::clone(&progress_ledger),
        clock: Arc::clone(&clock),
        alarm: Arc::new(SystemClock),
        ids: Arc::clone(&ids),
        tokens: Arc::new(Measured(tokenizer)),
        invoke: Arc::clone(&invoke),
    });
    // Progress alone knows mastery and rosters.
    in_process.admit(&progress);
    let rosters: Arc<dyn Rosters> = Arc::new(AskedRosters(Arc::clone(&invoke)));
    let debug = debug::room(debug::Ports {
        ledger: Arc::clone(&debug_ledger),
        clock: Arc::clone(&clock),
        ids: Arc::clone(&ids),
        rosters: Arc::clone(&rosters),
    });
    let review = review::room(review::Ports {
        ledger: Arc::clone(&review_ledger),
        clock: Arc::clone(&clock),
        ids: Arc::clone(&ids),
        standings: asking(&invoke, review::PATIENCE),
        rosters: Arc::clone(&rosters),
    });
    let concepts = concepts::room(concepts::Ports {
        ledger: Arc::clone(&concepts_ledger),
        clock: Arc::clone(&clock),
        ids: Arc::clone(&ids),
        standings: asking(&invoke, concepts::PATIENCE),
        rosters: Arc::clone(&rosters),
        sandbox: Some(Arc::clone(&sandbox)),
    });
    let exercise = exercise::room(exercise::Ports {
        ledger: Arc::clone(&exercise_ledger),
        clock,
        ids,
        rosters,
        standings: asking(&invoke, exercise::PATIENCE),
        sandbox,
    });
    // An alert comes with an exercise.
    in_process.admit(&exercise);
    Ok(Rooms {
        rooms: vec![progress, debug, review, concepts, exercise],
        ledgers: vec![
            (progress::NAME, progress_ledger),
            (debug::NAME, debug_ledger),
            (review::NAME, review_ledger),
            (concepts::NAME, concepts_ledger),
            (exercise::NAME, exercise_ledger),
        ],
    })
}

/// Where students stand, as Progress says when asked: in one process that is as near as a copy would be.
fn asking(invoke: &Arc<dyn Invoke>, patience: Duration) -> Arc<dyn Standings> {
    Arc::new(AskProgress::new(Arc::clone(invoke), patience))
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
