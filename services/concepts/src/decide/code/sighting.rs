//! What can be seen in a program, and what a sighting tells.
//!
//! A topic names constructs (`shows`, `construct` of a misconception); its texts read their slots. To add a construct: a
//! row in the table here and the place in `statements`, `expressions` or the modules beside them that sees it. Not here:
//! wording.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The most sightings that are kept of one construct.
pub const SIGHTINGS_MAX: usize = 16;

/// The constructs as one table: what each is, its variant, and its name in a topic's texts.
macro_rules! constructs {
    ($($(#[$what:meta])* $variant:ident = $name:literal,)*) => {
        /// A thing that a program can show.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Construct {
            $($(#[$what])* $variant,)*
        }

        impl Construct {
            /// Every construct.
            pub const ALL: [Self; [$(Self::$variant),*].len()] = [$(Self::$variant),*];

            /// Its name in a topic's texts: `seen.<name>`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

constructs! {
    /// A name gets its first value.
    Assignment = "assignment",
    /// A name gets another value.
    Reassignment = "reassignment",
    /// `+=` and its like.
    Augmented = "augmented",
    /// A name of one letter that says little.
    ShortName = "short_name",
    /// A name is used above the line that gives it a value.
    EarlyUse = "early_use",
    /// A value on the left of `=`.
    LiteralTarget = "literal_target",
    /// A literal; the first of each type.
    Value = "value",
    /// `type(x)`.
    TypeCall = "type_call",
    /// Text and number on the two sides of an operator.
    Mismatch = "mismatch",
    /// `print(…)`.
    PrintCall = "print_call",
    /// The result of `print()` gets a name.
    PrintKept = "print_kept",
    /// `input(…)`.
    InputCall = "input_call",
    /// `input(…)` whose answer is not kept.
    InputLost = "input_lost",
    /// An f-string.
    Fstring = "fstring",
    /// A text with a known name in braces, without the `f`.
    MissingF = "missing_f",
    /// `+ - * / // % **`.
    Arithmetic = "arithmetic",
    /// Operators of two ranks without brackets.
    Mixed = "mixed",
    /// `== < …`, `in`, `is`.
    Comparison = "comparison",
    /// `and`, `or`, `not`.
    Logic = "logic",
    /// `^` between numbers.
    Caret = "caret",
    /// `x == 1 or 2`.
    OrOfValues = "or_of_values",
    /// `x =+ 1`.
    ReversedAugmented = "reversed_augmented",
    /// `x == 1` as a statement.
    LostComparison = "lost_comparison",
    /// `int(…)`, `float(…)`, `str(…)`, `bool(…)`.
    Conversion = "conversion",
    /// A conversion whose result is not kept.
    LostConversion = "lost_conversion",
    /// What `input()` gave, used with a number.
    BareInput = "bare_input",
    /// `if`, with all its branches.
    Branching = "branching",
    /// A branch that an earlier one leaves nothing for.
    UnreachableBranch = "unreachable_branch",
    /// `elif` without an `else`: some values take no branch.
    NoElse = "no_else",
    /// A test that every value passes.
    AlwaysTrue = "always_true",
    /// A test that no value passes.
    NeverTrue = "never_true",
    /// Two `if` in a row, of which both can run.
    SeparateIfs = "separate_ifs",
    /// An `if` that holds nothing but another `if`.
    NestedIf = "nested_if",
    /// `x == True`.
    CompareTrue = "compare_true",
    /// `if x = 5:`.
    AssignInTest = "assign_in_test",
    /// `else if x:`.
    ElseIf = "else_if",
    /// `else x > 5:`.
    ElseWithTest = "else_with_test",
    /// The first line of a block without its colon.
    MissingColon = "missing_colon",
    /// `for`.
    ForLoop = "for_loop",
    /// A name that a loop builds up from a value before it.
    Accumulator = "accumulator",
    /// A name that a loop builds up and sets back in every round.
    ResetInLoop = "reset_in_loop",
    /// A name that a loop builds up from nothing.
    NoStart = "no_start",
    /// A loop in a loop.
    NestedLoop = "nested_loop",
    /// A loop in a loop, with the same name for both.
    LoopNameReused = "loop_name_reused",
    /// A `for` over a range whose body moves the loop's name itself.
    LoopNameMoved = "loop_name_moved",
    /// `for i in range(len(items))`.
    IndexLoop = "index_loop",
    /// An index that goes past the end of a list.
    PastTheEnd = "past_the_end",
    /// A list that is changed while a loop goes through it.
    ChangedWhileLooping = "changed_while_looping",
    /// `for i in 5`.
    ForOverNumber = "for_over_number",
    /// A range that holds nothing.
    EmptyRange = "empty_range",
    /// `return` in the first round of a loop, whatever happens.
    EarlyReturn = "early_return",
    /// `while`.
    WhileLoop = "while_loop",
    /// A `while` whose test nothing in its body can change.
    StuckLoop = "stuck_loop",
    /// `while True` without a way out.
    EndlessTrue = "endless_true",
    /// A counter that never meets the bound of its `while`.
    NeverMet = "never_met",
    /// A `while` whose test is false at once.
    NeverEntered = "never_entered",
    /// A counter from 0 with `<=`: one round more than the bound says.
    OneMore = "one_more",
    /// `break`.
    Break = "break",
    /// `continue`.
    Continue = "continue",
    /// `continue` above the line that moves the counter of its `while`.
    SkippedUpdate = "skipped_update",
    /// Lines behind a jump.
    DeadCode = "dead_code",
    /// `else` of a loop.
    LoopElse = "loop_else",
    /// `else` of a loop that has no `break`.
    ElseWithoutBreak = "else_without_break",
    /// `break` of a loop that is in another one.
    InnerBreak = "inner_break",
    /// `break` or `continue` outside of every loop.
    JumpOutside = "jump_outside",
    /// `break` in the first round, whatever happens.
    BreakAtOnce = "break_at_once",
    /// `continue` as the last line of a loop.
    NeedlessContinue = "needless_continue",
    /// `[… for … in …]` and its relatives.
    Comprehension = "comprehension",
    /// A comprehension with two `for`, or in another one.
    NestedComprehension = "nested_comprehension",
    /// `a if test else b` as what a comprehension collects.
    ChoiceInside = "choice_inside",
    /// `[… for … in … if … else …]`.
    ElseAfterFilter = "else_after_filter",
    /// `[x if test for x in …]`.
    FilterInFront = "filter_in_front",
    /// A comprehension that is used for what it does and not for its list.
    SideEffect = "side_effect",
    /// A loop that only appends: it could be a comprehension.
    AppendLoop = "append_loop",
    /// `[x for x in items]`.
    CopyComprehension = "copy_comprehension",
    /// A comprehension that collects a name which nothing has given a value.
    OtherName = "other_name",
    /// `(… for … in …)` that gets a name.
    GeneratorKept = "generator_kept",
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
