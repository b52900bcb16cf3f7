//! The story of a student and a teacher, told to running agents through their public doors: what `helm test` runs, and whoever
//! wants to know whether a fleet works. It may be told again and again, and beside real students: it works under the names
//! of its two tokens, on one component, and in a class of its own.
//!
//! Reading order: [`tell`] → `steps` (what is asked, and what must come of it) → `asking`. Not here: the corners of an agent
//! (its own tests), the command line (module `cli`).

mod asking;
mod person;
mod steps;

use std::collections::BTreeMap;
use std::future::Future;
use std::io::Write;
use std::time::Duration;

use clock::Ids;
use tokio::time::Instant;

use crate::cli::Failure;

pub(crate) use person::Person;

use asking::Asking;

/// What the story needs.
pub(crate) struct Cast {
    /// The public addresses of the agents, by name.
    pub(crate) agents: BTreeMap<String, String>,
    pub(crate) student: Person,
    pub(crate) teacher: Person,
    /// How long a step may take.
    pub(crate) step_within: Duration,
}

/// A step that did not come to its end.
#[derive(Debug, thiserror::Error)]
#[error("{step}: failed after {ms} ms: {why}")]
pub(crate) struct Failed {
    step: &'static str,
    ms: u128,
    why: String,
}

/// Tells the story, a line a step with its time.
///
/// # Errors
/// [`Failed`] names the first step that did not do what it should; another error is a mistake in what was given.
pub(crate) async fn tell(cast: Cast, ids: &dyn Ids, out: &mut impl Write) -> Result<(), Failure> {
    let asking = Asking::new(cast.agents, cast.step_within)?;
    // A run is told from others by this: what it hands in counts once each run.
    let run = ids.event_id().to_string();
    let story = steps::Story { asking, student: cast.student, teacher: cast.teacher, run };
    let mut told = Telling { out };
    told.step("a student's code is checked", story.check_code()).await?;
    told.step("a concept is explained", story.explain()).await?;
    let before = told.step("what counted before is read", story.events()).await?;
    let problem = told.step("a problem is given", story.take_a_problem()).await?;
    told.step("an answer is judged", story.hand_in(&problem)).await?;
    told.step("code is reviewed", story.have_code_reviewed()).await?;
    told.step("both arrive as evidence", story.evidence_arrives(before)).await?;
    let posted = told.step("a teacher posts scores", story.post_scores()).await?;
    told.step("the mastery shows them", story.mastery_shows(&posted)).await
}

/// Where it is told.
struct Telling<'a, W> {
    out: &'a mut W,
}

impl<W: Write> Telling<'_, W> {
    async fn step<T>(
        &mut self,
        step: &'static str,
        work: impl Future<Output = Result<T, String>>,
    ) -> Result<T, Failure> {
        let began = Instant::now();
        let outcome = work.await;
        let ms = began.elapsed().as_millis();
        let done = outcome.map_err(|why| Failed { step, ms, why })?;
        writeln!(self.out, "{step}: {ms} ms")?;
        self.out.flush()?;
        Ok(done)
    }
}
