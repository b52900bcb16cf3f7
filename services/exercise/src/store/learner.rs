//! What is kept about a student beside the problems: what shapes the choice of the next one.
//!
//! A student's changes are one transaction each: the problem, this, the part of an assignment, and the message. Not here:
//! what the history says (`decide::adapt`).

use std::collections::VecDeque;

use bus::Message;
use contracts::{EventId, ProblemId, StudentId};
use ledger::retry::{self, MayConflict};
use ledger::{Change, Delete, Document, Expected, Ledger, LedgerError, Put};
use serde::{Deserialize, Serialize};

use super::assignment;
use super::problem::{self, Problem};
use crate::decide::adapt::{Graded, History};
use crate::decide::grade::Verdict;
use crate::ports::{LEARNERS, PROBLEMS};

/// How many problems of a student are kept: a new one pushes out the oldest.
pub(crate) const PROBLEMS_MAX: usize = 50;

/// A student.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Learner {
    /// The problems that are kept, the oldest first; at most [`PROBLEMS_MAX`].
    problems: VecDeque<ProblemId>,
    pub(crate) history: History,
}

/// The student as kept; new where nothing is.
pub(crate) async fn find(
    ledger: &dyn Ledger,
    student: &StudentId,
) -> Result<(Option<Document>, Learner), LedgerError> {
    let document = ledger.document(LEARNERS, student.as_str()).await?;
    let learner = document.as_ref().map(Document::read).transpose()?.unwrap_or_default();
    Ok((document, learner))
}

fn put(student: &StudentId, read: Option<&Document>, learner: &Learner) -> Result<Put, LedgerError> {
    let subject = Some(student.clone());
    Put::json(LEARNERS, student.to_string(), subject, Vec::new(), Expected::as_read(read), learner)
}

/// Gives a student a problem, unless something else was given meanwhile: a conflict then. `read` is what [`find`] found.
/// Durable when it returns.
pub(crate) async fn give(
    ledger: &dyn Ledger,
    read: (Option<Document>, Learner),
    problem: &Problem,
    opened: Option<Message>,
) -> Result<(), LedgerError> {
    let (document, mut learner) = read;
    let student = &problem.student_id;
    learner.history.show(&problem.exercise);
    learner.problems.push_back(problem.problem_id.clone());
    let pushed_out = learner.problems.len().saturating_sub(PROBLEMS_MAX);
    let deletes = learner
        .problems
        .drain(..pushed_out)
        .map(|old| Delete { kind: PROBLEMS, key: old.to_string() })
        .collect();
    let mut puts = vec![problem.put(Expected::Absent)?, put(student, document.as_ref(), &learner)?];
    if let Some(part) = given_of(ledger, student, problem).await? {
        puts.push(part);
    }
    let messages = opened.into_iter().collect();
    // No event is accepted here, so the outcome can only be Committed.
    let _ = ledger.commit(Change { puts, deletes, messages, ..Change::default() }).await?;
    Ok(())
}

/// The student's part of the assignment that the problem is given for, with the problem in it.
async fn given_of(
    ledger: &dyn Ledger,
    student: &StudentId,
    problem: &Problem,
) -> Result<Option<Put>, LedgerError> {
    let Some((document, mut part)) = part_of(ledger, student, problem.assignment_id).await? else {
        return Ok(None);
    };
    part.give(problem.problem_id.clone());
    assignment::put_assigned(&part, Expected::as_read(Some(&document))).map(Some)
}

async fn part_of(
    ledger: &dyn Ledger,
    student: &StudentId,
    assignment_id: Option<EventId>,
) -> Result<Option<(Document, assignment::Assigned)>, LedgerError> {
    match assignment_id {
        Some(assignment_id) => assignment::part(ledger, assignment_id, student).await,
        None => Ok(None),
    }
}

/// Why a verdict was not kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChangeError {
    /// The store.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The problem was pushed out or erased meanwhile.
    #[error("there is no such problem")]
    Gone,
}

impl MayConflict for ChangeError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Ledger(error) if error.is_conflict())
    }
}

/// What became of a verdict.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Judged {
    /// The problem with it.
    pub(crate) problem: Problem,
    /// The same answer had been judged already: nothing was counted.
    pub(crate) is_duplicate: bool,
}

/// Keeps a verdict, and tells the others. Durable when it returns.
pub(crate) async fn judge(
    ledger: &dyn Ledger,
    problem_id: &ProblemId,
    fingerprint: &str,
    verdict: &Verdict,
    graded: impl Fn(&Problem) -> Option<Message>,
) -> Result<Judged, ChangeError> {
    retry::on_conflict(retry::ATTEMPTS_MAX, || async {
        let (document, mut problem) = problem::find(ledger, problem_id).await?.ok_or(ChangeError::Gone)?;
        if problem.verdict_on(fingerprint).is_some() {
            return Ok(Judged { problem, is_duplicate: true });
        }
        if problem.knows(fingerprint) {
            problem.note(fingerprint.to_owned(), verdict.clone());
            let puts = vec![problem.put(Expected::as_read(Some(&document)))?];
            // No event is accepted here, so the outcome can only be Committed.
            let _ = ledger.commit(Change { puts, ..Change::default() }).await?;
            return Ok(Judged { problem, is_duplicate: true });
        }
        let student = problem.student_id.clone();
        let (read, mut learner) = find(ledger, &student).await?;
        learner.history.grade(Graded {
            topic: problem.exercise.name.topic,
            first: problem.attempts == 0,
            correct: verdict.correct,
            misconception: verdict.misconception.as_deref(),
            error: verdict.error.as_deref(),
        });
        problem.answered(fingerprint.to_owned(), verdict.clone());
        let mut puts =
            vec![problem.put(Expected::as_read(Some(&document)))?, put(&student, read.as_ref(), &learner)?];
        if let Some((document, mut part)) = part_of(ledger, &student, problem.assignment_id).await? {
            part.answered(problem_id, verdict.score);
            puts.push(assignment::put_assigned(&part, Expected::as_read(Some(&document)))?);
        }
        let messages = graded(&problem).into_iter().collect();
        // No event is accepted here, so the outcome can only be Committed.
        let _ = ledger.commit(Change { puts, messages, ..Change::default() }).await?;
        Ok(Judged { problem, is_duplicate: false })
    })
    .await
}

/// Changes a problem as `change` says, and tells the others what it returns. Nothing is written where it returns `None`.
pub(crate) async fn touch(
    ledger: &dyn Ledger,
    problem_id: &ProblemId,
    change: impl Fn(&mut Problem) -> Option<Vec<Message>>,
) -> Result<Problem, ChangeError> {
    retry::on_conflict(retry::ATTEMPTS_MAX, || async {
        let (document, mut problem) = problem::find(ledger, problem_id).await?.ok_or(ChangeError::Gone)?;
        if let Some(messages) = change(&mut problem) {
            let puts = vec![problem.put(Expected::as_read(Some(&document)))?];
            // No event is accepted here, so the outcome can only be Committed.
            let _ = ledger.commit(Change { puts, messages, ..Change::default() }).await?;
        }
        Ok(problem)
    })
    .await
}
