//! What the loader refuses, and how it says so; and that all that is compiled in loads.
//!
//! Not here: what the exercises do when run (`admission`).

use super::*;

/// A template as small as one can be.
const SMALL: &str = r#"
title = "Twice"
difficulty = "beginner"
minutes = 3
kinds = ["write"]
statement = "Read a number and print {{ factor }} times it."
reference = "print({{ factor }} * int(input()))\n"
hints = ["Read.", "Convert.", "Multiply by {{ factor }}."]

[[draw]]
name = "factor"
int = { from = 2, to = 9 }

[[test]]
about = "a number"
open = true
stdin = "4\n"
"#;

fn refused(place: &str, source: &str) -> String {
    Templates::of(&[(place, source)]).expect_err(source).to_string()
}

#[test]
fn all_that_is_compiled_in_loads_and_each_topic_has_something() {
    let templates = Templates::load().unwrap_or_else(|error| panic!("{error}"));
    for topic in ["variables", "data-types", "input-output", "operators", "type-conversion"] {
        let topic = Topic::from_str(topic).unwrap();
        assert!(!templates.fitting(topic, None, Difficulty::Easy).is_empty(), "{topic}");
    }
    for topic in ["if-elif-else", "for", "while", "break-continue", "list-comprehensions"] {
        let topic = Topic::from_str(topic).unwrap();
        assert!(!templates.fitting(topic, None, Difficulty::Easy).is_empty(), "{topic}");
    }
}

#[test]
fn a_small_template_loads() {
    let templates = Templates::of(&[("for/twice.toml", SMALL)]).unwrap();
    let template = templates.get(Topic::For, "twice").unwrap();
    assert_eq!(template.sheet.variety(), 8);
    assert_eq!(template.sheet.difficulty_as(Kind::FixBug), Difficulty::Beginner);
}

#[test]
fn what_is_ill_formed_is_refused_by_file_and_field() {
    for (from, to, problem) in [
        ("minutes = 3", "minutes = 0", "minutes: from 1 to 60"),
        ("minutes = 3", "minutse = 3", "unknown field `minutse`"),
        ("kinds = [\"write\"]", "kinds = []", "kinds: none"),
        ("kinds = [\"write\"]", "kinds = [\"write\", \"write\"]", "twice"),
        ("kinds = [\"write\"]", "kinds = [\"wriet\"]", "unknown variant `wriet`"),
        ("kinds = [\"write\"]", "kinds = [\"fill-gap\"]", "gap: there must be gaps"),
        ("print {{ factor }}", "print {{ facotr }}", "statement: uses `facotr`, which no draw gives"),
        ("print({{ factor }}", "print({{ factor", "reference: "),
        ("\"Read.\"", "\"\"", "hints: is empty"),
        ("name = \"factor\"", "name = \"Factor\"", "draw `Factor`: a name is small letters"),
        ("{ from = 2, to = 9 }", "{ from = 9, to = 2 }", "draw `factor`: int: from 9 to 2 is nothing"),
        ("{ from = 2, to = 9 }", "{ from = \"low\", to = 9 }", "uses `low`, which no draw before it gives"),
        ("int = {", "itn = {", "unknown variant `itn`"),
        ("int = { from = 2, to = 9 }", "pool = \"nothing-of-that\"", "words.toml has no `nothing-of-that`"),
        ("int = { from = 2, to = 9 }", "", "`factor` needs exactly one of one_of"),
        ("open = true", "open = false", "test: none is open"),
        ("about = \"a number\"", "about = \"\"", "test.about: is empty"),
        ("stdin = \"4\\n\"", "calls = [\"f(1)\"]", "test.calls: a script has no function"),
        ("minutes = 3", "minutes = 3\nfunction = \"twice\"", "function: the reference defines none"),
        ("* int(input())", "* id(input())", "reference: calls `id`"),
        ("reference = \"print", "reference = \"import random\\nprint", "reference: imports `random`"),
        ("minutes = 3", "minutes = 3\nprints = true", "prints: a script's output always counts"),
        ("minutes = 3", "minutes = 3\nconstraints = [\"factor <\"]", "constraints: `factor <`"),
        ("minutes = 3", "minutes = 3\nrequired = [\"for\"]\nforbidden = [\"for\"]", "is in both"),
    ] {
        assert!(SMALL.contains(from), "{from}");
        let error = refused("for/twice.toml", &SMALL.replacen(from, to, 1));
        assert!(
            error.starts_with("exercises/for/twice.toml: ") && error.contains(problem),
            "{problem}: {error}"
        );
    }
}

#[test]
fn a_place_names_a_topic_and_a_slug() {
    assert!(refused("loops/twice.toml", SMALL).contains("no topic of the curriculum is called `loops`"));
    assert!(refused("for/Twice.toml", SMALL).contains("small letters"));
    assert!(refused("twice.toml", SMALL).contains("<topic>/<slug>.toml"));
}

#[test]
fn the_nearest_in_difficulty_comes_first_and_of_two_the_easier() {
    let hard = SMALL.replace("beginner", "hard");
    let templates = Templates::of(&[("for/twice.toml", SMALL), ("for/thrice.toml", &hard)]).unwrap();
    let first = |difficulty| templates.fitting(Topic::For, None, difficulty)[0].template.slug.clone();
    assert_eq!(first(Difficulty::Challenge), "thrice");
    assert_eq!(first(Difficulty::Easy), "twice");
    assert!(templates.fitting(Topic::For, Some(Kind::Order), Difficulty::Easy).is_empty());
    assert!(templates.fitting(Topic::While, None, Difficulty::Easy).is_empty());
}
