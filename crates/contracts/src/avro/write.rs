//! Event to bytes. The fields stand in the order of the schemas; the tests decode what is written by the schemas alone.
//!
//! Written by hand because the Avro library's values keep maps in hash order, and an event must have one encoding.

use std::collections::BTreeMap;

use agent_core::signs::Sign;

use super::schemas::HEADER_BYTES;
use crate::events::{
    AgentResponse, ErrorEvent, ErrorType, Event, EvidenceHeader, ExerciseKind, Metadata, ResponseStatus,
    StruggleCause, StruggleDetected, StudentErased, StudentProgress,
};

/// The version that is written. A reader takes any of the same major number.
const VERSION: &str = "1.0";

/// What most events take, in bytes.
const USUAL_BYTES: usize = 320;

/// The symbols of the schema's enum, in its order.
pub(super) const EXERCISE_KINDS: [(ExerciseKind, &str); 5] = [
    (ExerciseKind::Write, "WRITE"),
    (ExerciseKind::FixBug, "FIX_BUG"),
    (ExerciseKind::Order, "ORDER"),
    (ExerciseKind::PredictOutput, "PREDICT_OUTPUT"),
    (ExerciseKind::FillGap, "FILL_GAP"),
];

/// The symbols of the schema's enum, in its order.
pub(super) const STATUSES: [(ResponseStatus, &str); 3] = [
    (ResponseStatus::Success, "SUCCESS"),
    (ResponseStatus::Partial, "PARTIAL"),
    (ResponseStatus::Error, "ERROR"),
];

/// The symbols of the schema's enum, in its order.
pub(super) const ERROR_TYPES: [(ErrorType, &str); 4] = [
    (ErrorType::Validation, "validation"),
    (ErrorType::Processing, "processing"),
    (ErrorType::Timeout, "timeout"),
    (ErrorType::Schema, "schema"),
];

/// The symbols of the schema's enum, in its order.
pub(super) const SIGNS: [(Sign, &str); 2] =
    [(Sign::DontUnderstand, "DONT_UNDERSTAND"), (Sign::Stuck, "STUCK")];

/// The symbols of the schema's enum, in its order.
pub(super) const CAUSES: [(StruggleCause, &str); 5] = [
    (StruggleCause::RepeatedError, "REPEATED_ERROR"),
    (StruggleCause::LongOpenExercise, "LONG_OPEN_EXERCISE"),
    (StruggleCause::LowQuiz, "LOW_QUIZ"),
    (StruggleCause::AskedForHelp, "ASKED_FOR_HELP"),
    (StruggleCause::FailedInARow, "FAILED_IN_A_ROW"),
];

/// The whole single object.
pub(super) fn event(header: [u8; HEADER_BYTES], event: &Event) -> Vec<u8> {
    let payload_bytes = if let Event::ErrorEvent(error) = event { error.original_payload.len() } else { 0 };
    let mut out = Body(Vec::with_capacity(USUAL_BYTES + payload_bytes));
    out.0.extend_from_slice(&header);
    match event {
        Event::ExerciseGraded(graded) => out.evidence("exercise.graded", &graded.header, |out| {
            out.text(graded.problem.as_str());
            out.symbol(&EXERCISE_KINDS, graded.kind);
            out.double(graded.score.get());
        }),
        Event::QuizAnswered(answered) => out.evidence("quiz.answered", &answered.header, |out| {
            out.text(answered.question.as_str());
            out.0.push(u8::from(answered.correct));
        }),
        Event::CodeReviewed(reviewed) => out.evidence("code.reviewed", &reviewed.header, |out| {
            out.double(reviewed.score.get());
        }),
        Event::StudentProgress(progress) => out.progress(progress),
        Event::StudentErased(erased) => out.erased(erased),
        Event::AgentResponse(response) => out.response(response),
        Event::ErrorEvent(error) => out.error(error),
        Event::CodeAnalyzed(analyzed) => out.evidence("code.analyzed", &analyzed.header, |out| {
            out.array(&analyzed.codes, |out, code| out.text(code.as_str()));
        }),
        Event::ExerciseOpened(opened) => out.evidence("exercise.opened", &opened.header, |out| {
            out.text(opened.problem.as_str());
        }),
        Event::LearnerSaid(said) => out.evidence("learner.said", &said.header, |out| {
            out.symbol(&SIGNS, said.sign);
            out.text(&said.agent);
        }),
        Event::StruggleDetected(detected) => out.struggle(detected),
    }
    out.0
}

struct Body(Vec<u8>);

impl Body {
    /// The fields that all evidence has, around those of its own.
    fn evidence(&mut self, event_type: &str, header: &EvidenceHeader, own: impl FnOnce(&mut Self)) {
        self.uuid(header.event_id.0);
        self.text(event_type);
        self.long(header.timestamp.as_millisecond());
        self.text(VERSION);
        self.text(header.student_id.as_str());
        self.text(header.component.as_str());
        own(self);
        self.metadata(&header.metadata);
    }

    fn progress(&mut self, progress: &StudentProgress) {
        self.uuid(progress.event_id.0);
        self.text("student.progress.update");
        self.long(progress.timestamp.as_millisecond());
        self.text(VERSION);
        self.text(progress.student_id.as_str());
        self.text(progress.component.as_str());
        let scores = &progress.scores;
        for score in [scores.completion, scores.quiz, scores.quality, scores.consistency] {
            self.double(score.get());
        }
        self.double(progress.mastery.get());
        self.text(progress.idempotency_key.as_str());
        self.metadata(&progress.metadata);
    }

    fn erased(&mut self, erased: &StudentErased) {
        self.uuid(erased.event_id.0);
        self.text("student.erased");
        self.long(erased.timestamp.as_millisecond());
        self.text(VERSION);
        self.text(erased.student_id.as_str());
    }

    fn response(&mut self, response: &AgentResponse) {
        self.uuid(response.response_id.0);
        self.text(&response.agent_type);
        self.option(response.student_id.as_ref().map(|id| id.as_str()));
        self.long(response.timestamp.as_millisecond());
        self.text(&response.content);
        self.map(&response.metadata);
        self.double(response.token_efficiency);
        self.long(response.processing_time_ms);
        self.symbol(&STATUSES, response.status);
    }

    fn error(&mut self, error: &ErrorEvent) {
        self.uuid(error.event_id.0);
        self.option(error.original_event_type.as_deref());
        self.symbol(&ERROR_TYPES, error.error_type);
        self.text(&error.error_message);
        self.long(error.failed_at.as_millisecond());
        self.bytes(&error.original_payload);
        self.text(&error.original_topic);
        self.long(error.partition.into());
        self.long(error.offset);
        self.long(error.retry_count.into());
        self.text(&error.consumer_agent);
        self.option(error.stack_trace.as_deref());
    }

    fn struggle(&mut self, detected: &StruggleDetected) {
        self.uuid(detected.event_id.0);
        self.text("struggle.detected");
        self.long(detected.timestamp.as_millisecond());
        self.text(VERSION);
        self.text(detected.student_id.as_str());
        self.text(detected.component.as_str());
        self.uuid(detected.alert_id.0);
        self.symbol(&CAUSES, detected.cause);
        self.long(detected.detected_at.as_millisecond());
        self.text(&detected.reason);
        self.array(&detected.evidence, |out, seen| {
            out.uuid(seen.event_id.0);
            out.long(seen.occurred_at.as_millisecond());
            out.text(&seen.what);
        });
        self.long(detected.exercise.is_some().into());
        if let Some(exercise) = &detected.exercise {
            self.text(exercise.problem_id.as_str());
            self.text(exercise.topic.as_str());
            self.text(&exercise.difficulty);
            self.text(&exercise.exercise_kind);
        }
        self.option(detected.no_exercise.as_deref());
        self.metadata(&detected.metadata);
    }

    /// An Avro int or long: zig-zag, then seven bits a byte, the low ones first.
    fn long(&mut self, value: i64) {
        let mut rest = ((value << 1) ^ (value >> 63)).cast_unsigned();
        while rest >= 0x80 {
            self.0.push(0x80 | (rest & 0x7F) as u8);
            rest >>= 7;
        }
        self.0.push(rest as u8);
    }

    fn bytes(&mut self, value: &[u8]) {
        // A slice is at most isize::MAX long.
        self.long(value.len() as i64);
        self.0.extend_from_slice(value);
    }

    fn text(&mut self, value: &str) {
        self.bytes(value.as_bytes());
    }

    fn uuid(&mut self, value: uuid::Uuid) {
        self.text(value.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()));
    }

    fn double(&mut self, value: f64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    /// Null is the first branch of every union.
    fn option(&mut self, value: Option<&str>) {
        self.long(value.is_some().into());
        if let Some(value) = value {
            self.text(value);
        }
    }

    fn metadata(&mut self, value: &Metadata) {
        self.long(value.is_some().into());
        if let Some(value) = value {
            self.map(value);
        }
    }

    /// One block of all entries, then the empty block that ends a map.
    fn map(&mut self, value: &BTreeMap<String, String>) {
        if !value.is_empty() {
            self.long(value.len() as i64);
            for (key, value) in value {
                self.text(key);
                self.text(value);
            }
        }
        self.long(0);
    }

    /// One block of all items, then the empty block that ends an array.
    fn array<T>(&mut self, items: &[T], write: impl Fn(&mut Self, &T)) {
        if !items.is_empty() {
            self.long(items.len() as i64);
            for item in items {
                write(self, item);
            }
        }
        self.long(0);
    }

    fn symbol<T: PartialEq>(&mut self, symbols: &[(T, &str)], value: T) {
        let place = symbols.iter().take_while(|(symbol, _)| *symbol != value).count();
        self.long(place as i64);
    }
}
