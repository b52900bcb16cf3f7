//! A template's file, field by field. `exercises/README.md` tells authors what each is for.
//!
//! Not here: what makes a sheet ill-formed (`check`).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::decide::draw::Draw;
use crate::decide::exercise::{Construct, Difficulty, Form, Kind, Rules};

/// A template. Texts are Minijinja over the draws.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// A few words; a text.
    pub title: String,
    /// How hard it is to write it.
    pub difficulty: Difficulty,
    /// Where another kind is not as hard as the rule has it.
    #[serde(default)]
    pub difficulties: BTreeMap<Kind, Difficulty>,
    /// How long writing it takes.
    pub minutes: u8,
    /// The function that is asked for; a script where there is none.
    #[serde(default)]
    pub function: Option<String>,
    /// Whether what the function prints counts too.
    #[serde(default)]
    pub prints: bool,
    /// The kinds it can be.
    pub kinds: Vec<Kind>,
    /// What to do.
    pub statement: String,
    /// A right solution.
    pub reference: String,
    /// What the learner starts from when writing.
    #[serde(default)]
    pub starter: Option<String>,
    /// For writing, and where they fit for the other kinds.
    pub hints: [String; 3],
    /// Where another kind needs its own.
    #[serde(default)]
    pub hints_for: BTreeMap<Kind, [String; 3]>,
    /// What a solution must use.
    #[serde(default)]
    pub required: Vec<Construct>,
    /// What a solution must not use.
    #[serde(default)]
    pub forbidden: Vec<Construct>,
    /// What chance chooses.
    #[serde(default, rename = "draw")]
    pub draws: Vec<Draw>,
    /// What must hold among the draws.
    #[serde(default)]
    pub constraints: Vec<String>,
    /// The tests written out.
    #[serde(rename = "test")]
    pub tests: Vec<TestSheet>,
    /// Where further hidden tests come from.
    #[serde(default)]
    pub generate: Option<Generate>,
    /// What is cut out where gaps are to be filled.
    #[serde(default, rename = "gap")]
    pub gaps: Vec<GapSheet>,
    /// What belongs to putting lines in order.
    #[serde(default)]
    pub order: OrderSheet,
    /// The program whose output is asked for, if not the reference.
    #[serde(default)]
    pub predict: PredictSheet,
}

/// A test written out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestSheet {
    /// What it is about.
    pub about: String,
    /// Whether the learner sees it.
    #[serde(default)]
    pub open: bool,
    /// What the program reads; a text.
    #[serde(default)]
    pub stdin: String,
    /// Calls of the function; texts.
    #[serde(default)]
    pub calls: Vec<String>,
}

/// Where further hidden tests come from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generate {
    /// How many.
    #[serde(default = "six")]
    pub tests: usize,
    /// What the program reads; a text over draws and inputs.
    #[serde(default)]
    pub stdin: String,
    /// Calls of the function; texts over draws and inputs.
    #[serde(default)]
    pub calls: Vec<String>,
    /// What must hold among the inputs.
    #[serde(default)]
    pub constraints: Vec<String>,
    /// What varies.
    #[serde(rename = "input")]
    pub inputs: Vec<Draw>,
}

const fn six() -> usize {
    6
}

/// A piece of the reference that can be cut out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GapSheet {
    /// The line it stands in, without its indentation: exactly one of the reference; a text.
    pub line: String,
    /// The piece: exactly one of the line; a text.
    pub text: String,
}

/// What belongs to putting lines in order.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderSheet {
    /// Lines that do not belong, with their indentation; texts.
    #[serde(default)]
    pub distractors: Vec<String>,
    /// Lines of the reference, one below the other, that are one piece; texts.
    #[serde(default)]
    pub together: Vec<String>,
}

/// The program whose output is asked for, if not the reference.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredictSheet {
    /// The program; a text.
    #[serde(default)]
    pub program: Option<String>,
    /// What it reads; a text.
    #[serde(default)]
    pub stdin: Option<String>,
}

impl Sheet {
    /// How hard it is as this kind. By the rule, mending is as hard as writing, and reading, ordering and filling in are
    /// one step easier.
    #[must_use]
    pub fn difficulty_as(&self, kind: Kind) -> Difficulty {
        self.difficulties.get(&kind).copied().unwrap_or(match kind {
            Kind::Write | Kind::FixBug => self.difficulty,
            Kind::Order | Kind::PredictOutput | Kind::FillGap => self.difficulty.easier(),
        })
    }

    /// How long it takes as this kind: mending two thirds of writing, the others half, never less than a minute.
    #[must_use]
    pub const fn minutes_as(&self, kind: Kind) -> u8 {
        match kind {
            Kind::Write => self.minutes,
            Kind::FixBug => (self.minutes as u16 * 2).div_ceil(3) as u8,
            Kind::Order | Kind::PredictOutput | Kind::FillGap => self.minutes.div_ceil(2),
        }
    }

    /// Where its programs run from.
    #[must_use]
    pub fn form(&self) -> Form {
        self.function.clone().map_or(Form::Script, |name| Form::Function { name })
    }

    /// What a solution must use, and must not.
    #[must_use]
    pub fn rules(&self) -> Rules {
        Rules { required: self.required.clone(), forbidden: self.forbidden.clone() }
    }

    /// How many variants the draws allow, constraints not looked at: an upper bound, at least where a draw's range
    /// depends on another.
    #[must_use]
    pub fn variety(&self) -> u64 {
        self.draws.iter().fold(1, |product: u64, draw| product.saturating_mul(draw.source.variety()))
    }
}
