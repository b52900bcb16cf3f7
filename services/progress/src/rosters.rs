//! Whose teacher somebody is, asked at every post and remembered for a moment.
//!
//! What this process changes is forgotten before the change is answered, so that the next request sees it. What another
//! process changes in the same ledger is seen within [`REMEMBERED_MS`].
//!
//! Not here: what a roster is (`decide::roster`), how it is stored (`views`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use auth::{Rosters, RostersError};
use clock::Clock;
use contracts::{ClassId, StudentId, SubjectId};
use jiff::Timestamp;
use ledger::Ledger;

use crate::views::{self, pair};

/// How long an answer holds, in milliseconds.
const REMEMBERED_MS: i64 = 1000;

/// So many answers are remembered; then they are gathered anew.
const REMEMBERED_MAX: usize = 4096;

/// Whose teacher somebody is, from the rosters kept here.
pub struct LedgerRosters {
    ledger: Arc<dyn Ledger>,
    clock: Arc<dyn Clock>,
    answers: Mutex<Answers>,
}

/// Answers of one state of the rosters.
#[derive(Default)]
struct Answers {
    /// Rises with every change of a roster: an answer that was read before one is not kept after it.
    generation: u64,
    /// By [`pair`]: whether it is one, and when that was read.
    pairs: HashMap<String, (bool, Timestamp)>,
}

impl LedgerRosters {
    /// Over the ledger of this room.
    #[must_use]
    pub fn new(ledger: Arc<dyn Ledger>, clock: Arc<dyn Clock>) -> Self {
        Self { ledger, clock, answers: Mutex::default() }
    }

    /// A roster was changed, or may have been.
    pub(crate) fn forget(&self) {
        let mut answers = self.answers();
        *answers = Answers { generation: answers.generation + 1, pairs: HashMap::new() };
    }

    /// Nothing that is done under this lock can leave it half-changed.
    fn answers(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answers {
    fn get(&self, pair: &str, now: Timestamp) -> Option<bool> {
        let (teaches, read_at) = *self.pairs.get(pair)?;
        let age_ms = now.as_millisecond() - read_at.as_millisecond();
        (0..REMEMBERED_MS).contains(&age_ms).then_some(teaches)
    }

    fn keep(&mut self, generation: u64, pair: String, teaches: bool, read_at: Timestamp) {
        if generation != self.generation {
            return;
        }
        if self.pairs.len() >= REMEMBERED_MAX {
            self.pairs.clear();
        }
        self.pairs.insert(pair, (teaches, read_at));
    }
}

#[async_trait]
impl Rosters for LedgerRosters {
    async fn teaches(&self, teacher: &SubjectId, student: &StudentId) -> Result<bool, RostersError> {
        let (pair, now) = (pair(teacher, student), self.clock.now());
        let generation = {
            let answers = self.answers();
            if let Some(teaches) = answers.get(&pair, now) {
                return Ok(teaches);
            }
            answers.generation
        };
        let teaches = views::teaches(self.ledger.as_ref(), teacher, student).await;
        let teaches = teaches.map_err(|error| RostersError(error.to_string()))?;
        self.answers().keep(generation, pair, teaches, now);
        Ok(teaches)
    }

    async fn class(
        &self,
        teacher: &SubjectId,
        class: &ClassId,
    ) -> Result<Option<Vec<StudentId>>, RostersError> {
        let unavailable = |error: ledger::LedgerError| RostersError(error.to_string());
        let found = views::class(self.ledger.as_ref(), class).await.map_err(unavailable)?;
        if found.is_none_or(|(_, class)| class.owner != *teacher) {
            return Ok(None);
        }
        let students = views::students_of(self.ledger.as_ref(), class).await.map_err(unavailable)?;
        Ok(Some(students.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    #[test]
    fn an_answer_holds_for_its_time_and_not_before_it() {
        let mut answers = Answers::default();
        answers.keep(0, "tom/ann".to_owned(), true, at(5000));
        for (now_ms, answer) in
            [(4999, None), (5000, Some(true)), (5999, Some(true)), (5000 + REMEMBERED_MS, None)]
        {
            assert_eq!(answers.get("tom/ann", at(now_ms)), answer, "{now_ms}");
        }
        assert_eq!(answers.get("tom/bob", at(5000)), None);
    }

    #[test]
    fn an_answer_from_before_a_change_is_not_kept_after_it() {
        let mut answers = Answers { generation: 1, ..Answers::default() };
        answers.keep(0, "tom/ann".to_owned(), true, at(0));
        assert_eq!(answers.get("tom/ann", at(0)), None);
    }

    #[test]
    fn no_more_is_remembered_than_may_be() {
        let mut answers = Answers::default();
        for number in 0..=REMEMBERED_MAX {
            answers.keep(0, format!("tom/{number}"), true, at(0));
            assert!(answers.pairs.len() <= REMEMBERED_MAX);
        }
    }
}
