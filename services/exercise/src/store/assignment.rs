//! What teachers assigned, and how far each student is.
//!
//! The assignment names no student, so that an erasure leaves nothing of one in it: each student's part is a document of
//! its own. Not here: who may assign and see (the routes).

use std::cmp::Reverse;

use agent_core::curriculum::Topic;
use agent_core::mastery::{Mastery, Score};
use contracts::{ClassId, EventId, ProblemId, StudentId, SubjectId};
use jiff::Timestamp;
use ledger::{Change, Document, Expected, Ledger, LedgerError, Put, Query};
use serde::{Deserialize, Serialize};

use crate::decide::exercise::{Difficulty, Kind};
use crate::ports::{ASSIGNED, ASSIGNMENTS};

/// The most exercises of an assignment.
pub(crate) const COUNT_MAX: u8 = 20;

/// The most students of an assignment: as many as a class may have.
pub(crate) const STUDENTS_MAX: usize = 500;

/// How many assignments of a teacher, or of a student, are looked at: the latest.
pub(crate) const LISTED_MAX: u32 = 1000;

/// What was assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Assignment {
    pub(crate) assignment_id: EventId,
    pub(crate) maker: SubjectId,
    /// The class it was given to; none where students were named.
    pub(crate) class_id: Option<ClassId>,
    pub(crate) work: Work,
    pub(crate) made_at: Timestamp,
    /// How many students have it.
    pub(crate) students: u32,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Work {
    pub(crate) topic: Topic,
    /// Any kind where none.
    pub(crate) kind: Option<Kind>,
    pub(crate) difficulty: Difficulty,
    /// How many different exercises are to be solved: 1 to [`COUNT_MAX`].
    pub(crate) count: u8,
}

/// A student's part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Assigned {
    pub(crate) assignment_id: EventId,
    pub(crate) student_id: StudentId,
    pub(crate) work: Work,
    pub(crate) made_at: Timestamp,
    /// What was given of it, in order. Bounded: see [`Assigned::give`].
    pub(crate) given: Vec<Given>,
}

/// An exercise that was given of an assignment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Given {
    pub(crate) problem_id: ProblemId,
    /// The best answer so far; none without one.
    pub(crate) best: Option<Score>,
}

impl Given {
    fn is_solved(&self) -> bool {
        self.best.is_some_and(|score| score.get() >= agent_core::mastery::SOLVED_FROM)
    }
}

impl Assigned {
    /// A student who gives up on one may be given another, up to so many times what is to be solved.
    const GIVEN_TIMES_MAX: usize = 3;

    /// How many exercises are solved.
    #[must_use]
    pub(crate) fn solved(&self) -> u32 {
        u32::try_from(self.given.iter().filter(|given| given.is_solved()).count()).unwrap_or(u32::MAX)
    }

    /// Whether as many are solved as were assigned.
    #[must_use]
    pub(crate) fn is_done(&self) -> bool {
        self.solved() >= u32::from(self.work.count)
    }

    /// The mean of the best answers over what was assigned; what was not answered counts as 0.
    #[must_use]
    pub(crate) fn mean_score(&self) -> Option<Mastery> {
        let mut best: Vec<Score> = self.given.iter().filter_map(|given| given.best).collect();
        if best.is_empty() {
            return None;
        }
        best.sort_by(|a, b| b.get().total_cmp(&a.get()));
        best.resize(usize::from(self.work.count), Score::ZERO);
        Mastery::new(Score::mean(best)?.get()).ok()
    }

    /// Whether another exercise may be given of it.
    #[must_use]
    pub(crate) fn has_more(&self) -> bool {
        !self.is_done() && self.given.len() < usize::from(self.work.count) * Self::GIVEN_TIMES_MAX
    }

    /// Notes that an exercise was given.
    pub(crate) fn give(&mut self, problem_id: ProblemId) {
        self.given.push(Given { problem_id, best: None });
    }

    /// Notes an answer.
    pub(crate) fn answered(&mut self, problem_id: &ProblemId, score: Score) {
        for given in self.given.iter_mut().filter(|given| given.problem_id == *problem_id) {
            given.best = Some(given.best.map_or(score, |best| best.better(score)));
        }
    }
}

fn assignment_key(assignment: &Assignment) -> String {
    assignment.assignment_id.to_string()
}

pub(crate) fn assigned_key(assignment_id: EventId, student: &StudentId) -> String {
    format!("{assignment_id}/{student}")
}

/// A put of a student's part.
pub(crate) fn put_assigned(assigned: &Assigned, expected: Expected) -> Result<Put, LedgerError> {
    Put::json(
        ASSIGNED,
        assigned_key(assigned.assignment_id, &assigned.student_id),
        Some(assigned.student_id.clone()),
        vec![assigned.assignment_id.to_string(), assigned.student_id.to_string()],
        expected,
        assigned,
    )
}

/// Assigns to these students. Durable when it returns.
pub(crate) async fn make(
    ledger: &dyn Ledger,
    assignment: &Assignment,
    students: &[StudentId],
) -> Result<(), LedgerError> {
    let class = assignment.class_id.as_ref().map(ToString::to_string).unwrap_or_default();
    let indexed = vec![assignment.maker.to_string(), class];
    let key = assignment_key(assignment);
    let mut puts = vec![Put::json(ASSIGNMENTS, key, None, indexed, Expected::Absent, assignment)?];
    for student in students {
        let assigned = Assigned {
            assignment_id: assignment.assignment_id,
            student_id: student.clone(),
            work: assignment.work,
            made_at: assignment.made_at,
            given: Vec::new(),
        };
        puts.push(put_assigned(&assigned, Expected::Absent)?);
    }
    // No event is accepted here, so the outcome can only be Committed.
    let _ = ledger.commit(Change { puts, ..Change::default() }).await?;
    Ok(())
}

/// An assignment.
pub(crate) async fn find(
    ledger: &dyn Ledger,
    assignment_id: EventId,
) -> Result<Option<Assignment>, LedgerError> {
    let document = ledger.document(ASSIGNMENTS, &assignment_id.to_string()).await?;
    document.as_ref().map(Document::read).transpose()
}

/// The assignments that a teacher made, the latest first.
pub(crate) async fn made_by(ledger: &dyn Ledger, maker: &SubjectId) -> Result<Vec<Assignment>, LedgerError> {
    let mut all: Vec<Assignment> = read(ledger, ASSIGNMENTS, "maker", maker.to_string()).await?;
    all.sort_by_key(|one| Reverse((one.made_at, one.assignment_id)));
    Ok(all)
}

/// The parts of all students, ordered by student.
pub(crate) async fn parts(ledger: &dyn Ledger, assignment_id: EventId) -> Result<Vec<Assigned>, LedgerError> {
    let mut all: Vec<Assigned> = read(ledger, ASSIGNED, "assignment_id", assignment_id.to_string()).await?;
    all.sort_by(|a, b| a.student_id.cmp(&b.student_id));
    Ok(all)
}

/// What a student was assigned, the latest first.
pub(crate) async fn of_student(
    ledger: &dyn Ledger,
    student: &StudentId,
) -> Result<Vec<Assigned>, LedgerError> {
    let mut all: Vec<Assigned> = read(ledger, ASSIGNED, "student_id", student.to_string()).await?;
    all.sort_by_key(|one| Reverse((one.made_at, one.assignment_id)));
    Ok(all)
}

/// The student's part of an assignment as it is kept.
pub(crate) async fn part(
    ledger: &dyn Ledger,
    assignment_id: EventId,
    student: &StudentId,
) -> Result<Option<(Document, Assigned)>, LedgerError> {
    let key = assigned_key(assignment_id, student);
    let Some(document) = ledger.document(ASSIGNED, &key).await? else { return Ok(None) };
    let assigned = document.read()?;
    Ok(Some((document, assigned)))
}

/// The oldest assignment on this topic that the student is not done with.
pub(crate) async fn waiting(
    ledger: &dyn Ledger,
    student: &StudentId,
    topic: Topic,
) -> Result<Option<Assigned>, LedgerError> {
    let all = of_student(ledger, student).await?;
    Ok(all.into_iter().rev().find(|assigned| assigned.work.topic == topic && assigned.has_more()))
}

async fn read<T: serde::de::DeserializeOwned>(
    ledger: &dyn Ledger,
    kind: ledger::Kind,
    field: &'static str,
    value: String,
) -> Result<Vec<T>, LedgerError> {
    let query = Query { field, values: vec![value], limit: LISTED_MAX, offset: 0 };
    ledger.documents(kind, query).await?.iter().map(Document::read).collect()
}
