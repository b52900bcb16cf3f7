//! Rules about single files: how they open, what they are called, what they may not hold.

use std::collections::BTreeSet;

use crate::{files, read, rooms, rust_files, verdict};

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    let silent = rust_files().into_iter().filter(|(_, text)| !text.starts_with("//!"));
    verdict(
        &silent.map(|(path, _)| path).collect::<Vec<_>>(),
        "These files do not open with a `//!` line.",
        "who opens a file wants to know first what belongs there, and what does not.",
        "say in one or two sentences what the file is for, then `Not here:` and where that is instead.",
    );
}

#[test]
fn nothing_is_called_by_a_word_that_means_anything() {
    const DRAWERS: [&str; 9] =
        ["common", "util", "utils", "utilities", "helper", "helpers", "misc", "shared", "stuff"];
    let all = ["crates", "services", "scripts", "bench", "docs"].into_iter().flat_map(files);
    let drawers = all
        .filter(|path| path.split('/').any(|part| DRAWERS.contains(&part.split('.').next().unwrap_or(part))));
    verdict(
        &drawers.collect::<Vec<_>>(),
        "These paths have a name under which anything could be put.",
        "such a file becomes a drawer: what is in it cannot be found, and it depends on everything.",
        "name it for the one thing it holds; if it holds two, it is two files.",
    );
}

#[test]
fn lints_are_expected_with_a_reason_and_tests_are_never_ignored() {
    // In two halves, or this file would break its own rule.
    let banned = [
        (
            ["#[al", "low("].concat(),
            "use #[expect(lint, reason = \"...\")]: it goes away when it is no longer needed",
        ),
        (["#![al", "low("].concat(), "use #![expect(lint, reason = \"...\")]"),
        (["#[ig", "nore"].concat(), "a test that is not run holds nothing: cure it or delete it"),
        (["thread::sl", "eep"].concat(), "wait for a condition, not for a time"),
    ];
    let mut found = Vec::new();
    for (path, text) in rust_files() {
        for (number, line) in text.lines().enumerate() {
            let hits = banned.iter().filter(|(word, _)| line.contains(word.as_str()));
            found.extend(hits.map(|(_, remedy)| format!("{path}:{}: {remedy}", number + 1)));
        }
    }
    verdict(
        &found,
        "These lines switch off a check, or hope for the best.",
        "what is switched off in silence stays off.",
        "as said behind each line.",
    );
}

#[test]
fn every_file_is_part_of_the_build() {
    let all = rust_files();
    let paths: BTreeSet<&str> = all.iter().map(|(path, _)| path.as_str()).collect();
    let mut orphans = Vec::new();
    for path in &paths {
        let Some((source, inner)) = path.split_once("/src/") else { continue };
        let (folder, file) = inner.rsplit_once('/').unwrap_or(("", inner));
        let (module, folder) = match file {
            "mod.rs" => {
                let (parent, name) = folder.rsplit_once('/').unwrap_or(("", folder));
                (name, parent)
            }
            "lib.rs" | "main.rs" | "build.rs" => continue,
            _ => (file.trim_end_matches(".rs"), folder),
        };
        let parents = if folder.is_empty() {
            vec![format!("{source}/src/lib.rs"), format!("{source}/src/main.rs")]
        } else {
            vec![format!("{source}/src/{folder}/mod.rs"), format!("{source}/src/{folder}.rs")]
        };
        let declared = parents.iter().filter(|parent| paths.contains(parent.as_str())).any(|parent| {
            read(parent).lines().any(|line| {
                let line = line.trim();
                line == format!("mod {module};") || line.ends_with(&format!(" mod {module};"))
            })
        });
        // Tests that outgrew their file are named by the file that they are the tests of.
        let by_path = all.iter().any(|(_, text)| text.contains(&format!("#[path = \"{file}\"]")));
        if !declared && !by_path {
            orphans.push((*path).to_owned());
        }
    }
    verdict(
        &orphans,
        "No module names these files, so nobody compiles them.",
        "a reader takes them for the program, and no tool looks at them.",
        "name them with `mod`, or delete them.",
    );
}

/// What each room has. What it has no use for it leaves out: `inbox.rs` where it hears no event, `outbox.rs` where it tells
/// none, `views.rs` where it keeps nothing, `error.rs` where nothing fails but the store.
#[test]
fn every_room_has_the_same_furniture() {
    let mut missing = Vec::new();
    for room in rooms() {
        let has = |path: &str| crate::exists(&format!("services/{room}/{path}"));
        let furniture = [
            ("README.md", "the door sign"),
            ("src/lib.rs", "how the room works"),
            ("src/ports.rs", "what the room may touch"),
            ("src/routes/mod.rs", "its routes, one endpoint a file"),
        ];
        for (path, purpose) in furniture {
            if !has(path) {
                missing.push(format!("services/{room}/{path}: {purpose}"));
            }
        }
        if !has("src/decide.rs") && !has("src/decide/mod.rs") {
            missing.push(format!("services/{room}/src/decide.rs or src/decide/mod.rs: its mind, pure"));
        }
    }
    verdict(
        &missing,
        "These pieces of furniture are missing.",
        "who knows one room finds everything in the next.",
        "make the file, as in the other rooms; docs/adding-an-agent.md goes through it.",
    );
}
