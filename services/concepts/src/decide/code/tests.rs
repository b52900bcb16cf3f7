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
