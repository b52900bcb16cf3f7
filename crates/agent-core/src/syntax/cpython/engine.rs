//! The machinery of the reference parser: trying, looking ahead, remembering, refusing.
//!
//! CPython parses twice: plainly, to see how far it gets, and then with hints, rules that recognise particular
//! mistakes. The order in which things are tried decides which mistake is named, so the grammar files of this
//! folder try them in CPython's order. No grammar here.

use super::memory::Memory;
use super::tokens::{Kind, Token, Tokens};
use super::verdict::{ErrorClass, Verdict};
use crate::syntax::source::Source;

/// Tokens looked at before the parser gives up on naming the mistake.
const MAX_STEPS: u64 = 30_000_000;

/// Remembered rules inside each other before the parser gives up on naming the mistake.
const MAX_DEPTH: usize = 16_000;

/// Why a rule did not match.
#[derive(Debug)]
pub(super) enum Stop {
    /// It does not fit here; try something else.
    No,
    /// CPython would stop here and say this.
    Refuse(Box<Verdict>),
    /// Too much work.
    Spent,
}

pub(super) type Parse<T> = Result<T, Stop>;

/// A parsed expression.
pub(super) type Id = usize;

/// What an expression is, as far as messages tell expressions apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Name,
    True,
    False,
    None,
    Ellipsis,
    Literal,
    FormatString,
    Tuple,
    List,
    Set,
    Dict,
    ListComprehension,
    SetComprehension,
    DictComprehension,
    Generator,
    Call,
    Attribute,
    Subscript,
    Starred,
    /// The flag tells `in` as first operator from the others.
    Compare {
        first_is_in: bool,
    },
    Operation,
    Lambda,
    Conditional,
    Await,
    Yield,
    Named,
}

impl Shape {
    /// CPython's word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::True => "True",
            Self::False => "False",
            Self::None => "None",
            Self::Ellipsis => "ellipsis",
            Self::Literal => "literal",
            Self::FormatString => "f-string expression",
            Self::Tuple => "tuple",
            Self::List => "list",
            Self::Set => "set display",
            Self::Dict => "dict literal",
            Self::ListComprehension => "list comprehension",
            Self::SetComprehension => "set comprehension",
            Self::DictComprehension => "dict comprehension",
            Self::Generator => "generator expression",
            Self::Call => "function call",
            Self::Attribute => "attribute",
            Self::Subscript => "subscript",
            Self::Starred => "starred",
            Self::Compare { .. } => "comparison",
            Self::Operation => "expression",
            Self::Lambda => "lambda",
            Self::Conditional => "conditional expression",
            Self::Await => "await expression",
            Self::Yield => "yield expression",
            Self::Named => "named expression",
        }
    }
}

/// An expression with the tokens it spans; brackets of a group are not part of it.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) shape: Shape,
    /// First token.
    pub(super) first: usize,
    /// The token after the last.
    pub(super) after: usize,
    /// Elements, or the left operand, where messages look inside.
    pub(super) parts: Vec<Id>,
}

/// A rule whose outcome at a token is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Expression,
    StarExpression,
    Disjunction,
    Conjunction,
    Inversion,
    BitwiseOr,
    Shift,
    Sum,
    Term,
    Factor,
    Primary,
    Atom,
    Named,
    NamedHint,
    Arguments,
    Strings,
    StarTarget,
    DeleteTarget,
    SimpleStatement,
    Block,
    ClosedPattern,
    TypeParameter,
}

/// A place between two statements of the outermost level, up to which a text parses.
#[derive(Debug, Clone, Copy)]
pub(in crate::syntax) struct Passed {
    /// Byte offset of the statement that comes next, at the start of its line.
    pub(in crate::syntax) next: usize,
    /// Byte offset after the last token that was looked at so far.
    pub(in crate::syntax) read_to: usize,
}

/// The state of one parse.
pub(super) struct Parser<'a> {
    pub(super) source: &'a Source<'a>,
    tokens: &'a Tokens<'a>,
    /// The next token.
    pub(super) mark: usize,
    /// Tokens read so far, however far the parser went back since.
    fill: usize,
    /// Rules that recognise mistakes are on.
    pub(super) hints: bool,
    /// This is the pass with hints, though they may be off at the moment.
    hinted: bool,
    pub(super) nodes: Vec<Node>,
    /// How far the pass without hints came, statement by statement.
    pub(super) passed: Vec<Passed>,
    /// The token up to which all is parsed for good, whatever comes next.
    settled: usize,
    memory: Memory,
    steps: u64,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: &'a Source<'a>, tokens: &'a Tokens<'a>) -> Self {
        let memory = Memory::new(tokens.list.len());
        Self {
            source,
            tokens,
            mark: 0,
            fill: 0,
            hints: false,
            hinted: false,
            nodes: Vec::new(),
            passed: Vec::new(),
            settled: 0,
            memory,
            steps: 0,
            depth: 0,
        }
    }

    /// Starts again with the hints on, from the statement of the outermost level that does not parse: hints have nothing
    /// to say of one that does, and of what comes after it.
    pub(super) fn restart_with_hints(&mut self) {
        self.mark = self.settled;
        self.hints = true;
        self.hinted = true;
        self.nodes.clear();
        self.memory.clear();
    }

    /// Notes that the text parses up to here, a place between two statements.
    pub(super) fn pass(&mut self) {
        if self.hinted {
            return;
        }
        let next = self.tokens.list[self.mark.min(self.tokens.list.len() - 1)];
        // The statement might go on with a clause that begins with a keyword; a hint may be about that.
        if self.fill == self.mark || (self.fill == self.mark + 1 && next.kind != Kind::Keyword) {
            self.settled = self.mark;
        }
        if self.begins_line(next.start) && next.kind != Kind::Refused {
            self.passed.push(Passed { next: next.start, read_to: self.last_read().end });
        }
    }

    /// Whether a line begins at this place that is not joined to the one before it: reading may begin there.
    fn begins_line(&self, at: usize) -> bool {
        let before = self.source.text()[..at].trim_end_matches(['\r', '\n']);
        self.source.line_start(self.source.line_index(at)) == at && !before.ends_with('\\')
    }

    /// The last token that was read.
    pub(super) fn last_read(&self) -> Token<'a> {
        self.tokens.list[self.fill.saturating_sub(1)]
    }

    pub(super) fn token(&self, index: usize) -> Token<'a> {
        self.tokens.list[index]
    }

    /// The next token, read if it was not yet; a refusal of the tokenizer surfaces here.
    #[inline]
    pub(super) fn peek(&mut self) -> Parse<&'a Token<'a>> {
        self.read(self.mark)
    }

    /// The token at an index, as [`Self::peek`] gives the next one.
    #[inline]
    pub(super) fn read(&mut self, index: usize) -> Parse<&'a Token<'a>> {
        self.steps += 1;
        let index = index.min(self.tokens.list.len() - 1);
        let token = &self.tokens.list[index];
        self.fill = self.fill.max(index + 1);
        if token.kind == Kind::Refused || self.steps > MAX_STEPS { Err(self.stopped()) } else { Ok(token) }
    }

    #[cold]
    fn stopped(&self) -> Stop {
        match &self.tokens.refusal {
            Some(refusal) if self.steps <= MAX_STEPS => Stop::Refuse(Box::new(refusal.clone())),
            _ => Stop::Spent,
        }
    }

    #[inline]
    pub(super) fn at(&mut self, text: &str) -> Parse<bool> {
        let token = self.peek()?;
        Ok(matches!(token.kind, Kind::Op | Kind::Keyword) && token.text == text)
    }

    #[inline]
    pub(super) fn at_kind(&mut self, kind: Kind) -> Parse<bool> {
        Ok(self.peek()?.kind == kind)
    }

    pub(super) fn at_soft(&mut self, word: &str) -> Parse<bool> {
        let token = self.peek()?;
        Ok(token.kind == Kind::Name && token.text == word)
    }

    /// Takes an operator or keyword; its index.
    #[inline]
    pub(super) fn take(&mut self, text: &str) -> Parse<usize> {
        if self.at(text)? { self.advance() } else { Err(Stop::No) }
    }

    #[inline]
    pub(super) fn take_kind(&mut self, kind: Kind) -> Parse<usize> {
        if self.at_kind(kind)? { self.advance() } else { Err(Stop::No) }
    }

    pub(super) fn take_soft(&mut self, word: &str) -> Parse<usize> {
        if self.at_soft(word)? { self.advance() } else { Err(Stop::No) }
    }

    #[inline]
    pub(super) fn take_any(&mut self, texts: &[&str]) -> Parse<usize> {
        let token = self.peek()?;
        let fits = matches!(token.kind, Kind::Op | Kind::Keyword) && texts.contains(&token.text);
        if fits { self.advance() } else { Err(Stop::No) }
    }

    /// Takes a token if it is there.
    #[inline]
    pub(super) fn skip(&mut self, text: &str) -> Parse<bool> {
        let there = self.at(text)?;
        self.mark += usize::from(there);
        Ok(there)
    }

    /// Takes a token that must be there: without it CPython stops at once, hints or not.
    pub(super) fn demand(&mut self, text: &str) -> Parse<usize> {
        if self.at(text)? {
            return self.advance();
        }
        let index = self.mark;
        self.refuse_tokens(format!("expected '{text}'"), index, index + 1)
    }

    fn advance(&mut self) -> Parse<usize> {
        self.mark += 1;
        Ok(self.mark - 1)
    }

    /// Tries a rule; goes back where it does not fit.
    pub(super) fn attempt<T>(&mut self, rule: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<Option<T>> {
        let mark = self.mark;
        match rule(self) {
            Ok(found) => Ok(Some(found)),
            Err(Stop::No) => {
                self.mark = mark;
                Ok(None)
            }
            Err(stop) => Err(stop),
        }
    }

    /// Whether a rule would fit here; takes nothing.
    pub(super) fn ahead<T>(&mut self, rule: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<bool> {
        let mark = self.mark;
        let fits = self.attempt(rule)?.is_some();
        self.mark = mark;
        Ok(fits)
    }

    /// Goes on only where a rule would not fit.
    pub(super) fn unless<T>(&mut self, rule: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<()> {
        if self.ahead(rule)? { Err(Stop::No) } else { Ok(()) }
    }

    /// Goes on only where a rule would fit.
    pub(super) fn only_if<T>(&mut self, rule: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<()> {
        if self.ahead(rule)? { Ok(()) } else { Err(Stop::No) }
    }

    /// Tries a hint while hints are on. It refuses, or leaves everything as it was.
    pub(super) fn hint(&mut self, rule: impl FnOnce(&mut Self) -> Parse<()>) -> Parse<()> {
        if self.hints {
            let mark = self.mark;
            self.attempt(rule)?;
            self.mark = mark;
        }
        Ok(())
    }

    /// Any number of times.
    pub(super) fn many<T>(&mut self, rule: impl Fn(&mut Self) -> Parse<T>) -> Parse<Vec<T>> {
        let mut found = Vec::new();
        while let Some(one) = self.attempt(&rule)? {
            found.push(one);
        }
        Ok(found)
    }

    /// Once or more.
    pub(super) fn some<T>(&mut self, rule: impl Fn(&mut Self) -> Parse<T>) -> Parse<Vec<T>> {
        let found = self.many(rule)?;
        if found.is_empty() { Err(Stop::No) } else { Ok(found) }
    }

    /// Once or more with commas (or another sign) between; a last comma is left.
    pub(super) fn listed<T>(&mut self, sign: &str, rule: impl Fn(&mut Self) -> Parse<T>) -> Parse<Vec<T>> {
        let first = rule(self)?;
        self.listed_after(first, sign, rule)
    }

    /// The rest of a list, its first element read.
    pub(super) fn listed_after<T>(
        &mut self,
        first: T,
        sign: &str,
        rule: impl Fn(&mut Self) -> Parse<T>,
    ) -> Parse<Vec<T>> {
        let mut found = vec![first];
        while let Some(one) = self.attempt(|p| {
            p.take(sign)?;
            rule(p)
        })? {
            found.push(one);
        }
        Ok(found)
    }

    /// Runs a rule with the hints off.
    pub(super) fn without_hints<T>(&mut self, rule: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        let hints = std::mem::replace(&mut self.hints, false);
        let outcome = rule(self);
        self.hints = hints;
        outcome
    }

    /// Runs a rule once a token; CPython remembers it whether hints were on or off.
    pub(super) fn remember(&mut self, rule: Rule, run: impl FnOnce(&mut Self) -> Parse<Id>) -> Parse<Id> {
        self.remember_as(rule, false, run)
    }

    /// As [`Self::remember`], for a rule that is soon run again while there are no hints to try.
    pub(super) fn remember_if_hinted(
        &mut self,
        rule: Rule,
        run: impl FnOnce(&mut Self) -> Parse<Id>,
    ) -> Parse<Id> {
        if self.hinted { self.remember(rule, run) } else { self.deeper(run) }
    }

    /// As [`Self::remember_if_hinted`], once for hints on and once for hints off.
    pub(super) fn remember_apart(
        &mut self,
        rule: Rule,
        run: impl FnOnce(&mut Self) -> Parse<Id>,
    ) -> Parse<Id> {
        if self.hinted { self.remember_as(rule, self.hints, run) } else { self.deeper(run) }
    }

    fn remember_as(
        &mut self,
        rule: Rule,
        hints: bool,
        run: impl FnOnce(&mut Self) -> Parse<Id>,
    ) -> Parse<Id> {
        self.deeper(|p| p.recall_or_run(rule, hints, run))
    }

    fn deeper(&mut self, run: impl FnOnce(&mut Self) -> Parse<Id>) -> Parse<Id> {
        self.depth += 1;
        let outcome = if self.depth > MAX_DEPTH { Err(Stop::Spent) } else { run(self) };
        self.depth -= 1;
        outcome
    }

    fn recall_or_run(
        &mut self,
        rule: Rule,
        hints: bool,
        run: impl FnOnce(&mut Self) -> Parse<Id>,
    ) -> Parse<Id> {
        let mark = self.mark;
        if let Some(known) = self.memory.get(mark, rule, hints) {
            let (end, id) = known.ok_or(Stop::No)?;
            self.mark = end;
            return Ok(id);
        }
        let outcome = match run(self) {
            Ok(id) => Some((self.mark, id)),
            Err(Stop::No) => None,
            Err(stop) => return Err(stop),
        };
        self.memory.put(mark, rule, hints, outcome);
        outcome.map(|(_, id)| id).ok_or(Stop::No)
    }

    /// Makes an expression of the tokens from `first` up to here.
    pub(super) fn node(&mut self, shape: Shape, first: usize, parts: Vec<Id>) -> Id {
        self.nodes.push(Node { shape, first, after: self.mark, parts });
        self.nodes.len() - 1
    }

    pub(super) fn shape(&self, id: Id) -> Shape {
        self.nodes[id].shape
    }

    /// Refuses, pointing at the first of the tokens `first..after`.
    pub(super) fn refuse_tokens<T>(
        &self,
        message: impl Into<String>,
        first: usize,
        after: usize,
    ) -> Parse<T> {
        let start = self.tokens.list[first];
        let end = self.tokens.list[after.max(first + 1) - 1];
        let mut verdict = Verdict::range(self.source, message, start.start, end.end.max(start.end));
        if start.kind == Kind::End {
            verdict = Verdict::at_text_end(self.source, verdict.message);
        }
        Err(Stop::Refuse(Box::new(verdict)))
    }

    pub(super) fn refuse_node<T>(&self, message: impl Into<String>, id: Id) -> Parse<T> {
        self.refuse_tokens(message, self.nodes[id].first, self.nodes[id].after)
    }

    pub(super) fn refuse_nodes<T>(&self, message: impl Into<String>, first: Id, last: Id) -> Parse<T> {
        self.refuse_tokens(message, self.nodes[first].first, self.nodes[last].after)
    }

    /// Refuses, pointing from a token to the last one read.
    pub(super) fn refuse_from<T>(&self, message: impl Into<String>, first: usize) -> Parse<T> {
        self.refuse_tokens(message, first, self.fill)
    }

    /// Refuses, pointing at the last token read.
    pub(super) fn refuse_last<T>(&self, message: impl Into<String>) -> Parse<T> {
        Err(Stop::Refuse(Box::new(self.at_last(ErrorClass::Syntax, message.into()))))
    }

    /// Refuses for want of a block.
    pub(super) fn refuse_indent<T>(&self, message: impl Into<String>) -> Parse<T> {
        Err(Stop::Refuse(Box::new(self.at_last(ErrorClass::Indentation, message.into()))))
    }

    fn at_last(&self, class: ErrorClass, message: String) -> Verdict {
        let token = self.last_read();
        match token.kind {
            Kind::Dedent | Kind::End if token.start >= self.source.text().len() => {
                Verdict { class, ..Verdict::at_text_end(self.source, message) }
            }
            Kind::Dedent | Kind::Indent | Kind::End => {
                Verdict::before(self.source, class, message, token.start)
            }
            _ => Verdict { class, ..Verdict::range(self.source, message, token.start, token.end) },
        }
    }
}
