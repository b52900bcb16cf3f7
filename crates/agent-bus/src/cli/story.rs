//! `agent-bus story`: whether a running fleet works, told by a student and a teacher.
//!
//! Not here: the story (module `story`).

use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clock::RandomIds;

use super::Failure;
use crate::hidden::Hidden;
use crate::serve::addresses;
use crate::story::{self, Cast, Failed, Person};

/// Have a student and a teacher ask every agent of a running fleet
///
/// A student has code checked, gets an explanation and a problem, hands in the answer, has code reviewed; a teacher posts
/// scores, and the mastery that is read back shows them. Prints a line a step with its time; exit status 1 where a step fails.
/// It may be run again and again: it works under the names of its two tokens, in the class story-TEACHER.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The public addresses of the agents, progress=http://host:port, separated by commas
    #[arg(long, env = "AGENT_BUS_STORY_AGENTS", value_name = "AGENT=URL,...", value_parser = addresses)]
    agents: BTreeMap<String, String>,
    /// The student's token
    #[arg(long, env = "AGENT_BUS_STORY_STUDENT_TOKEN", hide_env_values = true)]
    student_token: Hidden,
    /// The teacher's token
    #[arg(long, env = "AGENT_BUS_STORY_TEACHER_TOKEN", hide_env_values = true)]
    teacher_token: Hidden,
    /// How long a step may take, asking again included, in seconds
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=600))]
    step_within_s: u64,
}

/// Exit status 0 where every step did what it should, 1 where one did not.
pub(crate) fn run(args: Args) -> Result<ExitCode, Failure> {
    let cast = Cast {
        agents: args.agents,
        student: Person::of(&args.student_token.0).map_err(|why| format!("--student-token: {why}"))?,
        teacher: Person::of(&args.teacher_token.0).map_err(|why| format!("--teacher-token: {why}"))?,
        step_within: Duration::from_secs(args.step_within_s),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let told = runtime.block_on(story::tell(cast, &RandomIds, &mut std::io::stdout()));
    match told {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(failure) if failure.is::<Failed>() => {
            writeln!(std::io::stderr(), "agent-bus: {failure}")?;
            Ok(ExitCode::FAILURE)
        }
        Err(failure) => Err(failure),
    }
}
