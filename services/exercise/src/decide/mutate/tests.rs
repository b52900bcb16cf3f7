//! Each operator on programs made for it: what the line becomes, and for which misconception it stands.
//!
//! Not here: what tests catch (`admission`).

use super::*;

/// Operator, program, and for each bug it makes the line, what it says then, and the misconception.
type Case = (&'static str, &'static str, &'static [(u32, &'static str, &'static str)]);

const CASES: &[Case] = &[
    (
        "comparison-boundary",
        "x = 3\nprint(x < 4, x >= 2, x == 1)",
        &[
            (2, "print(x <= 4, x >= 2, x == 1)", "boundary-value"),
            (2, "print(x < 4, x > 2, x == 1)", "boundary-value"),
        ],
    ),
    (
        "comparison-flip",
        "x = 3\nif x == 4:\n    print(x not in [1])",
        &[(2, "if x != 4:", "comparison-reversed")],
    ),
    ("or-of-values", "x = 3\nif x == 1 or x == 2:\n    print(x)", &[(2, "if x == 1 or 2:", "or-of-values")]),
    (
        "arithmetic-swap",
        "a = 7\nprint(a + 2, a * 3, 'n' + 'o', a / 2)\na += 1",
        &[
            (2, "print(a - 2, a * 3, 'n' + 'o', a / 2)", "wrong-operator"),
            (2, "print(a + 2, a + 3, 'n' + 'o', a / 2)", "wrong-operator"),
            (2, "print(a + 2, a * 3, 'n' + 'o', a * 2)", "wrong-operator"),
            (3, "a -= 1", "wrong-operator"),
        ],
    ),
    (
        "division-kind",
        "print(7 // 2)\nprint(7 / 2)",
        &[(1, "print(7 / 2)", "division-gives-int"), (2, "print(7 // 2)", "division-gives-int")],
    ),
    (
        "remainder-quotient",
        "print(7 // 2)\nprint(7 % 2)\nprint('%s' % 2)",
        &[(1, "print(7 % 2)", "modulo-is-percent"), (2, "print(7 // 2)", "modulo-is-percent")],
    ),
    ("caret-power", "print(2 ** 3)", &[(1, "print(2 ^ 3)", "caret-is-power")]),
    ("dropped-parentheses", "a = 2\nprint((a + 3) * 4)", &[(2, "print(a + 3 * 4)", "left-to-right")]),
    (
        "range-end",
        "for i in range(1, n + 1):\n    print(i)",
        &[
            (1, "for i in range(1, n):", "range-includes-end"),
            (1, "for i in range(1, n + 1 + 1):", "range-includes-end"),
        ],
    ),
    (
        "range-start",
        "for i in range(5):\n    print(i)\nfor i in range(1, 5):\n    print(i)",
        &[
            (1, "for i in range(1, 5):", "range-starts-at-one"),
            (3, "for i in range(0, 5):", "range-starts-at-one"),
            (3, "for i in range(2, 5):", "range-starts-at-one"),
        ],
    ),
    (
        "index-shift",
        "print(word[0], word[-1], word[1:3])",
        &[
            (1, "print(word[1], word[-1], word[1:3])", "index-from-one"),
            (1, "print(word[0], word[-2], word[1:3])", "index-from-one"),
            (1, "print(word[0], word[-1], word[2:3])", "index-from-one"),
            (1, "print(word[0], word[-1], word[1:4])", "index-from-one"),
        ],
    ),
    (
        "constant-shift",
        "print(x + 2, x > 5)\nx += 1",
        &[
            (1, "print(x + 2, x > 6)", "off-by-one"),
            (1, "print(x + 3, x > 5)", "off-by-one"),
            (2, "x += 2", "off-by-one"),
        ],
    ),
    (
        "initial-value",
        "total = 0\ncount = 1\ntext = \"\"\nfound = False",
        &[
            (1, "total = 1", "wrong-start"),
            (2, "count = 0", "wrong-start"),
            (3, "text = \" \"", "wrong-start"),
            (4, "found = True", "wrong-start"),
        ],
    ),
    (
        "extreme-start",
        "best = numbers[0]\nfor n in numbers:\n    if n > best:\n        best = n\nlast = numbers[1]",
        &[(1, "best = 0", "start-from-zero")],
    ),
    (
        "and-or-swap",
        "print(a and b)\nprint(a or b)",
        &[(1, "print(a or b)", "and-or-confused"), (2, "print(a and b)", "and-or-confused")],
    ),
    (
        "negated-condition",
        "if not done:\n    print(1)\nelif ready:\n    print(2)\nwhile True:\n    break",
        &[(1, "if done:", "condition-reversed"), (3, "elif not (ready):", "condition-reversed")],
    ),
    ("dropped-else", "if a:\n    print(1)\nelse:\n    print(2)\nprint(3)", &[(3, "", "case-forgotten")]),
    (
        "elif-as-if",
        "if a:\n    print(1)\nelif b:\n    print(2)\nelse:\n    print(3)",
        &[(3, "if b:", "elif-is-if")],
    ),
    (
        "dropped-statement",
        "a = 1\nfor i in range(2):\n    a = a + 1\nprint(a)",
        &[(1, "", "step-forgotten"), (3, "pass", "step-forgotten"), (4, "", "step-forgotten")],
    ),
    ("dropped-statement", "a = 1\nprint(a)", &[(1, "", "use-before-assignment"), (2, "", "step-forgotten")]),
    ("swapped-lines", "a = 1\nb = 2\nfor i in a:\n    print(i)", &[(1, "b = 2", "use-before-assignment")]),
    (
        "overwritten-sum",
        "a += n\nb = b + n\nc = n + c",
        &[(1, "a = n", "old-value-kept"), (2, "b = n", "old-value-kept")],
    ),
    (
        "augmented-order",
        "a += n\nb -= n\nc *= n",
        &[(1, "a =+ n", "augmented-order"), (2, "b =- n", "augmented-order")],
    ),
    ("wrong-variable", "one = 1\ntwo = 2\nprint(one)", &[(3, "print(two)", "wrong-name")]),
    (
        "moved-into-loop",
        "for i in a:\n    print(i)\nprint(1)\nprint(2)",
        &[(3, "print(1)", "indentation-decides")],
    ),
    (
        "moved-out-of-loop",
        "while a:\n    print(i)\n    a = a - 1",
        &[(3, "a = a - 1", "indentation-decides")],
    ),
    (
        "break-continue",
        "for i in a:\n    if i:\n        break\n    continue",
        &[(3, "continue", "break-or-continue"), (4, "break", "break-or-continue")],
    ),
    (
        "missing-conversion",
        "n = int(input())\nm = int(n)\nprint('n' + str(n))",
        &[
            (1, "n = input()", "input-is-number"),
            (2, "m = n", "digits-are-numbers"),
            (3, "print('n' + n)", "automatic-conversion"),
        ],
    ),
    (
        "other-conversion",
        "n = float(input())\nm = int(n)\nk = round(n)\ni = int(input())",
        &[
            (1, "n = int(input())", "int-reads-decimals"),
            (2, "m = round(n)", "int-rounds"),
            (2, "m = float(n)", "int-rounds"),
            (3, "k = int(n)", "int-rounds"),
            (4, "i = float(input())", "int-reads-decimals"),
        ],
    ),
    (
        "min-max-swap",
        "print(min(a), max(a))",
        &[(1, "print(max(a), max(a))", "min-or-max"), (1, "print(min(a), min(a))", "min-or-max")],
    ),
    (
        "filter-changed",
        "b = [n * 2 for n in a if n > 3]",
        &[
            (1, "b = [n * 2 for n in a]", "filter-forgotten"),
            (1, "b = [n * 2 for n in a if not (n > 3)]", "filter-reversed"),
        ],
    ),
    (
        "element-changed",
        "b = [n * 2 for n in a]",
        &[(1, "b = [n for n in a]", "element-is-value"), (1, "b = [a for n in a]", "element-is-value")],
    ),
    ("quoted-name", "name = 'Mia'\nprint(name, 3)", &[(2, "print(\"name\", 3)", "name-is-text")]),
    (
        "text-changed",
        "print(f\"{x:.2f}\")\nprint('ok!', '-')",
        &[
            (1, "print(\"{x:.2f}\")", "missing-f"),
            (1, "print(f\"{x:.1f}\")", "decimals-shown"),
            (2, "print('ok', '-')", "text-not-exact"),
        ],
    ),
    (
        "call-changed",
        "print(a, end='')\nprint(a, b, sep='-')",
        &[
            (1, "print(a)", "print-stays-on-line"),
            (2, "print(b, a, sep='-')", "argument-order"),
            (2, "print(a, b)", "comma-vs-plus"),
        ],
    ),
    (
        "call-changed",
        "print(a, b)",
        &[(1, "print(b, a)", "argument-order"), (1, "print(str(a) + str(b))", "comma-vs-plus")],
    ),
    ("call-changed", "def f(x):\n    return x", &[(2, "print(x)", "print-gives-back")]),
];

#[test]
fn each_operator_makes_its_bugs_and_no_others() {
    for (operator, program, expected) in CASES {
        let made: Vec<(u32, String, String)> = mutants(&format!("{program}\n"))
            .into_iter()
            .filter(|mutant| mutant.bug.operator == *operator)
            .map(|Mutant { bug, .. }| (bug.line, bug.becomes, bug.misconception))
            .collect();
        let mut made: Vec<_> =
            made.iter().map(|(line, becomes, why)| (*line, becomes.as_str(), why.as_str())).collect();
        let mut expected = expected.to_vec();
        made.sort_unstable();
        expected.sort_unstable();
        assert_eq!(made, expected, "{operator}:\n{program}");
    }
}

#[test]
fn every_operator_has_a_case_a_name_of_its_own_and_a_sentence() {
    let mut names = BTreeSet::new();
    for operator in &OPERATORS {
        assert!(names.insert(operator.name), "{} is there twice", operator.name);
        assert!(CASES.iter().any(|(name, ..)| *name == operator.name), "{} has no case", operator.name);
        assert!(operator.sentence.ends_with('.'), "{}", operator.name);
        assert_eq!(operator_named(operator.name).map(|found| found.sentence), Some(operator.sentence));
    }
}

#[test]
fn a_change_of_several_lines_or_beside_a_loop_is_made_as_a_whole() {
    let changed = |program: &str, operator: &str| {
        let all = mutants(program).into_iter().filter(|mutant| mutant.bug.operator == operator);
        all.map(|mutant| mutant.code).collect::<Vec<_>>()
    };
    let program = "for n in a:\n    t = t + n\n    print(t)\nprint(1)\n";
    assert_eq!(
        changed(program, "moved-into-loop"),
        ["for n in a:\n    t = t + n\n    print(t)\n    print(1)\n"]
    );
    assert_eq!(changed(program, "moved-out-of-loop"), ["for n in a:\n    t = t + n\nprint(t)\nprint(1)\n"]);
    let program = "if a:\n    print(1)\nelse:\n    print(2)\n    print(3)\nprint(4)\n";
    assert_eq!(changed(program, "dropped-else"), ["if a:\n    print(1)\nprint(4)\n"]);
    assert_eq!(changed("a = 1\nb = 22\n", "swapped-lines"), ["b = 22\na = 1\n"]);
}

#[test]
fn misconceptions_are_named_like_slugs() {
    for (_, _, expected) in CASES {
        for (_, _, misconception) in *expected {
            assert!(
                misconception.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'),
                "{misconception}"
            );
        }
    }
}

#[test]
fn what_is_no_python_has_no_mutants_and_no_mutant_is_no_python() {
    assert_eq!(mutants("for in range(3\n"), []);
    let program = "total = 0\nwhile True:\n    n = int(input())\n    if n == 0:\n        break\n    elif n < 3:\n        continue\n    total += n\nprint(f\"{total} done\")\n";
    let found = mutants(program);
    assert!(found.len() > 20, "{}", found.len());
    let mut codes = BTreeSet::from([program]);
    for mutant in &found {
        assert!(agent_core::syntax::analyze(&mutant.code).valid, "{}", mutant.code);
        assert!(codes.insert(&mutant.code), "twice: {}", mutant.code);
    }
}

#[test]
fn of_many_each_operator_is_chosen_once_before_any_is_twice() {
    let found = mutants("a = 1\nb = 2\nprint(a + b, a - b, a * b)\nprint(a < b, b < a)\n");
    let operators: BTreeSet<_> = found.iter().map(|mutant| mutant.bug.operator.clone()).collect();
    let mut chance = Chance::new(crate::decide::exercise::Seed(1), "mutants");
    let chosen = choose(found.clone(), operators.len(), &mut chance);
    let of_chosen: BTreeSet<_> = chosen.iter().map(|mutant| mutant.bug.operator.clone()).collect();
    assert_eq!(of_chosen, operators);
    let mut chance = Chance::new(crate::decide::exercise::Seed(1), "mutants");
    assert_eq!(choose(found.clone(), 1_000, &mut chance).len(), found.len());
}
