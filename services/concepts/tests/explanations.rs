//! The explanations as they are read: each topic, depth and level, with a program and without.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that lacks what it needs must fail")]

use std::sync::LazyLock;

use agent_core::curriculum::Topic;
use agent_core::mastery::Level;
use concepts::decide::code::{self, Construct, Reading};
use concepts::decide::explain::{Question, explain};
use concepts::library::{Depth, Library};
use proptest::prelude::*;

const LEVELS: [Level; 4] = [Level::Beginner, Level::Learning, Level::Proficient, Level::Mastered];

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::load().expect("the topics are well formed"));

fn library() -> &'static Library {
    &LIBRARY
}

fn program(topic: Topic) -> String {
    let path = format!("{}/tests/programs/{topic}.py", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn text(library: &Library, topic: Topic, question: Question<'_>) -> String {
    let lesson = library.lesson(topic).expect("a lesson");
    explain(library, lesson, question).unwrap_or_else(|error| panic!("{topic}: {error:#}")).text
}

#[test]
fn each_topic_reads_well_at_each_depth_and_level() {
    let library = library();
    for topic in library.lessons().map(|lesson| lesson.topic) {
        let reading = code::read(&program(topic));
        for depth in Depth::ALL {
            let mut shown = String::new();
            for (name, code) in [("without code", None), ("with code", Some(&reading))] {
                for level in LEVELS {
                    let question = Question { depth, level, code, stuck: false };
                    let text = text(library, topic, question);
                    shown.push_str(&format!("======== {name}, {level:?}\n\n{text}\n\n"));
                }
            }
            insta::assert_snapshot!(format!("{topic}-{}", depth.name()), shown);
        }
    }
}

#[test]
fn each_level_and_each_depth_says_something_else() {
    let library = library();
    for topic in library.lessons().map(|lesson| lesson.topic) {
        let mut texts = std::collections::BTreeSet::new();
        for depth in Depth::ALL {
            for level in LEVELS {
                texts.insert(text(library, topic, Question { depth, level, code: None, stuck: false }));
            }
        }
        assert_eq!(texts.len(), 12, "{topic}");
    }
}

#[test]
fn broken_code_is_explained_from_what_can_be_read() {
    let library = library();
    let reading = code::read("total = 0\nprint('start'\ntotal = total + 5\n");
    let question =
        Question { depth: Depth::Standard, level: Level::Learning, code: Some(&reading), stuck: false };
    insta::assert_snapshot!(text(library, Topic::Variables, question));
}

#[test]
fn code_that_does_not_show_the_concept_is_said_so() {
    let library = library();
    let reading = code::read("pass\n");
    for topic in library.lessons().map(|lesson| lesson.topic) {
        let question =
            Question { depth: Depth::Brief, level: Level::Beginner, code: Some(&reading), stuck: false };
        assert!(text(library, topic, question).contains("found nothing that shows it"), "{topic}");
    }
}

#[test]
fn a_learner_who_is_stuck_gets_the_usual_pitfalls() {
    let library = library();
    for topic in library.lessons().map(|lesson| lesson.topic) {
        let calm = Question { depth: Depth::Brief, level: Level::Beginner, code: None, stuck: false };
        assert!(!text(library, topic, calm).contains("get stuck"));
        assert!(text(library, topic, Question { stuck: true, ..calm }).contains("get stuck"));
    }
}

/// What a reader of Markdown shows as text outside of code spans and blocks must be ours alone.
fn outside_code(markdown: &str) -> String {
    let mut outside = String::new();
    let mut rest = markdown;
    while let Some(start) = rest.find('`') {
        outside.push_str(&rest[..start]);
        let fence = rest[start..].chars().take_while(|c| *c == '`').count();
        let body = &rest[start + fence..];
        let Some(end) = closing(body, fence) else {
            return outside + &rest[start..];
        };
        rest = &body[end + fence..];
    }
    outside + rest
}

/// Where a run of exactly `fence` backticks starts.
fn closing(body: &str, fence: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = body[at..].find('`') {
        let run = body[at + found..].chars().take_while(|c| *c == '`').count();
        if run == fence {
            return Some(at + found);
        }
        at += found + run;
    }
    None
}

#[test]
fn what_stands_in_the_learners_code_stays_a_quotation() {
    let library = library();
    let hostile = "\
x = '`<script>alert(1)</script>` [a](javascript:b) ```'
x = '``<img src=y onerror=z>``'
y = input('<script>` **bold** ')
print(y + 1, f'{y} `<b>`', '<script>' + 1)
z = int(y) * 2 + 1 == 3 or '`<script>`'
x += '<script>`'
while x != '<script>`':
    if x == '<img src=y>' or '<b>':
        continue
    elif x > '<script>':
        break
    x = '<script>`'
for z in '<script>`':
    y += '<script>`'
w = ['<script>`' if z == '<b>' else '**bold**' for z in '<img>' if z != '<script>']
[print('<script>`') for z in '<b>']
";
    let reading = code::read(hostile);
    let mut quoted = 0;
    assert!(
        Construct::ALL.into_iter().filter(|construct| !reading.seen.of(*construct).is_empty()).count() > 10
    );
    for topic in library.lessons().map(|lesson| lesson.topic) {
        for depth in Depth::ALL {
            let question = Question { depth, level: Level::Learning, code: Some(&reading), stuck: true };
            let text = text(library, topic, question);
            quoted += usize::from(text.contains("<script>"));
            let outside = outside_code(&text);
            for hostile in ["<script", "<img", "<b>", "](javascript", "alert", "**bold**"] {
                assert!(!outside.contains(hostile), "{topic} {depth:?}: {outside}");
            }
        }
    }
    assert!(quoted > 5, "{quoted}");
}

#[test]
fn an_explanation_is_bounded_whatever_the_program() {
    let library = library();
    let name = "n".repeat(1 << 16);
    let sources =
        ["x = 1\n".repeat(20_000), format!("{name} = '{name}'\n{name} = 1\n{name} += {name} + {name} * 2\n")];
    for source in sources {
        let reading: Reading = code::read(&source);
        for topic in library.lessons().map(|lesson| lesson.topic) {
            let question =
                Question { depth: Depth::Deep, level: Level::Learning, code: Some(&reading), stuck: true };
            assert!(text(library, topic, question).len() < 12_000, "{topic}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_program_is_explained(
        lines in prop::collection::vec("( {0,4}(if|elif|while) (x|y) (==|<|=|!=) ?[0-9]:|else:| {0,8}(break|continue|pass|x \\+= 1|y\\.append\\(x\\))|for (x|y) in (range\\([0-9]\\)|y|5):|[x if y for x in y else 1]|(x|y) = [\\[(]x for x in y( if x > 1)?[\\])])|(x|y|name) ?(=|\\+=|==|=\\+|<) ?(1|2\\.5|'a`b'|input\\(\\)|int\\(x\\)|x \\+ 1|\"\\{x\\}\"|print\\(y\\)|\\(|f'\\{y\\}')|\\PC{0,30}", 0..12),
    ) {
        let library = library();
        let reading = code::read(&lines.join("\n"));
        for topic in library.lessons().map(|lesson| lesson.topic) {
            for depth in Depth::ALL {
                let question = Question { depth, level: Level::Beginner, code: Some(&reading), stuck: false };
                prop_assert!(!text(library, topic, question).is_empty());
            }
        }
    }
}
