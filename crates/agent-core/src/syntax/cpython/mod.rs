//! The reference: what CPython 3.13's tokenizer and parser say first about a text they refuse.
//!
//! Written by hand after the language reference and CPython's behaviour, and held against CPython itself by the
//! test cases. Of a changed text it parses only what stands from the change on (`parse`), and of a very long one only
//! from the statement where the trouble begins. What CPython's compiler refuses in text that parses belongs in `compile_checks`.

mod arguments;
mod compound;
mod displays;
mod engine;
mod expressions;
mod literals;
mod memory;
mod number_tokens;
mod parameters;
mod patterns;
mod statements;
mod string_tokens;
mod targets;
mod tokens;
mod verdict;

pub(super) use engine::Passed;
pub(super) use tokens::{Kind, Token, Tokens, is_keyword, tokenize};
pub(super) use verdict::{ErrorClass, Verdict};

use super::source::Source;
use engine::{Parser, Stop};

/// What CPython reports about the text from a statement at the outermost level on, and the statements that parse.
pub(super) fn judge(source: &Source<'_>, tokens: &Tokens<'_>) -> (Judgement, Vec<Passed>) {
    let mut parser = Parser::new(source, tokens);
    let judgement = judgement(source, tokens, &mut parser);
    (judgement, parser.passed)
}

fn judgement(source: &Source<'_>, tokens: &Tokens<'_>, parser: &mut Parser<'_>) -> Judgement {
    match parser.file() {
        Ok(()) => return Judgement::Fine,
        Err(Stop::Refuse(verdict)) => return Judgement::Refused(later_refusal(tokens, parser, *verdict)),
        Err(Stop::Spent) => return Judgement::Unknown,
        Err(Stop::No) => {}
    }
    let last = parser.last_read();
    parser.restart_with_hints();
    let named = match parser.file() {
        Err(Stop::Refuse(verdict)) => Some(*verdict),
        Err(Stop::Spent) => return Judgement::Unknown,
        Ok(()) | Err(Stop::No) => None,
    };
    let verdict = match (named, last.kind) {
        (Some(verdict), _) => verdict,
        (None, Kind::Indent) => {
            Verdict::before(source, ErrorClass::Indentation, "unexpected indent", last.start)
        }
        (None, Kind::Dedent) => {
            return Judgement::Refused(Verdict::before(
                source,
                ErrorClass::Indentation,
                "unexpected unindent",
                last.start,
            ));
        }
        (None, Kind::End) => Verdict::at_text_end(source, "invalid syntax"),
        (None, _) => Verdict::range(source, "invalid syntax", last.start, last.end),
    };
    if verdict.message == "unexpected indent" && verdict.class == ErrorClass::Indentation {
        return Judgement::Refused(verdict);
    }
    Judgement::Refused(later_refusal(tokens, parser, verdict))
}

/// The outcome of the reference parse.
#[derive(Debug)]
pub(super) enum Judgement {
    /// It parses.
    Fine,
    /// CPython stops with this.
    Refused(Verdict),
    /// It takes too long to tell.
    Unknown,
}

/// CPython reads the rest of the text before it reports a mistake of grammar, and a mistake of reading wins.
fn later_refusal(tokens: &Tokens<'_>, parser: &Parser<'_>, verdict: Verdict) -> Verdict {
    let Some(refusal) = &tokens.refusal else { return verdict };
    let here = parser.last_read();
    if here.kind == Kind::Refused {
        return verdict;
    }
    if tokens.loud {
        return refusal.clone();
    }
    let Some(opened) = tokens.open.last().copied() else { return verdict };
    let source = parser.source;
    if source.line_index(here.start) <= source.line_index(opened) {
        return verdict;
    }
    let sign = &source.text()[opened..=opened];
    Verdict::range(source, format!("'{sign}' was never closed"), opened, opened + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What hints are about, written rightly.
    const PARSES: &str = "\
import a, b.c as d
from e import (f, g,)
x: int = 1
a = b = c = yield_ = (d)
a, *b = [*c, *d]
a.b[0], c[1:2, ::3] = d
x += not y
del a, (b, c), [d], e.f
print (x) if x else -x
f(a, *b, c=d, **e)
f(x for x in y)
f(a, (x for x in y), k=1)
{1: 2, **d, 3: lambda: 4}
{x: y for x, y in z if x if y}
[x for x in y for z in x]
{*a, b}
(y := 1)
lambda a, /, b=1, *c, d, **e: (a, b)
f\"{x!r:>{w}} {y=}\" 'and' r'\\d'
async def f(a: int, *, b=1) -> int:
    async with a as b, c: await d
    async for x in y: pass
    return
def g[T: int, *U](*, a): yield from a
class C[T](A, metaclass=B): pass
@f(x)
class D: ...
with (open(a) as b, c as d,): pass
with (a, b): pass
try: pass
except* (A, B) as c: pass
else: pass
finally: pass
try: pass
except A: pass
except: raise B from c
try: pass
finally: pass
while (n := n - 1): pass
else: pass
for x, (y, z) in w: continue
if a == b: pass
elif a: pass
else: pass
match x:
    case [1, *_] | {\"a\": b, **c} if b: pass
    case C(d, e=f) as g: pass
    case -1 + 2j | None: pass
match = case = type = _ = 1
print(match, case)
type X[T] = int
assert a, b
global h, i
";

    #[test]
    fn hints_have_nothing_to_say_of_what_parses() {
        let source = Source::new(PARSES);
        let tokens = tokenize(&source, 0);
        let mut parser = Parser::new(&source, &tokens);
        assert!(parser.file().is_ok(), "{:?}", judge(&source, &tokens).0);
        let mut hinted = Parser::new(&source, &tokens);
        hinted.restart_with_hints();
        let outcome = hinted.file();
        assert!(outcome.is_ok(), "{outcome:?}");
    }
}
