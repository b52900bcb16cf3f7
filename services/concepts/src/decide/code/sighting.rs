//! What can be seen in a program, and what a sighting tells.
//!
//! A topic names constructs (`shows`, `construct` of a misconception); its texts read their slots. To add a construct: a
//! variant here and the place in `statements` or `expressions` that sees it. Not here:
//! wording.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The most sightings that are kept of one construct.
pub const SIGHTINGS_MAX: usize = 8;

/// A thing that a program can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Construct {
    /// A name gets its first value.
    Assignment,
    /// A name gets another value.
    Reassignment,
    /// `+=` and its like.
    Augmented,
    /// A name of one letter that says little.
    ShortName,
    /// A name is used above the line that gives it a value.
    EarlyUse,
    /// A value on the left of `=`.
    LiteralTarget,
    /// A literal; the first of each type.
    Value,
    /// `type(x)`.
    TypeCall,
    /// Text and number on the two sides of an operator.
    Mismatch,
    /// `print(…)`.
    PrintCall,
    /// The result of `print()` gets a name.
    PrintKept,
    /// `input(…)`.
    InputCall,
    /// `input(…)` whose answer is not kept.
    InputLost,
    /// An f-string.
    Fstring,
    /// A text with a known name in braces, without the `f`.
    MissingF,
    /// `+ - * / // % **`.
    Arithmetic,
    /// Operators of two ranks without brackets.
    Mixed,
    /// `== < …`, `in`, `is`.
    Comparison,
    /// `and`, `or`, `not`.
    Logic,
    /// `^` between numbers.
    Caret,
    /// `x == 1 or 2`.
    OrOfValues,
    /// `x =+ 1`.
    ReversedAugmented,
    /// `x == 1` as a statement.
    LostComparison,
    /// `int(…)`, `float(…)`, `str(…)`, `bool(…)`.
    Conversion,
    /// A conversion whose result is not kept.
    LostConversion,
    /// What `input()` gave, used with a number.
    BareInput,
}

impl Construct {
    /// Every construct.
    pub const ALL: [Self; 26] = [
        Self::Assignment,
        Self::Reassignment,
        Self::Augmented,
        Self::ShortName,
        Self::EarlyUse,
        Self::LiteralTarget,
        Self::Value,
        Self::TypeCall,
        Self::Mismatch,
        Self::PrintCall,
        Self::PrintKept,
        Self::InputCall,
        Self::InputLost,
        Self::Fstring,
        Self::MissingF,
        Self::Arithmetic,
        Self::Mixed,
        Self::Comparison,
        Self::Logic,
        Self::Caret,
        Self::OrOfValues,
        Self::ReversedAugmented,
        Self::LostComparison,
        Self::Conversion,
        Self::LostConversion,
        Self::BareInput,
    ];

    /// Its name in a topic's texts: `seen.<name>`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Assignment => "assignment",
            Self::Reassignment => "reassignment",
            Self::Augmented => "augmented",
            Self::ShortName => "short_name",
            Self::EarlyUse => "early_use",
            Self::LiteralTarget => "literal_target",
            Self::Value => "value",
            Self::TypeCall => "type_call",
            Self::Mismatch => "mismatch",
            Self::PrintCall => "print_call",
            Self::PrintKept => "print_kept",
            Self::InputCall => "input_call",
            Self::InputLost => "input_lost",
            Self::Fstring => "fstring",
            Self::MissingF => "missing_f",
            Self::Arithmetic => "arithmetic",
            Self::Mixed => "mixed",
            Self::Comparison => "comparison",
            Self::Logic => "logic",
            Self::Caret => "caret",
            Self::OrOfValues => "or_of_values",
            Self::ReversedAugmented => "reversed_augmented",
            Self::LostComparison => "lost_comparison",
            Self::Conversion => "conversion",
            Self::LostConversion => "lost_conversion",
            Self::BareInput => "bare_input",
        }
    }
}

/// One fact of a sighting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// The learner's own text: quoted before anybody reads it.
    Code(String),
    /// A plain identifier, for use inside a quoted piece of code.
    Identifier(String),
    /// A type's name, quoted; empty where it is not known.
    Type(Option<&'static str>),
    /// Our own words, or an operator's sign.
    Words(&'static str),
    /// A line, from 1, or a count.
    Number(u32),
}

/// One place in the program. Every sighting has the slots `line` and `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The line, from 1.
    pub line: u32,
    /// The piece of code, as it stands there; its first 200 characters.
    pub text: String,
    /// What else is known of it, by the name that texts use.
    pub slots: Vec<(&'static str, Slot)>,
}

/// Sightings by construct, each list in the order of the text and at most [`SIGHTINGS_MAX`] long.
#[derive(Debug, Clone, Default)]
pub struct Sightings(BTreeMap<Construct, Vec<Sighting>>);

impl Sightings {
    /// What was seen of a construct.
    #[must_use]
    pub fn of(&self, construct: Construct) -> &[Sighting] {
        self.0.get(&construct).map_or(&[], Vec::as_slice)
    }

    /// Adds one; false where there are enough already.
    pub(super) fn add(&mut self, construct: Construct, sighting: Sighting) -> bool {
        let list = self.0.entry(construct).or_default();
        let has_room = list.len() < SIGHTINGS_MAX;
        if has_room {
            list.push(sighting);
        }
        has_room
    }

    /// The sightings of a construct, to complete them.
    pub(super) fn of_mut(&mut self, construct: Construct) -> &mut Vec<Sighting> {
        self.0.entry(construct).or_default()
    }
}
