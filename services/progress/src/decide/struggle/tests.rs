//! Each sign in the moment it is shown and not before; and the same alerts whatever order the facts come in.

use agent_core::mastery::{EventKey, Moment, Score};
use agent_core::signs::Sign;
use contracts::EventId;
use contracts::events::StruggleCause::{
    self, AskedForHelp, FailedInARow, LongOpenExercise, LowQuiz, RepeatedError,
};
use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::alert::EndedBy;
use super::fact::{Fact, What};
use super::notes::{Move, Notes, RECENT_MAX};
use super::state::State;
use super::{COOL_DOWN_MS, WINDOW_MS};

const MINUTE_MS: i64 = 60_000;
/// 2026-03-01T10:00:00Z
const START_MS: i64 = 1_772_359_200_000;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

fn answer(problem: &str, percent: u32, misconception: Option<&str>) -> What {
    What::ExerciseAnswered {
        problem: problem.to_owned(),
        score: Score::share(percent, 100),
        misconception: misconception.map(str::to_owned),
    }
}

fn wrong(problem: &str) -> What {
    answer(problem, 40, None)
}

fn right(problem: &str) -> What {
    answer(problem, 80, None)
}

fn errors(codes: &[&str]) -> What {
    What::ErrorsFound { codes: codes.iter().map(|&code| code.to_owned()).collect() }
}

fn opened(problem: &str) -> What {
    What::ExerciseOpened { problem: problem.to_owned() }
}

fn quiz(name: &str, percent: u32) -> What {
    What::QuizAnswered { quiz: Some((name.to_owned(), Score::share(percent, 100))), misconception: None }
}

fn stuck() -> What {
    What::Said { sign: Sign::Stuck, agent: "concepts".to_owned() }
}

fn fact(number: usize, ms: i64, what: What) -> Fact {
    Fact { at: Moment { occurred_at_ms: START_MS + ms, event_id: EventKey(number as u128 + 1) }, what }
}

/// Facts at these minutes.
fn facts(timed: &[(i64, What)]) -> Vec<Fact> {
    timed.iter().enumerate().map(|(n, (minute, what))| fact(n, minute * MINUTE_MS, what.clone())).collect()
}

/// The state after all facts, at this minute.
fn after(facts: &[Fact], minute: i64) -> State {
    let mut state = State::default();
    facts.iter().for_each(|fact| state.apply(fact));
    state.pass_until(START_MS + minute * MINUTE_MS);
    state
}

fn causes(state: &State) -> Vec<StruggleCause> {
    state.alerts().iter().map(|alert| alert.cause).collect()
}

/// What it is, the facts by their minutes, the minute at which it is looked at, and the alerts then.
type Case = (&'static str, Vec<(i64, What)>, i64, Vec<StruggleCause>);

fn errors_and_time() -> Vec<Case> {
    let day = WINDOW_MS / MINUTE_MS;
    vec![
        ("the same error twice", vec![(0, errors(&["a"])), (1, errors(&["a"]))], 5, vec![]),
        (
            "the same error three times",
            vec![(0, errors(&["a", "b"])), (1, errors(&["a"])), (2, errors(&["c", "a"]))],
            5,
            vec![RepeatedError],
        ),
        ("three errors", vec![(0, errors(&["a"])), (1, errors(&["b"])), (2, errors(&["c"]))], 5, vec![]),
        (
            "the third after more than a day",
            vec![(0, errors(&["a"])), (1, errors(&["a"])), (day, errors(&["a"]))],
            day,
            vec![],
        ),
        (
            "an analysis, an answer and a quiz that show the same",
            vec![
                (0, errors(&["UnboundLocalError"])),
                (1, answer("p1", 0, Some("UnboundLocalError"))),
                (2, What::QuizAnswered { quiz: None, misconception: Some("UnboundLocalError".to_owned()) }),
            ],
            5,
            vec![RepeatedError],
        ),
        ("open for a minute less", vec![(0, opened("p1"))], 9, vec![]),
        ("open for ten minutes", vec![(0, opened("p1"))], 10, vec![LongOpenExercise]),
        ("with a wrong answer", vec![(0, opened("p1")), (3, wrong("p1"))], 10, vec![LongOpenExercise]),
        ("solved in the last moment", vec![(0, opened("p1")), (10, right("p1"))], 30, vec![]),
        ("another one solved", vec![(0, opened("p1")), (9, right("p2"))], 10, vec![LongOpenExercise]),
        (
            "opened again: open since the first time",
            vec![(0, opened("p1")), (9, opened("p1"))],
            10,
            vec![LongOpenExercise],
        ),
    ]
}

fn quizzes_words_and_rows() -> Vec<Case> {
    vec![
        ("a quiz that is half right", vec![(0, quiz("q", 50))], 5, vec![]),
        ("a quiz below", vec![(0, quiz("q", 49)), (0, quiz("q", 49))], 5, vec![LowQuiz]),
        ("said so", vec![(0, stuck())], 0, vec![AskedForHelp]),
        ("four wrong answers", (0..4).map(|n| (n, wrong("p1"))).collect(), 5, vec![]),
        ("five wrong answers", (0..5).map(|n| (n, wrong("p1"))).collect(), 5, vec![FailedInARow]),
        (
            "a right one between",
            [0, 1, 2, 3]
                .map(|n| (n, wrong("p1")))
                .into_iter()
                .chain([(4, right("p2")), (5, wrong("p1"))])
                .collect(),
            6,
            vec![],
        ),
        (
            "three exercises that end wrong",
            vec![(0, wrong("p1")), (1, wrong("p2")), (2, wrong("p3"))],
            5,
            vec![FailedInARow],
        ),
        (
            "of three exercises one ends right",
            vec![(0, wrong("p1")), (1, wrong("p2")), (2, right("p2")), (3, wrong("p3"))],
            5,
            vec![],
        ),
        (
            "two exercises, again and again",
            vec![(0, wrong("p1")), (1, wrong("p2")), (2, wrong("p1")), (3, wrong("p2"))],
            5,
            vec![],
        ),
    ]
}

#[test]
fn each_sign_is_shown_by_what_it_says_and_by_nothing_less() {
    for (what, timed, minute, expected) in errors_and_time().into_iter().chain(quizzes_words_and_rows()) {
        assert_eq!(causes(&after(&facts(&timed), minute)), expected, "{what}");
    }
}

#[test]
fn an_alert_says_what_was_seen() {
    let state = after(
        &facts(&[
            (2, errors(&["UnboundLocal"])),
            (7, answer("p1", 33, Some("UnboundLocal"))),
            (9, errors(&["UnboundLocal"])),
        ]),
        9,
    );
    let sighting = &state.alerts()[0].sighting;
    assert_eq!(sighting.reason, "UnboundLocal came 3 times since 10:02 UTC.");
    let words: Vec<&str> = sighting.evidence.iter().map(|seen| seen.what.as_str()).collect();
    assert_eq!(
        words,
        [
            "An analysis found UnboundLocal.",
            "A wrong answer to p1 showed UnboundLocal.",
            "An analysis found UnboundLocal."
        ]
    );
    assert_eq!(sighting.evidence[1].event_id, EventId(Uuid::from_u128(2)));
    for (timed, minute, reason) in [
        (
            vec![(4, opened("p7"))],
            14,
            "p7 has been open since 10:04 UTC, for 10 minutes, without a right answer.",
        ),
        (vec![(5, quiz("q", 40))], 5, "A quiz was 40 % right, at 10:05 UTC."),
        (vec![(6, stuck())], 6, "The student said to be stuck, at 10:06 UTC."),
        ((1..6).map(|n| (n, wrong("p1"))).collect(), 6, "5 answers in a row were wrong since 10:01 UTC."),
    ] {
        let state = after(&facts(&timed), minute);
        assert_eq!(state.alerts()[0].sighting.reason, reason);
    }
}

#[test]
fn two_different_exercises_solved_close_every_open_alert_and_nothing_less_does() {
    let mut timed =
        vec![(0, stuck()), (1, quiz("q", 0)), (2, right("p1")), (3, right("p1")), (4, wrong("p2"))];
    let state = after(&facts(&timed), 5);
    assert!(state.alerts().iter().all(|alert| alert.is_open()), "one exercise, twice");
    timed.push((5, right("p2")));
    let state = after(&facts(&timed), 6);
    assert_eq!(causes(&state), [AskedForHelp, LowQuiz]);
    for alert in state.alerts() {
        let end = alert.end.as_ref().unwrap();
        assert_eq!((end.by, end.at_ms), (EndedBy::Solved, START_MS + 5 * MINUTE_MS));
    }
    let before = after(&facts(&[(0, right("p1")), (1, right("p2")), (2, stuck())]), 3);
    assert!(before.alerts()[0].is_open(), "what was solved before does not count");
}

#[test]
fn there_is_no_second_alert_while_one_is_open_nor_within_the_hour_after() {
    let hour = COOL_DOWN_MS / MINUTE_MS;
    let timed =
        [(0, stuck()), (1, stuck()), (2, right("p1")), (3, right("p2")), (4, stuck()), (3 + hour, stuck())];
    for (so_far, expected) in [(2, 1), (5, 1), (6, 2)] {
        let state = after(&facts(&timed[..so_far]), 3 + hour);
        assert_eq!(state.alerts().len(), expected, "after {so_far} facts");
    }
    let another = after(&facts(&[(0, stuck()), (1, quiz("q", 10))]), 2);
    assert_eq!(causes(&another), [AskedForHelp, LowQuiz], "another cause is another alert");
}

#[test]
fn what_led_to_a_closed_alert_does_not_lead_to_the_next() {
    let hour = COOL_DOWN_MS / MINUTE_MS;
    let failed = (0..5).map(|n| (n, wrong("p1")));
    let solved = [(6, right("p2")), (7, right("p3")), (2 * hour, wrong("p4")), (2 * hour + 1, wrong("p5"))];
    let timed: Vec<_> = failed.chain(solved).collect();
    assert_eq!(causes(&after(&facts(&timed), 3 * hour)), [FailedInARow]);
    let met = [0, 1, 2].map(|n| (n, errors(&["a"])));
    let solved = [(6, right("p2")), (7, right("p3")), (2 * hour, errors(&["a"]))];
    let timed: Vec<_> = met.into_iter().chain(solved).collect();
    assert_eq!(causes(&after(&facts(&timed), 3 * hour)), [RepeatedError]);
}

/// Draws 1000, 1001, …
fn rising() -> impl FnMut() -> EventId {
    let mut drawn = 999;
    move || {
        drawn += 1;
        EventId(Uuid::from_u128(drawn))
    }
}

#[test]
fn a_late_right_answer_withdraws_what_time_had_shown() {
    let (mut notes, mut draw) = (Notes::default(), rising());
    let [opening, solved] = <[Fact; 2]>::try_from(facts(&[(0, opened("p1")), (9, right("p1"))])).unwrap();
    assert!(notes.take(opening.clone()) && !notes.take(opening), "once");
    assert_eq!(notes.due_at(at(START_MS)), Some(at(START_MS + 10 * MINUTE_MS)));
    let now = at(START_MS + 10 * MINUTE_MS);
    let moves = notes.settle(now, &mut draw);
    let [Move::Opened(alert_id, alert)] = moves.as_slice() else { panic!("{moves:?}") };
    assert_eq!((alert.cause, alert.opened.occurred_at_ms), (LongOpenExercise, now.as_millisecond()));
    assert_eq!(notes.settle(now, &mut draw), [], "it is known now");
    assert!(notes.take(solved));
    let moves = notes.settle(now, &mut draw);
    let [Move::Ended(ended, end)] = moves.as_slice() else { panic!("{moves:?}") };
    assert_eq!((ended, end.by), (alert_id, EndedBy::Withdrawn));
    assert_eq!(notes.due_at(now), None);
}

#[test]
fn a_teachers_word_follows_all_facts_and_closes_once() {
    let (mut notes, mut draw) = (Notes::default(), rising());
    // The fact's clock is ahead of the teacher's.
    notes.take(fact(0, 3 * MINUTE_MS, stuck()));
    let now = at(START_MS);
    let moves = notes.settle(now, &mut draw);
    let [Move::Opened(alert_id, _)] = moves.as_slice() else { panic!("{moves:?}") };
    let teacher = "ms-lee".parse().unwrap();
    let closing = notes.closing(*alert_id, now, draw(), &teacher, Some("called")).unwrap();
    assert!(notes.take(closing));
    let moves = notes.settle(now, &mut draw);
    let [Move::Ended(ended, end)] = moves.as_slice() else { panic!("{moves:?}") };
    assert_eq!((ended, end.by, end.note.as_deref()), (alert_id, EndedBy::Teacher, Some("called")));
    assert_eq!(notes.closing(*alert_id, now, draw(), &teacher, None), None, "it is closed");
}

#[test]
fn a_sign_of_last_week_is_no_news() {
    let mut notes = Notes::default();
    notes.take(fact(0, 0, stuck()));
    assert_eq!(notes.settle(at(START_MS + WINDOW_MS), rising()), []);
    assert_eq!(notes.settle(at(START_MS + WINDOW_MS - 1), rising()).len(), 1);
}

fn any_what() -> impl Strategy<Value = What> {
    let name = |prefix: &'static str, most: u32| (0..most).prop_map(move |n| format!("{prefix}{n}"));
    let codes = prop::collection::btree_set(name("e", 3), 1..3);
    let score = prop::sample::select(vec![0, 40, 100]);
    let cause =
        prop::sample::select(vec![RepeatedError, LongOpenExercise, LowQuiz, AskedForHelp, FailedInARow]);
    prop_oneof![
        2 => codes.prop_map(|codes| What::ErrorsFound { codes: codes.into_iter().collect() }),
        2 => name("p", 4).prop_map(|problem| What::ExerciseOpened { problem }),
        6 => (name("p", 4), score.clone(), prop::option::of(name("e", 2)))
            .prop_map(|(problem, percent, kind)| answer(&problem, percent, kind.as_deref())),
        1 => (name("q", 3), score).prop_map(|(name, percent)| quiz(&name, percent)),
        1 => Just(stuck()),
        1 => (cause, 1..3_u32).prop_map(|(cause, number)| What::Closed {
            cause,
            number,
            by: "ms-lee".parse().unwrap(),
            note: None,
        }),
    ]
}

/// Facts within a day, several at a moment.
fn any_facts(most: usize) -> impl Strategy<Value = Vec<Fact>> {
    prop::collection::vec((0..200_i64, any_what()), 1..most).prop_map(|timed| {
        let timed = timed.into_iter().enumerate();
        timed.map(|(n, (step, what))| fact(n, step * 5 * MINUTE_MS, what)).collect()
    })
}

/// What was made known and has not ended: by number, however often it was told.
fn follow(open: &mut Vec<EventId>, moves: Vec<Move>) {
    for next in moves {
        match next {
            Move::Opened(alert_id, alert) if alert.is_open() => open.push(alert_id),
            Move::Opened(..) => {}
            Move::Ended(alert_id, _) => {
                let place = open.iter().position(|open| *open == alert_id);
                open.remove(place.expect("what ends was open"));
            }
        }
    }
}

proptest! {
    #[test]
    fn any_order_and_duplication_ends_in_the_same_alerts(
        (facts, shuffled) in any_facts(RECENT_MAX).prop_flat_map(|facts| {
            let twice: Vec<Fact> = facts.iter().chain(&facts).cloned().collect();
            (Just(facts), Just(twice).prop_shuffle())
        }),
    ) {
        let mut in_order = facts;
        in_order.sort_by_key(|fact| fact.at);
        let now = at(START_MS + 200 * 5 * MINUTE_MS);
        let plain = after(&in_order, 200 * 5);

        let (mut notes, mut draw, mut open) = (Notes::default(), rising(), Vec::new());
        for fact in shuffled {
            notes.take(fact.clone());
            // The clock shows the fact's own time, or a later one: timers run in between.
            follow(&mut open, notes.settle(at(fact.at.occurred_at_ms), &mut draw));
        }
        follow(&mut open, notes.settle(now, &mut draw));
        prop_assert_eq!(&notes.state(now), &plain);
        let still_open = plain.alerts().iter().filter(|alert| alert.is_open()).count();
        prop_assert_eq!(open.len(), still_open, "what a teacher sees open is what the facts make open");
        prop_assert_eq!(notes.settle(now, &mut draw), vec![]);
    }
}

proptest! {
    // Long logs: a few of them show what there is to see.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn what_is_kept_is_bounded_and_stored_as_it_was(facts in any_facts(400)) {
        let mut in_order = facts;
        in_order.sort_by_key(|fact| fact.at);
        let mut notes = Notes::default();
        let mut draw = rising();
        for fact in &in_order {
            prop_assert!(notes.take(fact.clone()));
            notes.settle(at(fact.at.occurred_at_ms), &mut draw);
        }
        let now = at(START_MS + 200 * 5 * MINUTE_MS);
        prop_assert_eq!(notes.state(now), after(&in_order, 200 * 5));
        let json = serde_json::to_string(&notes).unwrap();
        prop_assert!(json.len() < 64 * 1024, "{} bytes", json.len());
        prop_assert_eq!(serde_json::from_str::<Notes>(&json).unwrap(), notes);
    }
}
