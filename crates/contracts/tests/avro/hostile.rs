//! Bytes from anywhere: decoding always returns, and says which field it was.

use apache_avro::Schema;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value;
use apache_avro::writer::datum::GenericDatumWriter;
use contracts::DecodeError;
use contracts::avro::{DEAD_LETTER_MAX_BYTES, EVENT_MAX_BYTES, decode, encode, show};
use proptest::prelude::*;

use crate::{avro_folder, examples, parse};

const HEADER_BYTES: usize = 10;

fn golden(name: &str) -> Vec<u8> {
    let examples = examples::all();
    let (_, event) = examples.iter().find(|(example, _)| *example == name).unwrap();
    encode(event).to_vec()
}

/// The example with one value exchanged: well formed by its schema, wrong by its meaning. `outer.inner` reaches inside.
fn with(name: &str, field: &str, value: Value) -> Vec<u8> {
    let schema = parse(&avro_folder().join(format!("{name}.avsc")));
    let bytes = golden(name);
    let record = read(&schema, &bytes[HEADER_BYTES..]);
    let changed = exchange(record, field, value);
    let mut changed_bytes = bytes[..HEADER_BYTES].to_vec();
    let writer = GenericDatumWriter::builder(&schema).build().unwrap();
    changed_bytes.extend(writer.write_value_to_vec(changed).unwrap());
    changed_bytes
}

fn read(schema: &Schema, mut body: &[u8]) -> Value {
    GenericDatumReader::builder(schema).build().unwrap().read_value(&mut body).unwrap()
}

fn exchange(record: Value, field: &str, value: Value) -> Value {
    let (outer, inner) = field.split_once('.').map_or((field, None), |(outer, inner)| (outer, Some(inner)));
    let Value::Record(mut fields) = record else { panic!("no record") };
    let slot = fields.iter_mut().find(|(name, _)| name == outer).unwrap_or_else(|| panic!("no {outer}"));
    slot.1 = match inner {
        Some(inner) => exchange(slot.1.clone(), inner, value),
        None => value,
    };
    Value::Record(fields)
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

#[test]
fn a_value_out_of_range_is_refused_with_its_field() {
    let long_id = "x".repeat(65);
    let far = Value::TimestampMillis(i64::MAX);
    let table = [
        ("ExerciseGraded", "score", Value::Double(1.000_000_1)),
        ("ExerciseGraded", "score", Value::Double(f64::NAN)),
        ("ExerciseGraded", "problem", text("../etc/passwd")),
        ("ExerciseGraded", "event_id", text("not-a-uuid")),
        ("ExerciseGraded", "event_type", text("quiz.answered")),
        ("ExerciseGraded", "version", text("2.0")),
        ("QuizAnswered", "question", text("")),
        ("QuizAnswered", "timestamp", far.clone()),
        ("QuizAnswered", "timestamp", Value::TimestampMillis(i64::MIN)),
        ("CodeReviewed", "score", Value::Double(72.0)),
        ("CodeReviewed", "component", text("a b")),
        ("StudentProgress", "scores.completion", Value::Double(-0.1)),
        ("StudentProgress", "scores.quiz", Value::Double(f64::INFINITY)),
        ("StudentProgress", "scores.quality", Value::Double(f64::NEG_INFINITY)),
        ("StudentProgress", "scores.consistency", Value::Double(f64::NAN)),
        ("StudentProgress", "mastery", Value::Double(1.1)),
        ("StudentProgress", "student_id", text(&long_id)),
        ("StudentProgress", "student_id", text("alerts")),
        ("StudentProgress", "idempotency_key", text("\0")),
        ("StudentErased", "student_id", text("é")),
        ("AgentResponse", "student_id", Value::Union(1, Box::new(text("classes")))),
        ("AgentResponse", "token_efficiency", Value::Double(1.5)),
        ("AgentResponse", "token_efficiency", Value::Double(f64::NAN)),
        ("AgentResponse", "processing_time_ms", Value::Long(-1)),
        ("ErrorEvent", "retry_count", Value::Int(-1)),
        ("ErrorEvent", "failed_at", far),
    ];
    for (name, place, value) in table {
        let shown = format!("{name}.{place} = {value:?}");
        match decode(&with(name, place, value)) {
            Err(DecodeError::Validation { event, field, problem }) => {
                assert_eq!(event, name, "{shown}");
                assert_eq!(Some(field), place.split('.').next_back(), "{shown}");
                assert!(!problem.is_empty(), "{shown}");
            }
            other => panic!("{shown} gave {other:?}"),
        }
    }
}

#[test]
fn a_later_minor_version_and_a_negative_zero_are_taken() {
    assert!(decode(&with("QuizAnswered", "version", text("1.7"))).is_ok());
    let zero = decode(&with("CodeReviewed", "score", Value::Double(-0.0))).unwrap();
    assert_eq!(zero, decode(&with("CodeReviewed", "score", Value::Double(0.0))).unwrap());
}

#[test]
fn cut_short_or_followed_by_more_is_refused() {
    for (name, event) in examples::all() {
        let bytes = encode(&event);
        for cut in 0..bytes.len() {
            assert!(matches!(decode(&bytes[..cut]), Err(DecodeError::Schema(_))), "{name} cut at {cut}");
        }
        let mut longer = bytes.to_vec();
        longer.push(0);
        assert!(matches!(decode(&longer), Err(DecodeError::Schema(_))), "{name} and a byte");
    }
}

#[test]
fn a_fingerprint_that_is_not_shipped_is_refused() {
    let mut bytes = golden("StudentErased");
    bytes[5] ^= 1;
    let cause = decode(&bytes).unwrap_err().to_string();
    assert_eq!(cause, "not a known event: no schema of this fingerprint");
    let cause = decode(b"{\"event_id\": 1}").unwrap_err().to_string();
    assert_eq!(cause, "not a known event: no single-object header");
}

#[test]
fn a_length_that_lies_costs_no_memory() {
    let header = golden("AgentResponse")[..HEADER_BYTES].to_vec();
    // i64::MAX, i64::MIN and 2^40 as zig-zag lengths of the first text.
    for length in [
        &[0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01][..],
        &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
    ] {
        let bytes = [&header[..], length].concat();
        assert!(matches!(decode(&bytes), Err(DecodeError::Schema(_))));
    }
}

#[test]
fn too_large_is_refused_before_it_is_read() {
    let mut event = golden("StudentErased");
    event.resize(EVENT_MAX_BYTES + 1, 0);
    assert!(decode(&event).unwrap_err().to_string().contains("at most"));
    let mut dead_letter = golden("ErrorEvent");
    dead_letter.resize(DEAD_LETTER_MAX_BYTES + 1, 0);
    assert!(decode(&dead_letter).unwrap_err().to_string().contains("at most"));
}

#[test]
fn a_dead_letter_holds_the_largest_event_byte_for_byte() {
    let examples = examples::all();
    let Some((_, contracts::Event::ErrorEvent(letter))) =
        examples.iter().find(|(name, _)| *name == "ErrorEvent")
    else {
        panic!("no example")
    };
    let mut letter = letter.clone();
    letter.original_payload = (0..=EVENT_MAX_BYTES).map(|place| (place % 251) as u8).collect();
    let event = contracts::Event::ErrorEvent(letter);
    assert_eq!(decode(&encode(&event)).unwrap(), event);
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(decode(&bytes).is_err());
    }

    #[test]
    fn any_body_is_answered(which in any::<prop::sample::Index>(), body in prop::collection::vec(any::<u8>(), 0..300)) {
        let examples = examples::all();
        let header = &encode(&which.get(&examples).1)[..HEADER_BYTES];
        let _ = decode(&[header, &body].concat());
    }

    #[test]
    fn flipped_bits_are_answered(
        which in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..4),
    ) {
        let examples = examples::all();
        let mut bytes = encode(&which.get(&examples).1).to_vec();
        for (place, flip) in flips {
            let place = place.index(bytes.len());
            bytes[place] ^= flip;
        }
        let _ = decode(&bytes);
    }
}

#[test]
fn what_is_out_of_its_range_can_be_looked_at_all_the_same() {
    let shown = show(&with("CodeReviewed", "score", Value::Double(f64::NAN))).unwrap();
    assert_eq!((&shown["score"], &shown["event_type"]), (&"NaN".into(), &"code.reviewed".into()), "{shown}");
    assert!(shown["timestamp"].as_str().unwrap().ends_with('Z'), "{shown}");
    let shown = show(&golden("ErrorEvent")).unwrap();
    assert!(shown["original_payload"].as_str().unwrap().starts_with("c301"), "{shown}");
    assert!(show(&golden("CodeReviewed")[..20]).is_err());
}
