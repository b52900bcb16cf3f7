//! Any event, written and read again, is the same event; and the schemas alone can read it.

use std::collections::BTreeMap;

use agent_core::mastery::{Mastery, Score, Scores};
use agent_core::signs::Sign;
use contracts::avro::{decode, encode};
use contracts::events::{
    AgentResponse, CodeAnalyzed, CodeReviewed, ErrorEvent, ErrorType, EvidenceHeader, ExerciseGraded,
    ExerciseKind, ExerciseOpened, LearnerSaid, Metadata, QuizAnswered, ReadyExercise, ResponseStatus,
    StruggleCause, StruggleDetected, StruggleEvidence, StudentErased, StudentProgress,
};
use contracts::{Event, EventId, IdError};
use jiff::Timestamp;
use proptest::prelude::*;

fn id<T: std::str::FromStr<Err = IdError> + std::fmt::Debug>() -> impl Strategy<Value = T> {
    "[A-Za-z0-9][A-Za-z0-9._-]{0,63}".prop_filter_map("a reserved word", |text| text.parse().ok())
}

fn event_id() -> impl Strategy<Value = EventId> {
    any::<u128>().prop_map(|bits| EventId(uuid::Uuid::from_u128(bits)))
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    let range = Timestamp::MIN.as_millisecond()..=Timestamp::MAX.as_millisecond();
    range.prop_filter_map("out of range", |ms| Timestamp::from_millisecond(ms).ok())
}

fn score() -> impl Strategy<Value = Score> {
    (0.0..=1.0).prop_map(|value| Score::new(value).unwrap())
}

fn map() -> impl Strategy<Value = BTreeMap<String, String>> {
    prop::collection::btree_map(any::<String>(), any::<String>(), 0..5)
}

fn metadata() -> impl Strategy<Value = Metadata> {
    prop::option::of(map())
}

fn header() -> impl Strategy<Value = EvidenceHeader> {
    (event_id(), timestamp(), id(), id(), metadata()).prop_map(
        |(event_id, timestamp, student_id, component, metadata)| EvidenceHeader {
            event_id,
            timestamp,
            student_id,
            component,
            metadata,
        },
    )
}

fn exercise_kind() -> impl Strategy<Value = ExerciseKind> {
    use ExerciseKind::{FillGap, FixBug, Order, PredictOutput, Write};
    prop::sample::select(vec![Write, FixBug, Order, PredictOutput, FillGap])
}

fn progress() -> impl Strategy<Value = Event> {
    let scores = (score(), score(), score(), score()).prop_map(|(completion, quiz, quality, consistency)| {
        Scores { completion, quiz, quality, consistency }
    });
    (event_id(), timestamp(), id(), id(), scores, id(), metadata()).prop_map(
        |(event_id, timestamp, student_id, component, scores, idempotency_key, metadata)| {
            Event::StudentProgress(StudentProgress {
                event_id,
                timestamp,
                student_id,
                component,
                scores,
                mastery: Mastery::of(&scores),
                idempotency_key,
                metadata,
            })
        },
    )
}

fn response() -> impl Strategy<Value = Event> {
    let status =
        prop::sample::select(vec![ResponseStatus::Success, ResponseStatus::Partial, ResponseStatus::Error]);
    let who = (event_id(), any::<String>(), prop::option::of(id()), timestamp());
    (who, any::<String>(), map(), -1e9..=1.0, 0..=i64::MAX, status).prop_map(
        |(who, content, metadata, token_efficiency, processing_time_ms, status)| {
            let (response_id, agent_type, student_id, timestamp) = who;
            Event::AgentResponse(AgentResponse {
                response_id,
                agent_type,
                student_id,
                timestamp,
                content,
                metadata,
                token_efficiency,
                processing_time_ms,
                status,
            })
        },
    )
}

fn error() -> impl Strategy<Value = Event> {
    let error_type = prop::sample::select(vec![
        ErrorType::Validation,
        ErrorType::Processing,
        ErrorType::Timeout,
        ErrorType::Schema,
    ]);
    let what = (prop::option::of(any::<String>()), error_type, any::<String>(), any::<Vec<u8>>());
    let place = (any::<String>(), any::<i32>(), any::<i64>(), 0..=i32::MAX);
    (event_id(), what, timestamp(), place, any::<String>(), prop::option::of(any::<String>())).prop_map(
        |(event_id, what, failed_at, place, consumer_agent, stack_trace)| {
            let (original_event_type, error_type, error_message, original_payload) = what;
            let (original_topic, partition, offset, retry_count) = place;
            Event::ErrorEvent(ErrorEvent {
                event_id,
                original_event_type,
                error_type,
                error_message,
                failed_at,
                original_payload,
                original_topic,
                partition,
                offset,
                retry_count,
                consumer_agent,
                stack_trace,
            })
        },
    )
}

/// What moves no score.
fn sign() -> impl Strategy<Value = Event> {
    let analyzed = (header(), prop::collection::vec(id(), 1..5))
        .prop_map(|(header, codes)| Event::CodeAnalyzed(CodeAnalyzed { header, codes }));
    let opened = (header(), id())
        .prop_map(|(header, problem)| Event::ExerciseOpened(ExerciseOpened { header, problem }));
    let sign = prop::sample::select(vec![Sign::DontUnderstand, Sign::Stuck]);
    let said = (header(), sign, any::<String>())
        .prop_map(|(header, sign, agent)| Event::LearnerSaid(LearnerSaid { header, sign, agent }));
    prop_oneof![analyzed, opened, said]
}

fn struggle() -> impl Strategy<Value = Event> {
    use StruggleCause::{AskedForHelp, FailedInARow, LongOpenExercise, LowQuiz, RepeatedError};
    let causes = vec![RepeatedError, LongOpenExercise, LowQuiz, AskedForHelp, FailedInARow];
    let seen = (event_id(), timestamp(), any::<String>())
        .prop_map(|(event_id, occurred_at, what)| StruggleEvidence { event_id, occurred_at, what });
    let exercise = (id(), id(), any::<String>(), any::<String>()).prop_map(
        |(problem_id, topic, difficulty, exercise_kind)| ReadyExercise {
            problem_id,
            topic,
            difficulty,
            exercise_kind,
        },
    );
    let what = (prop::sample::select(causes), any::<String>(), prop::collection::vec(seen, 0..4));
    let give = (prop::option::of(exercise), prop::option::of(any::<String>()));
    (header(), event_id(), timestamp(), what, give).prop_map(
        |(header, alert_id, detected_at, (cause, reason, evidence), (exercise, no_exercise))| {
            Event::StruggleDetected(StruggleDetected {
                event_id: header.event_id,
                timestamp: header.timestamp,
                student_id: header.student_id,
                component: header.component,
                alert_id,
                cause,
                detected_at,
                reason,
                evidence,
                exercise,
                no_exercise,
                metadata: header.metadata,
            })
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    let graded = (header(), id(), exercise_kind(), score()).prop_map(|(header, problem, kind, score)| {
        Event::ExerciseGraded(ExerciseGraded { header, problem, kind, score })
    });
    let answered = (header(), id(), any::<bool>()).prop_map(|(header, question, correct)| {
        Event::QuizAnswered(QuizAnswered { header, question, correct })
    });
    let reviewed =
        (header(), score()).prop_map(|(header, score)| Event::CodeReviewed(CodeReviewed { header, score }));
    let erased = (event_id(), timestamp(), id()).prop_map(|(event_id, timestamp, student_id)| {
        Event::StudentErased(StudentErased { event_id, timestamp, student_id })
    });
    prop_oneof![graded, answered, reviewed, progress(), erased, response(), error(), sign(), struggle()]
}

proptest! {
    #[test]
    fn an_event_survives_the_wire(event in event()) {
        let bytes = encode(&event);
        prop_assert_eq!(decode(&bytes).unwrap(), event.clone());
        prop_assert_eq!(encode(&event), bytes, "the same event, the same bytes");
    }

    #[test]
    fn an_event_cut_short_anywhere_is_refused(event in event(), cut in any::<prop::sample::Index>()) {
        let bytes = encode(&event);
        let cut = cut.index(bytes.len());
        prop_assert!(decode(&bytes[..cut]).is_err(), "{} of {} bytes were enough", cut, bytes.len());
    }
}
