//! Which exercise comes next.
//!
//! In this order: nothing that is the same again; as hard as wished; no template of the last few; what practises a mistake
//! that comes back, best of all with exactly that bug to find; a template and a kind not had for long; chance. Not here: how
//! hard it should be (`difficulty`), and whether it may be shown at all (`admit`).

use std::borrow::Borrow;
use std::cmp::Reverse;

use agent_core::curriculum::Topic;
use serde::{Deserialize, Serialize};

use super::history::History;
use super::likeness::{NEAR_DUPLICATE, Sketch};
use crate::decide::exercise::{Difficulty, Exercise, Kind, Name, Seed, Task};

/// The same kind of the same template is the same again within so many exercises.
const SAME_WITHIN: usize = 6;
/// A template is not taken again within so many exercises, where there is another.
const TEMPLATE_WITHIN: usize = 2;
/// Misconceptions that are kept of a candidate.
const PRACTISED_MAX: usize = 16;

/// An exercise that could come next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its name.
    pub name: Name,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// The misconception whose bug is to be found, where one is.
    pub bug: Option<String>,
    /// The misconceptions that its tests catch.
    pub practised: Vec<String>,
    /// What its solution looks like.
    pub sketch: Sketch,
}

/// What is wished for. What is not said may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The topic.
    pub topic: Topic,
    /// What it should ask for.
    pub kind: Option<Kind>,
    /// How hard it should be.
    pub difficulty: Difficulty,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The place of the candidate among those given.
    pub candidate: usize,
    /// Why this one, in one plain sentence for the student.
    pub why: String,
}

/// How much of a candidate the student has had already, from nothing to all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Had {
    /// Nothing like it.
    New,
    /// The same kind of the same template a short while ago.
    Task,
    /// A solution that is nearly the same.
    Near,
    /// This very one, or its solution.
    Same,
}

impl Candidate {
    /// What choosing needs of an exercise. `caught` are the misconceptions that its tests are known to catch.
    #[must_use]
    pub fn of<'a>(exercise: &Exercise, caught: impl IntoIterator<Item = &'a str>) -> Self {
        let mut practised: Vec<String> = caught.into_iter().map(str::to_owned).collect();
        practised.sort_unstable();
        practised.dedup();
        practised.truncate(PRACTISED_MAX);
        let bug = match &exercise.task {
            Task::FixBug { bug } => Some(bug.misconception.clone()),
            _ => None,
        };
        let sketch = Sketch::of(&exercise.reference);
        Self { name: exercise.name.clone(), difficulty: exercise.difficulty, bug, practised, sketch }
    }

    /// Whether the student had this, or what is nearly the same: to be given only where there is nothing else.
    #[must_use]
    pub fn is_repeat(&self, history: &History) -> bool {
        self.had(history) >= Had::Near
    }

    fn had(&self, history: &History) -> Had {
        let same_template =
            |name: &Name| name.topic == self.name.topic && name.template == self.name.template;
        let mut had = Had::New;
        for (ago, shown) in history.shown.iter().rev().enumerate() {
            let likeness = shown.sketch.likeness(&self.sketch);
            let now = if shown.name == self.name || (same_template(&shown.name) && likeness >= 1.0) {
                Had::Same
            } else if likeness >= NEAR_DUPLICATE {
                Had::Near
            } else if same_template(&shown.name) && shown.name.kind == self.name.kind && ago < SAME_WITHIN {
                Had::Task
            } else {
                Had::New
            };
            had = had.max(now);
        }
        had
    }

    /// The mistake that comes back most often of those it practises, how often, and whether it is its very bug.
    fn pattern<'h>(&self, patterns: &[(&'h str, u32)]) -> Option<(&'h str, u32, bool)> {
        let bug = self.bug.as_deref();
        let fits = patterns.iter().filter_map(|(name, count)| {
            let is_bug = bug == Some(name);
            (is_bug || self.practised.iter().any(|one| one == name)).then_some((*name, *count, is_bug))
        });
        // The very bug is worth as much as twice the count.
        fits.max_by_key(|(name, count, is_bug)| {
            (count.saturating_mul(1 + u32::from(*is_bug)), Reverse(*name))
        })
    }
}

/// Chooses what comes next; nothing where no candidate is of the topic and kind that is wished for.
#[must_use]
pub fn choose<C: Borrow<Candidate>>(
    candidates: &[C],
    history: &History,
    wish: Wish,
    seed: Seed,
) -> Option<Choice> {
    let candidates = candidates.iter().map(C::borrow);
    let patterns = history.patterns();
    let fits = |candidate: &Candidate| {
        candidate.name.topic == wish.topic && wish.kind.is_none_or(|kind| candidate.name.kind == kind)
    };
    let best =
        candidates.enumerate().filter(|(_, candidate)| fits(candidate)).min_by_key(|(place, candidate)| {
            let Name { topic, template, kind, .. } = &candidate.name;
            let had = candidate.had(history);
            let apart = (candidate.difficulty as u8).abs_diff(wish.difficulty as u8);
            let template_ago = history.ago_template(*topic, template, None).unwrap_or(usize::MAX);
            let kind_ago = history.ago(|name| name.kind == *kind).unwrap_or(usize::MAX);
            let weight =
                candidate.pattern(&patterns).map_or(0, |(_, count, is_bug)| count * (1 + u32::from(is_bug)));
            (
                had,
                apart,
                template_ago <= TEMPLATE_WITHIN,
                Reverse(weight),
                Reverse(template_ago),
                Reverse(kind_ago),
                lot(seed, &candidate.name),
                *place,
            )
        });
    let (place, candidate) = best?;
    Some(Choice { candidate: place, why: why(candidate, history, &patterns, wish) })
}

/// What chance draws for a candidate: the same for the same seed.
fn lot(seed: Seed, name: &Name) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(seed.0);
    for byte in name.to_string().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // The last bytes of a name alone would not reach the high bits.
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

fn why(candidate: &Candidate, history: &History, patterns: &[(&str, u32)], wish: Wish) -> String {
    let hard = if candidate.difficulty == wish.difficulty {
        format!("it is {}, as hard as fits you now", candidate.difficulty.name())
    } else {
        format!(
            "there is nothing {} that is new to you, and {} comes nearest",
            wish.difficulty.name(),
            candidate.difficulty.name()
        )
    };
    match candidate.had(history) {
        Had::Same | Had::Near => {
            return format!(
                "You have had all that there is of this topic; doing it once more is practice too, and {hard}."
            );
        }
        Had::Task => return format!("You had the like a while ago, now with other values, and {hard}."),
        Had::New => {}
    }
    match candidate.pattern(patterns) {
        Some((name, count, true)) => {
            format!("The bug to find is of a kind that you met {count} times, “{}”, and {hard}.", words(name))
        }
        Some((name, count, false)) => {
            format!("It practises what went wrong {count} times, “{}”, and {hard}.", words(name))
        }
        None if history.shown.is_empty() => format!("It is a good one to begin with: {hard}."),
        None => {
            let Name { topic, template, kind, .. } = &candidate.name;
            match history.ago_template(*topic, template, None) {
                None => format!("It is new to you, and {hard}."),
                Some(_) => format!("You know its subject, but not as “{}”, and {hard}.", words(kind.name())),
            }
        }
    }
}

/// A slug as words.
fn words(slug: &str) -> String {
    slug.replace('-', " ")
}

#[cfg(test)]
mod tests {
    use super::super::history::{Graded, Shown};
    use super::*;

    fn candidate(template: &str, kind: Kind, seed: u32, difficulty: Difficulty) -> Candidate {
        let name = Name { topic: Topic::For, template: template.to_owned(), kind, seed: Seed(seed) };
        // A solution of its own for each template and seed.
        let program: String = (0..20).map(|line| format!("{template}_{seed}_{line} = {seed}\n")).collect();
        Candidate { name, difficulty, bug: None, practised: Vec::new(), sketch: Sketch::of(&program) }
    }

    fn shown(candidate: &Candidate) -> Shown {
        Shown { name: candidate.name.clone(), sketch: candidate.sketch.clone() }
    }

    const EASY: Wish = Wish { topic: Topic::For, kind: None, difficulty: Difficulty::Easy };

    fn chosen<'c>(candidates: &'c [Candidate], history: &History, wish: Wish) -> (&'c Candidate, String) {
        let choice = choose(candidates, history, wish, Seed(1)).expect("a candidate");
        (&candidates[choice.candidate], choice.why)
    }

    fn with_mistake(name: &str, count: u32) -> History {
        let mut history = History::default();
        for _ in 0..count {
            history.grade(Graded {
                topic: Topic::For,
                first: true,
                correct: false,
                misconception: Some(name),
                error: None,
            });
        }
        history
    }

    #[test]
    fn what_is_wished_for_is_kept_to() {
        let all = [
            candidate("a", Kind::Write, 1, Difficulty::Hard),
            candidate("b", Kind::Order, 1, Difficulty::Easy),
            candidate("c", Kind::Write, 1, Difficulty::Medium),
        ];
        assert_eq!(chosen(&all, &History::default(), EASY).0.name.template, "b");
        let write = Wish { kind: Some(Kind::Write), ..EASY };
        let (nearest, why) = chosen(&all, &History::default(), write);
        assert_eq!(nearest.name.template, "c");
        assert!(why.contains("nothing easy") && why.contains("medium comes nearest"), "{why}");
        let elsewhere = Wish { topic: Topic::While, ..EASY };
        assert_eq!(choose(&all, &History::default(), elsewhere, Seed(1)), None);
    }

    #[test]
    fn nothing_comes_again_while_there_is_something_new() {
        let had = candidate("a", Kind::Write, 1, Difficulty::Easy);
        let mut copy = candidate("a", Kind::PredictOutput, 9, Difficulty::Easy);
        copy.sketch = had.sketch.clone();
        let same_task = candidate("a", Kind::Write, 2, Difficulty::Easy);
        let other = candidate("a", Kind::Order, 3, Difficulty::Challenge);
        let history = History { shown: [shown(&had)].into(), ..History::default() };
        let all = [had.clone(), copy.clone(), same_task.clone(), other.clone()];
        assert_eq!(all.each_ref().map(|one| one.had(&history)), [Had::Same, Had::Same, Had::Task, Had::New]);
        assert_eq!(chosen(&all, &history, EASY).0, &other, "rather too hard than the same again");
        assert_eq!(chosen(&all[..3], &history, EASY).0, &same_task);
        let (again, why) = chosen(&all[..1], &history, EASY);
        assert_eq!(again, &had);
        assert!(why.contains("all that there is"), "{why}");
    }

    #[test]
    fn the_same_task_is_new_again_after_a_while() {
        let first = candidate("a", Kind::Write, 1, Difficulty::Easy);
        let again = candidate("a", Kind::Write, 2, Difficulty::Easy);
        let mut history = History { shown: [shown(&first)].into(), ..History::default() };
        for place in 0..u32::try_from(SAME_WITHIN).expect("small") {
            assert_eq!(again.had(&history), Had::Task, "{place} exercises later");
            history.shown.push_back(shown(&candidate("other", Kind::Write, 100 + place, Difficulty::Easy)));
        }
        assert_eq!(again.had(&history), Had::New);
    }

    #[test]
    fn a_mistake_that_comes_back_is_practised() {
        let plain = candidate("a", Kind::Write, 1, Difficulty::Easy);
        let mut practises = candidate("b", Kind::Write, 1, Difficulty::Easy);
        practises.practised = vec!["off-by-one".to_owned(), "wrong-start".to_owned()];
        let mut has_bug = candidate("c", Kind::FixBug, 1, Difficulty::Easy);
        has_bug.bug = Some("off-by-one".to_owned());
        let all = [plain, practises.clone(), has_bug.clone()];
        let history = with_mistake("off-by-one", 3);
        let (found, why) = chosen(&all, &history, EASY);
        assert_eq!(found, &has_bug);
        assert!(why.contains("3 times, “off by one”"), "{why}");
        let write = Wish { kind: Some(Kind::Write), ..EASY };
        let (found, why) = chosen(&all, &history, write);
        assert_eq!(found, &practises);
        assert!(why.starts_with("It practises what went wrong 3 times"), "{why}");
        let (_, why) = chosen(&all, &with_mistake("off-by-one", 1), EASY);
        assert!(!why.contains("off by one"), "once is no pattern: {why}");
    }

    #[test]
    fn templates_and_kinds_take_turns() {
        let mut all = Vec::new();
        for template in ["a", "b", "c", "d"] {
            for (place, kind) in Kind::ALL.into_iter().enumerate() {
                all.push(candidate(template, kind, u32::try_from(place).expect("small"), Difficulty::Easy));
            }
        }
        let mut history = History::default();
        for round in 0..all.len() {
            let (next, why) = chosen(&all, &history, EASY);
            let lately: Vec<_> = history.shown.iter().rev().take(TEMPLATE_WITHIN).collect();
            assert!(lately.iter().all(|one| one.name.template != next.name.template), "round {round}");
            assert!(history.shown.iter().all(|one| one.name != next.name), "round {round}: twice");
            assert!(why.ends_with('.') && why.matches(". ").count() == 0, "one sentence: {why}");
            history.shown.push_back(shown(next));
        }
        let kinds: std::collections::BTreeSet<Kind> =
            history.shown.iter().take(5).map(|one| one.name.kind).collect();
        assert!(kinds.len() >= 3, "{kinds:?}");
    }

    #[test]
    fn the_same_seed_chooses_the_same_and_seeds_differ() {
        let all: Vec<Candidate> =
            (0..20).map(|seed| candidate(&format!("t{seed}"), Kind::Write, seed, Difficulty::Easy)).collect();
        let of = |seed| choose(&all, &History::default(), EASY, Seed(seed)).expect("a candidate").candidate;
        assert!((0..50).all(|seed| of(seed) == of(seed)));
        let different: std::collections::BTreeSet<usize> = (0..50).map(of).collect();
        assert!(different.len() >= 10, "{different:?}");
    }
}
