//! What is said of answers of every kind, without a sandbox: what would be seen of them is made by hand.

use proptest::prelude::*;
use sandbox::{CaseReport, Ended, Outcome, ProgramReport, Value};

use super::samples::{self, finished, int, raised, report, returned};
use super::*;
use crate::decide::exercise::{Construct, Rules};

fn text(answer: &str) -> Answer {
    Answer::Text(answer.to_owned())
}

fn parts(answer: &[&str]) -> Answer {
    Answer::Parts(answer.iter().map(|part| (*part).to_owned()).collect())
}

fn bad(exercise: &Exercise, answer: &Answer) -> BadAnswer {
    Attempt::new(exercise, answer).expect_err("cannot be judged")
}

/// The verdict on an answer that is run.
fn judged(exercise: &Exercise, answer: &Answer, cases: Vec<CaseReport>, ended: Ended) -> Verdict {
    let attempt = Attempt::new(exercise, answer).expect("can be judged");
    assert!(attempt.job().is_some(), "something is run");
    attempt.verdict(Some(&report(cases, ended)))
}

/// The verdict on an answer that is not run.
fn settled(exercise: &Exercise, answer: &Answer) -> Verdict {
    let attempt = Attempt::new(exercise, answer).expect("can be judged");
    assert_eq!(attempt.job(), None);
    attempt.verdict(None)
}

/// Returns these values, one a test, without a change of the arguments.
fn values(exercise: &Exercise, values: &[Value]) -> Vec<CaseReport> {
    let case = |(test, value): (&crate::decide::exercise::Test, &Value)| {
        returned(value.clone(), &test.calls[0].arguments, "")
    };
    exercise.tests.iter().zip(values).map(case).collect()
}

const RIGHT: &str = "def total(prices):\n    return sum(p for p in prices if p > 10)\n";
const NO_RETURN: &str = "def total(prices):\n    print(sum(p for p in prices if p > 10))\n";
const ENDLESS: &str = "def total(prices):\n    i = 0\n    while i < len(prices):\n        print(prices[i])\n";

#[test]
fn what_cannot_be_judged_names_its_field() {
    let write = samples::total();
    let (order, gaps) = (samples::order(), samples::gaps());
    let long = "x".repeat(TEXT_MAX_BYTES + 1);
    let mut twice = vec!["p1"; 2];
    twice.extend(["p2", "p3"]);
    for (exercise, answer, field, says) in [
        (&write, parts(&["x"]), "answer", "must be a text"),
        (&write, text(&long), "answer", "at most 65536 bytes"),
        (&samples::predict(), parts(&["x"]), "answer", "what the program prints"),
        (&order, text("p1"), "answer", "must be a list"),
        (&order, parts(&["p1", "p99"]), "answer[1]", "no piece of this exercise is called `p99`"),
        (&order, parts(&["p1", "\u{7}evil".repeat(50).as_str()]), "answer[1]", "`evilevil"),
        (&order, parts(&twice), "answer[1]", "`p1` is there already"),
        (&order, parts(&[]), "answer", "6 of 6 are missing"),
        (&gaps, text("price > 10"), "answer", "must be a list"),
        (&gaps, parts(&["price > 10"]), "answer", "2 gaps, not 1"),
        (&gaps, parts(&["a", "b", "c"]), "answer", "2 gaps, not 3"),
        (&gaps, parts(&["a", "b\nc"]), "answer[1]", "one line"),
        (&gaps, parts(&["a".repeat(GAP_MAX_CHARS + 1).as_str(), "b"]), "answer[0]", "200 characters"),
    ] {
        let found = bad(exercise, &answer);
        assert_eq!(found.field(), field, "{found}");
        assert!(found.to_string().contains(says), "{found}");
        assert!(found.to_string().len() < 200, "{found}");
    }
}

#[test]
fn leaving_a_line_out_cannot_be_judged_where_all_belong() {
    let mut exercise = samples::order();
    let crate::decide::exercise::Task::Order { pieces } = &mut exercise.task else { unreachable!() };
    pieces.retain(|piece| piece.id != "p4");
    let found = bad(&exercise, &parts(&["p3", "p7", "p5", "p2", "p6"]));
    assert_eq!(found, BadAnswer::MissingPieces { missing: 1, of: 6 });
}

#[test]
fn a_right_answer_has_the_full_score_in_every_kind() {
    let order = parts(&["p3", "p7", "p5", "p2", "p6", "p1"]);
    for (exercise, answer) in [
        (samples::total(), text(RIGHT)),
        (
            samples::sums(),
            text("x = int(input())\ny = int(input())\nprint('Sum:', x + y)\nprint('Product:', x * y)\n"),
        ),
        (samples::fix_bug(), text(&samples::total().reference)),
        (samples::order(), order),
        (samples::gaps(), parts(&["10 < price", " price "])),
    ] {
        let verdict = judged(&exercise, &answer, samples::right(&exercise), Ended::Completed);
        assert!(verdict.correct, "{verdict:?}");
        assert!((verdict.score.get() - 1.0).abs() < f64::EPSILON);
        assert_eq!((verdict.misconception, verdict.error, verdict.line), (None, None, None));
        assert!(verdict.tests.iter().all(|test| test.passed));
    }
    let prediction = settled(&samples::predict(), &text("1 1\n2 3 \n3 6\nend"));
    assert!(prediction.correct, "{prediction:?}");
}

/// A verdict as it is looked at: what is counted, what is said, what is said of each test.
fn told(what: &str, verdict: &Verdict) -> String {
    let reasons: Vec<String> = verdict
        .tests
        .iter()
        .map(|test| match &test.reason {
            Some(reason) => format!(
                "{}: {reason} [in {:?}, expected {:?}, got {:?}]",
                test.about, test.input, test.expected, test.got
            ),
            None => format!("{}: passed", test.about),
        })
        .collect();
    format!(
        "== {what}\n{} {:.2} {:?} {:?} line {:?}\n{}\n{}\n",
        verdict.correct,
        verdict.score.get(),
        verdict.error,
        verdict.misconception,
        verdict.line,
        verdict.feedback,
        reasons.join("\n")
    )
}

#[test]
fn texts_of_verdicts_on_functions_read_well() {
    let total = samples::total();
    let prices = |test: usize| total.tests[test].calls[0].arguments.clone();
    let mut all = Vec::new();
    let mut say = |what: &str, verdict: Verdict| all.push(told(what, &verdict));
    say("right", judged(&total, &text(RIGHT), samples::right(&total), Ended::Completed));
    let printed = (0..5).map(|test| {
        let digits = super::show::repr(&total.tests[test].expected.returned[0]);
        returned(Value::None, &prices(test), &format!("{digits}\n"))
    });
    say("printed instead of returned", judged(&total, &text(NO_RETURN), printed.collect(), Ended::Completed));
    let boundary = values(&total, &[int(50), int(22), int(0), int(770), int(1001)]);
    say(
        "a boundary",
        judged(
            &total,
            &text("def total(p):\n    return sum(x for x in p if x >= 10)\n"),
            boundary,
            Ended::Completed,
        ),
    );
    say("an endless loop", judged(&total, &text(ENDLESS), Vec::new(), Ended::TimedOut));
    let examples = values(&total, &[int(50), int(12), int(1), int(2), int(3)]);
    say(
        "the examples alone",
        judged(
            &total,
            &text("def total(p):\n    return 50 if len(p) == 3 else 12\n"),
            examples,
            Ended::Completed,
        ),
    );
    let index = vec![raised("IndexError", "list index out of range", 3); 5];
    say("an exception", judged(&total, &text(RIGHT), index, Ended::Completed));
    let wrong_name = Outcome::NotAFunction { name: "total".to_owned(), found: None };
    let nameless = vec![CaseReport { outcome: wrong_name, ..finished("") }; 5];
    say("another name", judged(&total, &text("def totel(p):\n    return 1\n"), nameless, Ended::Completed));
    say("a syntax error", settled(&total, &text("def total(prices)\n    return 1\n")));
    say("nothing yet", settled(&total, &text("# later\n")));
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn texts_of_verdicts_on_scripts_read_well() {
    let sums = samples::sums();
    let mut all = Vec::new();
    let mut say = |what: &str, verdict: Verdict| all.push(told(what, &verdict));
    say(
        "too much output",
        judged(&sums, &text("while True:\n    print(1)\n"), Vec::new(), Ended::TooMuchOutput),
    );
    say("too much memory", judged(&sums, &text("x = [0] * 10**10\n"), Vec::new(), Ended::OutOfMemory));
    say("broke off", judged(&sums, &text("open('x')\n"), Vec::new(), Ended::Crashed));
    let eof = vec![raised("EOFError", "EOF when reading a line", 1); 2];
    say(
        "input beyond the end",
        judged(&sums, &text("for i in range(3):\n    input()\n"), eof, Ended::Completed),
    );
    let spaces = vec![finished("Sum:5\nProduct:6\n"), finished("Sum:-769\nProduct:-6216\n")];
    say("only spaces", judged(&sums, &text("print(1)\n"), spaces, Ended::Completed));
    let prompts = vec![finished("a? b? Sum: 5\nProduct: 6\n"), finished("a? b? Sum: -769\nProduct: -6216\n")];
    say("prompts", judged(&sums, &text("a = input('a? ')\nb = input('b? ')\n"), prompts, Ended::Completed));
    let idle = vec![finished(""), finished("")];
    say("never called", judged(&sums, &text("def main():\n    print(input())\n"), idle, Ended::Completed));
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn texts_of_verdicts_on_other_kinds_read_well() {
    let mut all = Vec::new();
    let mut say = |what: &str, verdict: Verdict| all.push(told(what, &verdict));
    let fix = samples::fix_bug();
    let boundary = values(&fix, &[int(50), int(22), int(0), int(770), int(1001)]);
    say("the bug as it was", judged(&fix, &text(&fix.starter), boundary.clone(), Ended::Completed));
    say(
        "the bug kept",
        judged(&fix, &text(&fix.starter.replace("result", "s")), boundary.clone(), Ended::Completed),
    );
    let gaps = samples::gaps();
    say(
        "a gap with a known bug",
        judged(&gaps, &parts(&["price >= 10", "price"]), boundary, Ended::Completed),
    );
    say("a gap left empty", settled(&gaps, &parts(&["price > 10", " "])));
    let order = samples::order();
    let last = values(&order, &[int(30), int(12), int(0), int(770), int(91)]);
    say(
        "an order with a stranger",
        judged(&order, &parts(&["p3", "p7", "p5", "p2", "p4", "p1"]), last, Ended::Completed),
    );
    say("an order that is no program", settled(&order, &parts(&["p1", "p3", "p7", "p5", "p2", "p6"])));
    let mut ruled = samples::total();
    ruled.rules =
        Rules { required: vec![Construct::For], forbidden: vec![Construct::Call("sum".to_owned())] };
    say("rules broken", judged(&ruled, &text(RIGHT), samples::right(&ruled), Ended::Completed));
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn predictions_are_compared_line_by_line() {
    let exercise = samples::predict();
    let said = [
        "1 1\n2 2\n3 3\nend",
        "1 1\n2 3\n3 6",
        "1 1\n2 3\nend",
        "0 0\n1 1\n2 3\nend",
        "",
        "1 1\n2 3\n3 6\nEnd",
        "11\n23\n36\nend",
    ]
    .map(|prediction| {
        let attempt = Attempt::new(&exercise, &text(prediction)).expect("can be judged");
        let verdict = attempt.verdict(None);
        format!("{prediction:?} {:.2} {:?}: {}", verdict.score.get(), verdict.misconception, verdict.feedback)
    });
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_prediction_that_a_known_bug_would_print_is_told_so() {
    let exercise = samples::predict();
    let attempt = Attempt::new(&exercise, &text("1 1\n2 3\nend\n")).expect("can be judged");
    let job = attempt.job().expect("known bugs are run");
    assert!(job.programs.iter().all(|program| program.code != exercise.reference));
    let early = job
        .programs
        .iter()
        .position(|program| program.code.contains("range(1, 3)"))
        .expect("a range that ends early");
    let programs = (0..job.programs.len()).map(|place| {
        let stdout = if place == early { "1 1\n2 3\nend\n" } else { "something else\n" };
        ProgramReport { cases: vec![finished(stdout)] }
    });
    let verdict = attempt.verdict(Some(&Report { programs: programs.collect(), ended: Ended::Completed }));
    assert!(!verdict.correct);
    assert!(verdict.feedback.contains("`range` stops before its end"), "{}", verdict.feedback);
    assert!(verdict.misconception.is_some());
}

#[test]
fn a_program_may_print_and_read_around_its_function() {
    let mut exercise = samples::total();
    for test in &mut exercise.tests {
        test.expected.stdout = Some("done\n".to_owned());
    }
    let case = |test: &crate::decide::exercise::Test| {
        let mut case =
            returned(test.expected.returned[0].clone(), &test.calls[0].arguments, "trying it\ndone\n");
        case.calls[0].printed = (10, 15);
        case
    };
    let cases = exercise.tests.iter().map(case).collect();
    assert!(judged(&exercise, &text(RIGHT), cases, Ended::Completed).correct);
}

#[test]
fn what_a_function_does_to_its_arguments_counts() {
    let exercise = samples::total();
    let mut cases = samples::right(&exercise);
    cases[0].calls[0].arguments = vec![samples::ints(&[20, 30])];
    let verdict = judged(&exercise, &text(RIGHT), cases, Ended::Completed);
    assert_eq!(verdict.misconception.as_deref(), Some("changes-argument"));
    assert_eq!(verdict.tests[0].got.as_deref(), Some("[20, 30]"));
}

#[test]
fn a_script_may_end_itself_but_a_function_may_not() {
    let exited = |case: CaseReport, status| CaseReport { outcome: Outcome::Exited { status }, ..case };
    let sums = samples::sums();
    let answer = text("a = int(input())\n");
    let ended = |status| samples::right(&sums).into_iter().map(|case| exited(case, status)).collect();
    assert!(judged(&sums, &answer, ended(0), Ended::Completed).correct);
    assert!(!judged(&sums, &answer, ended(1), Ended::Completed).correct);
    let total = samples::total();
    let early = total.tests.iter().map(|_| exited(finished(""), 0)).collect();
    let verdict = judged(&total, &text(RIGHT), early, Ended::Completed);
    assert!(verdict.feedback.contains("`exit()`"), "{}", verdict.feedback);
}

#[test]
fn a_program_that_was_told_to_stop_is_known_by_its_line() {
    let exercise = samples::total();
    let told = |class: &str| vec![raised(class, "the program took too long", 4); 5];
    let verdict = judged(&exercise, &text(ENDLESS), told("TimeoutError"), Ended::Completed);
    assert_eq!((verdict.error.as_deref(), verdict.line), (Some("timed-out"), Some(3)));
    assert!(verdict.feedback.contains("stopped on line 4"), "{}", verdict.feedback);
    let verdict = judged(&exercise, &text(RIGHT), told("MemoryError"), Ended::Completed);
    assert_eq!((verdict.error.as_deref(), verdict.line), (Some("out-of-memory"), Some(4)));
}

#[test]
fn what_a_hidden_test_stopped_leaves_the_others_their_credit() {
    let exercise = samples::total();
    let cases = samples::right(&exercise)[..3].to_vec();
    let verdict = judged(&exercise, &text(ENDLESS), cases, Ended::TimedOut);
    assert!(
        (verdict.score.get() - 0.5).abs() < 1e-12,
        "two open and one hidden of eight: {:?}",
        verdict.score
    );
    assert_eq!(verdict.error.as_deref(), Some("timed-out"));
    assert!(verdict.tests[4].reason.as_deref().is_some_and(|reason| reason.starts_with("Not run")));
}

#[test]
fn what_runs_out_of_time_is_not_tried_again() {
    let exercise = samples::total();
    let attempt_job = |answer| Attempt::new(&exercise, &answer).unwrap().job().unwrap();
    assert!(attempt_job(text(RIGHT)).limits.stop_at_timeout);
    let mut cases = samples::right(&exercise);
    cases.truncate(2);
    cases[1] = raised("TimeoutError", "", 3);
    let verdict = judged(&exercise, &text(RIGHT), cases, Ended::TimedOut);
    let passed: Vec<bool> = verdict.tests.iter().map(|test| test.passed).collect();
    assert!(passed[0] && !passed[1..].contains(&true), "{passed:?}");
    assert_eq!((verdict.error.as_deref(), verdict.line), (Some("timed-out"), Some(3)));
    for test in &verdict.tests[2..] {
        assert!(test.reason.as_deref().unwrap().starts_with("Not run"), "{test:?}");
    }
}

#[test]
fn a_report_that_says_less_than_was_asked_is_no_success() {
    let exercise = samples::total();
    let attempt = Attempt::new(&exercise, &text(RIGHT)).expect("can be judged");
    for report in [
        None,
        Some(report(Vec::new(), Ended::Completed)),
        Some(report(vec![finished(""); 5], Ended::Completed)),
        Some(Report { programs: Vec::new(), ended: Ended::Completed }),
    ] {
        let verdict = attempt.verdict(report.as_ref());
        assert!(!verdict.correct && verdict.score.get() == 0.0, "{verdict:?}");
    }
}

/// Anything that a program might have done in a test.
fn cases() -> impl Strategy<Value = CaseReport> {
    let value = prop_oneof![
        Just(Value::None),
        (-1_i64..1000).prop_map(int),
        Just(Value::Float(50.0)),
        Just(Value::Bool(true)),
        "[a-z]{0,6}".prop_map(Value::Str),
        Just(samples::ints(&[1, 2])),
        "[a-z]{1,6}".prop_map(Value::Other),
    ];
    prop_oneof![
        (value, "[0-9a-z \n]{0,10}").prop_map(|(value, printed)| returned(
            value,
            &[samples::ints(&[5, 20, 30])],
            &printed
        )),
        "[ -~]{0,20}".prop_map(|stdout| finished(&stdout)),
        ("[A-Z][a-z]{1,8}", "[ -~]{0,20}", 0_u32..9)
            .prop_map(|(class, message, line)| raised(&class, &message, line)),
        (-2_i32..3).prop_map(|status| CaseReport { outcome: Outcome::Exited { status }, ..finished("") }),
        proptest::option::of("[a-z]{1,6}").prop_map(|found| CaseReport {
            outcome: Outcome::NotAFunction { name: "total".to_owned(), found },
            ..finished("")
        }),
    ]
}

fn ends() -> impl Strategy<Value = Ended> {
    prop_oneof![
        Just(Ended::Completed),
        Just(Ended::TimedOut),
        Just(Ended::OutOfMemory),
        Just(Ended::TooMuchOutput),
        Just(Ended::Crashed),
    ]
}

proptest! {
    #[test]
    fn whatever_is_seen_the_score_is_a_share_and_only_all_is_all(cases in proptest::collection::vec(cases(), 0..7), ended in ends()) {
        let exercise = samples::total();
        let verdict = judged(&exercise, &text(RIGHT), cases, ended);
        prop_assert!((0.0..=1.0).contains(&verdict.score.get()));
        prop_assert_eq!(verdict.correct, verdict.tests.iter().all(|test| test.passed));
        prop_assert_eq!(verdict.correct, verdict.score.get() >= 1.0);
        prop_assert_eq!(verdict.tests.len(), exercise.tests.len());
    }

    #[test]
    fn nothing_that_a_hidden_test_reads_or_expects_is_ever_told(cases in proptest::collection::vec(cases(), 5), ended in ends(), class in "[A-Z][a-z]{1,8}") {
        let exercise = samples::total();
        let mut cases = cases;
        // The open tests show what the program came to; here they may come to such numbers by chance.
        let open = format!("{:?}", &cases[..2]);
        // The learner's program tells what it was given, wherever it can.
        cases[3] = raised(&format!("{class}770"), "given 770", 2);
        cases[4] = returned(Value::Other("seen991".to_owned()), &[samples::ints(&[900, 91, 10])], "991");
        let verdict = judged(&exercise, &text(RIGHT), cases, ended);
        for test in verdict.tests.iter().filter(|test| !test.open) {
            prop_assert_eq!((&test.input, &test.expected, &test.got), (&None, &None, &None));
        }
        let told = serde_json::to_string(&verdict).unwrap();
        for secret in ["770", "991", "900"] {
            prop_assert!(!told.contains(secret) || open.contains(secret), "{}", told);
        }
    }

    #[test]
    fn an_order_of_the_pieces_that_fails_is_never_as_good_as_solved(places in Just((0_usize..7).collect::<Vec<_>>()).prop_shuffle(), used in 1_usize..8) {
        let exercise = samples::order();
        let ids: Vec<String> = places.iter().take(used).map(|place| format!("p{}", place + 1)).collect();
        let attempt = Attempt::new(&exercise, &Answer::Parts(ids)).unwrap();
        let verdict = attempt.verdict(attempt.job().map(|_| report(vec![finished(""); 5], Ended::Completed)).as_ref());
        prop_assert!(!verdict.correct);
        prop_assert!((0.0..=0.75).contains(&verdict.score.get()));
    }

    #[test]
    fn a_prediction_of_anything_has_a_score(prediction in "[0-9end \n]{0,30}") {
        let exercise = samples::predict();
        let verdict = Attempt::new(&exercise, &text(&prediction)).unwrap().verdict(None);
        prop_assert!((0.0..=1.0).contains(&verdict.score.get()));
        prop_assert_eq!(verdict.correct, verdict.score.get() >= 1.0);
        prop_assert!(verdict.correct || !verdict.feedback.contains("3 6") || prediction.contains("3 6"));
    }
}
