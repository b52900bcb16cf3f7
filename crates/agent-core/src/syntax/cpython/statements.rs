//! Statements of one line, the file as a whole, and blocks.
//!
//! Statements that hold blocks are in `compound`.

use super::engine::{Parse, Parser, Rule, Stop};
use super::tokens::Kind;

impl Parser<'_> {
    pub(super) fn file(&mut self) -> Parse<()> {
        while self.attempt(Self::statement)?.is_some() {
            self.pass();
        }
        self.take_kind(Kind::End)?;
        Ok(())
    }

    fn statement(&mut self) -> Parse<()> {
        if self.attempt(Self::compound_statement)?.is_some() {
            return Ok(());
        }
        self.simple_statements()
    }

    pub(super) fn simple_statements(&mut self) -> Parse<()> {
        self.listed(";", Self::simple_statement)?;
        self.skip(";")?;
        self.take_kind(Kind::Newline)?;
        Ok(())
    }

    fn simple_statement(&mut self) -> Parse<()> {
        self.remember(Rule::SimpleStatement, |p| p.any_simple_statement().map(|()| 0)).map(drop)
    }

    fn any_simple_statement(&mut self) -> Parse<()> {
        if self.attempt(Self::assignment)?.is_some() {
            return Ok(());
        }
        if self.attempt(Self::type_alias)?.is_some() || self.attempt(Self::star_expressions)?.is_some() {
            return Ok(());
        }
        let token = self.peek()?;
        if token.kind != Kind::Keyword {
            return Err(Stop::No);
        }
        match token.text {
            "return" => {
                self.mark += 1;
                self.attempt(Self::star_expressions).map(drop)
            }
            "import" | "from" => self.import(),
            "raise" => self.raise(),
            "pass" | "break" | "continue" => {
                self.mark += 1;
                Ok(())
            }
            "del" => self.delete_statement(),
            "yield" => self.yield_expression().map(drop),
            "assert" => self.assert(),
            "global" | "nonlocal" => {
                self.mark += 1;
                self.listed(",", |p| p.take_kind(Kind::Name)).map(drop)
            }
            _ => Err(Stop::No),
        }
    }

    fn raise(&mut self) -> Parse<()> {
        self.take("raise")?;
        let raised = self.attempt(|p| {
            p.expression()?;
            p.attempt(|p| {
                p.take("from")?;
                p.expression()
            })
        })?;
        let _ = raised;
        Ok(())
    }

    fn assert(&mut self) -> Parse<()> {
        self.take("assert")?;
        self.expression()?;
        self.attempt(|p| {
            p.take(",")?;
            p.expression()
        })?;
        Ok(())
    }

    fn type_alias(&mut self) -> Parse<()> {
        self.take_soft("type")?;
        self.take_kind(Kind::Name)?;
        self.attempt(Self::type_parameters)?;
        self.take("=")?;
        self.expression()?;
        Ok(())
    }

    fn import(&mut self) -> Parse<()> {
        self.hint(Self::hint_import)?;
        if self.attempt(|p| p.take("import"))?.is_some() {
            self.listed(",", |p| {
                p.dotted_name()?;
                p.renamed()
            })?;
            return Ok(());
        }
        self.take("from")?;
        let dots = self.many(|p| p.take_any(&[".", "..."]))?;
        let name = self.attempt(Self::dotted_name)?;
        if name.is_none() && dots.is_empty() {
            return Err(Stop::No);
        }
        self.take("import")?;
        self.imported_names()
    }

    fn hint_import(&mut self) -> Parse<()> {
        let import = self.take("import")?;
        let reversed = self.attempt(|p| {
            p.listed(",", Self::dotted_name)?;
            p.take("from")?;
            p.dotted_name()
        })?;
        if reversed.is_some() {
            return self.refuse_from("Did you mean to use 'from ... import ...' instead?", import);
        }
        let end = self.take_kind(Kind::Newline)?;
        self.refuse_from("Expected one or more names after 'import'", end)
    }

    fn dotted_name(&mut self) -> Parse<()> {
        self.listed(".", |p| p.take_kind(Kind::Name)).map(drop)
    }

    fn renamed(&mut self) -> Parse<()> {
        self.attempt(|p| {
            p.take("as")?;
            p.take_kind(Kind::Name)
        })?;
        Ok(())
    }

    fn imported_names(&mut self) -> Parse<()> {
        let bracketed = self.attempt(|p| {
            p.take("(")?;
            p.imported_list()?;
            p.skip(",")?;
            p.take(")")
        })?;
        if bracketed.is_some() {
            return Ok(());
        }
        let plain = self.attempt(|p| {
            p.imported_list()?;
            p.unless(|p| p.take(","))
        })?;
        if plain.is_some() || self.attempt(|p| p.take("*"))?.is_some() {
            return Ok(());
        }
        self.hint(|p| {
            p.imported_list()?;
            p.take(",")?;
            p.take_kind(Kind::Newline)?;
            p.refuse_last("trailing comma not allowed without surrounding parentheses")
        })?;
        self.hint(|p| {
            let end = p.take_kind(Kind::Newline)?;
            p.refuse_from("Expected one or more names after 'import'", end)
        })?;
        Err(Stop::No)
    }

    fn imported_list(&mut self) -> Parse<()> {
        self.listed(",", |p| {
            p.take_kind(Kind::Name)?;
            p.renamed()
        })
        .map(drop)
    }

    pub(super) fn block(&mut self) -> Parse<()> {
        self.remember(Rule::Block, |p| {
            let indented = p.attempt(|p| {
                p.take_kind(Kind::Newline)?;
                p.take_kind(Kind::Indent)?;
                p.some(Self::statement)?;
                p.take_kind(Kind::Dedent)
            })?;
            if indented.is_some() || p.attempt(Self::simple_statements)?.is_some() {
                return Ok(0);
            }
            p.hint(|p| {
                p.missing_block()?;
                p.refuse_indent("expected an indented block")
            })?;
            Err(Stop::No)
        })
        .map(drop)
    }

    /// A line that ends without a deeper one after it.
    pub(super) fn missing_block(&mut self) -> Parse<()> {
        self.take_kind(Kind::Newline)?;
        self.unless(|p| p.take_kind(Kind::Indent))
    }
}
