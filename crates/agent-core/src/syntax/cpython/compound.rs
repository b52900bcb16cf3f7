//! Statements that hold blocks, and the mistakes CPython names in them.
//!
//! `match` is in `patterns`.

use super::engine::{Id, Parse, Parser, Stop};
use super::targets::Place;
use super::tokens::Kind;

impl Parser<'_> {
    pub(super) fn compound_statement(&mut self) -> Parse<()> {
        let token = self.peek()?;
        match (token.kind, token.text) {
            (Kind::Keyword, "def") => self.function(),
            (Kind::Keyword, "if") => self.if_statement(),
            (Kind::Keyword, "class") => self.class(),
            (Kind::Keyword, "with") => self.with_statement(),
            (Kind::Keyword, "for") => self.for_statement(),
            (Kind::Keyword, "try") => self.try_statement(),
            (Kind::Keyword, "while") => self.while_statement(),
            (Kind::Keyword, "async") => self.asynchronous(),
            (Kind::Op, "@") => self.decorated(),
            _ => self.match_statement(),
        }
    }

    fn asynchronous(&mut self) -> Parse<()> {
        for rule in [Self::function, Self::with_statement, Self::for_statement] {
            if self.attempt(rule)?.is_some() {
                return Ok(());
            }
        }
        Err(Stop::No)
    }

    fn decorated(&mut self) -> Parse<()> {
        self.some(|p| {
            p.take("@")?;
            p.named_expression()?;
            p.take_kind(Kind::Newline)
        })?;
        match self.attempt(Self::function)? {
            Some(()) => Ok(()),
            None => self.class(),
        }
    }

    /// The keyword that names a statement, after `async` where that is allowed.
    fn async_word(&mut self, word: &str) -> Parse<usize> {
        self.skip("async")?;
        self.take(word)
    }

    fn no_block<T>(&mut self, what: &str, word: usize) -> Parse<T> {
        self.missing_block()?;
        let line = self.source.line_index(self.token(word).start) + 1;
        self.refuse_indent(format!("expected an indented block after {what} on line {line}"))
    }

    fn no_block_after<T>(&mut self, word: usize) -> Parse<T> {
        let what = format!("'{}' statement", self.token(word).text);
        self.no_block(&what, word)
    }

    fn no_colon(&mut self) -> Parse<()> {
        self.take_kind(Kind::Newline)?;
        self.refuse_last("expected ':'")
    }

    fn class(&mut self) -> Parse<()> {
        self.hint(|p| {
            p.class_head()?;
            p.no_colon()
        })?;
        self.hint(|p| {
            let word = p.mark;
            p.class_head()?;
            p.take(":")?;
            p.no_block("class definition", word)
        })?;
        self.class_head()?;
        self.take(":")?;
        self.block()
    }

    fn class_head(&mut self) -> Parse<()> {
        self.take("class")?;
        self.take_kind(Kind::Name)?;
        self.attempt(Self::type_parameters)?;
        self.attempt(|p| {
            p.take("(")?;
            p.attempt(Self::arguments)?;
            p.take(")")
        })?;
        Ok(())
    }

    fn function(&mut self) -> Parse<()> {
        self.hint(|p| {
            let word = p.async_word("def")?;
            p.take_kind(Kind::Name)?;
            p.attempt(Self::type_parameters)?;
            p.take("(")?;
            p.attempt(Self::parameters)?;
            p.take(")")?;
            p.attempt(Self::returned)?;
            p.take(":")?;
            p.no_block("function definition", word)
        })?;
        self.hint(|p| {
            p.async_word("def")?;
            p.take_kind(Kind::Name)?;
            p.attempt(Self::type_parameters)?;
            p.demand("(")?;
            p.attempt(Self::parameters)?;
            p.take(")")?;
            p.attempt(Self::returned)?;
            p.demand(":")?;
            p.block()
        })?;
        self.async_word("def")?;
        self.take_kind(Kind::Name)?;
        self.attempt(Self::type_parameters)?;
        self.take("(")?;
        self.attempt(Self::parameters)?;
        self.take(")")?;
        self.attempt(Self::returned)?;
        self.take(":")?;
        self.block()
    }

    fn returned(&mut self) -> Parse<Id> {
        self.take("->")?;
        self.expression()
    }

    fn if_statement(&mut self) -> Parse<()> {
        self.conditional("if")
    }

    fn conditional(&mut self, word: &str) -> Parse<()> {
        self.hint_condition(word)?;
        self.take(word)?;
        self.named_expression()?;
        self.take(":")?;
        self.block()?;
        if self.attempt(|p| p.conditional("elif"))?.is_none() {
            self.attempt(Self::else_block)?;
        }
        Ok(())
    }

    /// `if`, `elif` and `while` without colon or block.
    fn hint_condition(&mut self, word: &str) -> Parse<()> {
        self.hint(|p| {
            p.take(word)?;
            p.named_expression()?;
            p.no_colon()
        })?;
        self.hint(|p| {
            let word = p.take(word)?;
            p.named_expression()?;
            p.take(":")?;
            p.no_block_after(word)
        })
    }

    fn else_block(&mut self) -> Parse<()> {
        self.plain_block("else")
    }

    /// `else`, `finally`: a word, a colon that must be there, a block.
    fn plain_block(&mut self, word: &str) -> Parse<()> {
        self.hint(|p| {
            let word = p.take(word)?;
            p.take(":")?;
            p.no_block_after(word)
        })?;
        self.take(word)?;
        self.demand(":")?;
        self.block()
    }

    fn while_statement(&mut self) -> Parse<()> {
        self.hint_condition("while")?;
        self.take("while")?;
        self.named_expression()?;
        self.take(":")?;
        self.block()?;
        self.attempt(Self::else_block)?;
        Ok(())
    }

    fn for_statement(&mut self) -> Parse<()> {
        self.hint(|p| {
            p.for_head()?;
            p.no_colon()
        })?;
        self.hint(|p| {
            let word = p.for_head()?;
            p.take(":")?;
            p.no_block_after(word)
        })?;
        let begun = self.attempt(|p| {
            p.async_word("for")?;
            p.star_targets()?;
            p.take("in")
        })?;
        if begun.is_some() {
            self.star_expressions()?;
            self.take(":")?;
            self.block()?;
            self.attempt(Self::else_block)?;
            return Ok(());
        }
        self.hint(Self::hint_for_target)?;
        Err(Stop::No)
    }

    fn for_head(&mut self) -> Parse<usize> {
        let word = self.async_word("for")?;
        self.star_targets()?;
        self.take("in")?;
        self.star_expressions()?;
        Ok(word)
    }

    fn with_statement(&mut self) -> Parse<()> {
        self.hint(|p| {
            let word = p.loose_with()?;
            p.take(":")?;
            p.no_block_after(word)
        })?;
        self.hint(|p| {
            let word = p.loose_with_brackets()?;
            p.take(":")?;
            p.no_block_after(word)
        })?;
        let bracketed = self.attempt(|p| {
            p.async_word("with")?;
            p.take("(")?;
            p.listed(",", Self::with_item)?;
            p.skip(",")?;
            p.take(")")?;
            p.take(":")?;
            p.block()
        })?;
        let plain = bracketed.is_none().then(|| {
            self.attempt(|p| {
                p.async_word("with")?;
                p.listed(",", Self::with_item)?;
                p.take(":")?;
                p.block()
            })
        });
        if plain.transpose()?.is_none_or(|found| found.is_some()) {
            return Ok(());
        }
        self.hint(|p| {
            p.loose_with()?;
            p.no_colon()
        })?;
        self.hint(|p| {
            p.loose_with_brackets()?;
            p.no_colon()
        })?;
        Err(Stop::No)
    }

    fn loose_with(&mut self) -> Parse<usize> {
        let word = self.async_word("with")?;
        self.listed(",", |p| {
            p.expression()?;
            p.attempt(Self::as_target)
        })?;
        Ok(word)
    }

    fn loose_with_brackets(&mut self) -> Parse<usize> {
        let word = self.async_word("with")?;
        self.take("(")?;
        self.listed(",", |p| {
            p.expressions()?;
            p.attempt(Self::as_target)
        })?;
        self.skip(",")?;
        self.take(")")?;
        Ok(word)
    }

    fn as_target(&mut self) -> Parse<Id> {
        self.take("as")?;
        self.star_target()
    }

    fn with_item(&mut self) -> Parse<()> {
        let named = self.attempt(|p| {
            p.expression()?;
            p.as_target()?;
            p.only_if(|p| p.take_any(&[",", ")", ":"]))
        })?;
        if named.is_some() {
            return Ok(());
        }
        self.hint(|p| {
            p.expression()?;
            p.take("as")?;
            let target = p.expression()?;
            p.only_if(|p| p.take_any(&[",", ")", ":"]))?;
            p.refuse_target(target, Place::Assigned)
        })?;
        self.expression().map(drop)
    }

    fn try_statement(&mut self) -> Parse<()> {
        self.hint(Self::hint_try)?;
        self.take("try")?;
        self.demand(":")?;
        self.block()?;
        if self.attempt(|p| p.plain_block("finally"))?.is_some() {
            return Ok(());
        }
        if self.attempt(|p| p.some(Self::except_block))?.is_none() {
            self.some(Self::except_star_block)?;
        }
        self.attempt(Self::else_block)?;
        self.attempt(|p| p.plain_block("finally"))?;
        Ok(())
    }

    fn hint_try(&mut self) -> Parse<()> {
        let word = self.take("try")?;
        self.take(":")?;
        let body = self.mark;
        self.attempt(|p| p.no_block_after::<()>(word))?;
        let alone = self.attempt(|p| {
            p.block()?;
            p.unless(|p| p.take_any(&["except", "finally"]))
        })?;
        if alone.is_some() {
            return self.refuse_last("expected 'except' or 'finally' block");
        }
        let message = "cannot have both 'except' and 'except*' on the same 'try'";
        self.mark = body;
        let star = self.attempt(|p| {
            p.many(Self::block)?;
            p.some(Self::except_block)?;
            let except = p.take("except")?;
            p.take("*")?;
            p.exception_and_name()?;
            p.take(":")?;
            Ok(except)
        })?;
        if let Some(except) = star {
            return self.refuse_tokens(message, except, except + 2);
        }
        self.mark = body;
        self.many(Self::block)?;
        self.some(Self::except_star_block)?;
        let except = self.take("except")?;
        self.attempt(Self::exception_and_name)?;
        self.take(":")?;
        self.refuse_tokens(message, except, except + 1)
    }

    fn exception_and_name(&mut self) -> Parse<()> {
        self.expression()?;
        self.attempt(|p| {
            p.take("as")?;
            p.take_kind(Kind::Name)
        })?;
        Ok(())
    }

    fn except_block(&mut self) -> Parse<()> {
        self.hint(|p| {
            let word = p.take("except")?;
            p.attempt(Self::exception_and_name)?;
            p.take(":")?;
            p.no_block_after(word)
        })?;
        let found = self.attempt(|p| {
            p.take("except")?;
            p.attempt(Self::exception_and_name)?;
            p.take(":")?;
            p.block()
        })?;
        if found.is_some() {
            return Ok(());
        }
        self.hint(Self::hint_except)?;
        Err(Stop::No)
    }

    fn except_star_block(&mut self) -> Parse<()> {
        self.hint(|p| {
            let word = p.take("except")?;
            p.take("*")?;
            p.exception_and_name()?;
            p.take(":")?;
            p.no_block("'except*' statement", word)
        })?;
        let found = self.attempt(|p| {
            p.take("except")?;
            p.take("*")?;
            p.exception_and_name()?;
            p.take(":")?;
            p.block()
        })?;
        if found.is_some() {
            return Ok(());
        }
        self.hint(Self::hint_except)?;
        Err(Stop::No)
    }

    fn hint_except(&mut self) -> Parse<()> {
        self.take("except")?;
        let starred = self.skip("*")?;
        let head = self.mark;
        let several = self.attempt(|p| {
            let first = p.mark;
            p.expression()?;
            p.take(",")?;
            p.expressions()?;
            p.attempt(|p| {
                p.take("as")?;
                p.take_kind(Kind::Name)
            })?;
            p.take(":")?;
            Ok(first)
        })?;
        if let Some(first) = several {
            return self.refuse_from("multiple exception types must be parenthesized", first);
        }
        self.mark = head;
        self.attempt(|p| {
            p.exception_and_name()?;
            p.no_colon()
        })?;
        if starred {
            if self.attempt(|p| p.take_kind(Kind::Newline))?.is_none() {
                self.take(":")?;
            }
            return self.refuse_last("expected one or more exception types");
        }
        self.no_colon()
    }
}
