//! What this room tells the others: one QuizAnswered for each question answered.
//!
//! The messages go into the ledger with the answers; the relay publishes them. Not here: what the evidence is worth (crate
//! `agent-core`).

use std::collections::BTreeMap;

use bus::{Headers, Message};
use clock::Ids;
use contracts::events::{EvidenceHeader, QuizAnswered};
use contracts::{Event, avro};
use jiff::Timestamp;

use crate::decide::grade::Verdict;
use crate::store::Quiz;

/// The key in the metadata that names the quiz.
const QUIZ: &str = "quiz";

/// The key in the metadata that names what a wrong answer gave away: a sign of struggle when it comes again.
const MISCONCEPTION: &str = "misconception";

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
    let of = |(question, verdict): (&crate::library::Question, &Verdict)| {
        let mut metadata = BTreeMap::from([(QUIZ.to_owned(), quiz.quiz_id.to_string())]);
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
