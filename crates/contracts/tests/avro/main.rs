//! The Avro contracts from outside: golden bytes, round trips, hostile bytes, and what a release promises to the next.
//!
//! That an implementation other than ours agrees is shown by `contracts/check_with_fastavro.py`, over the same files.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod compatibility;
mod examples;
mod golden;
mod hostile;
mod round_trip;
mod schemas;
mod single_object;

use std::path::{Path, PathBuf};

/// The schemas, their examples and their released versions.
fn avro_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/avro")
}

/// The files of a folder with this extension, in order.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|cause| panic!("{}: {cause}", folder.display()));
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

fn read_hex(path: &Path) -> Vec<u8> {
    let text = read(path);
    let digits: Vec<u8> =
        text.trim_end().chars().map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap()).collect();
    assert_eq!(digits.len() % 2, 0, "{}", path.display());
    digits.chunks(2).map(|pair| (pair[0] << 4) | pair[1]).collect()
}

fn parse(path: &Path) -> apache_avro::Schema {
    apache_avro::Schema::parse_str(&read(path)).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}
