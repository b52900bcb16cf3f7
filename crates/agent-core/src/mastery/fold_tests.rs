//! What the fold must do: the decided rules one by one, then laws over any events.

use proptest::prelude::*;

use super::super::fact::{EventKey, Fact, ProblemName, QuestionName, Target};
use super::super::score::{Level, Score};
use super::super::state::DAY_MS;
use super::*;

const NOON_MS: i64 = DAY_MS / 2;

fn score(value: f64) -> Score {
    Score::new(value).expect("a score")
}

fn explicit(of: [f64; 4]) -> Fact {
    let [completion, quiz, quality, consistency] = of.map(score);
    Fact::ExplicitScores { scores: Scores { completion, quiz, quality, consistency } }
}

fn graded(problem: &str, value: f64) -> Fact {
    Fact::ExerciseGraded { problem: ProblemName(problem.to_owned()), score: score(value) }
}

fn answered(question: &str, correct: bool) -> Fact {
    Fact::QuizAnswered { question: QuestionName(question.to_owned()), correct }
}

fn reviewed(value: f64) -> Fact {
    Fact::CodeReviewed { score: score(value) }
}

fn target(problems: u32) -> Fact {
    Fact::TargetSet { target: Target::new(problems).expect("a target") }
}

/// The facts as events, a millisecond apart, on one day.
fn one_day(facts: Vec<Fact>) -> Vec<Dated> {
    facts
        .into_iter()
        .zip(1_i64..)
        .map(|(fact, n)| Dated {
            occurred_at_ms: NOON_MS + n,
            event_id: EventKey(u128::from(n.unsigned_abs())),
            fact,
        })
        .collect()
}

/// A reviewed submission at noon of each of these days.
fn reviews_on(days: &[i64]) -> Vec<Dated> {
    days.iter()
        .zip(1_u128..)
        .map(|(day, n)| Dated {
            occurred_at_ms: day * DAY_MS + NOON_MS,
            event_id: EventKey(n),
            fact: reviewed(0.5),
        })
        .collect()
}

fn scored(facts: Vec<Fact>) -> ScoredScores {
    fold(&one_day(facts)).expect("in order").scores()
}

/// The four scores as numbers.
fn four(facts: Vec<Fact>) -> [f64; 4] {
    let scores = scored(facts).scores;
    [scores.completion, scores.quiz, scores.quality, scores.consistency].map(Score::get)
}

#[test]
fn nothing_seen_is_zero_and_marked_so() {
    let nothing = State::default().scores();
    assert!(!nothing.has_evidence.any());
    assert_eq!(State::default().mastery().level(), Level::Beginner);

    let failed_once = scored(vec![graded("p", 0.1)]);
    assert_eq!(failed_once.scores.completion, Score::ZERO);
    assert!(failed_once.has_evidence.completion, "a failed answer is evidence, an absent one is none");
    assert!(failed_once.has_evidence.consistency);
    assert!(!failed_once.has_evidence.quiz && !failed_once.has_evidence.quality);
}

#[test]
fn completion_counts_distinct_problems_solved_from_0_8_of_the_target() {
    for (facts, completion) in [
        (vec![graded("a", 0.79)], 0.0),
        (vec![graded("a", 0.8)], 0.2),
        (vec![graded("a", 0.8), graded("a", 1.0)], 0.2),
        (vec![graded("a", 1.0), graded("a", 0.0)], 0.2),
        (vec![graded("a", 1.0), graded("b", 1.0)], 0.4),
        (vec![target(4), graded("a", 1.0)], 0.25),
        (vec![graded("a", 1.0), target(1)], 1.0),
        (vec![target(1), graded("a", 1.0), graded("b", 1.0)], 1.0),
        (vec![explicit([0.5, 0.0, 0.0, 0.0]), graded("a", 1.0)], 0.7),
        (vec![explicit([0.9, 0.0, 0.0, 0.0]), graded("a", 1.0)], 1.0),
        (vec![graded("a", 1.0), explicit([0.5, 0.0, 0.0, 0.0])], 0.5),
        (vec![target(2), explicit([0.0, 0.0, 0.0, 0.0]), graded("a", 1.0)], 0.5),
    ] {
        assert!((four(facts.clone())[0] - completion).abs() < 1e-12, "{facts:?}");
    }
}

#[test]
fn a_target_of_100_is_reached_by_100_problems_however_many_more_there_are() {
    let mut facts: Vec<Fact> = (0..150).map(|n| graded(&format!("p{n}"), 1.0)).collect();
    facts.push(target(100));
    assert!((four(facts)[0] - 1.0).abs() < f64::EPSILON);
}

#[test]
fn quiz_is_the_mean_of_the_latest_answer_to_each_of_the_last_20_questions() {
    let right_then_wrong = |right: usize, wrong: usize| -> Vec<Fact> {
        (0..right + wrong).map(|n| answered(&format!("q{n}"), n < right)).collect()
    };
    for (facts, quiz) in [
        (vec![answered("a", true)], 1.0),
        (vec![answered("a", true), answered("a", false)], 0.0),
        (vec![answered("a", false), answered("b", true)], 0.5),
        (right_then_wrong(10, 20), 0.0),
        (right_then_wrong(11, 19), 0.05),
        // Answered again, the oldest question is the newest: the next to leave is the second.
        ([right_then_wrong(2, 18), vec![answered("q0", true), answered("new", false)]].concat(), 0.05),
        (vec![explicit([0.0, 0.6, 0.0, 0.0])], 0.6),
        (vec![explicit([0.0, 0.6, 0.0, 0.0]), answered("a", true)], 0.8),
        ([vec![explicit([0.0, 1.0, 0.0, 0.0])], right_then_wrong(0, 19)].concat(), 0.05),
        ([vec![explicit([0.0, 1.0, 0.0, 0.0])], right_then_wrong(0, 20)].concat(), 0.0),
        (vec![answered("a", false), explicit([0.0, 0.6, 0.0, 0.0])], 0.6),
    ] {
        assert!((four(facts.clone())[1] - quiz).abs() < 1e-12, "{facts:?}");
    }
}

#[test]
fn quality_is_the_mean_of_the_last_10_reviews() {
    for (facts, quality) in [
        (vec![reviewed(0.7)], 0.7),
        (vec![reviewed(0.7), reviewed(0.9)], 0.8),
        ([vec![reviewed(0.0); 5], vec![reviewed(1.0); 10]].concat(), 1.0),
        ([vec![reviewed(0.0); 1], vec![reviewed(1.0); 9]].concat(), 0.9),
        (vec![explicit([0.0, 0.0, 0.5, 0.0]), reviewed(1.0)], 0.75),
        ([vec![explicit([0.0, 0.0, 0.0, 0.0])], vec![reviewed(1.0); 9]].concat(), 0.9),
        ([vec![explicit([0.0, 0.0, 0.0, 0.0])], vec![reviewed(1.0); 10]].concat(), 1.0),
        (vec![reviewed(0.1), explicit([0.0, 0.0, 0.5, 0.0])], 0.5),
    ] {
        assert!((four(facts.clone())[2] - quality).abs() < 1e-12, "{facts:?}");
    }
}

#[test]
fn consistency_is_the_run_of_practice_days_up_to_the_last_of_seven() {
    for (days, run) in [
        (vec![0], 1.0),
        (vec![0, 0, 0], 1.0),
        (vec![0, 1, 2], 3.0),
        (vec![0, 1, 3], 1.0),
        (vec![0, 2, 3, 4], 3.0),
        (vec![-2, -1, 0, 1], 4.0),
        ((0..7).collect(), 7.0),
        ((0..9).collect(), 7.0),
    ] {
        let state = fold(&reviews_on(&days)).expect("in order");
        assert!((state.scores().scores.consistency.get() - run / 7.0).abs() < 1e-12, "{days:?}");
    }
}

#[test]
fn a_day_ends_at_midnight_utc() {
    let at = |occurred_at_ms, n| Dated { occurred_at_ms, event_id: EventKey(n), fact: reviewed(0.5) };
    let around_midnight = fold(&[at(DAY_MS - 1, 1), at(DAY_MS, 2)]).expect("in order");
    assert_eq!(around_midnight.scores().scores.consistency, Score::share(2, 7));
    let before_1970 = fold(&[at(-DAY_MS - 1, 1), at(-DAY_MS, 2), at(-1, 3), at(0, 4)]).expect("in order");
    assert_eq!(before_1970.scores().scores.consistency, Score::share(3, 7));
}

#[test]
fn a_post_is_no_practice_and_the_larger_of_posted_and_derived_consistency_counts() {
    assert!((four(vec![explicit([0.0; 4])])[3]).abs() < f64::EPSILON);
    assert!((four(vec![explicit([0.0, 0.0, 0.0, 0.5]), reviewed(1.0)])[3] - 0.5).abs() < 1e-12);
    assert!((four(vec![explicit([0.0, 0.0, 0.0, 0.1]), reviewed(1.0)])[3] - 1.0 / 7.0).abs() < 1e-12);
    assert!((four(vec![reviewed(1.0), explicit([0.0; 4])])[3]).abs() < f64::EPSILON, "starts anew");
    assert!(!scored(vec![target(3)]).has_evidence.any(), "a target is no evidence");
}

#[test]
fn an_explicit_post_alone_is_shown_as_it_was_posted() {
    let posted = scored(vec![reviewed(0.1), answered("q", false), explicit([0.85, 0.90, 0.75, 0.80])]);
    assert_eq!(posted.scores.completion, score(0.85));
    assert!((Mastery::of(&posted.scores).get() - 0.84).abs() < f64::EPSILON);
    assert!(posted.has_evidence.completion && posted.has_evidence.quality);
}

#[test]
fn each_step_says_what_its_event_contributed_and_to_which_score() {
    let mut state = State::default();
    let told: Vec<_> =
        one_day(vec![answered("q", true), answered("q", true), answered("q", false), target(7)])
            .iter()
            .map(|event| state.step(event).expect("in order"))
            .map(|step| (step.contribution(), step.changed))
            .collect();
    insta::assert_debug_snapshot!(told);
}

#[test]
fn an_event_out_of_order_changes_nothing() {
    let events = one_day(vec![reviewed(0.5), reviewed(0.7)]);
    let mut state = fold(&events).expect("in order");
    let before = state.clone();
    assert_eq!(state.apply(&events[1]), Err(OutOfOrder), "again");
    assert_eq!(state.apply(&events[0]), Err(OutOfOrder), "late");
    assert_eq!(state, before);
}

fn any_score() -> impl Strategy<Value = Score> {
    (0.0..=1.0_f64).prop_map(score)
}

fn any_fact() -> impl Strategy<Value = Fact> {
    prop_oneof![
        1 => (any_score(), any_score(), any_score(), any_score()).prop_map(
            |(completion, quiz, quality, consistency)| Fact::ExplicitScores {
                scores: Scores { completion, quiz, quality, consistency }
            }
        ),
        6 => (0..30_u32, any_score()).prop_map(|(n, score)| Fact::ExerciseGraded {
            problem: ProblemName(format!("p{n}")),
            score
        }),
        6 => (0..30_u32, any::<bool>()).prop_map(|(n, correct)| Fact::QuizAnswered {
            question: QuestionName(format!("q{n}")),
            correct
        }),
        4 => any_score().prop_map(|score| Fact::CodeReviewed { score }),
        1 => (1..=Target::MAX).prop_map(|n| Fact::TargetSet { target: Target::new(n).expect("a target") }),
    ]
}

/// Events of distinct ids, many at the same moment, over a few days on both sides of 1970.
fn any_events() -> impl Strategy<Value = Vec<Dated>> {
    proptest::collection::vec((-4..8_i64, 0..3_i64, any_fact()), 0..60).prop_map(|drawn| {
        drawn
            .into_iter()
            .zip(1_u128..)
            .map(|((day, offset, fact), n)| Dated {
                occurred_at_ms: day * DAY_MS + offset,
                event_id: EventKey(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
                fact,
            })
            .collect()
    })
}

fn bytes(state: &State) -> Vec<u8> {
    serde_json::to_vec(state).expect("a state is JSON")
}

proptest! {
    #[test]
    fn any_shuffle_and_duplication_gives_the_same_bytes(
        (events, shuffled) in any_events().prop_flat_map(|events| {
            let twice = [events.clone(), events.clone()].concat();
            (Just(events), Just(twice).prop_shuffle())
        })
    ) {
        prop_assert_eq!(bytes(&fold_any_order(events)), bytes(&fold_any_order(shuffled)));
    }

    #[test]
    fn a_snapshot_plus_the_rest_equals_the_whole(events in any_events(), cut in any::<prop::sample::Index>()) {
        let mut sorted = events;
        sorted.sort_by_key(Dated::moment);
        let (head, rest) = sorted.split_at(cut.index(sorted.len() + 1));
        let snapshot = bytes(&fold(head).expect("in order"));
        let mut state: State = serde_json::from_slice(&snapshot).expect("a snapshot reads back");
        for event in rest {
            // An event reads back from the log as it was decided on.
            let stored = serde_json::to_vec(event).expect("an event is JSON");
            state.apply(&serde_json::from_slice(&stored).expect("reads back")).expect("in order");
        }
        prop_assert_eq!(bytes(&state), bytes(&fold(&sorted).expect("in order")));
    }

    #[test]
    fn scores_stay_in_range_and_the_steps_add_up_to_the_mastery(events in any_events()) {
        let mut sorted = events;
        sorted.sort_by_key(Dated::moment);
        let mut state = State::default();
        let mut sum = 0.0;
        for event in &sorted {
            let step = state.step(event).expect("in order");
            sum += step.contribution();
            let scores = step.scored.scores;
            for value in [scores.completion, scores.quiz, scores.quality, scores.consistency] {
                prop_assert!(Score::new(value.get()).is_ok());
            }
            prop_assert!(step.changed.is_empty() <= (step.contribution() == 0.0));
        }
        prop_assert!((sum - state.mastery().get()).abs() < 1e-6);
        prop_assert!(bytes(&state).len() < 16 * 1024);
        prop_assert_eq!(state.accepted(), sorted.len() as u64);
    }
}
