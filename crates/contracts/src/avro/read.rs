//! Avro value to event: every value is checked on the way in, and the error names its field.
//!
//! Not here: bytes to Avro value (`schemas`).

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use agent_core::mastery::{Mastery, Score, Scores};
use apache_avro::types::Value;
use jiff::Timestamp;

use super::DecodeError;
use super::schemas::Kind;
use super::write::{CAUSES, ERROR_TYPES, EXERCISE_KINDS, SIGNS, STATUSES};
use crate::events::{
    AgentResponse, CODES_MAX, CodeAnalyzed, CodeReviewed, ErrorEvent, Event, EvidenceHeader, ExerciseGraded,
    ExerciseOpened, LearnerSaid, Metadata, QuizAnswered, ReadyExercise, StruggleDetected, StruggleEvidence,
    StudentErased, StudentProgress,
};
use crate::ids::ErrorName;

/// The event that the value is.
pub(super) fn event(kind: Kind, value: Value) -> Result<Event, DecodeError> {
    let mut fields = Fields::of(kind.name(), value)?;
    let fields = &mut fields;
    Ok(match kind {
        Kind::ExerciseGraded => Event::ExerciseGraded(ExerciseGraded {
            header: fields.evidence_header("exercise.graded")?,
            problem: fields.parsed("problem")?,
            kind: fields.symbol("kind", &EXERCISE_KINDS)?,
            score: fields.score("score")?,
        }),
        Kind::QuizAnswered => Event::QuizAnswered(QuizAnswered {
            header: fields.evidence_header("quiz.answered")?,
            question: fields.parsed("question")?,
            correct: fields.boolean("correct")?,
        }),
        Kind::CodeReviewed => Event::CodeReviewed(CodeReviewed {
            header: fields.evidence_header("code.reviewed")?,
            score: fields.score("score")?,
        }),
        Kind::StudentProgress => Event::StudentProgress(fields.progress()?),
        Kind::StudentErased => {
            fields.known_type("student.erased")?;
            Event::StudentErased(StudentErased {
                event_id: fields.parsed("event_id")?,
                timestamp: fields.timestamp("timestamp")?,
                student_id: fields.parsed("student_id")?,
            })
        }
        Kind::AgentResponse => Event::AgentResponse(fields.response()?),
        Kind::ErrorEvent => Event::ErrorEvent(fields.error()?),
        Kind::CodeAnalyzed => Event::CodeAnalyzed(CodeAnalyzed {
            header: fields.evidence_header("code.analyzed")?,
            codes: fields.codes("codes")?,
        }),
        Kind::ExerciseOpened => Event::ExerciseOpened(ExerciseOpened {
            header: fields.evidence_header("exercise.opened")?,
            problem: fields.parsed("problem")?,
        }),
        Kind::LearnerSaid => Event::LearnerSaid(LearnerSaid {
            header: fields.evidence_header("learner.said")?,
            sign: fields.symbol("sign", &SIGNS)?,
            agent: fields.text("agent")?,
        }),
        Kind::StruggleDetected => Event::StruggleDetected(fields.struggle()?),
    })
}

/// A record's values, taken out one by one.
struct Fields {
    event: &'static str,
    values: Vec<(String, Value)>,
}

impl Fields {
    fn of(event: &'static str, value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Record(values) => Ok(Self { event, values }),
            _ => Err(DecodeError::Schema(format!("{event} is no record"))),
        }
    }

    fn evidence_header(&mut self, event_type: &'static str) -> Result<EvidenceHeader, DecodeError> {
        self.known_type(event_type)?;
        Ok(EvidenceHeader {
            event_id: self.parsed("event_id")?,
            timestamp: self.timestamp("timestamp")?,
            student_id: self.parsed("student_id")?,
            component: self.parsed("component")?,
            metadata: self.metadata("metadata")?,
        })
    }

    fn progress(&mut self) -> Result<StudentProgress, DecodeError> {
        self.known_type("student.progress.update")?;
        let mut scores = Self::of(self.event, self.take("scores")?)?;
        Ok(StudentProgress {
            event_id: self.parsed("event_id")?,
            timestamp: self.timestamp("timestamp")?,
            student_id: self.parsed("student_id")?,
            component: self.parsed("component")?,
            scores: Scores {
                completion: scores.score("completion")?,
                quiz: scores.score("quiz")?,
                quality: scores.score("quality")?,
                consistency: scores.score("consistency")?,
            },
            mastery: self.checked("mastery", Self::double, Mastery::new)?,
            idempotency_key: self.parsed("idempotency_key")?,
            metadata: self.metadata("metadata")?,
        })
    }

    fn response(&mut self) -> Result<AgentResponse, DecodeError> {
        let student_id = match self.option("student_id")? {
            Some(text) => Some(text.parse().map_err(|problem| self.invalid("student_id", problem))?),
            None => None,
        };
        Ok(AgentResponse {
            response_id: self.parsed("response_id")?,
            agent_type: self.text("agent_type")?,
            student_id,
            timestamp: self.timestamp("timestamp")?,
            content: self.text("content")?,
            metadata: self.metadata("metadata")?.unwrap_or_default(),
            token_efficiency: self.checked("token_efficiency", Self::double, at_most_one)?,
            processing_time_ms: self.checked("processing_time_ms", Self::long, not_negative)?,
            status: self.symbol("status", &STATUSES)?,
        })
    }

    fn error(&mut self) -> Result<ErrorEvent, DecodeError> {
        Ok(ErrorEvent {
            event_id: self.parsed("event_id")?,
            original_event_type: self.option("original_event_type")?,
            error_type: self.symbol("error_type", &ERROR_TYPES)?,
            error_message: self.text("error_message")?,
            failed_at: self.timestamp("failed_at")?,
            original_payload: self.bytes("original_payload")?,
            original_topic: self.text("original_topic")?,
            partition: self.int("partition")?,
            offset: self.long("offset")?,
            retry_count: self.checked("retry_count", Self::int, not_negative)?,
            consumer_agent: self.text("consumer_agent")?,
            stack_trace: self.option("stack_trace")?,
        })
    }

    fn struggle(&mut self) -> Result<StruggleDetected, DecodeError> {
        self.known_type("struggle.detected")?;
        let mut evidence = Vec::new();
        for item in self.array("evidence")? {
            let mut seen = Self::of(self.event, item)?;
            evidence.push(StruggleEvidence {
                event_id: seen.parsed("event_id")?,
                occurred_at: seen.timestamp("occurred_at")?,
                what: seen.text("what")?,
            });
        }
        let exercise = match self.take("exercise")? {
            Value::Null => None,
            value => Some(Self::of(self.event, value)?.exercise()?),
        };
        Ok(StruggleDetected {
            event_id: self.parsed("event_id")?,
            timestamp: self.timestamp("timestamp")?,
            student_id: self.parsed("student_id")?,
            component: self.parsed("component")?,
            alert_id: self.parsed("alert_id")?,
            cause: self.symbol("cause", &CAUSES)?,
            detected_at: self.timestamp("detected_at")?,
            reason: self.text("reason")?,
            evidence,
            exercise,
            no_exercise: self.option("no_exercise")?,
            metadata: self.metadata("metadata")?,
        })
    }

    fn exercise(&mut self) -> Result<ReadyExercise, DecodeError> {
        Ok(ReadyExercise {
            problem_id: self.parsed("problem_id")?,
            topic: self.parsed("topic")?,
            difficulty: self.text("difficulty")?,
            exercise_kind: self.text("exercise_kind")?,
        })
    }

    /// Error codes: at least one, and not more than may be.
    fn codes(&mut self, field: &'static str) -> Result<Vec<ErrorName>, DecodeError> {
        let items = self.array(field)?;
        if items.is_empty() || items.len() > CODES_MAX {
            return Err(self.invalid(field, format!("must be 1 to {CODES_MAX}")));
        }
        let code = |item| match item {
            Value::String(text) => text.parse().map_err(|problem| self.invalid(field, problem)),
            _ => Err(self.misfit(field)),
        };
        items.into_iter().map(code).collect()
    }

    /// The event must say what its schema says, in a version that is read as 1.x.
    fn known_type(&mut self, event_type: &'static str) -> Result<(), DecodeError> {
        if self.text("event_type")? != event_type {
            return Err(self.invalid("event_type", format!("must be {event_type}")));
        }
        if self.text("version")?.split('.').next() != Some("1") {
            return Err(self.invalid("version", "must be 1.x"));
        }
        Ok(())
    }

    fn take(&mut self, field: &'static str) -> Result<Value, DecodeError> {
        let Some(place) = self.values.iter().position(|(name, _)| name == field) else {
            return Err(self.misfit(field));
        };
        Ok(match self.values.swap_remove(place).1 {
            Value::Union(_, value) => *value,
            value => value,
        })
    }

    fn text(&mut self, field: &'static str) -> Result<String, DecodeError> {
        match self.take(field)? {
            Value::String(text) => Ok(text),
            _ => Err(self.misfit(field)),
        }
    }

    fn option(&mut self, field: &'static str) -> Result<Option<String>, DecodeError> {
        match self.take(field)? {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text)),
            _ => Err(self.misfit(field)),
        }
    }

    fn bytes(&mut self, field: &'static str) -> Result<Vec<u8>, DecodeError> {
        match self.take(field)? {
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(self.misfit(field)),
        }
    }

    fn array(&mut self, field: &'static str) -> Result<Vec<Value>, DecodeError> {
        match self.take(field)? {
            Value::Array(items) => Ok(items),
            _ => Err(self.misfit(field)),
        }
    }

    fn boolean(&mut self, field: &'static str) -> Result<bool, DecodeError> {
        match self.take(field)? {
            Value::Boolean(value) => Ok(value),
            _ => Err(self.misfit(field)),
        }
    }

    fn int(&mut self, field: &'static str) -> Result<i32, DecodeError> {
        match self.take(field)? {
            Value::Int(value) => Ok(value),
            _ => Err(self.misfit(field)),
        }
    }

    fn long(&mut self, field: &'static str) -> Result<i64, DecodeError> {
        match self.take(field)? {
            Value::Long(value) => Ok(value),
            _ => Err(self.misfit(field)),
        }
    }

    fn double(&mut self, field: &'static str) -> Result<f64, DecodeError> {
        match self.take(field)? {
            Value::Double(value) => Ok(value),
            _ => Err(self.misfit(field)),
        }
    }

    fn timestamp(&mut self, field: &'static str) -> Result<Timestamp, DecodeError> {
        match self.take(field)? {
            Value::TimestampMillis(ms) => {
                Timestamp::from_millisecond(ms).map_err(|problem| self.invalid(field, problem))
            }
            _ => Err(self.misfit(field)),
        }
    }

    fn metadata(&mut self, field: &'static str) -> Result<Metadata, DecodeError> {
        let entries = match self.take(field)? {
            Value::Null => return Ok(None),
            Value::Map(entries) => entries,
            _ => return Err(self.misfit(field)),
        };
        let mut metadata = BTreeMap::new();
        for (key, value) in entries {
            let Value::String(text) = value else { return Err(self.misfit(field)) };
            metadata.insert(key, text);
        }
        Ok(Some(metadata))
    }

    fn symbol<T: Copy>(&mut self, field: &'static str, symbols: &[(T, &str)]) -> Result<T, DecodeError> {
        let Value::Enum(_, symbol) = self.take(field)? else { return Err(self.misfit(field)) };
        let known = symbols.iter().find(|(_, text)| *text == symbol);
        known.map(|(value, _)| *value).ok_or_else(|| self.misfit(field))
    }

    fn score(&mut self, field: &'static str) -> Result<Score, DecodeError> {
        self.checked(field, Self::double, Score::new)
    }

    fn parsed<T: FromStr<Err: Display>>(&mut self, field: &'static str) -> Result<T, DecodeError> {
        self.checked(field, Self::text, |text| text.parse())
    }

    /// A value of the right type that must also be in its range.
    fn checked<T, U, E: Display>(
        &mut self,
        field: &'static str,
        take: impl FnOnce(&mut Self, &'static str) -> Result<T, DecodeError>,
        check: impl FnOnce(T) -> Result<U, E>,
    ) -> Result<U, DecodeError> {
        let value = take(self, field)?;
        check(value).map_err(|problem| self.invalid(field, problem))
    }

    fn invalid(&self, field: &'static str, problem: impl Display) -> DecodeError {
        DecodeError::Validation { event: self.event, field, problem: problem.to_string() }
    }

    fn misfit(&self, field: &'static str) -> DecodeError {
        DecodeError::Schema(format!("{}.{field} is not what its schema says", self.event))
    }
}

fn at_most_one(value: f64) -> Result<f64, &'static str> {
    if value.is_finite() && value <= 1.0 { Ok(value) } else { Err("must be a number of at most 1") }
}

fn not_negative<T: Default + PartialOrd>(value: T) -> Result<T, &'static str> {
    if value >= T::default() { Ok(value) } else { Err("must not be negative") }
}
