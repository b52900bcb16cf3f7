//! Step traces: the lines that CPython's own tracing gives, with values and what is returned.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sandbox::{Case, CaseReport, Outcome, Program, Step};

use crate::{PATIENT, case_of};

fn traced(code: &str, stdin: &str, steps_max: u32) -> CaseReport {
    let case = Case::Trace { stdin: stdin.to_owned(), steps_max };
    case_of(Program { code: code.to_owned(), cases: vec![case] }, PATIENT)
}

/// A step as one line of text: `3 f a=1 b=[2]`, with `-> value` at a return.
fn told(step: &Step) -> String {
    let changed: String = step.changed.iter().map(|(name, value)| format!(" {name}={value}")).collect();
    let returned = step.returned.as_ref().map(|value| format!(" -> {value}")).unwrap_or_default();
    format!("{} {}{changed}{returned}", step.line, step.function)
}

#[test]
fn steps_tell_lines_names_and_returned_values() {
    let code = "total = 0
def add(a, b=[1]):
    c = a + b[0]
    return c * 2
for n in range(2):
    total += add(n)
    print(total)
";
    let case = traced(code, "", 100);
    assert_eq!((&case.outcome, case.steps_cut, case.stdout.as_str()), (&Outcome::Finished, false, "2\n6\n"));
    let steps: Vec<_> = case.steps.iter().map(told).collect();
    assert_eq!(
        steps,
        [
            "1 <module>",
            "2 <module> total=0",
            "5 <module> add=<function>",
            "6 <module> n=0",
            "3 add a=0 b=[1]",
            "4 add c=1",
            "4 add -> 2",
            "7 <module> total=2",
            "5 <module>",
            "6 <module> n=1",
            "3 add a=1 b=[1]",
            "4 add c=2",
            "4 add -> 4",
            "7 <module> total=6",
            "5 <module>",
        ]
    );
    let printed: Vec<_> = case.steps.iter().map(|step| step.printed_bytes).collect();
    assert_eq!(printed, [0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 4]);
}

#[test]
fn functions_that_raise_or_pause_return_nothing() {
    let code = "def bad():
    raise ValueError('x')
def nothing():
    pass
def late():
    try:
        return 'tried'
    finally:
        n = 1
def items():
    yield 1
try:
    bad()
except ValueError:
    nothing()
late()
square = lambda n: n * n
square(3)
list(items())
";
    let returns: Vec<_> =
        traced(code, "", 100).steps.into_iter().filter(|step| step.returned.is_some()).collect();
    let returns: Vec<_> =
        returns.iter().map(|step| (step.function.as_str(), step.returned.as_deref().unwrap())).collect();
    assert_eq!(returns, [("nothing", "None"), ("late", "'tried'"), ("<lambda>", "9")]);
}

#[test]
fn values_are_short_and_the_learners_own_have_no_say() {
    let code = "class Odd:
    def __repr__(self): return 1 / 0
a = Odd()
b = [a, 'it\\'s', 2.0, None, {1: (2,)}, set()]
c = 'x' * 1000
d = list(range(10 ** 5))
e = b
e.append(e)
end = 1
";
    let steps = traced(code, "", 100).steps;
    let mut names = BTreeMap::new();
    for step in &steps {
        names.extend(step.changed.clone());
    }
    assert_eq!(names["a"], "<Odd object>");
    assert!(
        names["b"].starts_with("[<Odd object>, \"it's\", 2.0, None, {1: (2,)}, set(), [<Odd"),
        "{}",
        names["b"]
    );
    for name in ["c", "d"] {
        assert_eq!(names[name].chars().count(), 80, "{name}");
        assert!(names[name].ends_with('…'));
    }
}

#[test]
fn a_long_trace_is_cut_and_the_program_stopped() {
    for code in [
        "n = 0\nwhile True:\n    n += 1\n",
        "n = 0\nwhile True:\n    try:\n        n += 1\n    except Exception:\n        pass\n",
    ] {
        let case = traced(code, "", 25);
        assert_eq!(
            (case.steps.len(), case.steps_cut, &case.outcome),
            (25, true, &Outcome::Finished),
            "{code}"
        );
    }
    assert_eq!(traced("for n in range(10 ** 4):\n    x = n\n", "", u32::MAX).steps.len(), 1_000);
}

#[test]
fn a_program_that_breaks_is_traced_up_to_there() {
    let case = traced("a = 1\nb = a / 0\nc = 2\n", "", 10);
    let Outcome::Raised(raised) = &case.outcome else { panic!("{case:?}") };
    assert_eq!((raised.type_name.as_str(), raised.line), ("ZeroDivisionError", Some(2)));
    assert_eq!(case.steps.iter().map(told).collect::<Vec<_>>(), ["1 <module>", "2 <module> a=1"]);
}

#[test]
fn a_trace_does_not_change_what_a_program_does() {
    let code = "def f(n):\n    return [m for m in range(n)], locals()\nprint(f(2))\nprint([g(3) for g in [lambda x: (y for y in [x])]][0].__next__())\n";
    let case = traced(code, "", 100);
    assert_eq!(case.outcome, Outcome::Finished);
    assert_eq!(case.stdout, "([0, 1], {'n': 2})\n3\n");
}

/// `tests/traces/NAME.lines` is what `sys.settrace` of CPython 3.13 gave for `tests/programs/NAME.py`: a line and a
/// function each. Lines said again at once, and what runs within a line, are left out on both sides.
#[test]
fn lines_come_in_cpythons_order() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut compared = 0;
    for entry in std::fs::read_dir(folder.join("traces")).unwrap() {
        let lines = entry.unwrap().path();
        let program = folder.join("programs").join(lines.file_stem().unwrap()).with_extension("py");
        let stdin = std::fs::read_to_string(program.with_extension("in")).unwrap_or_default();
        let case = traced(&std::fs::read_to_string(&program).unwrap(), &stdin, 1_000);
        let steps = case.steps.iter().filter(|step| step.returned.is_none());
        let mut seen: Vec<_> = steps.map(|step| format!("{} {}", step.line, step.function)).collect();
        seen.dedup();
        let wanted = std::fs::read_to_string(&lines).unwrap();
        assert_eq!(seen, wanted.lines().collect::<Vec<_>>(), "{}", program.display());
        compared += 1;
    }
    assert!(compared >= 15, "only {compared}");
}
