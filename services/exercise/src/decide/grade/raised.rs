//! What an exception means, in plain words.
//!
//! The text of an exception may hold what a hidden test reads: it is repeated for open tests alone, and a class that is not
//! Python's own is not named, for a program could name it as it likes. Not here: which test it was (`feedback`).

use sandbox::Raised;

use super::show::shortened;

/// Python's own exceptions, as a beginner meets them. What is not among them is an exception of the program's own.
const KNOWN: [&str; 37] = [
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "BufferError",
    "EOFError",
    "Exception",
    "FileNotFoundError",
    "FloatingPointError",
    "GeneratorExit",
    "ImportError",
    "IndentationError",
    "IndexError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "ModuleNotFoundError",
    "NameError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PermissionError",
    "RecursionError",
    "ReferenceError",
    "RuntimeError",
    "StopIteration",
    "SyntaxError",
    "SystemError",
    "SystemExit",
    "TabError",
    "TypeError",
    "UnboundLocalError",
    "UnicodeError",
    "UnicodeEncodeError",
    "ValueError",
    "ZeroDivisionError",
];

/// What is said of an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meaning {
    /// What happened.
    pub(super) what: String,
    /// What to try next.
    pub(super) next: &'static str,
    /// What the learner may have misunderstood.
    pub(super) misconception: Option<&'static str>,
}

/// The name of an exception's class where it may be told; `Exception` for the program's own.
pub(super) fn class(raised: &Raised) -> &str {
    if KNOWN.contains(&raised.type_name.as_str()) { &raised.type_name } else { "Exception" }
}

/// What an exception means. `shown` says whether its text may be repeated, `is_function` whether a function was called.
pub(super) fn meaning(raised: &Raised, shown: bool, is_function: bool) -> Meaning {
    let class = class(raised);
    let (next, misconception) = advice(class, &raised.message, is_function);
    let place = raised.line.map_or_else(String::new, |line| format!(" on line {line}"));
    let says = if shown && !raised.message.is_empty() {
        format!("`{class}: {}`", shortened(raised.message.lines().next().unwrap_or_default()))
    } else {
        format!("`{class}`")
    };
    Meaning { what: format!("the program stops{place} with {says}"), next, misconception }
}

fn advice(class: &str, message: &str, is_function: bool) -> (&'static str, Option<&'static str>) {
    match class {
        "TypeError" => type_error(message),
        "ValueError" => value_error(message),
        "EOFError" if is_function => (
            "The function gets its values as arguments, in the brackets after its name: take the `input()` out.",
            Some("input-instead-of-argument"),
        ),
        "EOFError" => (
            "The program reads more lines than there are. Count the calls of `input()`, and look whether one stands in a loop that goes round once too often.",
            Some("reads-too-much"),
        ),
        "IndexError" => (
            "An index beyond the end: a list of 3 items has the indexes 0, 1 and 2. Look at the last round of the loop, and at the empty list.",
            Some("off-by-one"),
        ),
        "KeyError" => ("The dictionary has no such key: ask with `in` first, or use `.get()`.", None),
        "ZeroDivisionError" => (
            "Something is divided by zero: when is the number below the line 0? Deal with that case before dividing.",
            None,
        ),
        "UnboundLocalError" => (
            "A name that gets a value in a function belongs to the function: give it a value there before it is used.",
            Some("use-before-assignment"),
        ),
        "NameError" => (
            "Python does not know this name at this point: is it spelt as where it got its value, and did that happen before?",
            Some("use-before-assignment"),
        ),
        "AttributeError" if message.contains("NoneType") => (
            "There is `None` where you expect something else: methods such as `.sort()` and `.append()` change the list and give back `None`.",
            Some("method-gives-none"),
        ),
        "AttributeError" => (
            "This kind of value has no such method: which type is it at this moment? `print(type(…))` tells.",
            None,
        ),
        "RecursionError" => (
            "The function calls itself without end: is there a case in which it does not, and does each call come closer to it?",
            Some("no-base-case"),
        ),
        "ModuleNotFoundError" | "ImportError" => {
            ("This module is not there; the exercise can be solved without it.", None)
        }
        "AssertionError" => (
            "An `assert` of your own says that something is not as you thought: look at its condition.",
            None,
        ),
        "StopIteration" => ("`next()` was asked for more than there is.", None),
        "OverflowError" => {
            ("A number became too large for a float: is the calculation what you meant?", None)
        }
        "MemoryError" => {
            ("The program holds more at once than it may: what is it that grows?", Some("grows-without-end"))
        }
        _ => (
            "Read the line, and print the values it uses just before it: which of them is not what you expect?",
            None,
        ),
    }
}

fn value_error(message: &str) -> (&'static str, Option<&'static str>) {
    if message.contains("int()") {
        return (
            "`int()` reads whole numbers alone: what is given to it must be digits, with nothing else but white space around them. For `3.5` use `float()`.",
            Some("int-reads-decimals"),
        );
    }
    let advice = if message.contains("float") {
        "`float()` reads numbers alone: look at what the text holds at this moment."
    } else if message.contains("unpack") {
        "There are more names on the left of `=` than values on the right, or fewer: count both."
    } else {
        "The value has the right type, but cannot be used here: print it one line earlier to see it."
    };
    (advice, None)
}

fn type_error(message: &str) -> (&'static str, Option<&'static str>) {
    let has = |words: &[&str]| words.iter().all(|word| message.contains(word));
    if has(&["str", "int"]) || has(&["str", "float"]) || has(&["concatenate"]) {
        return (
            "A text and a number do not go together: `input()` always gives a text, so turn it into a number with `int()` or `float()`; to join a number to a text use `str()` or an f-string.",
            Some("mixing-text-and-number"),
        );
    }
    if has(&["argument"]) {
        return (
            "The number of values in a call does not fit the number of parameters: compare the call with the line of the `def`.",
            None,
        );
    }
    if has(&["NoneType"]) {
        return (
            "One of the values is `None`: a function without `return` gives back `None`, and so do `print()`, `.append()` and `.sort()`.",
            Some("missing-return"),
        );
    }
    if has(&["not callable"]) {
        return (
            "Brackets after something that is no function: is a name such as `list` or `sum` used for a value of your own?",
            None,
        );
    }
    if has(&["not iterable"]) {
        return (
            "A loop needs something with items. To count up to a number use `range()`.",
            Some("loop-over-number"),
        );
    }
    if has(&["subscriptable"]) {
        return ("Square brackets after something that has no items: which type is it at this moment?", None);
    }
    if has(&["indices must be"]) {
        return ("An index must be a whole number: is it a text, or a number with a decimal point?", None);
    }
    (
        "The operation does not fit the types of its values: which types are they? `print(type(…))` tells.",
        None,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raised(type_name: &str, message: &str) -> Raised {
        Raised {
            type_name: type_name.to_owned(),
            limit: None,
            message: message.to_owned(),
            line: Some(3),
            frames: Vec::new(),
        }
    }

    #[test]
    fn the_text_of_an_exception_is_repeated_for_open_tests_alone() {
        let secret = raised("ValueError", "invalid literal for int() with base 10: 'secret'");
        assert!(meaning(&secret, true, false).what.contains("secret"));
        let hidden = meaning(&secret, false, false);
        assert_eq!(hidden.what, "the program stops on line 3 with `ValueError`");
        assert_eq!(hidden.misconception, Some("int-reads-decimals"));
        assert_eq!(class(&raised("secret", "")), "Exception");
    }

    #[test]
    fn each_kind_of_mistake_has_its_advice() {
        for (class, message, is_function, misconception) in [
            (
                "TypeError",
                "can only concatenate str (not \"int\") to str",
                false,
                Some("mixing-text-and-number"),
            ),
            (
                "TypeError",
                "unsupported operand type(s) for +: 'int' and 'str'",
                false,
                Some("mixing-text-and-number"),
            ),
            (
                "TypeError",
                "unsupported operand type(s) for +: 'int' and 'NoneType'",
                false,
                Some("missing-return"),
            ),
            ("TypeError", "f() takes 1 positional argument but 2 were given", true, None),
            ("TypeError", "'int' object is not iterable", false, Some("loop-over-number")),
            ("EOFError", "EOF when reading a line", false, Some("reads-too-much")),
            ("EOFError", "EOF when reading a line", true, Some("input-instead-of-argument")),
            ("IndexError", "list index out of range", false, Some("off-by-one")),
            ("NameError", "name 'x' is not defined", false, Some("use-before-assignment")),
            ("RecursionError", "maximum recursion depth exceeded", true, Some("no-base-case")),
            ("KeyError", "'a'", false, None),
        ] {
            assert_eq!(
                meaning(&raised(class, message), true, is_function).misconception,
                misconception,
                "{message}"
            );
        }
    }
}
