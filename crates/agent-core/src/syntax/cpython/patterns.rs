//! `match`, `case` and patterns, and the mistakes CPython names in them.

use super::engine::{Id, Parse, Parser, Rule, Shape, Stop};
use super::literals;
use super::tokens::Kind;

impl Parser<'_> {
    pub(super) fn match_statement(&mut self) -> Parse<()> {
        let found = self.attempt(|p| {
            p.match_head()?;
            p.take(":")?;
            p.take_kind(Kind::Newline)?;
            p.take_kind(Kind::Indent)?;
            p.some(Self::case_block)?;
            p.take_kind(Kind::Dedent)
        })?;
        if found.is_some() {
            return Ok(());
        }
        self.hint(|p| {
            p.match_head()?;
            p.take_kind(Kind::Newline)?;
            p.refuse_last("expected ':'")
        })?;
        self.hint(|p| {
            let word = p.match_head()?;
            p.take(":")?;
            p.no_case_block("match", word)
        })?;
        Err(Stop::No)
    }

    fn no_case_block<T>(&mut self, what: &str, word: usize) -> Parse<T> {
        self.missing_block()?;
        let line = self.source.line_index(self.token(word).start) + 1;
        self.refuse_indent(format!("expected an indented block after '{what}' statement on line {line}"))
    }

    fn match_head(&mut self) -> Parse<usize> {
        let word = self.take_soft("match")?;
        let tuple = self.attempt(|p| {
            p.star_named_expression()?;
            p.take(",")?;
            p.attempt(Self::star_named_expressions)
        })?;
        if tuple.is_none() {
            self.named_expression()?;
        }
        Ok(word)
    }

    fn case_block(&mut self) -> Parse<()> {
        self.hint(|p| {
            p.case_head()?;
            p.take_kind(Kind::Newline)?;
            p.refuse_last("expected ':'")
        })?;
        self.hint(|p| {
            let word = p.case_head()?;
            p.take(":")?;
            p.no_case_block("case", word)
        })?;
        self.case_head()?;
        self.take(":")?;
        self.block()
    }

    fn case_head(&mut self) -> Parse<usize> {
        let word = self.take_soft("case")?;
        if self.attempt(Self::open_sequence)?.is_none() {
            self.pattern()?;
        }
        self.attempt(|p| {
            p.take("if")?;
            p.named_expression()
        })?;
        Ok(word)
    }

    fn pattern(&mut self) -> Parse<Id> {
        let first = self.mark;
        let named = self.attempt(|p| {
            p.or_pattern()?;
            p.take("as")?;
            p.capture_name()
        })?;
        if named.is_none() {
            self.hint(|p| {
                p.or_pattern()?;
                p.take("as")?;
                if let Some(wildcard) = p.attempt(|p| p.take_soft("_"))? {
                    return p.refuse_tokens("cannot use '_' as a target", wildcard, wildcard + 1);
                }
                p.unless(|p| p.take_kind(Kind::Name))?;
                let target = p.expression()?;
                p.refuse_node("invalid pattern target", target)
            })?;
            self.or_pattern()?;
        }
        Ok(self.node(Shape::Named, first, Vec::new()))
    }

    fn or_pattern(&mut self) -> Parse<()> {
        self.listed("|", |p| p.remember(Rule::ClosedPattern, |p| p.closed_pattern().map(|()| 0))).map(drop)
    }

    fn closed_pattern(&mut self) -> Parse<()> {
        let rules: [fn(&mut Self) -> Parse<()>; 7] = [
            Self::literal_pattern,
            |p| p.capture_name().map(drop),
            |p| p.take_soft("_").map(drop),
            Self::value_pattern,
            Self::bracketed_pattern,
            Self::mapping_pattern,
            Self::class_pattern,
        ];
        for rule in rules {
            if self.attempt(rule)?.is_some() {
                return Ok(());
            }
        }
        Err(Stop::No)
    }

    fn literal_pattern(&mut self) -> Parse<()> {
        let number = self.attempt(|p| {
            p.signed_number()?;
            p.unless(|p| p.take_any(&["+", "-"]))
        })?;
        if number.is_some() || self.attempt(Self::complex_number)?.is_some() {
            return Ok(());
        }
        if matches!(self.peek()?.kind, Kind::Text | Kind::FormatStart) {
            return self.strings().map(drop);
        }
        self.take_any(&["None", "True", "False"]).map(drop)
    }

    fn signed_number(&mut self) -> Parse<usize> {
        self.skip("-")?;
        self.take_kind(Kind::Number)
    }

    fn complex_number(&mut self) -> Parse<()> {
        let real = self.signed_number()?;
        if literals::is_imaginary(self.token(real).text) {
            return self.refuse_tokens("real number required in complex literal", real, real + 1);
        }
        self.take_any(&["+", "-"])?;
        let imaginary = self.take_kind(Kind::Number)?;
        if !literals::is_imaginary(self.token(imaginary).text) {
            return self.refuse_tokens(
                "imaginary number required in complex literal",
                imaginary,
                imaginary + 1,
            );
        }
        Ok(())
    }

    fn capture_name(&mut self) -> Parse<usize> {
        self.unless(|p| p.take_soft("_"))?;
        let name = self.take_kind(Kind::Name)?;
        self.unless(|p| p.take_any(&[".", "(", "="]))?;
        Ok(name)
    }

    fn value_pattern(&mut self) -> Parse<()> {
        self.attribute()?;
        self.unless(|p| p.take_any(&[".", "(", "="])).map(drop)
    }

    fn attribute(&mut self) -> Parse<()> {
        let names = self.listed(".", |p| p.take_kind(Kind::Name))?;
        if names.len() > 1 { Ok(()) } else { Err(Stop::No) }
    }

    fn bracketed_pattern(&mut self) -> Parse<()> {
        let group = self.attempt(|p| {
            p.take("(")?;
            p.pattern()?;
            p.take(")")
        })?;
        if group.is_some() {
            return Ok(());
        }
        let list = self.attempt(|p| {
            p.take("[")?;
            p.attempt(Self::maybe_sequence)?;
            p.take("]")
        })?;
        if list.is_none() {
            self.take("(")?;
            self.attempt(Self::open_sequence)?;
            self.take(")")?;
        }
        Ok(())
    }

    fn open_sequence(&mut self) -> Parse<()> {
        self.maybe_star()?;
        self.take(",")?;
        self.attempt(Self::maybe_sequence)?;
        Ok(())
    }

    fn maybe_sequence(&mut self) -> Parse<()> {
        self.listed(",", Self::maybe_star)?;
        self.skip(",")?;
        Ok(())
    }

    fn maybe_star(&mut self) -> Parse<()> {
        let star = self.attempt(|p| {
            p.take("*")?;
            match p.attempt(Self::capture_name)? {
                Some(name) => Ok(name),
                None => p.take_soft("_"),
            }
        })?;
        if star.is_none() {
            self.pattern()?;
        }
        Ok(())
    }

    fn mapping_pattern(&mut self) -> Parse<()> {
        self.take("{")?;
        let items = self.attempt(|p| p.listed(",", Self::key_value_pattern))?;
        let rest = self.attempt(|p| {
            if items.is_some() {
                p.take(",")?;
            }
            p.take("**")?;
            p.capture_name()
        })?;
        if items.is_some() || rest.is_some() {
            self.skip(",")?;
        }
        self.take("}")?;
        Ok(())
    }

    fn key_value_pattern(&mut self) -> Parse<()> {
        if self.attempt(Self::literal_pattern)?.is_none() {
            self.attribute()?;
        }
        self.take(":")?;
        self.pattern()?;
        Ok(())
    }

    fn class_pattern(&mut self) -> Parse<()> {
        self.listed(".", |p| p.take_kind(Kind::Name))?;
        self.take("(")?;
        let inside = self.mark;
        let found = self.attempt(|p| {
            let positional = p.attempt(|p| p.listed(",", Self::pattern))?;
            let keyword = p.attempt(|p| {
                if positional.is_some() {
                    p.take(",")?;
                }
                p.listed(",", Self::keyword_pattern)
            })?;
            if positional.is_some() || keyword.is_some() {
                p.skip(",")?;
            }
            p.take(")")
        })?;
        if found.is_some() {
            return Ok(());
        }
        self.hint(|p| {
            p.mark = inside;
            p.attempt(|p| {
                p.listed(",", Self::pattern)?;
                p.take(",")
            })?;
            p.listed(",", Self::keyword_pattern)?;
            p.take(",")?;
            let late = p.listed(",", Self::pattern)?;
            p.refuse_nodes("positional patterns follow keyword patterns", late[0], late[late.len() - 1])
        })?;
        Err(Stop::No)
    }

    fn keyword_pattern(&mut self) -> Parse<()> {
        self.take_kind(Kind::Name)?;
        self.take("=")?;
        self.pattern()?;
        Ok(())
    }
}
