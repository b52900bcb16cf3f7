//! What an analysis says: the types every agent and client reads.
//!
//! How it is found out does not belong here.

use serde::{Deserialize, Serialize};

use super::code::ErrorCode;
use crate::curriculum::Topic;

/// A place in the submitted text. Lines as CPython counts them: only `\n`, `\r\n` and `\r` end one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in Unicode code points; one past the last character is the end of the line.
    pub column: u32,
}

/// A replacement in the submitted text; where start and end are equal it is an insertion.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Edit {
    /// The first character replaced.
    pub start: Position,
    /// The first character kept after it.
    pub end: Position,
    /// What stands there instead.
    pub text: String,
}

/// A way to mend one error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fix {
    /// What the fix does, as advice: "Add the missing `:`".
    pub title: String,
    /// The whole file, with this fix and the first fix of every other error, was parsed and is valid.
    pub verified: bool,
    /// Never overlapping, in the order of the text.
    pub edits: Vec<Edit>,
}

/// One thing Python would refuse, or would refuse once what stands before it is mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyntaxError {
    /// The kind, stable over releases.
    pub code: ErrorCode,
    /// What is wrong, in plain words.
    pub message: String,
    /// What CPython 3.13 says.
    pub cpython_message: String,
    /// From 1.
    pub line: u32,
    /// From 1, in Unicode code points, as `SyntaxError.offset`.
    pub column: u32,
    /// From 1; not before `line`.
    pub end_line: u32,
    /// From 1; the first column after what is wrong.
    pub end_column: u32,
    /// The rule, and why Python minds, in the words of the learner's own line.
    pub explanation: String,
    /// The cause is a guess.
    pub hedged: bool,
    /// Where to read on.
    pub concept: Topic,
    /// Most likely intent first.
    pub fixes: Vec<Fix>,
}

/// How large and how branched a program is. All zero where the text cannot be read as a program.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Complexity {
    /// Lines of text, the last one included where it does not end in a line break.
    pub lines: u32,
    /// Functions and methods.
    pub functions: u32,
    /// Classes.
    pub classes: u32,
    /// `if`, `elif`, loops, `except`, `case`, conditional expressions, `and` and `or`.
    pub branches: u32,
    /// The deepest block: 0 for a program without blocks.
    pub max_nesting: u32,
    /// The highest cyclomatic complexity of one function, or of the module's own code.
    pub max_cyclomatic: u32,
    /// The mean over all functions; that of the module's own code where there are none.
    pub mean_cyclomatic: f64,
    /// The most complex functions first, ten at most.
    pub per_function: Vec<FunctionComplexity>,
}

/// The complexity of one function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FunctionComplexity {
    /// As the learner wrote it; at most 100 characters.
    pub name: String,
    /// Where `def` stands, from 1.
    pub line: u32,
    /// 1 for straight code, one more for each way to branch.
    pub cyclomatic: u32,
}

/// What was found in one program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Analysis {
    /// CPython 3.13 compiles it.
    pub valid: bool,
    /// There is more to say than is listed, or the text was too large to mend all of it.
    pub truncated: bool,
    /// In the order in which Python would come upon them; the first is the one it reports.
    pub errors: Vec<SyntaxError>,
    /// Size and branching.
    pub complexity: Complexity,
}
