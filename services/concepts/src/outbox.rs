//! What this room tells the others: one QuizAnswered for each question answered, and LearnerSaid where a learner's words
//! hold a sign.
//!
//! The messages go into the ledger with the answers; the relay publishes them. Not here: what the evidence is worth (crate
//! `agent-core`).

use std::collections::BTreeMap;

use agent_core::curriculum::Topic;
use agent_core::mastery::Score;
use agent_core::signs::Sign;
use bus::{Headers, Message};
use clock::Ids;
use contracts::events::{EvidenceHeader, LearnerSaid, QuizAnswered};
use contracts::metadata::{MISCONCEPTION, QUIZ, QUIZ_SCORE};
use contracts::{Event, StudentId, avro};
use jiff::Timestamp;

use crate::decide::grade::Verdict;
use crate::store::Quiz;

/// The evidence of a quiz, in the order of its questions.
pub(crate) fn quiz_answered(
    quiz: &Quiz,
    answered_at: Timestamp,
    verdicts: &[Verdict],
    ids: &dyn Ids,
    headers: &Headers,
) -> Vec<Message> {
    // A topic's slug has the form of an id: the tests publish one of each.
    let Ok(component) = quiz.concept.slug().parse::<contracts::Component>() else { return Vec::new() };
    // Any one of the answers tells how the whole quiz went: they are heard one by one.
    let right = verdicts.iter().filter(|verdict| verdict.correct).count();
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let quiz_score = Score::share(count(right), count(verdicts.len()));
    let of = |(question, verdict): (&crate::library::Question, &Verdict)| {
        let mut metadata = BTreeMap::from([
            (QUIZ.to_owned(), quiz.quiz_id.to_string()),
            (QUIZ_SCORE.to_owned(), quiz_score.get().to_string()),
        ]);
        if let Some(misconception) = &verdict.misconception {
            metadata.insert(MISCONCEPTION.to_owned(), misconception.clone());
        }
        let header = EvidenceHeader {
            event_id: ids.event_id(),
            timestamp: answered_at,
            student_id: quiz.student_id.clone(),
            component: component.clone(),
            metadata: Some(metadata),
        };
        let event = Event::QuizAnswered(QuizAnswered {
            header,
            question: question.id.clone(),
            correct: verdict.correct,
        });
        Message {
            topic: event.topic(),
            key: quiz.student_id.to_string(),
            payload: avro::encode(&event),
            headers: headers.clone(),
        }
    };
    quiz.questions.iter().zip(verdicts).map(of).collect()
}

/// A learner said to be stuck with a concept. The words themselves are not told.
pub(crate) fn learner_said(
    student: &StudentId,
    concept: Topic,
    sign: Sign,
    said_at: Timestamp,
    ids: &dyn Ids,
    headers: &Headers,
) -> Option<Message> {
    let header = EvidenceHeader {
        event_id: ids.event_id(),
        timestamp: said_at,
        student_id: student.clone(),
        component: concept.slug().parse().ok()?,
        metadata: None,
    };
    let event = Event::LearnerSaid(LearnerSaid { header, sign, agent: crate::NAME.to_owned() });
    Some(Message {
        topic: event.topic(),
        key: student.to_string(),
        payload: avro::encode(&event),
        headers: headers.clone(),
    })
}
