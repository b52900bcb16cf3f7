//! The kinds of error, by stable names: struggle detection and misconceptions count by them.
//!
//! Texts about a kind belong in `diagnose`.

use serde::{Deserialize, Serialize};

/// The kind of a syntax error, written in kebab-case. A released name is never given another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ErrorCode {
    /// A statement that opens a block lacks its `:`.
    MissingColon,
    /// The line after a `:` is not indented.
    IndentExpected,
    /// A line is indented though nothing opened a block.
    UnexpectedIndent,
    /// A line goes back to a level that no earlier line has.
    UnindentMismatch,
    /// Tabs and spaces disagree about the level.
    TabsAndSpaces,
    /// A bracket is never closed.
    UnclosedBracket,
    /// A closing bracket has no opening one.
    UnmatchedBracket,
    /// A bracket is closed by one of another shape.
    MismatchedBracket,
    /// A string has no closing quote.
    UnterminatedString,
    /// A triple-quoted string has no closing quotes.
    UnterminatedTripleQuotedString,
    /// A character that Python does not use, such as a typographic quote.
    InvalidCharacter,
    /// A NUL byte in the text.
    NullByte,
    /// A number that is not written as a number, or a name that starts with a digit.
    InvalidNumber,
    /// A decimal number starts with zeros.
    LeadingZeros,
    /// Something after the `\` that ends a line.
    LineContinuation,
    /// A comma is missing between two values.
    MissingComma,
    /// An operator, or its right-hand side, is missing.
    MissingOperand,
    /// `print x` or `exec x`, as in Python 2.
    MissingCallParentheses,
    /// Assignment to a number, text or other fixed value.
    AssignToLiteral,
    /// Assignment to the result of a call.
    AssignToCall,
    /// Assignment to a calculation, comparison or other expression.
    AssignToExpression,
    /// Assignment to `True`, `False`, `None` or `__debug__`.
    AssignToKeyword,
    /// `=` where a comparison is meant.
    AssignmentInCondition,
    /// An `=` in a call with something other than a name before it.
    AssignmentInArgument,
    /// `:=` where it is not allowed.
    NamedExpressionMisuse,
    /// A reserved word as a name.
    KeywordAsName,
    /// A keyword with a letter wrong, or in capitals.
    MisspeltKeyword,
    /// `else if` or `elseif` instead of `elif`.
    ElseIf,
    /// `else` with a condition.
    ElseWithCondition,
    /// `else`, `elif`, `except`, `finally` or `case` without what it belongs to.
    DanglingClause,
    /// `++` or `--`.
    IncrementOperator,
    /// `&&`, `||`, `!`, `<>`, `=>`, `?` and the like.
    ForeignOperator,
    /// Braces around a block, `function`, `var`: another language's words.
    ForeignSyntax,
    /// `try` without `except` or `finally`.
    TryWithoutExcept,
    /// `in` is missing in a `for`.
    MissingIn,
    /// A function definition without its parentheses.
    MissingParameterList,
    /// An argument without a name after one with a name.
    PositionalAfterKeyword,
    /// The same keyword argument twice in one call.
    DuplicateArgument,
    /// The same parameter name twice.
    DuplicateParameter,
    /// A parameter without a default after one with a default.
    ParameterOrder,
    /// `*`, `**` or `/` in a parameter list is misplaced.
    InvalidParameterList,
    /// `return` outside a function.
    ReturnOutsideFunction,
    /// `yield` outside a function.
    YieldOutsideFunction,
    /// `await` or another `async` form outside an async function.
    AwaitOutsideAsync,
    /// `break` outside a loop.
    BreakOutsideLoop,
    /// `continue` outside a loop.
    ContinueOutsideLoop,
    /// `global` or `nonlocal` after the name was used.
    DeclaredAfterUse,
    /// A name that is both a parameter and `global` or `nonlocal`, or both of these.
    ConflictingDeclaration,
    /// `nonlocal` with nothing to refer to.
    NonlocalWithoutBinding,
    /// An import that is written wrongly.
    InvalidImport,
    /// `from __future__` after other statements.
    LateFutureImport,
    /// Something is wrong inside the braces of an f-string.
    InvalidFString,
    /// Bytes with characters that are not ASCII.
    NonAsciiBytes,
    /// A `\` escape that cannot be read.
    InvalidEscape,
    /// A lambda that is written wrongly.
    InvalidLambda,
    /// A comprehension that is written wrongly.
    InvalidComprehension,
    /// A generator expression that needs parentheses.
    UnparenthesizedGenerator,
    /// A conditional expression without its `else`.
    MissingElse,
    /// A dictionary entry without its `:` or its value.
    InvalidDictionary,
    /// `*` or `**` where nothing can be unpacked.
    InvalidStar,
    /// An annotation on something that cannot have one.
    InvalidAnnotation,
    /// `del` of something that cannot be deleted.
    InvalidDelete,
    /// `not` directly after an operator.
    NotAfterOperator,
    /// An `except` clause that is written wrongly.
    InvalidExcept,
    /// A `match` or `case` that is written wrongly.
    InvalidPattern,
    /// Type parameters that are written wrongly.
    InvalidTypeParameter,
    /// Two statements on one line with nothing between them.
    StatementsOnOneLine,
    /// A statement starts but does not go on.
    IncompleteStatement,
    /// Nested or chained so deeply that Python gives up.
    TooDeep,
    /// A word or sign that Python did not expect here.
    UnexpectedToken,
}
