//! Words: keywords misspelt or used as names, words of other languages, names in two pieces.

use super::brackets::opens_block;
use super::scene::{Change, Proposal, Scene, ends_value, starts_value};
use super::{Diagnosis, Rule};
use crate::curriculum::Topic;
use crate::syntax::code::ErrorCode;
use crate::syntax::cpython::{Kind, Token, is_keyword};

pub(super) const RULES: &[Rule] = &[
    else_if,
    else_with_condition,
    foreign_word,
    misspelt,
    loop_without_in,
    declared_type,
    keyword_as_name,
    split_name,
];

const STATEMENT_WORDS: [&str; 22] = [
    "def", "class", "if", "elif", "else", "for", "while", "return", "import", "from", "try", "except",
    "finally", "with", "pass", "break", "continue", "global", "raise", "del", "assert", "print",
];
const INNER_WORDS: [&str; 10] = ["and", "or", "not", "in", "is", "if", "else", "for", "as", "import"];

fn concept_of(word: &str) -> Topic {
    match word {
        "if" | "elif" | "else" => Topic::IfElifElse,
        "for" | "in" => Topic::For,
        "while" => Topic::While,
        "break" | "continue" => Topic::BreakContinue,
        "def" => Topic::Functions,
        "return" => Topic::ReturnValues,
        "class" => Topic::Classes,
        "import" | "from" | "as" => Topic::Packages,
        "try" | "except" | "finally" => Topic::TryExcept,
        "raise" => Topic::ExceptionTypes,
        "global" | "nonlocal" => Topic::Scope,
        "and" | "or" | "not" | "is" => Topic::Operators,
        "print" | "input" => Topic::InputOutput,
        "with" => Topic::Files,
        "lambda" => Topic::Functions,
        _ => Topic::Variables,
    }
}

/// `else if`, `elseif`, `elsif`.
fn else_if(scene: &Scene<'_>) -> Option<Diagnosis> {
    let tokens = scene.tokens_on(scene.line());
    let (_, first) = *tokens.first()?;
    let (written, end) = match (first.text, tokens.get(1)) {
        ("else", Some((_, second))) if second.text == "if" => ("else if", second.end),
        ("elseif" | "elsif" | "elif_" | "elseIf" | "elis" | "elf" | "eif" | "eilf" | "elfi", _) => {
            (first.text, first.end)
        }
        _ => return None,
    };
    if !(scene.is_unnamed() || scene.says("expected ':'")) {
        return None;
    }
    Some(Diagnosis {
        code: ErrorCode::ElseIf,
        concept: Topic::IfElifElse,
        message: format!("Python writes `elif` where you wrote `{written}`."),
        explanation: format!(
            "A further condition after `if` starts with the one word `elif`. Python does not know `{written}` in `{}`.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals: vec![Proposal::replace("Write `elif`", first.start, end, "elif")],
    })
}

/// `else x > 3:`, `elif:`.
fn else_with_condition(scene: &Scene<'_>) -> Option<Diagnosis> {
    let tokens = scene.tokens_on(scene.line());
    let (_, first) = *tokens.first()?;
    let second = tokens.get(1).map(|(_, token)| *token);
    let bare = second.is_none_or(|second| second.text == ":");
    if first.kind == Kind::Keyword && first.text == "elif" && bare && scene.is_unnamed() {
        return Some(Diagnosis {
            code: ErrorCode::ElseWithCondition,
            concept: Topic::IfElifElse,
            message: "`elif` needs a condition; without one the word is `else`.".to_owned(),
            explanation: "`elif` asks a further question, so a condition stands between it and the colon. For \"in all other \
                          cases\" there is `else:`."
                .to_owned(),
            hedged: false,
            proposals: vec![Proposal::replace(
                "Write `else`",
                first.start,
                first.end,
                if second.is_some() { "else" } else { "else:" },
            )],
        });
    }
    let (_, last) = *tokens.last()?;
    if first.text != "else" || !scene.says("expected ':'") || last.text != ":" || tokens.len() < 3 {
        return None;
    }
    Some(Diagnosis {
        code: ErrorCode::ElseWithCondition,
        concept: Topic::IfElifElse,
        message: "`else` takes no condition; a further condition starts with `elif`.".to_owned(),
        explanation: format!(
            "`else` means \"in all other cases\", so nothing but a colon follows it. With the condition of `{}` the word is `elif`.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals: vec![
            Proposal::replace("Write `elif`", first.start, first.end, "elif"),
            Proposal::delete("Take the condition out", first.end, last.start),
        ],
    })
}

/// `function f()`, `switch`, `var x`, braces around blocks.
fn foreign_word(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.is_unnamed() && !scene.says("expected") {
        return None;
    }
    let tokens = scene.tokens_on(scene.line());
    let (_, first) = *tokens.first()?;
    let (_, second) = *tokens.get(1)?;
    let (meant, why) = match first.text {
        "function" | "func" | "fun" | "fn" | "sub" | "define" => ("def", "A function starts with `def`"),
        "foreach" => ("for", "A loop over values starts with `for`"),
        "switch" => ("match", "A choice between many cases starts with `match`"),
        "catch" => ("except", "What to do after an error starts with `except`"),
        "throw" => ("raise", "An error is raised with `raise`"),
        "using" | "include" | "require" => ("import", "A module is brought in with `import`"),
        "var" | "let" | "const" | "my" | "local" | "dim" => {
            ("", "A variable is made by giving it a value; no word stands before it")
        }
        _ => return None,
    };
    if first.kind != Kind::Name || second.kind != Kind::Name && !(meant == "match" && second.text == "(") {
        return None;
    }
    let (end, title) = if meant.is_empty() {
        (second.start, format!("Take out `{}`", first.text))
    } else {
        (first.end, format!("Write `{meant}`"))
    };
    Some(Diagnosis {
        code: ErrorCode::ForeignSyntax,
        concept: if meant.is_empty() { Topic::Variables } else { concept_of(meant) },
        message: format!("`{}` is a word of another language. {why}.", first.text),
        explanation: format!(
            "{why} in Python. It took `{}` for a name, and could not make sense of what follows in `{}`.",
            first.text,
            scene.quoted_line()
        ),
        hedged: false,
        proposals: vec![Proposal::replace(title, first.start, end, meant)],
    })
}

/// Whether one word becomes the other by one letter added, left out, changed, or by two swapped.
fn is_close(written: &str, word: &str) -> bool {
    if written.eq_ignore_ascii_case(word) {
        return written != word;
    }
    let (a, b): (Vec<char>, Vec<char>) = (written.to_lowercase().chars().collect(), word.chars().collect());
    let same_start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (rest_a, rest_b) = (&a[same_start..], &b[same_start..]);
    let longest = a.len().max(b.len());
    if longest < 2 || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    match (rest_a, rest_b) {
        ([_, x @ ..], [_, y @ ..]) if x == y => longest > 2,
        ([_, x @ ..], y) if x == y => true,
        (x, [_, y @ ..]) if x == y => b.len() > 2,
        ([p, q, x @ ..], [r, s, y @ ..]) => p == s && q == r && x == y,
        _ => false,
    }
}

fn keyword_near<'w>(written: &str, words: &[&'w str]) -> Option<&'w str> {
    words.iter().copied().find(|word| is_close(written, word))
}

fn misspelt(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !(scene.is_unnamed()
        || scene.says("forgot a comma")
        || scene.says("expected ':'")
        || scene.says("illegal target"))
    {
        return None;
    }
    let tokens = scene.tokens_on(scene.line());
    let near = |token: &Token<'_>| {
        token.end + 1 >= scene.verdict.start.saturating_sub(20) && token.start <= scene.verdict.end
    };
    for (place, (_, token)) in tokens.iter().enumerate() {
        if token.kind != Kind::Name {
            continue;
        }
        let next = tokens.get(place + 1).map(|(_, token)| *token);
        let previous = place.checked_sub(1).map(|place| tokens[place].1);
        let colon_ends = tokens.last().is_some_and(|(_, last)| last.text == ":");
        let found = if place == 0
            && next.is_some_and(|next| starts_value(next) && next.text != "(" || next.text == ":")
        {
            keyword_near(token.text, &STATEMENT_WORDS)
                .filter(|word| !opens_block(word) || colon_ends || *word == "def")
        } else if place == 0 && next.is_some_and(|next| next.text == "(") && colon_ends {
            keyword_near(token.text, &["if", "elif", "while", "for", "def"])
        } else if previous.is_some_and(ends_value)
            && next.is_some_and(|next| starts_value(next) && next.start > token.end)
            && near(token)
        {
            keyword_near(token.text, &INNER_WORDS)
        } else {
            None
        };
        if let Some(word) = found {
            return Some(misspelt_as(scene, *token, word));
        }
    }
    None
}

fn misspelt_as(scene: &Scene<'_>, token: Token<'_>, word: &str) -> Diagnosis {
    Diagnosis {
        code: ErrorCode::MisspeltKeyword,
        concept: concept_of(word),
        message: format!("`{}` looks like `{word}` with a slip of the pen.", token.text),
        explanation: format!(
            "Keywords must be written exactly, in small letters where Python has them so. Python took `{}` for a name, and a name does \
             not fit there in `{}`.",
            token.text,
            scene.quoted_line()
        ),
        hedged: true,
        proposals: vec![Proposal::replace(format!("Write `{word}`"), token.start, token.end, word)],
    }
}

/// `for x range(3):`, `for x of values:`.
fn loop_without_in(scene: &Scene<'_>) -> Option<Diagnosis> {
    let tokens = scene.tokens_on(scene.line());
    let (_, first) = *tokens.first()?;
    let (before, here) = (scene.before()?, scene.here()?);
    let word = matches!(here.text, "of" | "on" | "from" | "=" | ":" | "->");
    let target = before.level == first.level && before.start > first.start && ends_value(before);
    let seen = tokens.iter().any(|(_, token)| token.text == "in" && token.start < here.start);
    if first.text != "for" || !scene.is_unnamed() || !target || seen || !(word || starts_value(here)) {
        return None;
    }
    let follows = scene.after().is_some_and(|after| starts_value(after) && here.text != "(");
    let mut proposals = vec![Proposal::insert("Add the missing `in`", before.end, " in")];
    if word && follows {
        let title = format!("Write `in` instead of `{}`", here.text);
        proposals.insert(0, Proposal::replace(title, before.end, scene.after()?.start, " in "));
    }
    Some(Diagnosis {
        code: ErrorCode::MissingIn,
        concept: Topic::For,
        message: format!("The word `in` is missing after `{}`.", scene.quote(first.start, before.end)),
        explanation: format!(
            "A loop is written `for name in values`: the name that gets one value after the other, `in`, and where the values come \
             from. In `{}` Python found `{}` where `in` should stand.",
            scene.quoted_line(),
            scene.shown(here)
        ),
        hedged: false,
        proposals,
    })
}

/// `int x = 3`, `String s`.
fn declared_type(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.is_unnamed() {
        return None;
    }
    let tokens = scene.tokens_on(scene.line());
    let [(_, kind), (_, name), (_, sign), ..] = tokens.as_slice() else { return None };
    let types = [
        "int", "float", "double", "string", "String", "str", "char", "bool", "boolean", "long", "list",
        "dict", "auto",
    ];
    if kind.kind != Kind::Name || name.kind != Kind::Name || sign.text != "=" || !types.contains(&kind.text) {
        return None;
    }
    Some(Diagnosis {
        code: ErrorCode::ForeignSyntax,
        concept: Topic::DataTypes,
        message: format!("Python variables are not declared with a type: `{}` has to go.", kind.text),
        explanation: format!(
            "In Python a variable gets its type from its value, so `{} = …` is enough. In `{}` two names stand side by side, and \
             Python does not know what to do with them.",
            name.text,
            scene.quoted_line()
        ),
        hedged: false,
        proposals: vec![Proposal::delete(format!("Take out `{}`", kind.text), kind.start, name.start)],
    })
}

/// `class = 3`, `def is Prime(n)`, `import if`.
fn keyword_as_name(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.is_unnamed() {
        return None;
    }
    let (here, before, after) = (scene.here()?, scene.before(), scene.after());
    let named = |token: Token<'_>| {
        token.kind == Kind::Keyword && !matches!(token.text, "True" | "False" | "None" | "not")
    };
    let assigned = here.text == "="
        && before.is_some_and(named)
        && !matches!(before?.text, "return" | "in" | "and" | "or" | "is");
    let defined = named(here)
        && before.is_some_and(|token| matches!(token.text, "def" | "class" | "." | "import" | "as" | "for"));
    let argument = named(here)
        && after.is_some_and(|token| token.text == "=")
        && before.is_some_and(|token| matches!(token.text, "(" | "," | "="));
    let parameter = named(here)
        && scene.first_word(scene.line()) == "def"
        && after.is_some_and(|token| matches!(token.text, ")" | "," | "="));
    let noun = matches!(
        here.text,
        "class" | "def" | "from" | "global" | "import" | "pass" | "raise" | "try" | "with" | "in" | "is"
    );
    let ends = after.is_some_and(|token| {
        token.kind == Kind::Newline || matches!(token.text, ")" | "]" | "," | "." | "+" | "-" | "*" | "==")
    });
    let used = noun
        && ends
        && before.is_some_and(|token| {
            matches!(token.text, "(" | "[" | "," | "=" | "+" | "-" | "*" | "/" | "return")
        });
    if !(assigned || defined || argument || parameter || used) {
        return None;
    }
    let word = if assigned { before? } else { here };
    let mut changes: Vec<Change> = Vec::new();
    let renamed = format!("{}_", word.text);
    changes.push(Change { start: word.start, end: word.end, text: renamed.clone() });
    let mut proposals = vec![Proposal::new(format!("Call it `{renamed}`"), changes)];
    if let Some(next) = after.filter(|next| defined && next.kind == Kind::Name) {
        let joined = format!("{}_{}", word.text, next.text);
        proposals.insert(0, Proposal::replace(format!("Call it `{joined}`"), word.start, next.end, joined));
    }
    Some(Diagnosis {
        code: ErrorCode::KeywordAsName,
        concept: concept_of(word.text),
        message: format!("`{}` is a word with a fixed meaning in Python and cannot be a name.", word.text),
        explanation: format!(
            "Python keeps some words for itself, and `{}` is one of them: it is never a name of a variable, function or parameter. \
             In `{}` a name is needed, so choose another one.",
            word.text,
            scene.quoted_line()
        ),
        hedged: false,
        proposals,
    })
}

/// `num 2`, `my value = 3`: a name in two pieces.
fn split_name(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.is_unnamed() {
        return None;
    }
    let (before, here) = (scene.before()?, scene.here()?);
    let pieces = before.kind == Kind::Name
        && matches!(here.kind, Kind::Name | Kind::Number)
        && before.end < here.start;
    let tokens = scene.tokens_on(scene.line());
    let (_, first) = *tokens.first()?;
    let in_head = matches!(first.text, "def" | "class");
    let target = first.start == before.start
        && scene.after().is_some_and(|token| matches!(token.text, "=" | "+=" | "-="));
    if !pieces || !(in_head || target) || is_keyword(before.text) || here.text.contains('.') {
        return None;
    }
    let joined = format!("{}_{}", before.text, here.text);
    let mut proposals =
        vec![Proposal::replace(format!("Write `{joined}`"), before.start, here.end, joined.clone())];
    let together = format!("{}{}", before.text, here.text);
    if here.kind == Kind::Number {
        proposals
            .insert(0, Proposal::replace(format!("Write `{together}`"), before.start, here.end, together));
    }
    if in_head
        && scene.tokens.list[..scene.at].iter().any(|token| token.text == "(" && token.start > first.start)
    {
        proposals.push(Proposal::insert("Put a comma between them", before.end, ","));
    }
    Some(Diagnosis {
        code: ErrorCode::KeywordAsName,
        concept: Topic::Variables,
        message: format!("A name has no spaces: `{} {}` are two words.", before.text, here.text),
        explanation: format!(
            "Python takes `{}` and `{}` for two things side by side. A name of several words is written in one piece, often with \
             underscores: `{joined}`.",
            before.text, here.text
        ),
        hedged: true,
        proposals,
    })
}

#[cfg(test)]
mod tests {
    use super::is_close;

    #[test]
    fn a_slip_is_one_letter() {
        for (written, word) in [
            ("whlie", "while"),
            ("ef", "def"),
            ("Else", "else"),
            ("retrun", "return"),
            ("nd", "and"),
            ("improt", "import"),
        ] {
            assert!(is_close(written, word), "{written} {word}");
        }
        for (written, word) in
            [("while", "while"), ("x", "if"), ("value", "while"), ("form", "if"), ("a", "as")]
        {
            assert!(!is_close(written, word), "{written} {word}");
        }
    }
}
