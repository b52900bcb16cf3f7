//! Plain words for what CPython names itself, as a table: its words, the kind, our message, the rule.
//!
//! `{it}` is what CPython points at, `{line}` the learner's line, `{name}` the first thing CPython quotes,
//! `{what}` what it calls the target. Mistakes that need a look at the line have rules in the other files.

use super::scene::Scene;
use super::{Diagnosis, assignments};
use crate::curriculum::Topic as T;
use crate::syntax::code::ErrorCode as E;
use crate::syntax::cpython::{ErrorClass, Kind};

struct Entry {
    /// Words that CPython's message contains.
    said: &'static str,
    code: E,
    concept: T,
    message: &'static str,
    explanation: &'static str,
}

const fn entry(
    said: &'static str,
    code: E,
    concept: T,
    message: &'static str,
    explanation: &'static str,
) -> Entry {
    Entry { said, code, concept, message, explanation }
}

/// The first entry whose words are in CPython's message is taken.
const ENTRIES: &[Entry] = &[
    entry(
        "null bytes",
        E::NullByte,
        T::Files,
        "The text contains a NUL byte, so it is no Python program.",
        "A program is plain text. A NUL byte usually means that another kind of file was sent, or one saved as UTF-16.",
    ),
    entry(
        "too many nested parentheses",
        E::TooDeep,
        T::Operators,
        "More than 200 brackets are open at once.",
        "Python reads brackets up to 200 deep. So many open brackets usually mean that closing ones are missing.",
    ),
    entry(
        "too many levels of indentation",
        E::TooDeep,
        T::Functions,
        "The program is indented more than 100 levels deep.",
        "Python allows 100 levels of blocks inside each other. Move inner blocks into functions of their own.",
    ),
    entry(
        "too many statically nested blocks",
        E::TooDeep,
        T::Functions,
        "More than 20 loops, `with` or `try` blocks stand inside each other.",
        "Python allows about 20 such blocks inside each other in one function. Move the inner ones into a function of their own.",
    ),
    entry(
        "Parser stack overflowed",
        E::TooDeep,
        T::Operators,
        "This expression is nested too deeply for Python to read.",
        "Each operator that waits for another one takes room while Python reads. Here there are thousands: give parts of it names of their own.",
    ),
    entry(
        "maximum recursion depth",
        E::TooDeep,
        T::Operators,
        "This expression is too long for Python to compile.",
        "Thousands of operators in one expression are more than Python can work through. Use a loop, or `sum` and `join`.",
    ),
    entry(
        "nested too deeply",
        E::InvalidFString,
        T::InputOutput,
        "The fields of this f-string are nested too deeply.",
        "Inside the format of a field there may be one more field, not several inside each other. Compute the value first and give it a name.",
    ),
    entry(
        "too many nested f-strings",
        E::InvalidFString,
        T::InputOutput,
        "Too many f-strings stand inside each other.",
        "Python reads f-strings inside f-strings only up to a limit. Compute the inner text first and give it a name.",
    ),
    entry(
        "Exceeds the limit",
        E::InvalidNumber,
        T::DataTypes,
        "This whole number has more digits than Python reads (4300).",
        "To guard against very slow programs, Python refuses whole numbers of more than 4300 digits. Compute the number, for example as a power.",
    ),
    entry(
        "unexpected EOF",
        E::LineContinuation,
        T::Operators,
        "The file ends after a `\\`, though the line should go on.",
        "A `\\` at the end of a line joins it with the next one, and there is no next one. Take the `\\` out.",
    ),
    entry(
        "expected ':'",
        E::MissingColon,
        T::IfElifElse,
        "Python expected a colon `:` at {it}.",
        "A line that opens a block ends with a colon. In `{line}` it is missing.",
    ),
    entry(
        "expected 'except' or 'finally' block",
        E::TryWithoutExcept,
        T::TryExcept,
        "A `try` block needs an `except` or `finally` after it.",
        "`try` means: try this, and if it fails do that. What to do then stands under `except`, directly after the block; here {it} comes instead.",
    ),
    entry(
        "expected 'else' after 'if' expression",
        E::MissingElse,
        T::IfElifElse,
        "`{it_plain}` has an `if` but no `else`.",
        "A value that depends on a condition is written `a if condition else b`: Python must know the value for both cases.",
    ),
    entry(
        "'in' expected after for-loop variables",
        E::MissingIn,
        T::ListComprehensions,
        "The word `in` is missing between the loop variable and what it runs over.",
        "A loop inside brackets is written `for x in values`. In `{line}` Python found {it} where `in` should stand.",
    ),
    entry(
        "positional argument follows keyword argument",
        E::PositionalAfterKeyword,
        T::Parameters,
        "An argument without a name comes after one with a name.",
        "Arguments without a name are matched by their order, so they come first; those written `name=value` follow.",
    ),
    entry(
        "iterable argument unpacking follows keyword",
        E::PositionalAfterKeyword,
        T::Parameters,
        "An argument with `*` comes after one with `**`.",
        "`*values` fills parameters by their order and `**names` by their names; Python wants the `*` first.",
    ),
    entry(
        "keyword argument repeated",
        E::DuplicateArgument,
        T::Parameters,
        "The argument {it} is given twice in one call.",
        "Each parameter of a function gets one value. In `{line}` the same name is used for two.",
    ),
    entry(
        "duplicate argument",
        E::DuplicateParameter,
        T::Parameters,
        "Two parameters have the same name `{name}`.",
        "Inside the function `{name}` could only be one of them. Give each parameter a name of its own.",
    ),
    entry(
        "parameter without a default",
        E::ParameterOrder,
        T::Parameters,
        "The parameter {it} has no default but comes after one that has.",
        "Parameters are filled from left to right, so those that may be left out come last. Put {it} further to the front, or give it a default too.",
    ),
    entry(
        "Function parameters cannot be parenthesized",
        E::InvalidParameterList,
        T::Parameters,
        "Parameters of a function cannot stand in parentheses of their own.",
        "Between the parentheses after the name come names, separated by commas. Take the inner parentheses in `{line}` out.",
    ),
    entry(
        "Lambda expression parameters cannot be parenthesized",
        E::InvalidLambda,
        T::Functions,
        "Parameters of a lambda stand without parentheses.",
        "A lambda is written `lambda x, y: x + y`: the parameters follow the word directly, up to the colon.",
    ),
    entry(
        "expected default value expression",
        E::InvalidParameterList,
        T::Parameters,
        "After this `=` a default value is missing.",
        "`name=value` in a parameter list gives a default. Write the value, or take the `=` out.",
    ),
    entry(
        "named arguments must follow bare *",
        E::InvalidParameterList,
        T::Parameters,
        "After a single `*` at least one more parameter must come.",
        "A `*` on its own says that the parameters after it can only be given by name. Here none comes after it.",
    ),
    entry(
        "* argument may appear only once",
        E::InvalidParameterList,
        T::Parameters,
        "There are two `*` in one parameter list.",
        "One `*` parameter collects all further arguments, so a second one would never get any.",
    ),
    entry(
        "arguments cannot follow var-keyword",
        E::InvalidParameterList,
        T::Parameters,
        "Nothing can come after the `**` parameter.",
        "`**names` collects all arguments with names that are left, so it must be the last parameter.",
    ),
    entry(
        "cannot have default value",
        E::InvalidParameterList,
        T::Parameters,
        "A parameter with `*` or `**` cannot have a default.",
        "Such a parameter collects what is left over; where nothing is left it is empty, which is its default already.",
    ),
    entry(
        "argument must precede /",
        E::InvalidParameterList,
        T::Parameters,
        "Before the `/` at least one parameter must come.",
        "`/` says that the parameters before it can only be given by their place. Here there is none before it.",
    ),
    entry(
        "/ may appear only once",
        E::InvalidParameterList,
        T::Parameters,
        "There are two `/` in one parameter list.",
        "`/` separates parameters that are given by place from the others; that can be done only once.",
    ),
    entry(
        "/ must be ahead of *",
        E::InvalidParameterList,
        T::Parameters,
        "The `/` must come before the `*`.",
        "Parameters given by place come first, up to `/`; those given only by name come last, after `*`.",
    ),
    entry(
        "expected comma between / and *",
        E::InvalidParameterList,
        T::Parameters,
        "A comma is missing between `/` and `*`.",
        "`/` and `*` in a parameter list are entries of their own, with commas around them.",
    ),
    entry(
        "expected argument value expression",
        E::AssignmentInArgument,
        T::Parameters,
        "After {it} a value is missing.",
        "`name=value` in a call gives the parameter a value. In `{line}` nothing stands after the `=`.",
    ),
    entry(
        "Generator expression must be parenthesized",
        E::UnparenthesizedGenerator,
        T::ListComprehensions,
        "{it} needs parentheses of its own in this call.",
        "A loop like `x for x in values` can stand alone in a call. With other arguments beside it Python cannot see where it ends, so it needs parentheses.",
    ),
    entry(
        "comprehension target",
        E::InvalidComprehension,
        T::ListComprehensions,
        "Several values before `for` need parentheses.",
        "`[(a, b) for …]` makes a list of pairs. Without the parentheses Python reads the comma as the end of the first item.",
    ),
    entry(
        "unpacking cannot be used in",
        E::InvalidComprehension,
        T::ListComprehensions,
        "`*` and `**` cannot be used on the value of a comprehension.",
        "A comprehension makes one item at each turn, and `*` would make several. Use a second `for` instead.",
    ),
    entry(
        "':' expected after dictionary key",
        E::InvalidDictionary,
        T::Dicts,
        "A `:` and a value are missing after a key in this dictionary.",
        "Each entry of a dictionary is `key: value`. In `{line}` one entry has a key only.",
    ),
    entry(
        "expression expected after dictionary key",
        E::InvalidDictionary,
        T::Dicts,
        "After this `:` the value of the dictionary entry is missing.",
        "Each entry of a dictionary is `key: value`. In `{line}` nothing stands after the colon.",
    ),
    entry(
        "starred expression in a dictionary value",
        E::InvalidStar,
        T::Dicts,
        "`*` cannot be used on a value in a dictionary.",
        "A dictionary has one value for each key, and `*` would give several. Put the values into a list: `[*values]`.",
    ),
    entry(
        "Missing parentheses in call",
        E::MissingCallParentheses,
        T::InputOutput,
        "`{name}` is a function: what it gets stands in parentheses.",
        "In Python 3 one writes `{name}(…)`.",
    ),
    entry(
        "Perhaps you forgot a comma",
        E::MissingComma,
        T::Lists,
        "A comma or an operator seems to be missing in {it}.",
        "Values that stand side by side need a comma or an operator between them. Python found two in a row in `{line}`.",
    ),
    entry(
        "cannot assign to True",
        E::AssignToKeyword,
        T::DataTypes,
        "`True` is a fixed value and cannot get another one.",
        "`True`, `False` and `None` always mean the same, so they cannot be names of variables. Choose another name.",
    ),
    entry(
        "cannot assign to False",
        E::AssignToKeyword,
        T::DataTypes,
        "`False` is a fixed value and cannot get another one.",
        "`True`, `False` and `None` always mean the same, so they cannot be names of variables. Choose another name.",
    ),
    entry(
        "cannot assign to None",
        E::AssignToKeyword,
        T::DataTypes,
        "`None` is a fixed value and cannot get another one.",
        "`True`, `False` and `None` always mean the same, so they cannot be names of variables. Choose another name.",
    ),
    entry(
        "__debug__",
        E::AssignToKeyword,
        T::Variables,
        "`__debug__` is a name that Python keeps for itself.",
        "Python sets `__debug__` when it starts, and no program may change it. Choose another name.",
    ),
    entry(
        "cannot assign to iterable argument",
        E::AssignmentInArgument,
        T::Parameters,
        "A `*` argument cannot have a name.",
        "`*values` hands over several arguments at once, and `=` would give one name to all of them.",
    ),
    entry(
        "cannot assign to keyword argument",
        E::AssignmentInArgument,
        T::Parameters,
        "A `**` argument cannot have a name.",
        "`**names` brings its own names along, so no `=` can follow it.",
    ),
    entry(
        "assignment to yield",
        E::AssignToExpression,
        T::Functions,
        "A `yield` cannot stand on the left of `=`.",
        "`yield` hands a value out; it is not a place that can keep one.",
    ),
    entry(
        "cannot assign to literal",
        E::AssignToLiteral,
        T::Variables,
        "{it} is a fixed value, so nothing can be assigned to it.",
        "On the left of `=`, after `for` and after `as` stands a name that gets a value. {it} in `{line}` is a value already.",
    ),
    entry(
        "cannot assign to function call",
        E::AssignToCall,
        T::Variables,
        "{it} calls a function, so nothing can be assigned to it.",
        "On the left of `=`, after `for` and after `as` stands a name that gets a value. A call such as {it} gives a value instead.",
    ),
    entry(
        "cannot assign to",
        E::AssignToExpression,
        T::Variables,
        "{it} is {what}, so nothing can be assigned to it.",
        "On the left of `=`, after `for` and after `as` stands a name, an element or an attribute. In `{line}` something else stands there.",
    ),
    entry(
        "illegal expression for augmented assignment",
        E::AssignToExpression,
        T::Operators,
        "{it} cannot be changed with an operator such as `+=`.",
        "`+=` changes one variable, element or attribute. In `{line}` its left side is something else.",
    ),
    entry(
        "cannot use assignment expressions with",
        E::NamedExpressionMisuse,
        T::Variables,
        "Before `:=` only a plain name can stand, not {it}.",
        "`:=` gives a value to a variable in the middle of an expression. For elements and attributes there is the statement with `=`.",
    ),
    entry(
        "assignment expression",
        E::NamedExpressionMisuse,
        T::ListComprehensions,
        "`:=` cannot be used at this place of a comprehension.",
        "Inside a comprehension `:=` sets a variable of the function around it; here that would clash with the variables of the loop.",
    ),
    entry(
        "named expression cannot be used",
        E::NamedExpressionMisuse,
        T::Classes,
        "`:=` cannot be used in a type parameter or annotation.",
        "Types of parameters are worked out in a place of their own, where no variable can be set.",
    ),
    entry(
        "cannot be used within",
        E::InvalidTypeParameter,
        T::Classes,
        "{it} cannot be used in a type parameter or annotation.",
        "Types are worked out in a place of their own, where `yield` and `await` make no sense.",
    ),
    entry(
        "cannot delete",
        E::InvalidDelete,
        T::Variables,
        "{it} cannot be deleted.",
        "`del` takes away a variable, an element or an attribute. In `{line}` something else stands after it.",
    ),
    entry(
        "starred assignment target must be",
        E::InvalidStar,
        T::Tuples,
        "A single `*` name on the left needs a comma or brackets.",
        "`*rest` collects several values out of a row of values, so the left side must be a row too: `*rest, = …` or `[*rest] = …`.",
    ),
    entry(
        "starred expressions in assignment",
        E::InvalidStar,
        T::Tuples,
        "Only one name on the left may have a `*`.",
        "`*name` takes all values that are left over. With two of them Python could not tell which takes how many.",
    ),
    entry(
        "expressions in star-unpacking",
        E::InvalidStar,
        T::Tuples,
        "Too many names stand before the `*`.",
        "Python unpacks at most 255 values before a starred name.",
    ),
    entry(
        "Invalid star expression",
        E::InvalidStar,
        T::Parameters,
        "After `*` a value is missing.",
        "`*values` hands the items of a list over one by one. To print a star, put it in quotes: `'*'`.",
    ),
    entry(
        "starred",
        E::InvalidStar,
        T::Tuples,
        "A `*` cannot be used here.",
        "`*values` spreads a row of values into another row, such as a list, a tuple or the arguments of a call. In `{line}` one value is wanted.",
    ),
    entry(
        "double starred",
        E::InvalidStar,
        T::Dicts,
        "`**` cannot be used here.",
        "`**names` spreads a dictionary into another dictionary or into the arguments of a call.",
    ),
    entry(
        "only single target",
        E::InvalidAnnotation,
        T::DataTypes,
        "Only one variable can be given a type at a time.",
        "A type note is written `name: type`. In `{line}` several names stand before the colon.",
    ),
    entry(
        "illegal target for annotation",
        E::InvalidAnnotation,
        T::DataTypes,
        "What stands before this `:` cannot be given a type.",
        "Outside of brackets, a colon after a value starts a type note, as in `name: int`. If a block was meant, a word such as `if` is missing.",
    ),
    entry(
        "annotated name",
        E::ConflictingDeclaration,
        T::Scope,
        "`{name}` cannot be given a type and be declared `global` or `nonlocal`.",
        "A type note makes the name belong to this function, and the declaration says that it belongs elsewhere.",
    ),
    entry(
        "did you forget an expression",
        E::IncompleteStatement,
        T::ExceptionTypes,
        "Something is missing in this `raise`.",
        "`raise Error from cause` needs both the error and the cause.",
    ),
    entry(
        "Did you mean to use 'from ... import",
        E::InvalidImport,
        T::Packages,
        "The parts of this import are in the wrong order.",
        "To take a name out of a module, Python writes `from module import name`.",
    ),
    entry(
        "Expected one or more names after 'import'",
        E::InvalidImport,
        T::Packages,
        "After `import` a name is missing.",
        "`import` needs the name of what is to be imported; the line ends before one comes.",
    ),
    entry(
        "trailing comma not allowed",
        E::InvalidImport,
        T::Packages,
        "This import ends with a comma.",
        "A comma says that another name follows. Take it out, or put the names in parentheses.",
    ),
    entry(
        "import * only allowed",
        E::InvalidImport,
        T::Packages,
        "`from … import *` is not allowed inside a function or class.",
        "With `*` Python cannot know which names come in, so it allows it only at the outermost level. Name what you need.",
    ),
    entry(
        "__future__",
        E::LateFutureImport,
        T::Packages,
        "An import from `__future__` must be at the very top of the file.",
        "Such an import changes how Python reads the file, so nothing but comments and a docstring may stand before it.",
    ),
    entry(
        "future feature",
        E::InvalidImport,
        T::Packages,
        "There is no feature of this name in `__future__`.",
        "`__future__` knows a short list of features by name, and {it} asks for another one.",
    ),
    entry(
        "not a chance",
        E::InvalidImport,
        T::Packages,
        "Python has no braces around blocks, and says so with a joke.",
        "Blocks are marked by indentation alone; `braces` is not a feature that will come.",
    ),
    entry(
        "multiple exception types must be parenthesized",
        E::InvalidExcept,
        T::TryExcept,
        "Several exception types after `except` need parentheses.",
        "To catch more than one kind, put them in a tuple: `except (A, B):`.",
    ),
    entry(
        "expected one or more exception types",
        E::InvalidExcept,
        T::TryExcept,
        "After `except*` an exception type is missing.",
        "`except*` picks errors out of a group by their type, so the type must be named.",
    ),
    entry(
        "both 'except' and 'except*'",
        E::InvalidExcept,
        T::TryExcept,
        "One `try` cannot have both `except` and `except*`.",
        "`except` handles a single error, `except*` a group of them; one `try` does one or the other.",
    ),
    entry(
        "default 'except:' must be last",
        E::InvalidExcept,
        T::TryExcept,
        "An `except:` without a type must be the last one.",
        "`except:` catches everything, so an `except` after it would never be reached.",
    ),
    entry(
        "except* block",
        E::InvalidExcept,
        T::TryExcept,
        "`break`, `continue` and `return` cannot be used inside `except*`.",
        "Several `except*` blocks may run for one group of errors, so none of them may leave early.",
    ),
    entry(
        "'return' outside function",
        E::ReturnOutsideFunction,
        T::ReturnValues,
        "`return` stands outside of any function.",
        "`return` ends a function and hands its value back. Here no function is being defined: perhaps the line is not indented far enough.",
    ),
    entry(
        "'return' with value in async generator",
        E::InvalidStar,
        T::ReturnValues,
        "A function with both `async` and `yield` cannot return a value.",
        "Such a function hands out its values with `yield`; a plain `return` ends it.",
    ),
    entry(
        "'yield from' inside async",
        E::YieldOutsideFunction,
        T::Functions,
        "`yield from` cannot be used in an `async` function.",
        "Use `async for` and `yield` instead.",
    ),
    entry(
        "'yield'",
        E::YieldOutsideFunction,
        T::Functions,
        "`yield` cannot be used here.",
        "`yield` hands values out of a function one by one, so it must stand inside one, and not inside a comprehension.",
    ),
    entry(
        "'await'",
        E::AwaitOutsideAsync,
        T::Functions,
        "`await` can only be used inside an `async def` function.",
        "`await` pauses a function until something is ready; only functions defined with `async def` can pause.",
    ),
    entry(
        "outside async function",
        E::AwaitOutsideAsync,
        T::Functions,
        "`async for` and `async with` can only be used inside `async def`.",
        "They pause the function while they wait; only functions defined with `async def` can pause.",
    ),
    entry(
        "asynchronous comprehension",
        E::AwaitOutsideAsync,
        T::ListComprehensions,
        "This comprehension waits, so it must be inside `async def`.",
        "A comprehension with `await` or `async for` pauses, and only functions defined with `async def` can pause.",
    ),
    entry(
        "'break' outside loop",
        E::BreakOutsideLoop,
        T::BreakContinue,
        "`break` stands outside of any loop.",
        "`break` leaves the loop around it. Here there is none: perhaps the line is not indented far enough, or `if` was taken for a loop.",
    ),
    entry(
        "'continue' not properly in loop",
        E::ContinueOutsideLoop,
        T::BreakContinue,
        "`continue` stands outside of any loop.",
        "`continue` goes on with the next turn of the loop around it. Here there is none.",
    ),
    entry(
        "parameter and",
        E::ConflictingDeclaration,
        T::Scope,
        "`{name}` is a parameter, so it cannot be declared `global` or `nonlocal` too.",
        "A parameter belongs to its function, and the declaration says that the name belongs elsewhere. Choose another name for one of them.",
    ),
    entry(
        "is nonlocal and global",
        E::ConflictingDeclaration,
        T::Scope,
        "`{name}` is declared both `global` and `nonlocal`.",
        "`global` means the variable of the whole file, `nonlocal` that of the function around. It can be only one of them.",
    ),
    entry(
        "nonlocal declaration not allowed",
        E::NonlocalWithoutBinding,
        T::Scope,
        "`nonlocal` cannot be used outside of functions.",
        "`nonlocal` means a variable of the function around, and here there is none. At the outermost level no declaration is needed.",
    ),
    entry(
        "no binding for nonlocal",
        E::NonlocalWithoutBinding,
        T::Scope,
        "No function around this one has a variable `{name}`.",
        "`nonlocal` means a variable of a function around. For a variable of the whole file the word is `global`.",
    ),
    entry(
        "used prior to",
        E::DeclaredAfterUse,
        T::Scope,
        "`{name}` is used before its declaration.",
        "`global` and `nonlocal` say where a name belongs, so they come before its first use in the function.",
    ),
    entry(
        "assigned to before",
        E::DeclaredAfterUse,
        T::Scope,
        "`{name}` gets a value before its declaration.",
        "`global` and `nonlocal` say where a name belongs, so they come before its first use in the function.",
    ),
    entry(
        "f-string: valid expression required",
        E::InvalidFString,
        T::InputOutput,
        "A pair of braces in this f-string is empty.",
        "Between { and } in an f-string stands what is to be put into the text. To print braces, double them: {{}}.",
    ),
    entry(
        "f-string: single '}'",
        E::InvalidFString,
        T::InputOutput,
        "A `}` in this f-string has no `{` before it.",
        "In an f-string, braces surround code. To print a single brace, write it twice.",
    ),
    entry(
        "f-string: lambda",
        E::InvalidFString,
        T::InputOutput,
        "A lambda in an f-string needs parentheses.",
        "In a field of an f-string a colon starts the format. Put the lambda in parentheses.",
    ),
    entry(
        "f-string",
        E::InvalidFString,
        T::InputOutput,
        "The code between the braces of this f-string is not complete.",
        "A field of an f-string is {value}, with `!r` and `:format` after the value where wanted. In `{line}` Python could not read it so.",
    ),
    entry(
        "bytes can only contain ASCII",
        E::NonAsciiBytes,
        T::DataTypes,
        "Bytes can hold plain ASCII characters only.",
        "`b'…'` is a row of bytes, not of letters. For other characters write text and encode it: `'…'.encode()`.",
    ),
    entry(
        "mix bytes and nonbytes",
        E::NonAsciiBytes,
        T::DataTypes,
        "Text and bytes stand side by side here and cannot be joined.",
        "Strings that stand side by side are joined, and `b'…'` is no text. Make both of one kind; a name `b` may be meant, with a `+`.",
    ),
    entry(
        "(unicode error)",
        E::InvalidEscape,
        T::DataTypes,
        "A `\\` in this string starts an escape that is not complete.",
        "In a string `\\x`, `\\u`, `\\U` and `\\N` stand for characters by number or name. In a path, write `\\\\` or put an `r` before the quote.",
    ),
    entry(
        "(value error)",
        E::InvalidEscape,
        T::DataTypes,
        "A `\\x` in these bytes needs two hexadecimal digits.",
        "`\\x` stands for a byte by its number, written with two digits from 0 to f.",
    ),
    entry(
        "'not' after an operator",
        E::NotAfterOperator,
        T::Operators,
        "`not` directly after an operator needs parentheses.",
        "`not` binds more loosely than arithmetic, so Python asks for parentheses: `(not x)`.",
    ),
    entry(
        "'_' as a target",
        E::InvalidPattern,
        T::IfElifElse,
        "`_` cannot be the name of a match.",
        "In a pattern `_` means anything and keeps nothing. Choose a name if the value is needed.",
    ),
    entry(
        "pattern",
        E::InvalidPattern,
        T::IfElifElse,
        "This pattern cannot be used as it stands.",
        "Patterns after `case` describe the shape of a value; names in them catch parts of it, each once, and a case that matches everything comes last.",
    ),
    entry(
        "type parameter",
        E::InvalidTypeParameter,
        T::Classes,
        "These type parameters cannot be used as they stand.",
        "Type parameters in square brackets have different names, and those without a default come first.",
    ),
    entry(
        "Type parameter list cannot be empty",
        E::InvalidTypeParameter,
        T::Classes,
        "The square brackets for type parameters are empty.",
        "Name at least one type parameter, or take the brackets out.",
    ),
    entry(
        "with TypeVarTuple",
        E::InvalidTypeParameter,
        T::Classes,
        "This kind of type parameter cannot have a bound.",
        "Only a plain type parameter can be limited to some types.",
    ),
    entry(
        "with ParamSpec",
        E::InvalidTypeParameter,
        T::Classes,
        "This kind of type parameter cannot have a bound.",
        "Only a plain type parameter can be limited to some types.",
    ),
    entry(
        "complex literal",
        E::InvalidPattern,
        T::DataTypes,
        "This complex number in a pattern is not written as one.",
        "A complex number is a plain number, a sign and a number with `j`.",
    ),
    entry(
        "unmatched",
        E::UnmatchedBracket,
        T::Operators,
        "{it} closes nothing: no bracket of its kind is open.",
        "Each closing bracket needs an opening one before it.",
    ),
    entry(
        "expected '",
        E::IncompleteStatement,
        T::Functions,
        "Python expected `{name}` where {it} stands.",
        "At this place of `{line}` only `{name}` can follow.",
    ),
    entry(
        "indent",
        E::UnexpectedIndent,
        T::IfElifElse,
        "The indentation of this line does not fit.",
        "Blocks are marked by indentation: lines of one block start in the same column.",
    ),
];

/// Describes an error by CPython's words alone.
pub(super) fn describe(scene: &Scene<'_>) -> Diagnosis {
    let Some(found) = ENTRIES.iter().find(|entry| scene.says(entry.said)) else { return unexpected(scene) };
    Diagnosis {
        code: found.code,
        concept: found.concept,
        message: filled(found.message, scene),
        explanation: filled(found.explanation, scene),
        hedged: scene.says("Perhaps")
            || scene.says("Maybe")
            || scene.says("Did you")
            || scene.says("did you"),
        proposals: Vec::new(),
    }
}

fn filled(template: &str, scene: &Scene<'_>) -> String {
    let name = scene.said().split('\'').nth(1).unwrap_or("this name");
    let what =
        scene.said().strip_prefix("cannot assign to ").map(|rest| rest.split(" here").next().unwrap_or(rest));
    template
        .replace("{it_plain}", &scene.quote(scene.verdict.start, scene.verdict.end))
        .replace("{it}", &scene.quoted_here())
        .replace("{line}", &scene.quoted_line())
        .replace("{name}", name)
        .replace("{what}", &what.map(assignments::spoken).unwrap_or_default())
}

/// CPython says no more than "invalid syntax", and no rule knows the mistake: say what was found, and where.
fn unexpected(scene: &Scene<'_>) -> Diagnosis {
    let here = scene.here();
    let before = scene
        .before()
        .filter(|token| token.end > token.start)
        .map(|token| scene.quote(token.start, token.end));
    let after =
        before.map_or_else(|| "at the start of the line".to_owned(), |before| format!("after `{before}`"));
    let (what, code) = match here {
        Some(token) if matches!(token.kind, Kind::Newline | Kind::End) => {
            ("the end of the line".to_owned(), ErrorKind::Incomplete)
        }
        Some(token) if token.kind == Kind::Keyword => {
            (format!("the word `{}`", token.text), ErrorKind::Unexpected)
        }
        _ => (scene.quoted_here(), ErrorKind::Unexpected),
    };
    let indentation = scene.verdict.class != ErrorClass::Syntax;
    Diagnosis {
        code: if matches!(code, ErrorKind::Incomplete) { E::IncompleteStatement } else { E::UnexpectedToken },
        concept: if indentation { T::IfElifElse } else { concept_of(scene) },
        message: format!("Python did not expect {what} {after}."),
        explanation: format!(
            "Up to there `{}` could be read, but {what} cannot follow {}. Look at the signs just before it: one may be missing, \
             doubled or swapped.",
            scene.quoted_line(),
            if after.starts_with("after") {
                after.trim_start_matches("after ").to_owned()
            } else {
                "there".to_owned()
            }
        ),
        hedged: true,
        proposals: Vec::new(),
    }
}

enum ErrorKind {
    Incomplete,
    Unexpected,
}

fn concept_of(scene: &Scene<'_>) -> T {
    match scene.first_word(scene.line()) {
        "if" | "elif" | "else" => T::IfElifElse,
        "for" => T::For,
        "while" => T::While,
        "def" => T::Functions,
        "class" => T::Classes,
        "return" => T::ReturnValues,
        "import" | "from" => T::Packages,
        "try" | "except" | "finally" => T::TryExcept,
        "print" => T::InputOutput,
        "with" => T::Files,
        "global" | "nonlocal" => T::Scope,
        _ => T::Operators,
    }
}
