//! The rules of the house that no compiler knows: names, layers, furniture, papers. Each failure says what is wrong, why
//! the rule is there and what to do.
//!
//! Not here: what a tool holds already. Shortcuts to the clock and functions over 70 lines are clippy's (clippy.toml),
//! who may name a driver is cargo-deny's (deny.toml), generated OpenAPI files are `make check`'s.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test: what is not there or not so must stop it")]

mod layers;
mod papers;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf()
}

/// All files below a folder of the workspace, as paths from its root with `/`, sorted. Hidden ones and what tools leave
/// behind are not ours.
fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with('.') || ["target", "__pycache__"].contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// All Rust files of the workspace with their text.
fn rust_files() -> Vec<(String, String)> {
    let all = ["crates", "services"].into_iter().flat_map(files);
    all.filter(|path| path.ends_with(".rs")).map(|path| (path.clone(), read(&path))).collect()
}

/// The rooms: the folders in services/, sorted.
fn rooms() -> Vec<String> {
    let folders = fs::read_dir(root().join("services")).unwrap().map(|entry| entry.unwrap());
    let folders = folders.filter(|entry| entry.path().is_dir());
    let mut rooms: Vec<_> = folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    rooms.sort();
    rooms
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn exists(path: &str) -> bool {
    root().join(path).exists()
}

/// Ends the test if anything was found, with the reason for the rule and the way out.
fn verdict(found: &[String], rule: &str, why: &str, remedy: &str) {
    assert!(found.is_empty(), "\n\n{rule}\n\n  {}\n\nWhy: {why}\nWhat to do: {remedy}\n", found.join("\n  "));
}
