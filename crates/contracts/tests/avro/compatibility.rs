//! The gate: a schema may change only so that what earlier releases wrote is still read (BACKWARD, over all of them).

use std::path::PathBuf;

use apache_avro::Schema;
use apache_avro::headers::{HeaderBuilder, RabinFingerprintHeader};
use apache_avro::schema_compatibility::{Compatibility, SchemaCompatibility};
use contracts::avro::event_name;

use crate::{avro_folder, files, parse, read};

/// The folders of `released`, one a version.
pub(crate) fn releases() -> Vec<PathBuf> {
    let folders: Vec<PathBuf> = std::fs::read_dir(avro_folder().join("released"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    assert!(!folders.is_empty(), "a gate without anything to hold against");
    folders
}

/// What opens a record of the schema. A logical type is no part of a schema's canonical form.
fn header(schema: &str) -> Vec<u8> {
    let plain = schema.replace(r#"{ "type": "long", "logicalType": "timestamp-millis" }"#, r#""long""#);
    RabinFingerprintHeader::from_schema(&Schema::parse_str(&plain).unwrap()).build_header()
}

/// Whether everything written by the one can be read as the other. Partly is not enough.
fn reads_all(writer: &Schema, reader: &Schema) -> Result<(), String> {
    match SchemaCompatibility::can_read(writer, reader) {
        Ok(Compatibility::Full) => Ok(()),
        Ok(Compatibility::Partial) => Err("only some of the records can be read".to_owned()),
        Err(cause) => Err(cause.to_string()),
    }
}

#[test]
fn every_current_schema_reads_what_each_release_wrote() {
    for release in releases() {
        for path in files(&release, "avsc") {
            let current = avro_folder().join(path.file_name().unwrap());
            reads_all(&parse(&path), &parse(&current))
                .unwrap_or_else(|cause| panic!("{} -> current: {cause}", path.display()));
        }
    }
}

#[test]
fn the_binary_ships_every_released_schema() {
    for release in releases() {
        for path in files(&release, "avsc") {
            let header = header(&read(&path));
            let name = path.file_stem().unwrap().to_str();
            let line = path.display();
            assert_eq!(
                event_name(&header),
                name,
                "add {line} to OLDER in crates/contracts/src/avro/schemas.rs"
            );
        }
    }
}

/// Until it is out, a release is what is current. When the version is raised, its folder is made.
#[test]
fn the_release_under_way_is_what_is_current() {
    let version = env!("CARGO_PKG_VERSION");
    let release = avro_folder().join("released").join(version);
    assert!(release.is_dir(), "version {version} is new: copy contracts/avro/*.avsc and examples there");
    for (current, copied, extension) in [
        (avro_folder(), release.clone(), "avsc"),
        (avro_folder().join("examples"), release.join("examples"), "hex"),
        (avro_folder().join("examples"), release.join("examples"), "json"),
    ] {
        let names = |folder| -> Vec<_> {
            files(folder, extension).iter().map(|path| path.file_name().unwrap().to_owned()).collect()
        };
        assert_eq!(names(&current), names(&copied), "{extension} files of {version}");
        for path in files(&current, extension) {
            let copy = copied.join(path.file_name().unwrap());
            assert_eq!(read(&path), read(&copy), "{} differs from its copy", copy.display());
        }
    }
}

#[test]
fn the_gate_catches_what_would_break_a_reader() {
    let current = read(&avro_folder().join("StudentProgress.avsc"));
    let released = Schema::parse_str(&current).unwrap();
    let mastery = "\"name\": \"mastery\", \"type\": \"double\"";
    let key = "{ \"name\": \"idempotency_key\", \"type\": \"string\"";
    let breaking = [
        (
            "a new field without a default",
            key,
            "{ \"name\": \"extra\", \"type\": \"string\" }, ".to_owned() + key,
        ),
        ("a narrower type", mastery, "\"name\": \"mastery\", \"type\": \"float\"".to_owned()),
        ("another type", mastery, "\"name\": \"mastery\", \"type\": \"string\"".to_owned()),
        ("a field renamed", mastery, "\"name\": \"level\", \"type\": \"double\"".to_owned()),
        (
            "a null no longer allowed",
            "[\"null\", { \"type\": \"map\", \"values\": \"string\" }], \"default\": null",
            "{ \"type\": \"map\", \"values\": \"string\" }".to_owned(),
        ),
        ("another name", "\"name\": \"StudentProgress\"", "\"name\": \"Progress\"".to_owned()),
    ];
    for (change, from, to) in breaking {
        let changed = current.replace(from, &to);
        assert_ne!(changed, current, "{change}: nothing was replaced");
        let changed = Schema::parse_str(&changed).unwrap_or_else(|cause| panic!("{change}: {cause}"));
        assert!(reads_all(&released, &changed).is_err(), "{change} was let through");
    }
}

#[test]
fn the_gate_catches_a_symbol_taken_away() {
    let current = read(&avro_folder().join("ErrorEvent.avsc"));
    let changed = current.replace("\"timeout\", ", "");
    assert_ne!(changed, current);
    let (released, changed) = (Schema::parse_str(&current).unwrap(), Schema::parse_str(&changed).unwrap());
    assert!(reads_all(&released, &changed).is_err());
}

#[test]
fn the_gate_lets_through_what_every_reader_can_bear() {
    let current = read(&avro_folder().join("StudentProgress.avsc"));
    let released = Schema::parse_str(&current).unwrap();
    let key = "{ \"name\": \"idempotency_key\", \"type\": \"string\"";
    let extra =
        "{ \"name\": \"extra\", \"type\": [\"null\", \"string\"], \"default\": null }, ".to_owned() + key;
    let extended = current.replace(key, &extra);
    assert_ne!(extended, current);
    assert_eq!(reads_all(&released, &Schema::parse_str(&extended).unwrap()), Ok(()));
}
