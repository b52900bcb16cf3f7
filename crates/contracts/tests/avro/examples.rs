//! The examples of `contracts/avro/examples` as the Rust types they stand for.

use std::collections::BTreeMap;
use std::str::FromStr;

use agent_core::mastery::{Mastery, Score, Scores};
use agent_core::signs::Sign;
use contracts::events::{
    AgentResponse, CodeAnalyzed, CodeReviewed, ErrorEvent, ErrorType, EvidenceHeader, ExerciseGraded,
    ExerciseKind, ExerciseOpened, LearnerSaid, Metadata, QuizAnswered, ReadyExercise, ResponseStatus,
    StruggleCause, StruggleDetected, StruggleEvidence, StudentErased, StudentProgress,
};
use contracts::{Event, EventId};
use jiff::Timestamp;

/// Each with the name of its files.
pub(crate) fn all() -> Vec<(&'static str, Event)> {
    let mut examples = evidence();
    examples.extend(decisions());
    examples.extend(records());
    examples.extend(signs());
    examples.extend(alerts());
    examples
}

fn header(last: u8, second: i64, student: &str, component: &str, metadata: Metadata) -> EvidenceHeader {
    EvidenceHeader {
        event_id: event_id(last),
        timestamp: at(1_767_225_600_000 + second * 1000),
        student_id: parsed(student),
        component: parsed(component),
        metadata,
    }
}

/// What moves no score.
fn signs() -> Vec<(&'static str, Event)> {
    let analyzed = CodeAnalyzed {
        header: header(11, 9, "ada", "operators", None),
        codes: vec![parsed("unclosed-bracket"), parsed("missing-comma")],
    };
    let opened = ExerciseOpened {
        header: header(12, 10, "ada", "list-comprehensions", notes(&[])),
        problem: parsed("list-comprehensions-squares-7"),
    };
    let said = LearnerSaid {
        header: header(13, 11, "ada", "scope", None),
        sign: Sign::Stuck,
        agent: "concepts".into(),
    };
    vec![
        ("CodeAnalyzed", Event::CodeAnalyzed(analyzed)),
        ("ExerciseOpened", Event::ExerciseOpened(opened)),
        ("LearnerSaid", Event::LearnerSaid(said)),
    ]
}

fn alerts() -> Vec<(&'static str, Event)> {
    let seen = |last, second: i64, what: &str| StruggleEvidence {
        event_id: event_id(last),
        occurred_at: at(1_767_225_600_000 + second * 1000),
        what: what.into(),
    };
    let detected = StruggleDetected {
        event_id: event_id(14),
        timestamp: at(1_767_225_613_000),
        student_id: parsed("ada"),
        component: parsed("list-comprehensions"),
        alert_id: event_id(0xA1),
        cause: StruggleCause::FailedInARow,
        detected_at: at(1_767_225_612_000),
        reason: "The last answers to 3 different exercises were wrong, since 00:00.".into(),
        evidence: vec![
            seen(0xA2, 0, "The answer to squares-7 was 40 % right."),
            seen(0xA3, 6, "The answer to evens-2 was 0 % right."),
            seen(0xA4, 12, "The answer to names-1 was 0 % right."),
        ],
        exercise: Some(ReadyExercise {
            problem_id: parsed("list-comprehensions-doubles-3"),
            topic: parsed("list-comprehensions"),
            difficulty: "easy".into(),
            exercise_kind: "write".into(),
        }),
        no_exercise: None,
        metadata: None,
    };
    let without = StruggleDetected {
        event_id: event_id(15),
        timestamp: at(1_767_225_614_000),
        student_id: parsed("S-1.b_2"),
        component: parsed("loops"),
        alert_id: event_id(0xA5),
        cause: StruggleCause::LowQuiz,
        detected_at: at(1_767_225_614_000),
        reason: "A quiz was 40 % right, at 00:00.".into(),
        evidence: Vec::new(),
        exercise: None,
        no_exercise: Some("There are no exercises for this component.".into()),
        metadata: notes(&[]),
    };
    vec![
        ("StruggleDetected", Event::StruggleDetected(detected)),
        ("StruggleDetected.no-exercise", Event::StruggleDetected(without)),
    ]
}

fn evidence() -> Vec<(&'static str, Event)> {
    let graded = ExerciseGraded {
        header: header(1, 0, "ada", "variables", notes(&[("agent", "exercise"), ("seed", "42")])),
        problem: parsed("variables-swap-1"),
        kind: ExerciseKind::FixBug,
        score: score(0.85),
    };
    let answered = QuizAnswered {
        header: header(2, 1, "ada", "variables", None),
        question: parsed("names-are-labels"),
        correct: true,
    };
    let reviewed = CodeReviewed { header: header(3, 2, "S-1.b_2", "loops", notes(&[])), score: score(0.72) };
    vec![
        ("ExerciseGraded", Event::ExerciseGraded(graded)),
        ("QuizAnswered", Event::QuizAnswered(answered)),
        ("CodeReviewed", Event::CodeReviewed(reviewed)),
    ]
}

fn decisions() -> Vec<(&'static str, Event)> {
    let progress = StudentProgress {
        event_id: event_id(4),
        timestamp: at(1_767_225_603_123),
        student_id: parsed("ada"),
        component: parsed("variables"),
        scores: scores([0.85, 0.9, 0.75, 0.8]),
        mastery: Mastery::new(0.84).unwrap(),
        idempotency_key: parsed("exam-2026-01"),
        metadata: notes(&[("class", "1b"), ("noté", "né à Łódź"), ("zweck", "Übung")]),
    };
    let before_1970 = StudentProgress {
        event_id: event_id(5),
        timestamp: at(-1),
        student_id: parsed("0"),
        component: parsed("x"),
        scores: scores([0.0, 1.0, 1.0 / 3.0, 1.0 / 7.0]),
        mastery: Mastery::of(&scores([0.0, 1.0, 1.0 / 3.0, 1.0 / 7.0])),
        idempotency_key: parsed("k"),
        metadata: None,
    };
    let erased =
        StudentErased { event_id: event_id(6), timestamp: at(1_767_225_604_000), student_id: parsed("ada") };
    vec![
        ("StudentProgress", Event::StudentProgress(progress)),
        ("StudentProgress.before-1970", Event::StudentProgress(before_1970)),
        ("StudentErased", Event::StudentErased(erased)),
    ]
}

fn records() -> Vec<(&'static str, Event)> {
    let response = AgentResponse {
        response_id: event_id(7),
        agent_type: "debug".into(),
        student_id: Some(parsed("ada")),
        timestamp: at(1_767_225_605_000),
        content: "POST /api/v1/debug/analyze".into(),
        metadata: notes(&[("tokens", "80")]).unwrap(),
        token_efficiency: 1.0 - 80.0 / 1500.0,
        processing_time_ms: 3,
        status: ResponseStatus::Success,
    };
    let costly = AgentResponse {
        response_id: event_id(8),
        agent_type: "concepts".into(),
        student_id: None,
        timestamp: at(1_767_225_606_000),
        content: "POST /api/v1/concepts/explain".into(),
        metadata: BTreeMap::new(),
        token_efficiency: -0.25,
        processing_time_ms: 9_007_199_254_740_993,
        status: ResponseStatus::Partial,
    };
    let error = ErrorEvent {
        event_id: event_id(9),
        original_event_type: Some("QuizAnswered".into()),
        error_type: ErrorType::Processing,
        error_message: "the ledger did not answer".into(),
        failed_at: at(1_767_225_607_000),
        original_payload: b"\xC3\x01\x00\xFF not avro".to_vec(),
        original_topic: "learning.evidence".into(),
        partition: 5,
        offset: 9_000_000_000,
        retry_count: 5,
        consumer_agent: "progress".into(),
        stack_trace: Some("services/progress/src/inbox.rs:42".into()),
    };
    let unknown_schema = ErrorEvent {
        event_id: event_id(10),
        original_event_type: None,
        error_type: ErrorType::Schema,
        error_message: "not a known event: no single-object header".into(),
        failed_at: at(1_767_225_608_000),
        original_payload: Vec::new(),
        original_topic: "learning.events".into(),
        partition: -1,
        offset: -1,
        retry_count: 1,
        consumer_agent: "debug".into(),
        stack_trace: None,
    };
    vec![
        ("AgentResponse", Event::AgentResponse(response)),
        ("AgentResponse.costly", Event::AgentResponse(costly)),
        ("ErrorEvent", Event::ErrorEvent(error)),
        ("ErrorEvent.unknown-schema", Event::ErrorEvent(unknown_schema)),
    ]
}

fn event_id(last: u8) -> EventId {
    format!("0b9c1f6e-2a51-4d0e-9f43-5d6b7a8c9e{last:02x}").parse().unwrap()
}

fn parsed<T: FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

fn score(value: f64) -> Score {
    Score::new(value).unwrap()
}

fn scores([completion, quiz, quality, consistency]: [f64; 4]) -> Scores {
    Scores {
        completion: score(completion),
        quiz: score(quiz),
        quality: score(quality),
        consistency: score(consistency),
    }
}

fn notes(entries: &[(&str, &str)]) -> Metadata {
    Some(entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}
