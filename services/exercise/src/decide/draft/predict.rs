//! Saying what a program prints: a script without chance in it, whose only test is what it prints.
//!
//! Not here: how an answer is compared (`grade`).

use sandbox::Value;

use super::{Drawn, Part, program};
use crate::decide::exercise::{Expected, Kind, Task, Test};

pub(super) fn part(drawn: &mut Drawn<'_>) -> Result<Part, String> {
    let open = drawn.tests.iter().find(|test| test.open).cloned().ok_or("no test is open")?;
    let own = drawn.sheet.predict.program.as_deref().map(|source| drawn.text(source)).transpose()?;
    let asked = drawn.sheet.predict.stdin.as_deref().map(|source| drawn.text(source)).transpose()?;
    let stdin = match (asked, &own) {
        (Some(stdin), _) => stdin,
        (None, Some(_)) => String::new(),
        (None, None) => open.stdin.clone(),
    };
    let text = match own {
        Some(text) => program(&text),
        None if drawn.sheet.function.is_some() => with_calls(drawn),
        None => drawn.reference.clone(),
    };
    let test = Test {
        about: "what the program prints".to_owned(),
        open: false,
        stdin,
        calls: Vec::new(),
        expected: Expected::default(),
    };
    let hints = hints(drawn)?;
    drawn.reference.clone_from(&text);
    drawn.tests = vec![test];
    drawn.probes = Vec::new();
    Ok(Part { starter: text, task: Task::PredictOutput, wrong: Vec::new(), hints, distractors: 0 })
}

/// The function, and the calls of its open tests, printed.
fn with_calls(drawn: &Drawn<'_>) -> String {
    let calls = drawn.tests.iter().filter(|test| test.open).flat_map(|test| &test.calls);
    let calls = calls.map(|call| {
        let arguments: Vec<String> = call.arguments.iter().map(written).collect();
        let call = format!("{}({})", call.function, arguments.join(", "));
        if drawn.sheet.prints { call } else { format!("print({call})") }
    });
    format!("{}\n\n{}\n", drawn.reference, calls.collect::<Vec<_>>().join("\n"))
}

/// The template's own, or how one reads a program.
fn hints(drawn: &Drawn<'_>) -> Result<[String; 3], String> {
    if drawn.sheet.hints_for.contains_key(&Kind::PredictOutput) {
        return drawn.hints_as(Kind::PredictOutput);
    }
    Ok([
        "Be the computer: take a sheet of paper, make a column for each variable, and go through the program line by line."
            .to_owned(),
        "Write down a variable's new value each time a line gives it one, and cross out the old one. Only `print` shows anything."
            .to_owned(),
        "Count how often each `print` is run: each run makes one line, unless `end` says otherwise. Then fill in the values from your columns."
            .to_owned(),
    ])
}

/// A literal as Python writes it.
fn written(value: &Value) -> String {
    let all = |values: &[Value]| values.iter().map(written).collect::<Vec<_>>().join(", ");
    match value {
        Value::None => "None".to_owned(),
        Value::Bool(truth) => if *truth { "True" } else { "False" }.to_owned(),
        Value::Int(digits) => digits.clone(),
        Value::Float(number) => format!("{number:?}"),
        Value::Str(text) => crate::decide::literal::quoted(text),
        Value::List(values) => format!("[{}]", all(values)),
        Value::Tuple(values) if values.len() == 1 => format!("({},)", all(values)),
        Value::Tuple(values) => format!("({})", all(values)),
        Value::Set(values) if values.is_empty() => "set()".to_owned(),
        Value::Set(values) => format!("{{{}}}", all(values)),
        Value::Dict(pairs) => {
            let pairs: Vec<_> =
                pairs.iter().map(|(key, value)| format!("{}: {}", written(key), written(value))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Value::Other(name) => name.clone(),
        Value::TooLarge => "...".to_owned(),
    }
}
