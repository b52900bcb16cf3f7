//! What the topics print is what a real Python prints: every example and every question about output.

use concepts::library::{Kind, Library};
use testkit::run_python;

#[test]
fn every_example_prints_what_it_says() {
    let library = Library::load().expect("the topics are well formed");
    for lesson in library.lessons() {
        assert!(lesson.examples.len() >= 3, "{}", lesson.topic);
        for example in &lesson.examples {
            let (printed, error) = run_python(example.code, example.stdin.unwrap_or_default());
            assert_eq!(
                (printed.as_str(), error.as_str()),
                (example.output, ""),
                "{}/{}",
                lesson.topic,
                example.name
            );
        }
    }
}

#[test]
fn every_question_about_output_has_the_answer_that_python_gives() {
    let library = Library::load().expect("the topics are well formed");
    let questions = library.lessons().flat_map(|lesson| &lesson.questions);
    let mut asked = 0;
    for question in questions.filter(|question| question.kind == Kind::PredictOutput) {
        let program = question.code.as_deref().expect("a program");
        let (printed, error) = run_python(program, "");
        assert!(error.is_empty(), "{}: {error}", question.id);
        assert_eq!(question.answer, [printed.trim_end()], "{}", question.id);
        asked += 1;
    }
    assert!(asked >= 80, "{asked}");
}

#[test]
fn a_program_in_a_question_of_another_kind_fails_only_where_an_answer_says_so() {
    let library = Library::load().expect("the topics are well formed");
    let questions = library.lessons().flat_map(|lesson| &lesson.questions);
    for question in questions.filter(|question| question.kind == Kind::Choice) {
        let Some(program) = question.code.as_deref() else { continue };
        // Somebody types 3 wherever a program asks.
        let (_, error) = run_python(program, "3\n");
        let right = question.choices.iter().find(|choice| choice.right).expect("a right choice");
        let errors = ["NameError", "TypeError", "ValueError", "IndexError"];
        let named = errors.into_iter().find(|name| right.text.contains(name));
        assert_eq!(
            named.is_some_and(|name| error.contains(name)),
            named.is_some(),
            "{}: {error}",
            question.id
        );
        assert_eq!(error.is_empty(), named.is_none(), "{}: {error}", question.id);
    }
}

/// Examples that show on purpose what a misconception does, or what may be one.
const ON_PURPOSE: [(&str, &str, &str); 2] = [
    ("type-conversion", "keep_the_result", "changes-in-place"),
    ("if-elif-else", "two_questions", "ifs-are-a-chain"),
];

#[test]
fn our_own_examples_show_no_misconception_but_on_purpose() {
    let library = Library::load().expect("the topics are well formed");
    let misconceptions: Vec<_> = library.lessons().flat_map(|lesson| &lesson.misconceptions).collect();
    let mut found = std::collections::BTreeSet::new();
    for lesson in library.lessons() {
        for example in &lesson.examples {
            let reading = concepts::decide::code::read(example.code);
            let shows = |construct| !reading.seen.of(construct).is_empty();
            let shown =
                misconceptions.iter().filter(|misconception| misconception.construct.is_some_and(shows));
            found.extend(shown.map(|shown| (lesson.topic.slug(), example.name, shown.id.as_str())));
        }
    }
    assert_eq!(found, ON_PURPOSE.into_iter().collect());
}
