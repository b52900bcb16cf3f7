//! What was told of a student's errors lately, so that the same mistake is not told at every keystroke.
//!
//! An editor that asks at each pause sends the same broken line again and again: that is one mistake, not many. An error is
//! told when the submission before did not have it, and then at most [`TOLD_MAX`] times within [`WINDOW`]: more says nothing
//! new to whoever looks for struggle. Kept in memory alone: after a restart, or in another replica, it is told once more,
//! which harms nobody. Not here: the tally of a student's patterns, which counts every submission (`views`).

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use agent_core::syntax::ErrorCode;
use contracts::StudentId;
use jiff::{SignedDuration, Timestamp};

/// How often the same error of the same student is told within the window: what makes a sign of struggle.
const TOLD_MAX: u8 = 3;

/// The window. It begins with the first time it is told.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// So many students are remembered; then all are forgotten.
const STUDENTS_MAX: usize = 10_000;

/// So many errors of a student are remembered; then all of the student's are forgotten.
const CODES_MAX: usize = 64;

/// What was told lately.
#[derive(Default)]
pub(crate) struct Told {
    /// Scatters the names of students: none is kept here, so that an erasure need not come by.
    scatter: RandomState,
    students: Mutex<HashMap<u64, HashMap<ErrorCode, Lately>>>,
}

/// An error of a student.
#[derive(Debug, Clone, Copy)]
struct Lately {
    since: Timestamp,
    times: u8,
    /// Whether the latest submission had it.
    stands: bool,
}

impl Told {
    /// Which errors of a submission are to be told; notes that they are.
    pub(crate) fn news(
        &self,
        student: &StudentId,
        codes: impl IntoIterator<Item = ErrorCode>,
        now: Timestamp,
    ) -> Vec<ErrorCode> {
        // Nothing that is done under this lock can leave it half-changed.
        let mut students = self.students.lock().unwrap_or_else(PoisonError::into_inner);
        let student = self.scatter.hash_one(student);
        if students.len() >= STUDENTS_MAX && !students.contains_key(&student) {
            students.clear();
        }
        let known = students.entry(student).or_default();
        if known.len() >= CODES_MAX {
            known.clear();
        }
        let stood: Vec<ErrorCode> =
            known.iter().filter(|(_, lately)| lately.stands).map(|(code, _)| *code).collect();
        for lately in known.values_mut() {
            lately.stands = false;
        }
        let mut news = Vec::new();
        for code in codes {
            let lately = known.entry(code).or_insert(Lately { since: now, times: 0, stands: false });
            if now.duration_since(lately.since) >= WINDOW {
                *lately = Lately { since: now, times: 0, stands: false };
            }
            let is_news = !lately.stands && !stood.contains(&code) && lately.times < TOLD_MAX;
            lately.stands = true;
            if is_news {
                lately.times += 1;
                news.push(code);
            }
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLON: ErrorCode = ErrorCode::MissingColon;
    const BRACKET: ErrorCode = ErrorCode::UnclosedBracket;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    fn ada() -> StudentId {
        "ada".parse().unwrap()
    }

    #[test]
    fn a_mistake_that_stands_is_told_once_until_it_is_gone() {
        let told = Told::default();
        let news = |codes: &[ErrorCode], minute| told.news(&ada(), codes.iter().copied(), at(minute));
        assert_eq!(news(&[COLON], 0), [COLON]);
        assert_eq!(news(&[COLON], 1), []);
        assert_eq!(news(&[COLON, BRACKET], 2), [BRACKET], "only what is new");
        assert_eq!(news(&[], 3), []);
        assert_eq!(news(&[COLON, COLON], 4), [COLON], "made again, and twice in one submission is once");
    }

    #[test]
    fn the_same_mistake_is_told_three_times_an_hour() {
        let told = Told::default();
        let mut times = 0;
        for minute in 0..30 {
            times += told.news(&ada(), [COLON], at(2 * minute)).len();
            told.news(&ada(), [], at(2 * minute + 1));
        }
        assert_eq!(times, 3);
        assert_eq!(told.news(&ada(), [COLON], at(60)), [COLON], "a new hour");
        assert_eq!(told.news(&"bob".parse().unwrap(), [COLON], at(60)), [COLON], "another student");
    }

    #[test]
    fn no_more_is_remembered_than_may_be() {
        let told = Told::default();
        for number in 0..=STUDENTS_MAX {
            told.news(&format!("student-{number}").parse().unwrap(), [COLON], at(0));
        }
        assert!(told.students.lock().unwrap().len() <= STUDENTS_MAX);
    }
}
