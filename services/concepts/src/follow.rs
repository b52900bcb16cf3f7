//! Has a learner's program followed step by step. It is a help, not a need: an explanation never waits long for it, and
//! says in plain words where there is none.
//!
//! Not here: what a learner reads of it (`decide::trace`), the sandbox itself (crate `sandbox`).

use std::time::Duration;

use sandbox::{Case, Ended, Job, Limits, Program, Report, Sandbox, SandboxError};
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use crate::decide::trace::{self, Trace};

/// How long an answer waits for the steps: with what comes before and after, within its budget.
const PATIENCE: Duration = Duration::from_millis(200);

/// The longest program that is followed, in lines.
const LINES_MAX: usize = 60;

/// The longest program that is followed, in bytes.
const SIZE_MAX_BYTES: usize = 8 * 1024;

/// After so many steps a program is followed no further.
const STEPS_MAX: u32 = 1_000;

/// What one explanation may use up: its answer is gone by then.
const LIMITS: Limits = Limits { cpu_ms: 200, wall_ms: 1_000, output_bytes: 16 << 10, ..Limits::SHOWN };

/// A program's steps, or why there are none.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum TraceAnswer {
    /// The program was run.
    Followed(Trace),
    /// It was not, or not to its end.
    Unavailable {
        /// Why, in plain words.
        unavailable: String,
    },
}

impl TraceAnswer {
    fn no(unavailable: impl Into<String>) -> Self {
        Self::Unavailable { unavailable: unavailable.into() }
    }
}

/// The steps of a program that reads `stdin`. Never an error, and never longer than [`PATIENCE`].
pub(crate) async fn follow(sandbox: Option<&dyn Sandbox>, source: Option<&str>, stdin: &str) -> TraceAnswer {
    let Some(source) = source.filter(|source| !source.trim().is_empty()) else {
        return TraceAnswer::no("There is no program to follow: send it as `code`.");
    };
    let Some(sandbox) = sandbox else {
        return TraceAnswer::no("Programs cannot be run here at the moment, so there are no steps to show.");
    };
    if source.len() > SIZE_MAX_BYTES || source.trim_end().lines().count() > LINES_MAX {
        return TraceAnswer::no(format!(
            "Only programs of up to {LINES_MAX} lines are followed step by step."
        ));
    }
    if let Some(error) = agent_core::syntax::analyze(source).errors.first() {
        let line = error.line;
        return TraceAnswer::no(format!(
            "Python cannot read the program: it trips over line {line}. Mend that first."
        ));
    }
    match timeout(PATIENCE, sandbox.run(job(source, stdin))).await {
        Ok(Ok(report)) => told(source, report),
        Ok(Err(SandboxError::Busy { retry_after_s })) => TraceAnswer::no(format!(
            "Many programs are running at the moment. Ask again in {retry_after_s} s for the steps."
        )),
        Ok(Err(SandboxError::Unavailable(reason))) => {
            tracing::warn!(reason, "no trace: the sandbox is not there");
            TraceAnswer::no("Programs cannot be run here at the moment, so there are no steps to show.")
        }
        Err(_) => TraceAnswer::no(
            "Following the program took longer than an explanation may take. Ask again for the steps.",
        ),
    }
}

fn job(source: &str, stdin: &str) -> Job {
    let case = Case::Trace { stdin: stdin.to_owned(), steps_max: STEPS_MAX };
    Job::new(vec![Program { code: trace::program(source), cases: vec![case] }], LIMITS)
}

fn told(source: &str, report: Report) -> TraceAnswer {
    match report.programs.first().and_then(|program| program.cases.first()) {
        Some(seen) => TraceAnswer::Followed(trace::told(source, seen)),
        None => TraceAnswer::no(match report.ended {
            Ended::TimedOut => "The program ran too long to be followed. Is there a loop that does not end?",
            Ended::OutOfMemory => {
                "The program used more memory than there is for it. Does something grow without end?"
            }
            Ended::TooMuchOutput => {
                "The program prints too much to be followed. Is there a loop that does not end?"
            }
            Ended::Completed | Ended::Crashed => "The program could not be followed to its end.",
        }),
    }
}
