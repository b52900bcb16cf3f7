//! Why a test failed, in plain words.
//!
//! For a hidden test nothing is said that its input or its expectation could be read from: kinds of difference, lines of the
//! learner's own program, types. Not here: finding the fault (`cases`).

use sandbox::Ended;

use super::cases::{Fault, Printed, Seen};
use super::endless::{self, Endless, Why};
use super::equal::Difference;
use super::facts::Facts;
use super::output::{Near, OutputDifference};
use super::{raised, show};
use crate::decide::exercise::Test;

/// Types that may be named: the learner's own could be called anything.
const TYPES: [&str; 22] = [
    "None",
    "NoneType",
    "bool",
    "int",
    "float",
    "str",
    "list",
    "tuple",
    "dict",
    "set",
    "frozenset",
    "bytes",
    "function",
    "builtin_function_or_method",
    "type",
    "generator",
    "range",
    "map",
    "filter",
    "zip",
    "complex",
    "dict_keys",
];

/// Why a test failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reason {
    /// What happened: one or two sentences.
    pub(super) what: String,
    /// What to try next.
    pub(super) next: String,
    /// The kind of error, as it is counted.
    pub(super) error: Option<String>,
    /// What the learner may have misunderstood.
    pub(super) misconception: Option<&'static str>,
    /// The line of the learner's program.
    pub(super) line: Option<u32>,
}

impl Reason {
    fn new(what: impl Into<String>, next: impl Into<String>, misconception: Option<&'static str>) -> Self {
        Self { what: what.into(), next: next.into(), misconception, ..Self::default() }
    }

    fn error(self, kind: &str) -> Self {
        Self { error: Some(kind.to_owned()), ..self }
    }

    fn line(self, line: Option<u32>) -> Self {
        Self { line, ..self }
    }
}

/// Why a test failed; none where it passed.
pub(super) fn reason(test: &Test, seen: &Seen, facts: &Facts) -> Option<Reason> {
    let is_function = !test.calls.is_empty();
    Some(match seen.fault.as_ref()? {
        Fault::Raised(raised) => {
            let meaning = raised::meaning(raised, test.open, is_function);
            Reason::new(sentence(&meaning.what), meaning.next, meaning.misconception)
                .error(raised::class(raised))
                .line(raised.line)
        }
        Fault::Exited(_) => Reason::new(
            "The program ends itself with `exit()` before it is done.",
            "Take the `exit()` out: a function goes back with `return`, and a program ends at its last line.",
            None,
        ),
        Fault::NotAFunction { name, found } => not_a_function(name, found.as_deref(), facts),
        Fault::Stopped { ended, line } => stopped(*ended, *line, facts),
        Fault::NotRun => Reason::new("Not run: the program had to be stopped in the test before.", "", None),
        Fault::Returned { difference, printed } => returned(difference, *printed, test, facts),
        Fault::Changed { should_stay: true } => Reason::new(
            "The function changes the list it is given; whoever calls it still needs it as it was.",
            "Build a new list, or work on a copy: `list(items)`.",
            Some("changes-argument"),
        ),
        Fault::Changed { should_stay: false } => Reason::new(
            "The function should change what it is given, and afterwards it is not as it should be.",
            "Work on the list itself, not on a copy: `items = …` makes the name stand for another list.",
            Some("changes-copy"),
        ),
        Fault::Output { difference, returned } => {
            output(difference, *returned, test.open, is_function, facts)
        }
    })
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn not_a_function(name: &str, found: Option<&str>, facts: &Facts) -> Reason {
    let what = match found.map(type_words) {
        Some(kind) => format!("`{name}` is no function but {kind}."),
        None => format!("There is no function called `{name}`."),
    };
    let near = facts.functions.iter().find(|one| {
        one.name != name && (one.name.eq_ignore_ascii_case(name) || strsim::levenshtein(&one.name, name) <= 2)
    });
    let next = match (near, found) {
        (Some(near), _) => {
            format!("Line {} defines `{}`: call it `{name}`.", near.line, show::shortened(&near.name))
        }
        (None, Some(_)) => {
            format!("Keep the name `{name}` for the function: a later `{name} = …` takes it away.")
        }
        (None, None) => format!("Begin with `def {name}(` at the very left, and put the work below it."),
    };
    Reason::new(what, next, None).error("not-a-function").line(near.map(|near| near.line))
}

fn stopped(ended: Ended, on: Option<u32>, facts: &Facts) -> Reason {
    let place = on.map_or_else(String::new, |line| format!(" on line {line}"));
    let blamed = endless::blamed(&facts.loops, on);
    let line = blamed.map(|one| one.line).or(on);
    match ended {
        Ended::TimedOut => Reason::new(
            format!("The program does not come to an end: it was stopped{place}."),
            endless_words(blamed),
            Some("endless-loop"),
        )
        .error("timed-out")
        .line(line),
        Ended::TooMuchOutput => Reason::new(
            "The program prints more and more, and was stopped.",
            endless_words(blamed),
            Some("endless-loop"),
        )
        .error("too-much-output")
        .line(line),
        Ended::OutOfMemory => Reason::new(
            format!("The program needs more memory than it may have, and was stopped{place}."),
            "Something grows without end: a list that gets longer in its own loop, a text that is doubled, a very large number.",
            Some("grows-without-end"),
        )
        .error("out-of-memory")
        .line(on.or(line)),
        Ended::Crashed | Ended::Completed => Reason::new(
            "The program broke off: it did something that is not possible here.",
            "Files, other programs and the network cannot be reached. The exercise can be solved without them.",
            None,
        )
        .error("crashed"),
    }
}

fn endless_words(endless: Option<&Endless>) -> String {
    let Some(Endless { line, why, .. }) = endless else {
        return "Is there a function that calls itself without end, or a loop with very many rounds?"
            .to_owned();
    };
    match why {
        Why::NothingLeaves => {
            format!(
                "The condition of the loop on line {line} is always true, and no `break` leaves the loop."
            )
        }
        Why::Unchanged { name } => format!(
            "The loop on line {line} asks about `{name}`, but nothing inside it changes `{name}`: once it begins it goes on for ever.",
        ),
        Why::Grows { name } => {
            format!("The loop on line {line} goes over `{name}` and makes `{name}` longer at the same time.")
        }
        Why::Perhaps => format!(
            "Look at the loop on line {line}: does each round bring its condition closer to being false, or come to a `break`?",
        ),
    }
}

/// A type in a sentence.
fn type_words(name: &str) -> String {
    match name {
        "None" | "NoneType" => "`None`".to_owned(),
        "int" => "a whole number (`int`)".to_owned(),
        "float" => "a number with a decimal point (`float`)".to_owned(),
        "bool" => "`True` or `False`".to_owned(),
        "str" => "a text (`str`)".to_owned(),
        known if TYPES.contains(&known) => format!("a `{known}`"),
        _ => "something else".to_owned(),
    }
}

fn returned(difference: &Difference, printed: Printed, test: &Test, facts: &Facts) -> Reason {
    let name = test.calls.first().map_or("", |call| &call.function);
    match difference {
        Difference::NothingReturned => nothing_returned(name, printed, facts),
        // Of a hidden test this would be the expected value itself.
        Difference::SomethingReturned if test.open => Reason::new(
            "The function returns something where it should return nothing (`None`).",
            "In which case is there nothing to give back?",
            None,
        ),
        other => {
            let place = match other {
                Difference::Item(index, _) if test.open => {
                    format!(" The first item that differs has index {index}.")
                }
                Difference::Entry(key, _) if test.open => format!(" The value of {key} differs."),
                _ => String::new(),
            };
            let mut reason = differing(other.innermost(), test.open);
            reason.what.push_str(&place);
            reason
        }
    }
}

fn nothing_returned(name: &str, printed: Printed, facts: &Facts) -> Reason {
    let own = facts.functions.iter().find(|one| one.name == name);
    let line = own.map(|one| one.line);
    let returns = own.is_some_and(|one| one.returns);
    let what = "Your function returned `None`.";
    match printed {
        Printed::TheResult => Reason::new(
            format!("{what} It prints the right result instead of giving it back."),
            "Write `return` where you print: what is printed is gone, what is returned can be used.",
            Some("print-gives-back"),
        ),
        Printed::Something => Reason::new(
            format!("{what} It prints something instead of giving a result back."),
            "To print is not to return: the result must come after the word `return`.",
            Some("print-gives-back"),
        ),
        Printed::Nothing if returns => Reason::new(
            format!("{what} It has a `return`, but not on every way through it."),
            "Follow the function for this test: where does it end without coming to a `return`?",
            Some("missing-return"),
        ),
        Printed::Nothing => Reason::new(
            format!("{what} Is a `return` missing?"),
            "End the function with `return` and the result.",
            Some("missing-return"),
        ),
    }
    .line(line)
}

fn differing(difference: &Difference, open: bool) -> Reason {
    match difference {
        Difference::FloatForInt => Reason::new(
            "The number is right, but it is a float (such as `3.0`) where a whole number is expected.",
            "`/` always gives a float: use `//`, or `int()`.",
            Some("division-gives-int"),
        ),
        Difference::Brackets { expected, got } => Reason::new(
            format!("The items are right, but in a {got} where a {expected} is expected."),
            format!("Turn it into a {expected}: `{expected}(…)`."),
            None,
        ),
        Difference::TextForValue { expected } => Reason::new(
            format!("The function returns a text where {} is expected.", type_words(expected)),
            "Return the value itself, without `str()`, quotes or an f-string around it.",
            Some("digits-are-numbers"),
        ),
        Difference::Type { expected, got } => types(expected, got),
        Difference::Length { expected, got } if open => {
            let by_one = expected.abs_diff(*got) == 1;
            Reason::new(
                format!("There are {got} items where {expected} are expected."),
                "Which one is missing, or too many? Look at the first and at the last round of the loop.",
                by_one.then_some("off-by-one"),
            )
        }
        Difference::Length { .. } => Reason::new(
            "The result does not have the right number of items.",
            "Which items could be missing, or too many?",
            None,
        ),
        Difference::Order => Reason::new(
            "The right items are there, in another order.",
            "In which order are they asked for?",
            Some("wrong-order"),
        ),
        Difference::OffByOne => Reason::new(
            "The result is off by one.",
            "Look at where counting begins and ends: `range(1, n)` stops before `n`; `<` and `<=` differ in one case.",
            Some("off-by-one"),
        ),
        Difference::Case => Reason::new(
            "Only capital and small letters differ.",
            "Compare letter by letter.",
            Some("text-not-exact"),
        ),
        Difference::Spaces => Reason::new("Only the spaces differ.", "Count them.", Some("text-not-exact")),
        Difference::MissingKey(key) if open => {
            Reason::new(format!("The key {key} is missing."), "When should it get in?", None)
        }
        Difference::ExtraKey(key) if open => {
            Reason::new(format!("The key {key} should not be there."), "When does it get in?", None)
        }
        _ => Reason::new(
            "The result is not the one that is expected.",
            "Go through the function with these values by hand, line by line: where does it leave the way?",
            None,
        ),
    }
}

fn types(expected: &str, got: &str) -> Reason {
    let what =
        format!("The function returns {} where {} is expected.", type_words(got), type_words(expected));
    match (expected, got) {
        ("bool", _) => {
            Reason::new(what, "Return `True` or `False`: a comparison such as `n > 0` already is one.", None)
        }
        (_, "function") => {
            Reason::new(what, "A function's name without `()` is the function itself: call it.", None)
        }
        (_, "generator" | "map" | "filter" | "zip" | "range") => {
            Reason::new(what, "It makes its items only when asked: put `list(…)` around it.", None)
        }
        ("list", "str" | "int" | "float") => {
            Reason::new(what, "Collect the results in a list, and return it after the loop.", None)
        }
        (_, "list" | "tuple") => Reason::new(what, "Return the one value that is asked for.", None),
        _ => Reason::new(what, "Which type should the result have? Look at the examples.", None),
    }
}

fn output(
    difference: &OutputDifference,
    returned: bool,
    open: bool,
    is_function: bool,
    facts: &Facts,
) -> Reason {
    let mut reason = near_words(difference, returned, is_function, facts);
    if open && difference.near != Near::Silent {
        reason.what.push_str(&first_difference(difference));
    }
    reason
}

/// Where the first difference is, with both lines.
fn first_difference(difference: &OutputDifference) -> String {
    let line = difference.line;
    let quoted = |text: &str| {
        if text.is_empty() { "an empty line".to_owned() } else { format!("`{}`", show::shortened(text)) }
    };
    match (&difference.expected, &difference.got) {
        (Some(expected), Some(got)) => format!(
            " First difference: line {line}, column {}: expected {}, got {}.",
            difference.column,
            quoted(expected),
            quoted(got)
        ),
        (Some(expected), None) => format!(" Line {line} is missing: {}.", quoted(expected)),
        (None, Some(got)) => format!(" Line {line} is too much: {}.", quoted(got)),
        (None, None) => String::new(),
    }
}

fn near_words(difference: &OutputDifference, returned: bool, is_function: bool, facts: &Facts) -> Reason {
    let (what, next, misconception) = match difference.near {
        Near::Silent => return silent(returned, is_function, facts),
        Near::Spaces => (
            "Only the spaces differ.",
            "`print(a, b)` puts a space between its values, `+` and f-strings do not; indentation counts too.",
            Some("text-not-exact"),
        ),
        Near::LineBreaks => (
            "Only the line breaks differ.",
            "Each `print()` ends its line, unless it is told `end=…`.",
            Some("print-stays-on-line"),
        ),
        Near::Case => {
            ("Only capital and small letters differ.", "Compare letter by letter.", Some("text-not-exact"))
        }
        Near::Punctuation => {
            ("Only the punctuation differs.", "Compare sign by sign.", Some("text-not-exact"))
        }
        Near::Quotes => (
            "Only the quotes differ.",
            "Quotes mark a text in a program and are not printed; in a printed list they are.",
            Some("quotes-are-printed"),
        ),
        Near::NumberForm => (
            "The numbers are right, but written in another form, such as `3.0` for `3`.",
            "`/` always gives a float, `//` a whole number; an f-string can round: `{price:.2f}`.",
            Some("decimals-shown"),
        ),
        Near::ListPrinted => (
            "A whole list is printed where its items are asked for.",
            "Print the items: in a loop, with `print(*items)`, or with `\" \".join(…)`.",
            Some("list-printed"),
        ),
        Near::Prompt => (
            "What `input(\"…\")` prints as its question is part of the output, and is not asked for here.",
            "Leave the brackets of `input()` empty.",
            Some("prompt-printed"),
        ),
        Near::Order => (
            "The right lines are there, in another order.",
            "What has to be printed first?",
            Some("wrong-order"),
        ),
        Near::Missing(_) => (
            "Lines are missing.",
            "Which ones? Look at the first and the last round of the loop, and at what stands inside it.",
            Some("too-few-lines"),
        ),
        Near::Extra(_) => (
            "There are lines that should not be there.",
            "Which `print()` prints them? Does it stand inside a loop and should not?",
            Some("too-many-lines"),
        ),
        Near::OffByOne => (
            "A number is off by one.",
            "Look at where counting begins and ends: `range(1, n)` stops before `n`; `<` and `<=` differ in one case.",
            Some("off-by-one"),
        ),
        Near::Unfilled => (
            "There are braces in the output: what stands between them was not filled in.",
            "A text fills in its braces only with an `f` in front of it: `f\"…\"`.",
            Some("missing-f"),
        ),
        Near::Other => (
            "The output is not the one that is expected.",
            "Go through the program with this input by hand, line by line.",
            None,
        ),
    };
    Reason::new(what, next, misconception)
}

fn silent(returned: bool, is_function: bool, facts: &Facts) -> Reason {
    if returned {
        return Reason::new(
            "The function returns the right result, but it should print it.",
            "Write `print(…)` where you return.",
            Some("return-instead-of-print"),
        );
    }
    let idle = facts.functions.iter().find(|one| !one.called && one.prints);
    match idle {
        Some(idle) if !is_function => Reason::new(
            "The program prints nothing.",
            format!(
                "Line {} defines `{1}`, but nothing calls it: add `{1}(…)` below, at the very left.",
                idle.line,
                show::shortened(&idle.name)
            ),
            Some("function-never-called"),
        )
        .line(Some(idle.line)),
        _ => Reason::new("Nothing is printed.", "Print the result with `print(…)`.", Some("nothing-printed")),
    }
}
