//! Programs as beginners write them print what CPython 3.13 prints: each `tests/programs/NAME.py` reads `NAME.in` and has
//! its output in `NAME.out`, which CPython wrote.

use std::fs;
use std::path::PathBuf;

use sandbox::{Ended, Outcome, Program};

use crate::{PATIENT, run, script};

/// Name, program and what it should print, in the order of their names.
fn programs() -> Vec<(String, Program, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    paths.sort();
    let read = |path: &PathBuf| {
        let stdin = fs::read_to_string(path.with_extension("in")).unwrap_or_default();
        let program = script(&fs::read_to_string(path).unwrap(), &stdin, &[]);
        let wanted = fs::read_to_string(path.with_extension("out")).unwrap();
        (path.file_stem().unwrap().to_string_lossy().into_owned(), program, wanted)
    };
    paths.iter().map(read).collect()
}

#[test]
fn beginners_programs_print_what_cpython_prints() {
    let programs = programs();
    assert!(programs.len() >= 40, "only {}", programs.len());
    // All in one child: that they do not disturb each other is part of it.
    let report = run(programs.iter().map(|(_, program, _)| program.clone()).collect(), PATIENT);
    assert_eq!(report.ended, Ended::Completed);
    for ((name, _, wanted), seen) in programs.iter().zip(&report.programs) {
        let case = &seen.cases[0];
        assert!(
            matches!(case.outcome, Outcome::Finished | Outcome::Exited { status: 0 }),
            "{name}: {:?}",
            case.outcome
        );
        assert_eq!(&case.stdout, wanted, "{name}");
    }
}
