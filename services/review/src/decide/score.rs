//! From findings to a score, by one formula.
//!
//! Every place costs its severity's points: 20 for essential, 8 for actionable, 2.5 for informative. A further place of the
//! same rule costs half of the one before (a habit is one thing to learn), of a bug three quarters. Points of findings that are no bugs weigh less in a long program:
//! they are multiplied by the square root of 20 lines over the program's lines of code, at most 1 and at least a quarter.
//! Then `score = 100 × 0.5^(points / 40)`: each mended finding raises the score, and no program is ever out of reach of
//! improvement. A category's score is the same formula over its own findings at double weight. A program that Python
//! cannot read scores `20 × 0.5^((errors − 1) / 5)`; an empty one 0.
//!
//! Which findings there are does not belong here.

use std::collections::HashMap;

use super::report::{Categories, Category, Finding, Grade, Severity};

/// Points that halve the score.
const HALF_POINTS: f64 = 40.0;
/// Lines of code up to which a finding weighs fully.
const SMALL_LINES: f64 = 20.0;
/// What a finding weighs at least.
const WEIGHT_MIN: f64 = 0.25;
/// The score of a program with one syntax error.
const BROKEN_SCORE: f64 = 20.0;
/// Further syntax errors that halve it.
const BROKEN_HALF_ERRORS: f64 = 5.0;

/// What is to be scored: findings, merged by rule or not, in a program of so many lines of code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weigher {
    weight: f64,
}

impl Weigher {
    /// For a program with this many lines that are neither empty nor comments.
    pub(crate) fn new(code_lines: u32) -> Self {
        let weight = (SMALL_LINES / f64::from(code_lines.max(1))).sqrt().clamp(WEIGHT_MIN, 1.0);
        Self { weight }
    }

    fn points(self, severity: Severity) -> f64 {
        match severity {
            Severity::Essential => 20.0,
            Severity::Actionable => 8.0 * self.weight,
            Severity::Informative => 2.5 * self.weight,
            Severity::Celebratory => 0.0,
        }
    }

    /// Points of findings: places of one rule count less and less.
    pub(crate) fn cost<'a>(self, findings: impl Iterator<Item = &'a Finding>) -> f64 {
        let mut seen: HashMap<&str, i32> = HashMap::new();
        let mut sum = 0.0;
        for finding in findings {
            for _ in 0..=finding.also_lines.len() {
                let times = seen.entry(&finding.rule).or_default();
                sum += self.points(finding.severity) * again(finding.severity).powi(*times);
                *times += 1;
            }
        }
        sum
    }

    /// A score for each category.
    pub(crate) fn categories(self, findings: &[Finding]) -> Categories {
        let of = |category: Category| {
            let own = findings.iter().filter(|finding| finding.category == category);
            from_points(2.0 * self.cost(own))
        };
        Categories {
            correctness: of(Category::Correctness),
            clarity: of(Category::Clarity),
            structure: of(Category::Structure),
            pythonic: of(Category::Pythonic),
        }
    }
}

/// What each further place of a rule costs, as a share of the one before.
fn again(severity: Severity) -> f64 {
    if severity == Severity::Essential { 0.75 } else { 0.5 }
}

/// The score that so many points leave.
pub(crate) fn from_points(points: f64) -> u32 {
    whole(100.0 * 0.5_f64.powf(points.max(0.0) / HALF_POINTS))
}

/// The score of a program with so many syntax errors.
pub(crate) fn of_broken(errors: usize) -> u32 {
    let further = u32::try_from(errors.saturating_sub(1)).unwrap_or(u32::MAX);
    whole(BROKEN_SCORE * 0.5_f64.powf(f64::from(further) / BROKEN_HALF_ERRORS))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=100 first")]
fn whole(score: f64) -> u32 {
    score.round().clamp(0.0, 100.0) as u32
}

/// The score in one letter.
pub(crate) fn grade(score: u32) -> Grade {
    match score {
        90.. => Grade::A,
        75.. => Grade::B,
        60.. => Grade::C,
        40.. => Grade::D,
        _ => Grade::E,
    }
}

#[cfg(test)]
mod tests {
    use agent_core::curriculum::Topic;

    use super::*;

    fn finding(rule: &str, severity: Severity, places: usize) -> Finding {
        Finding {
            rule: rule.to_owned(),
            severity,
            category: Category::Correctness,
            line: 1,
            also_lines: vec![2; places - 1],
            message: String::new(),
            why: String::new(),
            instead: String::new(),
            concept: Topic::Variables,
        }
    }

    fn score(findings: &[Finding], lines: u32) -> u32 {
        from_points(Weigher::new(lines).cost(findings.iter()))
    }

    #[test]
    fn findings_cost_by_severity_and_two_bugs_halve_the_score() {
        assert_eq!(score(&[], 10), 100);
        assert_eq!(score(&[finding("a", Severity::Essential, 1)], 10), 71);
        assert_eq!(score(&[finding("a", Severity::Actionable, 1)], 10), 87);
        assert_eq!(score(&[finding("a", Severity::Informative, 1)], 10), 96);
        assert_eq!(score(&[finding("a", Severity::Celebratory, 1)], 10), 100);
        let two = [finding("a", Severity::Essential, 1), finding("b", Severity::Essential, 1)];
        assert_eq!(score(&two, 10), 50);
    }

    #[test]
    fn a_habit_costs_less_than_different_findings_and_merging_changes_nothing() {
        let apart = [finding("a", Severity::Actionable, 1), finding("b", Severity::Actionable, 1)];
        let twice = [finding("a", Severity::Actionable, 2)];
        let split = [finding("a", Severity::Actionable, 1), finding("a", Severity::Actionable, 1)];
        assert!(score(&twice, 10) > score(&apart, 10));
        assert_eq!(score(&twice, 10), score(&split, 10));
    }

    #[test]
    fn advice_weighs_less_in_a_long_program_and_a_bug_does_not() {
        let advice = [finding("a", Severity::Actionable, 1)];
        assert!(score(&advice, 200) > score(&advice, 20));
        let bug = [finding("a", Severity::Essential, 1)];
        assert_eq!(score(&bug, 200), score(&bug, 20));
    }

    #[test]
    fn a_broken_program_scores_low_and_each_mended_error_counts() {
        assert_eq!(of_broken(1), 20);
        assert!(of_broken(2) < of_broken(1));
        assert_eq!(of_broken(0), 20);
        assert_eq!(of_broken(usize::MAX), 0);
    }

    #[test]
    fn grades_have_no_gaps() {
        let letters: Vec<Grade> = (0..=100).map(grade).collect();
        assert!(letters.windows(2).all(|pair| pair[0] >= pair[1]));
        assert_eq!((letters[0], letters[39], letters[40]), (Grade::E, Grade::E, Grade::D));
        assert_eq!(
            (letters[59], letters[60], letters[75], letters[90]),
            (Grade::D, Grade::C, Grade::B, Grade::A)
        );
    }
}
