//! What this room keeps: quizzes as they were asked, and for each student which questions they had.
//!
//! A quiz is durable before it is shown, and its answers before they are told. Not here: choosing (`decide::quiz`), judging
//! (`decide::grade`), and the evidence (`outbox`).

use std::collections::BTreeMap;

use agent_core::curriculum::Topic;
use bus::Message;
use contracts::{EventId, QuestionId, StudentId};
use jiff::{Timestamp, ToSpan};
use ledger::retry::{self, MayConflict};
use ledger::{Change, Delete, Document, Expected, LedgerError, Put};
use serde::{Deserialize, Serialize};

use crate::decide::grade::{self, Verdict};
use crate::decide::quiz::{History, Last};
use crate::library::Question;
use crate::ports::{LEARNERS, Ports, QUIZZES};

/// How many quizzes of a student are kept: a new one pushes out the oldest.
pub(crate) const QUIZZES_MAX: usize = 20;

/// How long a quiz waits for its answers, in hours.
pub(crate) const ANSWER_WITHIN_HOURS: i64 = 24;

/// A quiz.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Quiz {
    pub(crate) quiz_id: EventId,
    pub(crate) student_id: StudentId,
    pub(crate) concept: Topic,
    pub(crate) made_at: Timestamp,
    /// As they were asked, with their answers.
    pub(crate) questions: Vec<Question>,
    /// What was answered, by question; none until then.
    pub(crate) answers: Option<BTreeMap<QuestionId, String>>,
}

impl Quiz {
    /// The verdict on each question, in their order.
    pub(crate) fn verdicts(&self, answers: &BTreeMap<QuestionId, String>) -> Vec<Verdict> {
        let given = |question: &Question| answers.get(&question.id).map_or("", String::as_str);
        self.questions.iter().map(|question| grade::grade(question, given(question))).collect()
    }

    /// Whether it is too late to answer.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.made_at.checked_add(ANSWER_WITHIN_HOURS.hours()).is_ok_and(|end| end < now)
    }
}

/// What is kept about a student.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Learner {
    /// The latest quizzes, oldest first.
    quizzes: Vec<EventId>,
    /// What became of each question. Bounded by the questions that there are.
    history: BTreeMap<Topic, History>,
}

/// Why answers were not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnswerError {
    /// The store.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// There is no such quiz, or it was pushed out or erased.
    #[error("there is no such quiz")]
    Unknown,
    /// The time for it is over.
    #[error("the quiz waited longer than a day")]
    Expired,
    /// It was answered before, otherwise.
    #[error("the quiz was answered otherwise before")]
    AnsweredOtherwise,
}

impl MayConflict for AnswerError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Ledger(error) if error.is_conflict())
    }
}

/// What became of the student's questions on a topic.
async fn learner(ports: &Ports, student: &StudentId) -> Result<(Option<Document>, Learner), LedgerError> {
    let document = ports.ledger.document(LEARNERS, student.as_str()).await?;
    let learner = document.as_ref().map(Document::read).transpose()?.unwrap_or_default();
    Ok((document, learner))
}

fn put_learner(student: &StudentId, read: Option<&Document>, learner: &Learner) -> Result<Put, LedgerError> {
    let subject = Some(student.clone());
    Put::json(LEARNERS, student.to_string(), subject, Vec::new(), Expected::as_read(read), learner)
}

fn put_quiz(quiz: &Quiz, expected: Expected) -> Result<Put, LedgerError> {
    let subject = Some(quiz.student_id.clone());
    Put::json(QUIZZES, quiz.quiz_id.to_string(), subject, Vec::new(), expected, quiz)
}

/// Makes a quiz of the questions that `choose` picks for what the student had before. Durable when it returns.
pub(crate) async fn make_quiz(
    ports: &Ports,
    student: &StudentId,
    concept: Topic,
    choose: impl Fn(EventId, &History) -> Vec<Question>,
) -> Result<Quiz, LedgerError> {
    let quiz_id = ports.ids.event_id();
    let made_at = ports.clock.now();
    retry::on_conflict(retry::ATTEMPTS_MAX, || async {
        let (read, mut learner) = learner(ports, student).await?;
        let history = learner.history.entry(concept).or_default();
        let questions = choose(quiz_id, history);
        for question in &questions {
            // What was once wrong stays so until it is right.
            history.entry(question.id.clone()).or_insert(Last::Asked);
        }
        learner.quizzes.push(quiz_id);
        let pushed_out = learner.quizzes.len().saturating_sub(QUIZZES_MAX);
        let deletes = learner
            .quizzes
            .drain(..pushed_out)
            .map(|old| Delete { kind: QUIZZES, key: old.to_string() })
            .collect();
        let student_id = student.clone();
        let quiz = Quiz { quiz_id, student_id, concept, made_at, questions, answers: None };
        let puts = vec![put_quiz(&quiz, Expected::Absent)?, put_learner(student, read.as_ref(), &learner)?];
        // No event is accepted here, so the outcome can only be Committed.
        let _ = ports.ledger.commit(Change { puts, deletes, ..Change::default() }).await?;
        Ok(quiz)
    })
    .await
}

/// A quiz as it is kept.
pub(crate) async fn quiz(ports: &Ports, quiz_id: EventId) -> Result<Option<(Document, Quiz)>, LedgerError> {
    let Some(document) = ports.ledger.document(QUIZZES, &quiz_id.to_string()).await? else { return Ok(None) };
    let quiz = document.read()?;
    Ok(Some((document, quiz)))
}

/// Takes the answers to a quiz, once: with the answers the evidence goes out. The same answers again change nothing. True
/// where they are taken now.
pub(crate) async fn answer_quiz(
    ports: &Ports,
    quiz_id: EventId,
    answers: &BTreeMap<QuestionId, String>,
    evidence: impl Fn(&Quiz, Timestamp, &[Verdict]) -> Vec<Message>,
) -> Result<bool, AnswerError> {
    retry::on_conflict(retry::ATTEMPTS_MAX, || async {
        let (read, mut quiz) = quiz(ports, quiz_id).await?.ok_or(AnswerError::Unknown)?;
        if let Some(before) = &quiz.answers {
            return if before == answers { Ok(false) } else { Err(AnswerError::AnsweredOtherwise) };
        }
        let now = ports.clock.now();
        if quiz.is_expired(now) {
            return Err(AnswerError::Expired);
        }
        let verdicts = quiz.verdicts(answers);
        let (learner_read, mut learner) = learner(ports, &quiz.student_id).await?;
        let history = learner.history.entry(quiz.concept).or_default();
        for (question, verdict) in quiz.questions.iter().zip(&verdicts) {
            history.insert(question.id.clone(), if verdict.correct { Last::Right } else { Last::Wrong });
        }
        let messages = evidence(&quiz, now, &verdicts);
        quiz.answers = Some(answers.clone());
        let puts = vec![
            put_quiz(&quiz, Expected::as_read(Some(&read)))?,
            put_learner(&quiz.student_id, learner_read.as_ref(), &learner)?,
        ];
        // No event is accepted here, so the outcome can only be Committed.
        let _ = ports.ledger.commit(Change { puts, messages, ..Change::default() }).await?;
        Ok(true)
    })
    .await
}
