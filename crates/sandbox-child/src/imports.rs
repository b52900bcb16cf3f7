//! Imports what a job's programs name, once for all cases.
//!
//! A module that is imported anew in each case costs its time each time, and the interpreter never gives back all of its
//! memory: twenty cases of a program that imports `unittest` would not fit. Not here: what every child has imported
//! already (`prelude/warm.py`), and what is refused (`prelude/imports.py`).

use std::collections::BTreeSet;

use rustpython_vm::VirtualMachine;
use sandbox::Job;

/// Modules that take memory to import and do nothing else. `this`, say, prints.
const KNOWN: [&str; 36] = [
    "abc",
    "argparse",
    "array",
    "ast",
    "base64",
    "calendar",
    "cmath",
    "contextlib",
    "csv",
    "decimal",
    "difflib",
    "doctest",
    "fractions",
    "graphlib",
    "hashlib",
    "html",
    "inspect",
    "keyword",
    "locale",
    "logging",
    "numbers",
    "pathlib",
    "pprint",
    "queue",
    "secrets",
    "shutil",
    "statistics",
    "struct",
    "tempfile",
    "timeit",
    "traceback",
    "types",
    "unittest",
    "uuid",
    "warnings",
    "weakref",
];

/// Imports what is known of what the programs name. What cannot be imported the program hears of itself.
pub(crate) fn beforehand(job: &Job, vm: &VirtualMachine) {
    let named: BTreeSet<_> = job.programs.iter().flat_map(|program| named(&program.code)).collect();
    for name in named {
        let _heard = vm.import(name, 0);
    }
}

/// The known modules that a text names behind `import` or `from`, wherever these stand in a line: to import one too many
/// does no harm.
fn named(code: &str) -> impl Iterator<Item = &'static str> {
    code.lines().flat_map(|line| {
        let mut words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let imports = words.any(|word| word == "import" || word == "from");
        let known = words.filter_map(|word| KNOWN.into_iter().find(|known| *known == word));
        known.filter(move |_| imports).collect::<Vec<_>>()
    })
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn known_modules_are_found_where_they_are_imported() {
        let cases: [(&str, &[&str]); 8] = [
            ("import csv", &["csv"]),
            ("import os, csv as c, unittest.mock", &["csv", "unittest"]),
            ("from decimal import Decimal", &["decimal"]),
            ("    import abc; from types import X", &["abc", "types"]),
            ("csv = 1", &[]),
            ("important csv", &[]),
            ("import this, threading", &[]),
            ("", &[]),
        ];
        for (code, found) in cases {
            assert_eq!(named(code).collect::<Vec<_>>(), found, "{code}");
        }
    }
}
