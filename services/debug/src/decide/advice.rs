//! Advice: what to make a habit of, so that an error does not come back.
//!
//! An analysis mends one line; advice speaks of the kind of error, and grows more insistent with each time the student
//! met it. The texts are by family: what keeps one bracket closed keeps the others closed too.

use agent_core::curriculum::Topic;
use agent_core::syntax::ErrorCode as Code;
use serde::Serialize;
use utoipa::ToSchema;

use super::patterns::Tally;

/// From this many submissions on, an error is a habit and not a slip.
const HABIT_FROM_COUNT: u64 = 3;

/// One kind of error as it was met in the code at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Met {
    /// The kind.
    pub code: Code,
    /// The line, where known.
    pub line: Option<u32>,
}

/// What to do about a kind of error.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Suggestion {
    /// The kind.
    pub code: Code,
    /// Where it was met, in the order given.
    pub lines: Vec<u32>,
    /// In a few words.
    pub title: String,
    /// What to make a habit of.
    pub advice: String,
    /// Why it is suggested, and why now.
    pub reason: String,
    /// The topic to ask Concepts about.
    pub concept: Topic,
    /// Submissions of the student that held this kind. The one at hand is among them if it was analysed before.
    pub times_met: u64,
}

/// Suggestions for what was met, the most persistent kind first; of equals, the one met first.
#[must_use]
pub fn suggest(met: &[Met], tally: &Tally) -> Vec<Suggestion> {
    let mut suggestions: Vec<Suggestion> = Vec::new();
    for one in met {
        match suggestions.iter_mut().find(|suggestion| suggestion.code == one.code) {
            Some(suggestion) => suggestion.lines.extend(one.line),
            None => suggestions.push(suggestion(one, tally.count(one.code))),
        }
    }
    suggestions.sort_by_key(|suggestion| std::cmp::Reverse(suggestion.times_met));
    suggestions
}

fn suggestion(met: &Met, times_met: u64) -> Suggestion {
    let family = Family::of(met.code);
    let (title, advice) = family.text();
    Suggestion {
        code: met.code,
        lines: met.line.into_iter().collect(),
        title: title.to_owned(),
        advice: advice.to_owned(),
        reason: reason(times_met),
        concept: family.concept(),
        times_met,
    }
}

/// The code at hand has as a rule been analysed, and so counted, before advice is asked for: the words must be true for
/// a student who meets the error for the first time.
fn reason(times_met: u64) -> String {
    match times_met {
        0 | 1 => "This one is new for you. A first time is how one learns it.".to_owned(),
        n if n < HABIT_FROM_COUNT => {
            format!(
                "You met this in {n} submissions. Notice what the places have in common: five minutes now are well spent."
            )
        }
        n => format!(
            "You met this in {n} submissions. It is a habit by now, so change the habit, not only the line."
        ),
    }
}

/// Kinds of error that one habit prevents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    BlockOpener,
    Indentation,
    Bracket,
    Quote,
    Character,
    Number,
    Separator,
    Call,
    Assignment,
    Keyword,
    Clause,
    ForeignHabit,
    Loop,
    Parameter,
    FunctionOnly,
    LoopOnly,
    Scope,
    Import,
    FormattedString,
    Comprehension,
    Dictionary,
    Exception,
    Size,
    Statement,
}

impl Family {
    fn of(code: Code) -> Self {
        match code {
            Code::MissingColon => Self::BlockOpener,
            Code::IndentExpected | Code::UnexpectedIndent | Code::UnindentMismatch | Code::TabsAndSpaces => {
                Self::Indentation
            }
            Code::UnclosedBracket | Code::UnmatchedBracket | Code::MismatchedBracket => Self::Bracket,
            Code::UnterminatedString
            | Code::UnterminatedTripleQuotedString
            | Code::InvalidEscape
            | Code::NonAsciiBytes => Self::Quote,
            Code::InvalidCharacter | Code::NullByte | Code::LineContinuation => Self::Character,
            Code::InvalidNumber | Code::LeadingZeros => Self::Number,
            Code::MissingComma | Code::MissingOperand | Code::NotAfterOperator | Code::InvalidStar => {
                Self::Separator
            }
            Code::MissingCallParentheses => Self::Call,
            Code::AssignToLiteral
            | Code::AssignToCall
            | Code::AssignToExpression
            | Code::AssignmentInCondition
            | Code::NamedExpressionMisuse
            | Code::InvalidAnnotation
            | Code::InvalidDelete => Self::Assignment,
            Code::AssignToKeyword | Code::KeywordAsName | Code::MisspeltKeyword => Self::Keyword,
            Code::ElseIf
            | Code::ElseWithCondition
            | Code::DanglingClause
            | Code::MissingElse
            | Code::InvalidPattern => Self::Clause,
            Code::IncrementOperator | Code::ForeignOperator | Code::ForeignSyntax => Self::ForeignHabit,
            Code::MissingIn => Self::Loop,
            Code::MissingParameterList
            | Code::PositionalAfterKeyword
            | Code::DuplicateArgument
            | Code::DuplicateParameter
            | Code::ParameterOrder
            | Code::InvalidParameterList
            | Code::AssignmentInArgument
            | Code::InvalidLambda
            | Code::InvalidTypeParameter => Self::Parameter,
            Code::ReturnOutsideFunction | Code::YieldOutsideFunction | Code::AwaitOutsideAsync => {
                Self::FunctionOnly
            }
            Code::BreakOutsideLoop | Code::ContinueOutsideLoop => Self::LoopOnly,
            Code::DeclaredAfterUse | Code::ConflictingDeclaration | Code::NonlocalWithoutBinding => {
                Self::Scope
            }
            Code::InvalidImport | Code::LateFutureImport => Self::Import,
            Code::InvalidFString => Self::FormattedString,
            Code::InvalidComprehension | Code::UnparenthesizedGenerator => Self::Comprehension,
            Code::InvalidDictionary => Self::Dictionary,
            Code::TryWithoutExcept | Code::InvalidExcept => Self::Exception,
            Code::TooDeep => Self::Size,
            _ => Self::Statement,
        }
    }

    /// The topic that teaches the habit.
    fn concept(self) -> Topic {
        match self {
            Self::BlockOpener | Self::Indentation | Self::Clause => Topic::IfElifElse,
            Self::Bracket | Self::Separator | Self::ForeignHabit => Topic::Operators,
            Self::Quote | Self::Number => Topic::DataTypes,
            Self::Character | Self::Assignment | Self::Keyword | Self::Statement | Self::Size => {
                Topic::Variables
            }
            Self::Call | Self::FormattedString => Topic::InputOutput,
            Self::Loop => Topic::For,
            Self::Parameter => Topic::Parameters,
            Self::FunctionOnly => Topic::ReturnValues,
            Self::LoopOnly => Topic::BreakContinue,
            Self::Scope => Topic::Scope,
            Self::Import => Topic::Packages,
            Self::Comprehension => Topic::ListComprehensions,
            Self::Dictionary => Topic::Dicts,
            Self::Exception => Topic::TryExcept,
        }
    }

    /// A title and a habit.
    #[rustfmt::skip]
    fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::BlockOpener => ("End every block opener with a colon",
                "Say the line aloud as \"if this, then:\". Every `if`, `elif`, `else`, `for`, `while`, `def`, `class`, `try` and `with` ends in `:`. Type the colon first, then go back and write the condition."),
            Self::Indentation => ("Let the editor indent for you",
                "Use four spaces for each level, never tabs, and let the editor insert them: press Enter after the colon. Lines that belong together start in the same column; going back one level ends the block."),
            Self::Bracket => ("Close brackets as you open them",
                "Type both brackets at once, then fill in what stands between. When you get lost, count: +1 for an opening, -1 for a closing bracket; the line should end at 0."),
            Self::Quote => ("Close quotes as you open them",
                "Type both quotes at once, then write between them. A text ends at the first quote of the same kind, so put \"double quotes\" around a text that holds an apostrophe."),
            Self::Character => ("Type code, do not paste it from a document",
                "Word processors and web pages swap quotes, dashes and spaces for prettier ones that Python does not know. Type the line again in the editor."),
            Self::Number => ("Write numbers plainly",
                "Digits, one point at most, no unit and no leading zero. A name never starts with a digit: put the word first, as in `team1`."),
            Self::Separator => ("Put something between two values",
                "Two values never stand side by side. In a list or a call a comma stands between them; in a calculation an operator does."),
            Self::Call => ("A function is called with parentheses",
                "Write the parentheses right after the name: `print(...)`. Examples without them come from Python 2, which has been retired since 2020."),
            Self::Assignment => ("Left of = stands a name",
                "Read `=` as \"becomes\": the name on the left becomes the value on the right. To ask whether two things are equal, write `==`."),
            Self::Keyword => ("Keep reserved words for Python",
                "Words that the editor colours, such as `class`, `for` or `True`, belong to Python and are spelt exactly so. Give your own things other names, for instance `class_name`."),
            Self::Clause => ("Keep a decision in one piece",
                "The order is `if`, then any number of `elif` with a condition, then at most one `else` without one, all in the same column and with nothing in between."),
            Self::ForeignHabit => ("Think in Python's words",
                "`and`, `or`, `not`, `!=` and `x += 1` are what other languages write as &&, ||, !, <> and x++. Blocks come from the indentation, not from braces."),
            Self::Loop => ("Say the loop as a sentence",
                "\"For each name in the names\": `for name in names:`. The word `in` stands between the loop's variable and what it walks through."),
            Self::Parameter => ("Order what a function takes",
                "In a definition: parameters without a default first, then those with one. In a call: values without a name first, then `name=value`, each name once."),
            Self::FunctionOnly => ("Check which function a line is in",
                "`return` and `yield` work only inside a `def`. If the line should be inside, indent it; if there is no function, you may want `print` instead."),
            Self::LoopOnly => ("Check which loop a line is in",
                "`break` and `continue` work only inside a `for` or `while`. If the line should be inside the loop, indent it; to leave a function, use `return`."),
            Self::Scope => ("Decide early where a name lives",
                "Declare `global` or `nonlocal` at the top of the function, or better, take the value as a parameter and return the new one."),
            Self::Import => ("Imports first, one form",
                "Imports stand at the top of the file as `import module` or `from module import name`."),
            Self::FormattedString => ("Keep the braces of an f-string small",
                "Work the value out on a line of its own, give it a name, and put only the name between the braces."),
            Self::Comprehension => ("Write the loop first",
                "Write it as a `for` loop with `append`. Then turn it round: value first, then `for`, then `if`, all inside brackets."),
            Self::Dictionary => ("Every entry is key: value",
                "An entry is a key, a colon and a value; commas stand between entries. One entry a line makes a gap easy to see."),
            Self::Exception => ("try always has a partner",
                "After `try:` and its block comes at least one `except SomeError:` or a `finally:`, in the same column as `try`."),
            Self::Size => ("Break it into steps",
                "Give the inner parts names of their own, on lines of their own. What is too deep for Python is too deep to read."),
            Self::Statement => ("Write one small step a line, and run it",
                "Run the program after each line or two. The error is then in what you have just written."),
        }
    }
}
