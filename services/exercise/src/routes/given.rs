//! A problem that a request names, for whoever may work on it.

use auth::{Access, Principal};
use contracts::ProblemId;
use problem::Problem as Refusal;
use room::ledger_problem;

use crate::Exercises;
use crate::store::learner::ChangeError;
use crate::store::problem::{Problem, find};

impl Exercises {
    /// The problem; 404 where there is none, or it is not for this principal: nobody learns from the answer whose it is.
    pub(crate) async fn given(
        &self,
        principal: &Principal,
        problem_id: &ProblemId,
    ) -> Result<Problem, Refusal> {
        let found = find(self.ports.ledger.as_ref(), problem_id).await;
        let (_, problem) = found.map_err(|error| ledger_problem(&error))?.ok_or_else(unknown)?;
        match Access::Learn.check(principal, &problem.student_id, self.ports.rosters.as_ref()).await {
            Err(refusal) if refusal.status == 403 => Err(unknown()),
            Err(refusal) => Err(refusal),
            Ok(()) => Ok(problem),
        }
    }
}

fn unknown() -> Refusal {
    Refusal::not_found("there is no such problem; of each student the latest 50 are kept")
}

/// Why a problem was not changed, as an answer.
pub(crate) fn refused(error: &ChangeError) -> Refusal {
    match error {
        ChangeError::Ledger(error) => ledger_problem(error),
        ChangeError::Gone => unknown(),
    }
}
