//! Whole reviews of whole programs. A file's name begins with the level that it is reviewed for.

use std::path::Path;

use agent_core::mastery::Level;
use review::decide::{compare, feedback, hints, review};

fn level(name: &str) -> Level {
    match name.split('_').next() {
        Some("beginner") => Level::Beginner,
        Some("learning") => Level::Learning,
        Some("proficient") => Level::Proficient,
        Some("mastered") => Level::Mastered,
        other => panic!("{name} is for no level: {other:?}"),
    }
}

fn program(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/room/programs");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn whole_reviews_are_as_written_down() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/room/programs");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 12, "{names:?}");
    for name in names {
        let stem = name.trim_end_matches(".py");
        insta::assert_yaml_snapshot!(stem, review(&program(&name), level(&name)));
    }
}

#[test]
fn hints_lead_there_without_the_answer() {
    let code = program("beginner_print_for_return.py");
    let hints = hints(&code, 5, Level::Beginner);
    let review = review(&code, Level::Beginner);
    for hint in &hints {
        assert!(
            review
                .findings
                .iter()
                .all(|finding| !hint.message.contains(&finding.instead) || finding.instead.is_empty())
        );
    }
    insta::assert_yaml_snapshot!("hints", hints);
}

#[test]
fn a_mended_program_is_told_what_got_better() {
    let before = program("beginner_print_for_return.py");
    let after = before.replace("    print(n * 2)\n", "    return n * 2\n");
    insta::assert_yaml_snapshot!("feedback", feedback(&after, Some(&before), Level::Beginner));
}

#[test]
fn two_programs_side_by_side() {
    let before = program("learning_rectangles.py");
    let after = "def ask():\n    width = int(input(\"Width? \"))\n    height = int(input(\"Height? \"))\n    return width * height\n\n\nfor _ in range(2):\n    print(\"Area\", ask())\n";
    insta::assert_yaml_snapshot!("comparison", compare(&before, after, Level::Learning));
}
