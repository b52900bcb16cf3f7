//! The syntax analysis from outside: against CPython's recorded verdicts, by cases with snapshots, and by laws.

#![expect(clippy::expect_used, reason = "what a test stands on must be there")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use agent_core::syntax::{Analysis, Edit, Position, analyze};
use proptest::prelude::*;
use serde::Deserialize;

/// Errors listed at most.
const MAX_ERRORS: usize = 20;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/syntax")
}

/// Lines as the analysis counts them, with their byte ranges.
fn lines(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let Some(end) = rest.find(['\r', '\n']) else {
            found.push(rest);
            return found;
        };
        found.push(&rest[..end]);
        let width = if rest[end..].starts_with("\r\n") { 2 } else { 1 };
        rest = &rest[end + width..];
    }
}

fn offset(text: &str, position: Position) -> Option<usize> {
    let lines = lines(text);
    let line = lines.get(position.line.checked_sub(1)? as usize)?;
    let column = position.column.checked_sub(1)? as usize;
    let start = line.as_ptr() as usize - text.as_ptr() as usize;
    let within = if column == line.chars().count() { line.len() } else { line.char_indices().nth(column)?.0 };
    Some(start + within)
}

/// The text with edits made; nothing where one is outside the text or they overlap.
fn apply<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit>) -> Option<String> {
    let mut places = Vec::new();
    for edit in edits {
        places.push((offset(text, edit.start)?, offset(text, edit.end)?, edit.text.as_str()));
    }
    places.sort_by_key(|(start, end, _)| (*start, *end));
    let (mut out, mut at) = (String::new(), 0);
    for (start, end, with) in places {
        out.push_str(text.get(at..start)?);
        text.get(start..end)?;
        out.push_str(with);
        at = end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// Everything that holds for any text whatever.
fn check_laws(text: &str, analysis: &Analysis) {
    assert_eq!(analysis.valid, analysis.errors.is_empty());
    assert!(analysis.errors.len() <= MAX_ERRORS);
    let count = lines(text).len();
    for (index, error) in analysis.errors.iter().enumerate() {
        assert!(error.line >= 1 && error.column >= 1 && error.line as usize <= count, "{error:?}");
        assert!((error.end_line, error.end_column) >= (error.line, error.column), "{error:?}");
        assert!(
            !error.message.is_empty() && !error.explanation.is_empty() && error.message != "invalid syntax"
        );
        for fix in &error.fixes {
            let firsts = analysis.errors.iter().enumerate().filter(|(other, _)| *other != index);
            let others = firsts.filter_map(|(_, other)| other.fixes.first()).flat_map(|fix| &fix.edits);
            let all: Vec<&Edit> = fix.edits.iter().chain(others).collect();
            assert!(!fix.edits.is_empty(), "{fix:?}");
            assert!(apply(text, &fix.edits).is_some(), "{fix:?}");
            if fix.verified {
                let mended =
                    apply(text, all).expect("a verified fix goes with the first fixes of the others");
                assert!(analyze(&mended).valid, "{fix:?}\n{mended}");
            }
        }
    }
}

#[derive(Deserialize)]
struct Recorded {
    code: String,
    message: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
}

/// Where CPython looks into braces after a single name or number and we do not: it names a mistake inside them.
const KNOWN_DIFFERENCES: [&str; 6] =
    ["x = a {b c}", "foo {b c}", "print {a b}", "foo {b = c\nx", "1 {b c}", "x = a.b {e d}"];

#[test]
fn the_first_error_is_the_one_that_cpython_reports_where_it_reports_it() {
    let recorded = fs::read_to_string(folder().join("verdicts.jsonl")).expect("the recorded verdicts");
    let mut differing = BTreeSet::new();
    for line in recorded.lines() {
        let wanted: Recorded = serde_json::from_str(line).expect("a verdict a line");
        let analysis = analyze(&wanted.code);
        check_laws(&wanted.code, &analysis);
        let first = analysis.errors.first();
        let same_place = first.is_none_or(|error| {
            let column = wanted.column.filter(|column| *column > 0);
            wanted.line.is_none_or(|line| line == error.line)
                && column.is_none_or(|column| column == error.column)
        });
        if first.map(|error| &error.cpython_message) != wanted.message.as_ref() || !same_place {
            differing.insert(wanted.code);
        }
    }
    assert_eq!(differing, KNOWN_DIFFERENCES.map(str::to_owned).into());
}

/// What a learner would see, as text.
fn told(text: &str, analysis: &Analysis) -> String {
    let mut out = String::new();
    let complexity = serde_json::to_string(&analysis.complexity).expect("complexity is JSON");
    let _ = writeln!(
        out,
        "valid: {}, truncated: {}\ncomplexity: {complexity}",
        analysis.valid, analysis.truncated
    );
    for error in &analysis.errors {
        let place = format!("{}:{}-{}:{}", error.line, error.column, error.end_line, error.end_column);
        let code = serde_json::to_string(&error.code).expect("a code is a string");
        let hedged = if error.hedged { ", hedged" } else { "" };
        let _ = writeln!(
            out,
            "\n{place} {code} ({}{hedged})\n  cpython: {}",
            error.concept, error.cpython_message
        );
        let _ = writeln!(out, "  message: {}\n  explanation: {}", error.message, error.explanation);
        for fix in &error.fixes {
            let verified = if fix.verified { "verified" } else { "not verified" };
            let _ = writeln!(out, "  fix ({verified}): {}", fix.title);
            for edit in &fix.edits {
                let (start, end) = (edit.start, edit.end);
                let _ = writeln!(
                    out,
                    "    {}:{}-{}:{} {:?}",
                    start.line, start.column, end.line, end.column, edit.text
                );
            }
        }
    }
    let firsts: Vec<&Edit> =
        analysis.errors.iter().filter_map(|error| error.fixes.first()).flat_map(|fix| &fix.edits).collect();
    if !firsts.is_empty() {
        let mended = apply(text, firsts).expect("first fixes go together");
        let _ = write!(out, "\nmended:\n{mended}");
    }
    out
}

#[test]
fn cases_are_told_as_recorded() {
    let mut cases: Vec<PathBuf> = fs::read_dir(folder().join("cases"))
        .expect("the folder of cases")
        .map(|entry| entry.expect("a case").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .collect();
    cases.sort();
    assert!(cases.len() > 40);
    for path in cases {
        let text = fs::read_to_string(&path).expect("a case is text");
        let analysis = analyze(&text);
        check_laws(&text, &analysis);
        let name = path.file_stem().expect("a case has a name").to_string_lossy().into_owned();
        let settings = {
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path(folder().join("snapshots"));
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings
        };
        settings.bind(|| insta::assert_snapshot!(name, told(&text, &analysis)));
    }
}

#[test]
fn hostile_text_is_answered_within_bounds() {
    let size = 1 << 18;
    let deep = |open: &str, middle: &str, close: &str| {
        format!("{}{middle}{}", open.repeat(size), close.repeat(size))
    };
    let texts = [
        ("brackets", deep("(", "1", ")")),
        ("mixed brackets", "([{".repeat(size)),
        ("closing brackets", "]".repeat(size)),
        ("signs", deep("-", "1", "")),
        ("not", deep("not ", "x", "")),
        ("lambdas", deep("lambda: ", "x", "")),
        ("a sum", deep("1 + ", "1", "")),
        ("attributes", deep("a.", "b", "")),
        ("calls", format!("f{}", "()".repeat(size))),
        ("powers", deep("2 ** ", "2", "")),
        ("conditions", format!("x = a{}", " if b else a".repeat(size))),
        ("names side by side", "a ".repeat(size)),
        ("a loop in a loop", "for x in ".repeat(size)),
        ("quotes", "\"".repeat(size)),
        ("f-strings", "f\"{".repeat(size)),
        ("elif", format!("if a: pass\n{}", "elif b: pass\n".repeat(size / 8))),
        ("indentation", (0..300).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect()),
        ("errors on every line", "x y\n".repeat(size / 4)),
        ("a NUL byte", format!("x = 1\n{}", '\0')),
        ("only line ends", "\r\n\r\n\n\r".repeat(size / 8)),
    ];
    for (name, text) in texts {
        let analysis = analyze(&text);
        assert!(analysis.errors.len() <= MAX_ERRORS, "{name}");
        assert_eq!(analysis.valid, name == "only line ends", "{name}: {:?}", analysis.errors.first());
        assert!(analysis.complexity.per_function.len() <= 10, "{name}");
    }
}

#[test]
fn long_programs_are_read_to_their_end() {
    let valid = "def double(x):\n    return x + x\n\n".repeat(34_000);
    let analysis = analyze(&valid);
    assert!(analysis.valid && !analysis.truncated);
    assert_eq!((analysis.complexity.lines, analysis.complexity.functions), (102_000, 34_000));
    let analysis = analyze(&format!("{valid}print(double(4)\n"));
    let first = &analysis.errors[0];
    assert_eq!(
        (first.cpython_message.as_str(), first.line, first.column),
        ("'(' was never closed", 102_001, 6)
    );
    assert!(first.fixes[0].verified);
}

/// Pieces of programs, put together in any order, with what learners put between them.
fn program() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "if", "else", "elif", "def", "f", "x", "return", "for", "in", "while", "print", "(", ")", "[", "]",
        "{", "}", ":", ",", ".", "=", "==", "+", "-", "*", "\"", "'", "f\"", "'''", "\\", "#", "\n", "\r\n",
        "\r", "    ", "\t", " ", "1", "0x", "1st", "é", "“", "\u{200b}", "\u{c}", "lambda", "not", "import",
        "as", "try", "except", "class", "global", "yield", "await", "async", "!", "$", ":=", "->", "@", ";",
        "match", "case", "_", "None", "del", "with", "**", "...", "😀",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered_with_places_and_edits_inside_it(text in any::<String>()) {
        check_laws(&text, &analyze(&text));
    }

    #[test]
    fn any_pieces_of_programs_are_answered_with_places_and_edits_inside_them(text in program()) {
        check_laws(&text, &analyze(&text));
    }

    #[test]
    fn a_program_with_a_piece_cut_out_is_answered(at in 0usize..400, length in 1usize..4) {
        let whole = fs::read_to_string(folder().join("cases/valid.py")).expect("a valid program");
        let kept: String = whole.chars().enumerate().filter(|(index, _)| !(at..at + length).contains(index)).map(|(_, c)| c).collect();
        check_laws(&kept, &analyze(&kept));
    }

    #[test]
    fn the_same_text_is_always_told_the_same(text in program()) {
        prop_assert_eq!(analyze(&text), analyze(&text));
    }
}
