//! What an exercise is, once drawn: everything that is needed to show it, to run it and to judge it.
//!
//! Not here: how it came to be (`template`), whether it may be shown (`admit`), what an answer is worth (`grade`).

use std::fmt;

use agent_core::curriculum::Topic;
use contracts::ProblemId;
use sandbox::{Call, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an exercise asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Write the program or function.
    Write,
    /// Find the bug in one, and mend it.
    FixBug,
    /// Put its lines in order; some may not belong.
    Order,
    /// Say what it prints.
    PredictOutput,
    /// Fill in what is left out.
    FillGap,
}

impl Kind {
    /// All kinds, from writing to reading.
    pub const ALL: [Self; 5] = [Self::Write, Self::FixBug, Self::Order, Self::PredictOutput, Self::FillGap];

    /// As it is written in names and addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::FixBug => "fix-bug",
            Self::Order => "order",
            Self::PredictOutput => "predict-output",
            Self::FillGap => "fill-gap",
        }
    }
}

/// How hard an exercise is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Difficulty {
    /// The first of its topic.
    Beginner,
    /// One idea.
    Easy,
    /// Two ideas together.
    Medium,
    /// Corner cases decide.
    Hard,
    /// Beyond what the topic asks.
    Challenge,
}

impl Difficulty {
    /// All, from the easiest.
    pub const ALL: [Self; 5] = [Self::Beginner, Self::Easy, Self::Medium, Self::Hard, Self::Challenge];

    /// As it is written in requests and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Beginner => "beginner",
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::Hard => "hard",
            Self::Challenge => "challenge",
        }
    }

    /// One step up, or the same at the end.
    #[must_use]
    pub fn harder(self) -> Self {
        Self::ALL[(self as usize + 1).min(Self::ALL.len() - 1)]
    }

    /// One step down, or the same at the end.
    #[must_use]
    pub fn easier(self) -> Self {
        Self::ALL[(self as usize).saturating_sub(1)]
    }
}

/// Chooses all that chance may choose. The same seed draws the same exercise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Seed(pub u32);

/// The name of an exercise among all: `<topic>.<template>.<kind>.<seed>`. What counts as one problem in mastery.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name {
    /// Its topic.
    pub topic: Topic,
    /// Its template's name within the topic.
    pub template: String,
    /// What it asks for.
    pub kind: Kind,
    /// What chance chose.
    pub seed: Seed,
}

impl Name {
    /// Whether the other is the same as another kind: most of what admission runs is then the same too.
    #[must_use]
    pub fn is_akin(&self, other: &Self) -> bool {
        (self.topic, self.seed) == (other.topic, other.seed) && self.template == other.template
    }

    /// The name within its topic, as events carry it; none where a template's name is too long, which loading refuses.
    #[must_use]
    pub fn as_problem(&self) -> Option<ProblemId> {
        format!("{}.{}.{}", self.template, self.kind.name(), self.seed.0).parse().ok()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, template, kind, seed } = self;
        write!(f, "{}.{template}.{}.{}", topic.slug(), kind.name(), seed.0)
    }
}

/// An exercise, solution included: never serialised to a student.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exercise {
    /// Its name.
    pub name: Name,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// A few words.
    pub title: String,
    /// What to do, in Markdown, with what the open tests show left out.
    pub statement: String,
    /// What the learner starts from: a stub, the buggy program, the program with its gaps, or nothing.
    pub starter: String,
    /// A right solution. Without the gaps, in order, without the bug.
    pub reference: String,
    /// Where it runs from.
    pub form: Form,
    /// What a solution must do. At least one is open.
    pub tests: Vec<Test>,
    /// What a solution must use, and must not.
    pub rules: Rules,
    /// From a nudge to nearly the solution.
    pub hints: [String; 3],
    /// What is particular to its kind.
    pub task: Task,
    /// How long it takes.
    pub minutes: u8,
}

/// Where a program runs from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// From its first line to its last: it reads and prints.
    Script,
    /// It defines a function, which is called.
    Function {
        /// The function's name.
        name: String,
    },
}

/// One run of a solution, and what it must come to. What is expected is what the reference did, at admission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// What it is about, in a few words; shown even where the test is hidden, so it gives nothing away.
    pub about: String,
    /// Whether the learner sees input and expectation beforehand.
    pub open: bool,
    /// What the program reads.
    pub stdin: String,
    /// The calls, in one run; none for a script.
    pub calls: Vec<Call>,
    /// What it must come to.
    pub expected: Expected,
}

/// What a run must come to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// What it prints; none where printing does not matter (a function that is asked for its result).
    pub stdout: Option<String>,
    /// What each call returns.
    pub returned: Vec<Value>,
    /// For each call what its arguments are afterwards.
    pub arguments: Vec<Vec<Value>>,
}

/// What a solution must use, and must not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Must be there.
    pub required: Vec<Construct>,
    /// Must not.
    pub forbidden: Vec<Construct>,
}

/// Something that a program may use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Construct {
    /// An `if` statement.
    If,
    /// An `elif` or `else`.
    ElifOrElse,
    /// A `for` loop.
    For,
    /// A `while` loop.
    While,
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// A list comprehension.
    ListComprehension,
    /// An f-string.
    FString,
    /// `and`, `or` or `not`.
    BooleanOperator,
    /// `import`, of anything.
    Import,
    /// A call of this name: `sum`, `input`; with a dot in front a method: `.append`.
    Call(String),
}

/// What is particular to a kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Nothing.
    Write,
    /// The bug that the starter has.
    FixBug {
        /// What was changed in the reference.
        bug: Bug,
    },
    /// The lines, shuffled.
    Order {
        /// As shown: a permutation of the reference's lines, with the distractors among them.
        pieces: Vec<Piece>,
    },
    /// The program is in the starter; its only test's output is the answer.
    PredictOutput,
    /// The starter is the reference with these cut out, each shown as `____` with its number.
    FillGap {
        /// What stood there, in order.
        gaps: Vec<Gap>,
    },
}

/// A line to put in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Piece {
    /// How an answer names it. Says nothing of its place.
    pub id: String,
    /// The line, or lines that only make sense together, indentation included.
    pub text: String,
}

/// What was cut out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// What stood there.
    pub text: String,
}

/// A change of a right program that makes it wrong as a learner would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bug {
    /// The mutation operator.
    pub operator: String,
    /// What a learner who writes this misunderstands: a kebab-case slug.
    pub misconception: String,
    /// The line of the reference that was changed, from 1.
    pub line: u32,
    /// What the line says now.
    pub becomes: String,
}
