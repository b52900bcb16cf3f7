//! Exercises and reports for tests, made by hand: no template and no sandbox is needed to judge.
//!
//! Not here: the tests.

use std::collections::BTreeMap;

use agent_core::curriculum::Topic;
use sandbox::{Call, CaseReport, Ended, Limit, Observed, Outcome, ProgramReport, Raised, Report, Value};

use crate::decide::exercise::{
    Bug, Difficulty, Exercise, Expected, Form, Gap, Kind, Name, Piece, Rules, Seed, Task, Test,
};

/// An int.
pub(in crate::decide) fn int(value: i64) -> Value {
    Value::Int(value.to_string())
}

/// A list of ints.
pub(in crate::decide) fn ints(values: &[i64]) -> Value {
    Value::List(values.iter().copied().map(int).collect())
}

/// The total of the prices over 10: two open tests, three hidden ones, one value each.
pub(in crate::decide) fn total() -> Exercise {
    let test = |about: &str, open: bool, prices: &[i64], expected: i64| Test {
        about: about.to_owned(),
        open,
        stdin: String::new(),
        calls: vec![Call { function: "total".to_owned(), arguments: vec![ints(prices)] }],
        expected: Expected {
            stdout: None,
            returned: vec![int(expected)],
            arguments: vec![vec![ints(prices)]],
        },
    };
    Exercise {
        name: Name { topic: Topic::For, template: "total".to_owned(), kind: Kind::Write, seed: Seed(7) },
        difficulty: Difficulty::Easy,
        title: "Total".to_owned(),
        statement: "Write `total(prices)`.".to_owned(),
        starter: "def total(prices):\n    pass\n".to_owned(),
        reference: "def total(prices):\n    result = 0\n    for price in prices:\n        if price > 10:\n            result += price\n    return result\n".to_owned(),
        form: Form::Function { name: "total".to_owned() },
        tests: vec![
            test("a few prices", true, &[5, 20, 30], 50),
            test("a price of exactly 10", true, &[10, 12], 12),
            test("an empty list", false, &[], 0),
            test("only small prices", false, &[770, 3], 770),
            test("many prices", false, &[900, 91, 10], 991),
        ],
        rules: Rules::default(),
        hints: ["Which prices count?".to_owned(), "Keep a sum.".to_owned(), "Add in the loop.".to_owned()],
        task: Task::Write,
        minutes: 5,
    }
}

/// Reads two numbers and prints their sum and their product.
pub(in crate::decide) fn sums() -> Exercise {
    let test = |about: &str, open: bool, (a, b): (i64, i64)| Test {
        about: about.to_owned(),
        open,
        stdin: format!("{a}\n{b}\n"),
        calls: Vec::new(),
        expected: Expected {
            stdout: Some(format!("Sum: {}\nProduct: {}\n", a + b, a * b)),
            ..Expected::default()
        },
    };
    Exercise {
        name: Name { topic: Topic::InputOutput, template: "sums".to_owned(), ..total().name },
        reference: "a = int(input())\nb = int(input())\nprint(\"Sum:\", a + b)\nprint(\"Product:\", a * b)\n"
            .to_owned(),
        starter: "# Write your program here.\n".to_owned(),
        form: Form::Script,
        tests: vec![test("two numbers", true, (2, 3)), test("a negative number", false, (-777, 8))],
        ..total()
    }
}

/// The same as a bug to find: `>=` for `>`.
pub(in crate::decide) fn fix_bug() -> Exercise {
    let bug = Bug {
        operator: "comparison-boundary".to_owned(),
        misconception: "boundary-value".to_owned(),
        line: 4,
        becomes: "        if price >= 10:".to_owned(),
    };
    let total = total();
    Exercise {
        name: Name { kind: Kind::FixBug, ..total.name.clone() },
        starter: total.reference.replace("> 10", ">= 10"),
        task: Task::FixBug { bug },
        ..total
    }
}

/// The same to be put in order, with a line that does not belong.
pub(in crate::decide) fn order() -> Exercise {
    let piece = |(id, text): (&str, &str)| Piece { id: id.to_owned(), text: text.to_owned() };
    let total = total();
    Exercise {
        name: Name { kind: Kind::Order, ..total.name.clone() },
        starter: String::new(),
        task: Task::Order {
            pieces: [
                ("p1", "    return result"),
                ("p2", "        if price > 10:"),
                ("p3", "def total(prices):"),
                ("p4", "            result = price"),
                ("p5", "    for price in prices:"),
                ("p6", "            result += price"),
                ("p7", "    result = 0"),
            ]
            .map(piece)
            .to_vec(),
        },
        ..total
    }
}

/// The same with two gaps.
pub(in crate::decide) fn gaps() -> Exercise {
    let total = total();
    let gap = |text: &str| Gap { text: text.to_owned() };
    Exercise {
        name: Name { kind: Kind::FillGap, ..total.name.clone() },
        starter: total.reference.replace("price > 10", "____1____").replace("+= price", "+= ____2____"),
        task: Task::FillGap { gaps: vec![gap("price > 10"), gap("price")] },
        ..total
    }
}

/// A program to be read.
pub(in crate::decide) fn predict() -> Exercise {
    let program = "total = 0\nfor n in range(1, 4):\n    total += n\n    print(n, total)\nprint(\"end\")\n";
    let base = total();
    Exercise {
        name: Name { kind: Kind::PredictOutput, ..base.name.clone() },
        starter: program.to_owned(),
        reference: program.to_owned(),
        form: Form::Script,
        task: Task::PredictOutput,
        tests: vec![Test {
            about: "what the program prints".to_owned(),
            open: false,
            stdin: String::new(),
            calls: Vec::new(),
            expected: Expected { stdout: Some("1 1\n2 3\n3 6\nend\n".to_owned()), ..Expected::default() },
        }],
        ..base
    }
}

/// A case that came to its end.
pub(in crate::decide) fn finished(stdout: &str) -> CaseReport {
    CaseReport {
        outcome: Outcome::Finished,
        stdout: stdout.to_owned(),
        calls: Vec::new(),
        globals: BTreeMap::new(),
        steps: Vec::new(),
        steps_cut: false,
    }
}

/// A case of one call that returned, with its arguments as they were, and printed what it printed.
pub(in crate::decide) fn returned(value: Value, arguments: &[Value], printed: &str) -> CaseReport {
    let end = u32::try_from(printed.len()).unwrap();
    let call = Observed { returned: value, arguments: arguments.to_vec(), printed: (0, end) };
    CaseReport { calls: vec![call], ..finished(printed) }
}

/// A case that an exception ended; a TimeoutError is the limit's, not the program's own.
pub(in crate::decide) fn raised(type_name: &str, message: &str, line: u32) -> CaseReport {
    let raised = Raised {
        type_name: type_name.to_owned(),
        limit: (type_name == "TimeoutError").then_some(Limit::Time),
        message: message.to_owned(),
        line: Some(line),
        frames: Vec::new(),
    };
    CaseReport { outcome: Outcome::Raised(raised), ..finished("") }
}

/// A report of one program.
pub(in crate::decide) fn report(cases: Vec<CaseReport>, ended: Ended) -> Report {
    Report { programs: vec![ProgramReport { cases }], ended }
}

/// What the reference does in every test of an exercise.
pub(in crate::decide) fn right(exercise: &Exercise) -> Vec<CaseReport> {
    let case = |test: &Test| match test.expected.returned.first() {
        Some(value) => returned(value.clone(), &test.calls[0].arguments, ""),
        None => finished(test.expected.stdout.as_deref().unwrap_or_default()),
    };
    exercise.tests.iter().map(case).collect()
}
