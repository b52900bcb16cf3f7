//! Single objects taken apart, for who carries the body in another frame.

use contracts::avro::{Fingerprint, SCHEMA_MAX_BYTES, encode, join, shipped, split};
use proptest::prelude::*;

use crate::{avro_folder, examples, files, read, read_hex};

#[test]
fn every_example_comes_apart_and_together_again() {
    for (name, event) in examples::all() {
        let bytes = encode(&event);
        let (fingerprint, body) = split(&bytes).unwrap();
        assert_eq!(body, &bytes[10..], "{name}");
        assert_eq!(join(fingerprint, body), bytes, "{name}");
        let event = name.split('.').next().unwrap();
        let shipped = shipped(fingerprint).unwrap();
        assert_eq!((shipped.event, shipped.record), (event, format!("agentbus.events.{event}").as_str()));
    }
}

#[test]
fn a_shipped_schema_is_its_file_and_its_fingerprint_is_in_the_golden_bytes() {
    for path in files(&avro_folder(), "avsc") {
        let text = read(&path);
        let fingerprint = Fingerprint::of(&text).unwrap();
        assert_eq!(shipped(fingerprint).unwrap().schema, text);
        let golden =
            read_hex(&avro_folder().join("examples").join(path.with_extension("hex").file_name().unwrap()));
        assert_eq!(split(&golden).unwrap().0, fingerprint, "{}", path.display());
    }
}

#[test]
fn layout_and_documentation_do_not_change_a_fingerprint() {
    let text = read(&avro_folder().join("StudentProgress.avsc"));
    let laid_out: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut undocumented = laid_out.clone();
    undocumented["doc"] = "another".into();
    let fingerprint = Fingerprint::of(&text).unwrap();
    assert_eq!(Fingerprint::of(&laid_out.to_string()).unwrap(), fingerprint);
    assert_eq!(Fingerprint::of(&undocumented.to_string()).unwrap(), fingerprint);
    // From the specification's neighbourhood: what every implementation computes for "int".
    assert_eq!(format!("{:?}", Fingerprint::of("\"int\"").unwrap()), "7275d51a3f395c8f");
}

#[test]
fn what_is_no_schema_has_no_fingerprint_and_what_is_not_ours_is_not_shipped() {
    let deep = "[".repeat(100_000);
    for text in ["", "null", "{}", "\"text\"", "{\"type\": \"record\", \"name\": \"A\"}", deep.as_str()] {
        assert!(Fingerprint::of(text).is_err(), "{}", &text[..text.len().min(40)]);
    }
    assert_eq!(shipped(Fingerprint::of("\"long\"").unwrap()), None);
}

/// A name with that many others: the Avro library alone takes more memory for it than machines have.
#[test]
fn a_schema_of_aliases_costs_no_more_than_its_text() {
    let aliases = |count| {
        let names: Vec<_> = (0..count).map(|number| format!("\"a{number}\"")).collect();
        format!(r#"{{"type": "fixed", "name": "A", "size": 1, "aliases": [{}]}}"#, names.join(","))
    };
    let (few, many, too_many) = (aliases(1), aliases(7_000), aliases(100_000));
    assert!(many.len() <= SCHEMA_MAX_BYTES && too_many.len() > SCHEMA_MAX_BYTES);
    assert_eq!(Fingerprint::of(&many).unwrap(), Fingerprint::of(&few).unwrap());
    assert!(Fingerprint::of(&too_many).is_err());
}

#[test]
fn what_does_not_open_like_a_single_object_does_not_come_apart() {
    for bytes in [&b""[..], b"\xC3", b"\xC3\x01", b"\xC3\x01\0\0\0\0\0\0\0", b"\0\0\0\0\x01body of some"] {
        assert!(split(bytes).is_none(), "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn whatever_comes_apart_goes_together_again(bytes: Vec<u8>, body: Vec<u8>) {
        if let Some((fingerprint, body)) = split(&bytes) {
            prop_assert_eq!(&join(fingerprint, body)[..], &bytes[..]);
        }
        let fingerprint = Fingerprint::of("\"int\"").unwrap();
        let joined = join(fingerprint, &body);
        prop_assert_eq!(split(&joined), Some((fingerprint, &body[..])));
    }

    /// A registry's texts come from whoever may write to it: a schema of ours with pieces put elsewhere must not panic.
    #[test]
    fn whatever_a_schema_text_is_it_has_a_fingerprint_or_none(
        file in 0_usize..11,
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, 0_usize..PIECES.len()), 1..6),
    ) {
        let mut text = read(&files(&avro_folder(), "avsc")[file]);
        for (place, length, piece) in edits {
            let place = place.index(text.len());
            text.replace_range(place..(place + length).min(text.len()), PIECES[piece]);
        }
        if let Ok(fingerprint) = Fingerprint::of(&text) {
            prop_assert_eq!(Fingerprint::of(&text).unwrap(), fingerprint);
        }
    }
}

/// What schemas are made of.
const PIECES: [&str; 24] = [
    "",
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "0",
    "-1",
    "1e999",
    "\"type\":",
    "\"name\":",
    "\"string\"",
    "\"record\"",
    "\"enum\"",
    "\"fixed\"",
    "\"logicalType\": \"decimal\"",
    "\"size\": 99999999999999999999",
    "\"items\":",
    "\"default\":",
    "\"agentbus.events.StudentErased\"",
    "\"\\ud800\"",
];
