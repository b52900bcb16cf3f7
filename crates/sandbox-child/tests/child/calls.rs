//! Values cross into Python and back, and functions are called.

use sandbox::{Call, Case, CaseReport, Outcome, Program, Value};

use crate::{PATIENT, case_of, script};

fn called(code: &str, calls: Vec<(&str, Vec<Value>)>) -> CaseReport {
    let calls =
        calls.into_iter().map(|(function, arguments)| Call { function: function.to_owned(), arguments });
    let case = Case::Calls { stdin: String::new(), calls: calls.collect() };
    case_of(Program { code: code.to_owned(), cases: vec![case] }, PATIENT)
}

fn int(value: i64) -> Value {
    Value::Int(value.to_string())
}

fn str(value: &str) -> Value {
    Value::Str(value.to_owned())
}

#[test]
fn values_come_back_as_they_went() {
    let values = vec![
        Value::None,
        Value::Bool(true),
        int(-7),
        Value::Int("123456789012345678901234567890".to_owned()),
        Value::Float(0.1),
        Value::Float(f64::NEG_INFINITY),
        str("Zoë \u{1f600}\n"),
        Value::List(vec![int(1), Value::List(vec![])]),
        Value::Tuple(vec![int(1), str("x")]),
        Value::Set(vec![int(5)]),
        Value::Dict(vec![(str("k"), Value::None), (Value::Tuple(vec![int(1)]), Value::Bool(false))]),
    ];
    let calls = values.iter().map(|value| ("same", vec![value.clone()])).collect();
    let case = called("def same(x):\n    return x\n", calls);
    assert_eq!(case.outcome, Outcome::Finished);
    let returned: Vec<_> = case.calls.iter().map(|call| call.returned.clone()).collect();
    assert_eq!(returned, values);
}

#[test]
fn what_is_not_a_number_comes_back() {
    let case = called("def same(x):\n    return x\n", vec![("same", vec![Value::Float(f64::NAN)])]);
    assert!(matches!(case.calls[0].returned, Value::Float(number) if number.is_nan()));
}

#[test]
fn arguments_are_seen_as_they_are_afterwards_and_prints_by_call() {
    let code = "def add(items, item):\n    print('adding', item)\n    items.append(item)\n";
    let list = || Value::List(vec![int(1)]);
    let case = called(code, vec![("add", vec![list(), str("é")]), ("add", vec![list(), int(2)])]);
    assert_eq!(case.stdout, "adding é\nadding 2\n");
    assert_eq!(case.calls[0].arguments, [Value::List(vec![int(1), str("é")]), str("é")]);
    let ranges = case.calls.iter().map(|call| call.printed.0 as usize..call.printed.1 as usize);
    let parts: Vec<_> = ranges.map(|range| &case.stdout[range]).collect();
    assert_eq!(parts, ["adding é\n", "adding 2\n"]);
}

#[test]
fn calls_end_at_the_first_that_raises() {
    let code = "def half(n):\n    return 10 // n\n";
    let case = called(code, vec![("half", vec![int(5)]), ("half", vec![int(0)]), ("half", vec![int(1)])]);
    let Outcome::Raised(raised) = &case.outcome else { panic!("{case:?}") };
    assert_eq!((raised.type_name.as_str(), raised.line), ("ZeroDivisionError", Some(2)));
    let returned: Vec<_> = case.calls.iter().map(|call| &call.returned).collect();
    assert_eq!(returned, [&int(2)]);
}

#[test]
fn calls_share_a_module() {
    let code = "total = 0\ndef add(n):\n    global total\n    total += n\n    return total\n";
    let case = called(code, vec![("add", vec![int(2)]), ("add", vec![int(3)])]);
    let returned: Vec<_> = case.calls.iter().map(|call| &call.returned).collect();
    assert_eq!(returned, [&int(2), &int(5)]);
}

#[test]
fn what_is_no_function_is_named() {
    for (name, found) in [("y", Some("int")), ("nowhere", None)] {
        let case = called("y = 3\n", vec![(name, vec![])]);
        let found = found.map(str::to_owned);
        assert_eq!(case.outcome, Outcome::NotAFunction { name: name.to_owned(), found });
    }
}

#[test]
fn what_is_no_plain_value_is_named_by_its_type() {
    let code = "class Mine(int):\n    pass\n\
                class Odd:\n    def __repr__(self): 1 / 0\n    __eq__ = __hash__ = __repr__\n\
                def g():\n    yield 1\n\
                a, b, c, d, e, f = Mine(3), Odd(), g(), g, range(3), True\n";
    let case = case_of(script(code, "", &["a", "b", "c", "d", "e", "f", "missing"]), PATIENT);
    let other = |name: &str| Value::Other(name.to_owned());
    let wanted = [
        ("a", other("Mine")),
        ("b", other("Odd")),
        ("c", other("generator")),
        ("d", other("function")),
        ("e", other("range")),
        ("f", Value::Bool(true)),
    ];
    let wanted = wanted.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    assert_eq!(case.globals, wanted);
}

#[test]
fn what_is_too_large_is_said_to_be() {
    let code = "many = list(range(20000))\nbig = 10 ** 5000\nlong = 'x' * 10_000_000\nround = []\nround.append(round)\n\
                fine = 10 ** 4000\n";
    let case = case_of(script(code, "", &["many", "big", "long", "round", "fine"]), PATIENT);
    for name in ["many", "big", "long"] {
        assert_eq!(case.globals[name], Value::TooLarge, "{name}");
    }
    assert!(matches!(&case.globals["round"], Value::List(inner) if inner.len() == 1));
    assert!(matches!(&case.globals["fine"], Value::Int(digits) if digits.len() == 4_001));
}

#[test]
fn a_report_fits_a_line_whatever_is_asked_for() {
    let code = "def page():\n    return ['\\x01' * 100] * 4000\n";
    let case = called(code, vec![("page", vec![]); 5]);
    assert!(matches!(case.calls[0].returned, Value::List(_)));
    // Once the line is full, no more is said of any value.
    assert_eq!(case.calls[4].returned, Value::TooLarge);
}
