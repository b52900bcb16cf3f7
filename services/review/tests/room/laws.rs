//! What holds for any text: no panic, a score within its range, findings within the text, the same answer twice.

use agent_core::mastery::Level;
use proptest::prelude::*;
use review::decide::{Review, Severity, compare, feedback, hints, review};

/// Pieces of programs: joined at random they often parse, and often nearly do.
const PIECES: [&str; 28] = [
    "def f(x):\n",
    "    return x\n",
    "    if x == None:\n",
    "        return\n",
    "    for i in range(len(x)):\n",
    "        print(x[i])\n",
    "x = [1, 2]\n",
    "y = x.append(3)\n",
    "while True:\n",
    "    pass\n",
    "    break\n",
    "else:\n",
    "try:\n",
    "except:\n",
    "class C:\n",
    "    def m():\n",
    "        pass\n",
    "print(f\"{x}\")\n",
    "n = input()\n",
    "print(n + 1)\n",
    "x == 3\n",
    "\n",
    "    x += 'é𝒳'\n",
    "import os\n",
    "f(f)\n",
    "lambda: 0\n",
    "(",
    "'''",
];

fn pythonic() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES.as_slice()), 0..25).prop_map(|pieces| pieces.concat())
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![4 => pythonic(), 1 => any::<String>(), 1 => "[ -~\\n\\t]{0,200}"]
}

fn any_level() -> impl Strategy<Value = Level> {
    prop::sample::select(vec![Level::Beginner, Level::Learning, Level::Proficient, Level::Mastered])
}

/// Lines as CPython counts them.
fn lines(code: &str) -> u32 {
    let breaks = code.replace("\r\n", "\n").matches(['\n', '\r']).count();
    u32::try_from(breaks + 1).unwrap()
}

fn check(code: &str, review: &Review) -> Result<(), TestCaseError> {
    let categories = review.categories;
    let scores =
        [categories.correctness, categories.clarity, categories.structure, categories.pythonic, review.score];
    prop_assert!(scores.iter().all(|score| *score <= 100), "{scores:?}");
    for finding in &review.findings {
        for line in finding.also_lines.iter().chain([&finding.line]) {
            prop_assert!((1..=lines(code)).contains(line), "line {line} of {}: {finding:?}", lines(code));
        }
        prop_assert!(!finding.message.is_empty());
    }
    let concerns = review.concerns().count();
    prop_assert_eq!(review.next_step.rule.is_none(), concerns == 0);
    prop_assert!(review.next_step.score_after.is_none_or(|after| after >= review.score && after <= 100));
    let praised = review.findings.iter().filter(|finding| finding.severity == Severity::Celebratory).count();
    prop_assert_eq!(praised, review.praise.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn a_review_of_any_text_is_well_formed_and_the_same_twice(code in any_text(), level in any_level()) {
        let first = review(&code, level);
        check(&code, &first)?;
        prop_assert_eq!(&first, &review(&code, level));
    }

    #[test]
    fn a_comment_and_empty_lines_at_the_end_change_no_score(code in pythonic(), level in any_level()) {
        let first = review(&code, level);
        let longer = review(&format!("{code}\n\n# the end\n"), level);
        if first.valid && longer.valid {
            prop_assert_eq!(first.score, longer.score);
        }
    }

    #[test]
    fn a_higher_level_only_adds_findings(code in pythonic()) {
        let low = review(&code, Level::Beginner);
        let high = review(&code, Level::Mastered);
        prop_assert!(high.score <= low.score);
        for finding in low.concerns() {
            prop_assert!(high.concerns().any(|other| other.rule == finding.rule), "{finding:?}");
        }
    }

    #[test]
    fn comparing_a_program_with_itself_finds_nothing_and_swapping_swaps(one in pythonic(), other in pythonic()) {
        let same = compare(&one, &one, Level::Learning);
        prop_assert!(same.same_program && same.fixed.is_empty() && same.introduced.is_empty());
        prop_assert_eq!(same.score_change, 0);
        let (there, back) = (compare(&one, &other, Level::Learning), compare(&other, &one, Level::Learning));
        prop_assert_eq!(there.score_change, -back.score_change);
        prop_assert_eq!(there.fixed, back.introduced);
        prop_assert_eq!(there.functions_added, back.functions_removed);
    }

    #[test]
    fn feedback_and_hints_always_say_something(code in any_text(), previous in any_text(), count in 1_usize..=5) {
        let told = feedback(&code, Some(&previous), Level::Beginner);
        prop_assert!(!told.summary.is_empty() && !told.next_step.message.is_empty());
        let hints = hints(&code, count, Level::Beginner);
        prop_assert!((1..=count).contains(&hints.len()));
        prop_assert!(hints.iter().enumerate().all(|(at, hint)| hint.order == at + 1 && !hint.message.is_empty()));
    }
}
