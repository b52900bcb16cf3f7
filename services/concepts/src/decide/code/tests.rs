//! What is seen in which program, and that no program breaks the reader.

use proptest::prelude::*;

use super::*;

/// `construct line slot=value …` for each sighting, in the order of [`Construct::ALL`].
fn told(source: &str) -> Vec<String> {
    let reading = read(source);
    let of = |construct: Construct| {
        reading.seen.of(construct).iter().map(move |sighting| {
            let slots = sighting.slots.iter().map(|(name, slot)| format!(" {name}={}", shown(slot)));
            format!("{} {} {}{}", construct.name(), sighting.line, sighting.text, slots.collect::<String>())
        })
    };
    Construct::ALL.into_iter().flat_map(of).collect()
}

fn shown(slot: &Slot) -> String {
    match slot {
        Slot::Code(text) | Slot::Identifier(text) => text.clone(),
        Slot::Type(kind) => kind.unwrap_or("?").to_owned(),
        Slot::Words(words) => (*words).to_owned(),
        Slot::Number(number) => number.to_string(),
    }
}

const PROGRAMS: &[(&str, &str)] = &[
    ("names", "total = 0\nt = 5\ntotal = total + t\ntotal += 2 * t\nprint(total)\n"),
    ("branches", "if input():\n    x = 1\nelse:\n    x = 2\nx = 'a'\n"),
    ("early", "print(total)\ntotal = 1\n"),
    ("scopes", "def f():\n    a = 1\ndef g():\n    a = 2\n"),
    (
        "slips",
        "5 = x\nx =+ 1\nx == 2\ny = print(x)\ninput()\nint(x)\n'{x}'\n'{x}'.format(x=1)\nif x == 1 or 2:\n    pass\nz = 2 ^ 3\n",
    ),
    ("types", "print(type(1.5))\na = 'hi'\nb = a + 1\nprint('Age: ' + str(3), True, None)\nc = 'x' * 3\n"),
    ("input", "age = input('Age? ')\nyears = int(input('Years? '))\nif age > 17:\n    print(age + 1)\n"),
    (
        "ranks",
        "a = 1 + 2 * 3\nb = (1 + 2) * 3\nc = 2 ** 2 * 4 - 1\nd = 1 - -1\nprint(f'{a} {b}', not a, a and b, a in [b])\n",
    ),
    ("brace", "name = 'Ada'\nprint(f'hi {name')\ntotal = 1\n"),
    (
        "chain",
        "score = int(input())\nif score >= 50:\n    print('ok')\nelif score >= 90:\n    print('great')\nelif score < 20:\n    print('low')\n",
    ),
    (
        "covered",
        "if x < 5:\n    a = 1\nelif x >= 5 and x < 10:\n    a = 2\nelif 5 <= x <= 8:\n    a = 3\nelse:\n    a = 4\n",
    ),
    (
        "repeated",
        "if name in names:\n    a = 1\nelif name in names:\n    a = 2\nif f(x):\n    a = 3\nelif f(x):\n    a = 4\n",
    ),
    (
        "always",
        "if x > 0 or x < 10:\n    a = 1\nif x > 10 and x < 5:\n    a = 2\nif c == 'a' or 'b':\n    a = 3\nelse:\n    a = 4\n",
    ),
    (
        "separate",
        "if s >= 50:\n    g = 'C'\nif s >= 90:\n    g = 'A'\nelse:\n    g = 'F'\nif s < 0:\n    s = 0\nif s < 1:\n    print(s)\nif n % 3 == 0:\n    print('f')\nif n % 5 == 0:\n    print('b')\n",
    ),
    (
        "nested if",
        "if a > 1:\n    if b or c:\n        print(a)\nif ready == True:\n    print(1)\nwhile ready != False:\n    break\n",
    ),
    (
        "sum",
        "total = 0\nfor n in range(1, 11, 2):\n    total += n\nprint(total)\nfor k in range(5, 1):\n    print(k)\n",
    ),
    ("reset", "for n in [1, 2]:\n    total = 0\n    total += n\nfor m in [1]:\n    count += 1\n"),
    (
        "items",
        "items = ['a']\nfor i in range(len(items)):\n    print(items[i])\nfor i in range(len(items) + 1):\n    print(items[i])\nfor x in items:\n    items.remove(x)\nfor x in items:\n    if x:\n        items.remove(x)\n        break\n",
    ),
    (
        "grid",
        "for r in range(3):\n    for c in range(4):\n        print(r, c)\n    for r in 5:\n        r += 1\nfor i in range(9):\n    i += 2\n",
    ),
    (
        "early",
        "def f(items):\n    for x in items:\n        if x > 1:\n            return True\n        else:\n            return False\n    for x in items:\n        if x:\n            return x\n",
    ),
    (
        "count",
        "i = 1\nwhile i < 10:\n    print(i)\n    i += 3\nj = 0\nwhile j <= 5:\n    j += 1\nk = 5\nwhile k > 9:\n    k -= 1\n",
    ),
    (
        "stuck",
        "n = 3\nwhile n > 0:\n    print(n)\nn -= 1\nwhile True:\n    print(n)\nm = 1\nwhile m != 10:\n    m += 2\nq = [1]\nwhile q:\n    q.pop()\n",
    ),
    (
        "asked",
        "word = input()\nwhile word != 'stop':\n    word = input()\nwhile True:\n    if input() == 'x':\n        break\ni = 0\nwhile i <= len(word):\n    print(word[i])\n    i += 1\n",
    ),
    (
        "jumps",
        "for n in range(9):\n    if n == 3:\n        continue\n    if n == 5:\n        break\n        print('never')\n    print(n)\nelse:\n    print('all')\nprint('end')\nbreak\n",
    ),
    (
        "skips",
        "i = 0\nwhile i < 9:\n    if i == 3:\n        continue\n    i += 1\nfor a in 'ab':\n    for b in 'cd':\n        if b == 'c':\n            break\n    else:\n        print(b)\nfor x in [1]:\n    print(x)\n    break\nfor x in [1]:\n    print(x)\n    continue\nelse:\n    print('done')\n",
    ),
    (
        "lists",
        "nums = [1, 2]\nsquares = [n * n for n in nums if n > 1]\npairs = [(a, b) for a in nums for b in nums]\nrows = [[0 for x in nums] for y in nums]\nsigns = ['+' if n > 0 else '-' for n in nums]\n[print(n) for n in nums]\nlazy = (n for n in nums)\ncopy = [n for n in nums]\nbad = [m for n in nums]\nout = []\nfor n in nums:\n    if n > 1:\n        out.append(n * 2)\nu = {k: v for k, v in {}.items()}\nt = sum(n for n in nums)\n",
    ),
    (
        "retries",
        "i = 0\nwhile i < 3:\n    word = input()\n    if word == '':\n        continue\n    i += 1\ntry:\n    while True:\n        print(next(lines))\nexcept StopIteration:\n    pass\nfor x in [1, 2]:\n    if x > 1:\n        continue\n    print(x)\n    break\n",
    ),
    (
        "found",
        "def find(xs):\n    for x in xs:\n        if x:\n            return x\n    else:\n        return None\n",
    ),
    ("assign in test", "x = 5\nif x = 5:\n    print(x)\n"),
    ("else if", "if x > 5:\n    a = 1\nelse if x > 3:\n    a = 2\n"),
    ("else test", "if x > 5:\n    a = 1\nelse x > 3:\n    a = 2\n"),
    ("colon", "for i in range(3)  # three\n    print(i)\n"),
    ("else in filter", "a = [x if x > 0 else 0 for x in y]\nb = [x for x in y if x > 0 else 0]\n"),
    ("filter in front", "b = [x if x > 0 for x in y]\n"),
    ("broken", "total = 5\nprint('hello'\ntotal = total + 1\nif total > 3\n    print(total)\n"),
];

#[test]
fn sees_names_values_calls_and_operators_in_their_lines() {
    let told = PROGRAMS.iter().map(|(name, source)| {
        let broken = read(source).broken_line.map_or(String::new(), |line| format!(" (broken at {line})"));
        format!("{name}{broken}\n{}", told(source).join("\n"))
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n\n"));
}

/// `x < 3` and the like.
fn test_of_x() -> impl Strategy<Value = (&'static str, i32)> {
    (prop::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]), -3..4_i32)
}

fn passes(value: i32, (sign, bound): (&str, i32)) -> bool {
    // Quarters, so that there is something between two whole numbers.
    let bound = bound * 4;
    match sign {
        "<" => value < bound,
        "<=" => value <= bound,
        ">" => value > bound,
        ">=" => value >= bound,
        "==" => value == bound,
        _ => value != bound,
    }
}

proptest! {
    #[test]
    fn a_branch_is_called_unreachable_where_no_value_gets_there(tests in prop::collection::vec(test_of_x(), 1..6)) {
        let branch = |(place, (sign, bound)): (usize, &(&str, i32))| {
            format!("{} x {sign} {bound}:\n    pass\n", if place == 0 { "if" } else { "elif" })
        };
        let source: String = tests.iter().enumerate().map(branch).collect();
        let reading = read(&source);
        let told: Vec<u32> =
            reading.seen.of(Construct::UnreachableBranch).iter().map(|sighting| sighting.line).collect();
        let takes = |value: i32| tests.iter().position(|test| passes(value, *test));
        let reached: std::collections::BTreeSet<usize> = (-100..100).filter_map(takes).collect();
        for place in 1..tests.len() {
            let line = u32::try_from(place * 2 + 1).expect("few lines");
            // What is no number passes `!=` alone: a branch that only it reaches is not called unreachable.
            let is_for_others = tests[place].0 == "!=" && tests[..place].iter().all(|test| test.0 != "!=");
            prop_assert!(reached.contains(&place) != told.contains(&line) || is_for_others, "{source}\n{told:?}");
            prop_assert!(!(reached.contains(&place) && told.contains(&line)), "{source}\n{told:?}");
        }
        if let Some(no_else) = reading.seen.of(Construct::NoElse).first() {
            let gap = no_else.slots.iter().find(|(name, _)| *name == "gap").map(|(_, gap)| shown(gap));
            let value: Option<i32> = gap.filter(|gap| !gap.is_empty()).map(|gap| gap.parse().expect("a number"));
            prop_assert!(value.is_none_or(|value| takes(value * 4).is_none()), "{source} {value:?}");
        }
    }
}

#[test]
fn keeps_a_bounded_number_of_sightings() {
    let reading = read(&"x = 1\n".repeat(1000));
    assert_eq!(reading.seen.of(Construct::Reassignment).len(), SIGHTINGS_MAX);
    assert!(reading.cut);
}

#[test]
fn hostile_programs_cost_bounded_stack() {
    let hostile = [
        "(".repeat(1 << 20),
        format!("x = {}", "1+".repeat(1 << 19)),
        format!("f\"{{'\" {}1", "1+".repeat(1 << 18)),
        format!("f\"{{\"\n}} (\n{}1", "1+\n".repeat(1 << 18)),
        format!("f\"\"\"{{\"\"\"\n{}1", "1+".repeat(1 << 18)),
        format!("f\"{{x!r\" {}1", "1+".repeat(1 << 18)),
        "if a:\n".to_owned() + &(1..5000).map(|depth| " ".repeat(depth) + "if a:\n").collect::<String>(),
        "x = 1\n".repeat(100_000),
        "\0".repeat(1 << 16),
        "if x > 1:\n    pass\n".repeat(40_000),
        format!("if x:\n pass\n{}", "elif x > 3:\n pass\n".repeat(30_000)),
        "while x < 3:\n    y += 1\n".repeat(30_000),
        format!("for i in a:\n{}", (0..30_000).map(|n| format!("    x{n} += 1\n")).collect::<String>()),
        (0..40).map(|n| format!("{}for i{n} in range(9):\n", " ".repeat(n))).collect::<String>()
            + &" ".repeat(40)
            + "x += 1\n",
        // The deepest that is still read.
        format!("x = {}1", "-".repeat(140)),
        format!("x = {}1{}", "(".repeat(70), ")".repeat(70)),
        format!("x = {}1", "1+".repeat(70)),
    ];
    // As small as the stack of a thread that serves requests.
    let reader = std::thread::Builder::new().stack_size(2 << 20);
    let handle =
        reader.spawn(move || hostile.iter().map(|source| read(source)).filter(|reading| reading.cut).count());
    let cut = handle.expect("a thread").join().expect("no panic");
    assert!(cut >= 5, "{cut}");
}

proptest! {
    #[test]
    fn any_text_gives_a_reading(source in "\\PC{0,300}|[a-z0-9=+*(){}\\[\\]\"'#:,. \\n\\t\\\\f]{0,400}") {
        let reading = read(&source);
        let lines = u32::try_from(source.lines().count()).expect("few lines") + 2;
        for construct in Construct::ALL {
            prop_assert!(reading.seen.of(construct).iter().all(|sighting| sighting.line >= 1 && sighting.line <= lines));
        }
    }

    #[test]
    fn any_shuffle_of_python_words_gives_a_reading(
        words in prop::collection::vec(prop::sample::select(vec![
            "x", "total", "=", "+=", "=+", "==", "+", "*", "print", "(", ")", "input", "int", "f'", "{", "}", "'", "\"\"\"",
            "if", "else", ":", "\n", "\n    ", "for", "in", "def", "class", "or", "not", "1", "2.5", "lambda", ",", "[", "]",
        ]), 0..60),
    ) {
        prop_assert!(read(&words.join(" ")).broken_line != Some(0));
    }
}
