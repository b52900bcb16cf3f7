//! Scores, mastery and levels as types that cannot hold a value out of range.

use serde::{Deserialize, Serialize};

/// A share of what could be reached: a finite number in [0, 1].
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = f64, minimum = 0.0, maximum = 1.0))]
pub struct Score(f64);

/// A number that is no score: NaN, infinite, or outside [0, 1].
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("must be a number from 0 to 1")]
pub struct OutOfRange;

impl Score {
    /// Nothing reached.
    pub const ZERO: Self = Self(0.0);
    /// All reached.
    pub const ONE: Self = Self(1.0);

    /// The score, or why it is none. Never clamped.
    pub fn new(value: f64) -> Result<Self, OutOfRange> {
        // -0.0 would print as such, and differ in bytes.
        if (0.0..=1.0).contains(&value) { Ok(Self(value + 0.0)) } else { Err(OutOfRange) }
    }

    /// `part` of `whole`, at most 1; 0 of nothing.
    #[must_use]
    pub fn share(part: u32, whole: u32) -> Self {
        if whole == 0 { Self::ZERO } else { Self((f64::from(part) / f64::from(whole)).min(1.0)) }
    }

    /// The better of two.
    #[must_use]
    pub fn better(self, other: Self) -> Self {
        if self.0 < other.0 { other } else { self }
    }

    /// The mean; none of none. The sum runs in the order given, so that the same entries give the same bits.
    #[must_use]
    pub fn mean(entries: impl IntoIterator<Item = Self>) -> Option<Self> {
        let (sum, count) =
            entries.into_iter().fold((0.0, 0.0_f64), |(sum, count), one| (sum + one.0, count + 1.0));
        (count > 0.0).then(|| Self((sum / count).min(1.0)))
    }

    /// Both together, at most 1.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self((self.0 + other.0).min(1.0))
    }

    /// The larger of two.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }

    /// As a number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Score {
    type Error = OutOfRange;
    fn try_from(value: f64) -> Result<Self, OutOfRange> {
        Self::new(value)
    }
}

impl From<Score> for f64 {
    fn from(score: Score) -> f64 {
        score.0
    }
}

/// The four scores of a component.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scores {
    /// Distinct problems solved, of the target.
    pub completion: Score,
    /// Quiz questions answered right.
    pub quiz: Score,
    /// Review scores of submissions.
    pub quality: Score,
    /// Practice days in a row, of 7.
    pub consistency: Score,
}

/// Mastery of a component: 0.4 completion + 0.3 quiz + 0.2 quality + 0.1 consistency, rounded to nine decimals.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = f64, minimum = 0.0, maximum = 1.0))]
pub struct Mastery(f64);

impl Mastery {
    /// A mastery known from elsewhere, rounded to nine decimals.
    pub fn new(value: f64) -> Result<Self, OutOfRange> {
        Score::new(value).map(|score| Self(round(score.get())))
    }

    /// The formula.
    #[must_use]
    pub fn of(scores: &Scores) -> Self {
        let sum = 0.4 * scores.completion.get()
            + 0.3 * scores.quiz.get()
            + 0.2 * scores.quality.get()
            + 0.1 * scores.consistency.get();
        Self(round(sum).min(1.0))
    }

    /// The mean over the components tracked; none of none.
    #[must_use]
    pub fn mean(components: impl IntoIterator<Item = Self>) -> Option<Self> {
        let (sum, count) =
            components.into_iter().fold((0.0, 0.0_f64), |(sum, count), one| (sum + one.0, count + 1.0));
        (count > 0.0).then(|| Self(round(sum / count).min(1.0)))
    }

    /// As a number in [0, 1].
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }

    /// How far it moved from an earlier mastery: negative where it fell. Nine decimals, like mastery itself.
    #[must_use]
    pub fn moved_from(self, before: Self) -> f64 {
        // The sum turns -0.0 into 0.0.
        round(self.0 - before.0) + 0.0
    }

    /// The band it falls in.
    #[must_use]
    pub fn level(self) -> Level {
        match self.0 {
            value if value <= 0.4 => Level::Beginner,
            value if value <= 0.7 => Level::Learning,
            value if value <= 0.9 => Level::Proficient,
            _ => Level::Mastered,
        }
    }
}

/// Plain f64 gives 0.8400000000000001, and a mean of 0.9s would be "mastered": nine decimals are banded, stored and shown.
fn round(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

impl TryFrom<f64> for Mastery {
    type Error = OutOfRange;
    fn try_from(value: f64) -> Result<Self, OutOfRange> {
        Self::new(value)
    }
}

impl From<Mastery> for f64 {
    fn from(mastery: Mastery) -> f64 {
        mastery.0
    }
}

/// Bands of mastery without gaps: beginner ≤ 0.40 < learning ≤ 0.70 < proficient ≤ 0.90 < mastered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Level {
    /// Up to 0.40.
    Beginner,
    /// Up to 0.70.
    Learning,
    /// Up to 0.90.
    Proficient,
    /// Above 0.90.
    Mastered,
}

impl Level {
    /// All of them, upwards.
    pub const ALL: [Self; 4] = [Self::Beginner, Self::Learning, Self::Proficient, Self::Mastered];

    /// Its name in the API, in texts and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Beginner => "beginner",
            Self::Learning => "learning",
            Self::Proficient => "proficient",
            Self::Mastered => "mastered",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(of: [f64; 4]) -> Scores {
        let [completion, quiz, quality, consistency] = of.map(|value| Score::new(value).expect("a score"));
        Scores { completion, quiz, quality, consistency }
    }

    #[test]
    fn the_formula_gives_the_decided_figures_to_the_bit() {
        for (of, mastery) in [
            ([0.85, 0.90, 0.75, 0.80], 0.84_f64),
            ([0.75, 0.80, 0.90, 0.85], 0.805),
            ([0.0, 0.0, 0.0, 0.0], 0.0),
            ([1.0, 1.0, 1.0, 1.0], 1.0),
            ([1.0, 0.0, 0.0, 0.0], 0.4),
            ([0.0, 1.0, 0.0, 0.0], 0.3),
            ([0.0, 0.0, 1.0, 0.0], 0.2),
            ([0.0, 0.0, 0.0, 1.0], 0.1),
            ([0.9, 0.9, 0.9, 0.9], 0.9),
        ] {
            assert_eq!(Mastery::of(&scores(of)).get().to_bits(), mastery.to_bits(), "{of:?}");
        }
    }

    #[test]
    fn the_bands_have_no_gap_and_hold_their_upper_edge() {
        for (mastery, level) in [
            (0.0, Level::Beginner),
            (0.4, Level::Beginner),
            (0.400_000_000_4, Level::Beginner),
            (0.400_000_001, Level::Learning),
            (0.7, Level::Learning),
            (0.700_000_001, Level::Proficient),
            (0.9, Level::Proficient),
            (0.900_000_001, Level::Mastered),
            (1.0, Level::Mastered),
        ] {
            assert_eq!(Mastery::new(mastery).expect("in range").level(), level, "{mastery}");
        }
    }

    #[test]
    fn a_mean_of_nines_is_proficient_however_many_there_are() {
        let nine = Mastery::new(0.9).expect("in range");
        for count in 1..=200 {
            let mean = Mastery::mean(std::iter::repeat_n(nine, count)).expect("not empty");
            assert_eq!(mean.level(), Level::Proficient, "{count}");
        }
        assert_eq!(Mastery::mean([]), None);
        assert_eq!(Score::mean([]), None);
    }

    #[test]
    fn what_is_no_score_is_refused_and_never_clamped() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.000_000_001, 1.000_000_001, -1.0, 2.0] {
            assert_eq!(Score::new(value), Err(OutOfRange), "{value}");
            assert_eq!(Mastery::new(value), Err(OutOfRange), "{value}");
        }
        let zero = Score::new(-0.0).expect("zero is a score");
        assert_eq!(zero.get().to_bits(), 0.0_f64.to_bits(), "-0.0 would differ in bytes");
        assert!(serde_json::from_str::<Score>("1.5").is_err());
        assert!(serde_json::from_str::<Scores>(r#"{"completion":1,"quiz":1,"quality":1}"#).is_err());
    }

    #[test]
    fn a_move_is_signed_and_never_minus_zero() {
        let [low, high] = [0.605, 0.805].map(|value| Mastery::new(value).expect("in range"));
        assert!((high.moved_from(low) - 0.2).abs() < f64::EPSILON);
        assert!((low.moved_from(high) + 0.2).abs() < f64::EPSILON);
        assert_eq!(low.moved_from(low).to_bits(), 0.0_f64.to_bits());
    }
}
