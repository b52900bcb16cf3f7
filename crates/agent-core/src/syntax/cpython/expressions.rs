//! Expressions, from `a if b else c` down to calls, subscripts and attributes, and the mistakes CPython names in them.
//!
//! Names, values and brackets are in `displays`, arguments in `arguments`, lambda parameters in `parameters`.

use super::engine::{Id, Parse, Parser, Rule, Shape, Stop};
use super::tokens::Kind;

const COMPARISONS: [&str; 6] = ["==", "!=", "<=", "<", ">=", ">"];
const SOFT_KEYWORDS: [&str; 4] = ["_", "case", "match", "type"];
/// Bytes below which a number has surely few enough digits.
const SHORT_NUMBER: usize = 1000;
const CONFUSED_ASSIGNMENT: &str = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";

/// CPython's words where an expression stands before a single `=` in a condition.
fn meant_comparison(shape: Shape) -> String {
    format!("cannot assign to {} here. Maybe you meant '==' instead of '='?", shape.name())
}

impl Parser<'_> {
    /// `a, *b, c` without brackets.
    pub(super) fn star_expressions(&mut self) -> Parse<Id> {
        self.sequence(Self::star_expression)
    }

    /// `a, b, c` without brackets or stars.
    pub(super) fn expressions(&mut self) -> Parse<Id> {
        self.sequence(Self::expression)
    }

    /// One, or a tuple of those with commas between.
    pub(super) fn sequence(&mut self, element: fn(&mut Self) -> Parse<Id>) -> Parse<Id> {
        let first = self.mark;
        let one = element(self)?;
        if !self.at(",")? {
            return Ok(one);
        }
        let parts = self.listed_after(one, ",", element)?;
        self.skip(",")?;
        Ok(self.node(Shape::Tuple, first, parts))
    }

    pub(super) fn star_expression(&mut self) -> Parse<Id> {
        self.remember_if_hinted(Rule::StarExpression, |p| match p.attempt(Self::starred_operand)? {
            Some(starred) => Ok(starred),
            None => p.expression(),
        })
    }

    /// `*` and what it unpacks.
    pub(super) fn starred_operand(&mut self) -> Parse<Id> {
        let first = self.take("*")?;
        let value = self.bitwise_or()?;
        Ok(self.node(Shape::Starred, first, vec![value]))
    }

    pub(super) fn annotated_rhs(&mut self) -> Parse<Id> {
        match self.attempt(Self::yield_expression)? {
            Some(found) => Ok(found),
            None => self.star_expressions(),
        }
    }

    pub(super) fn yield_expression(&mut self) -> Parse<Id> {
        let first = self.take("yield")?;
        let delegated = self.attempt(|p| {
            p.take("from")?;
            p.expression()
        })?;
        if delegated.is_none() {
            self.attempt(Self::star_expressions)?;
        }
        Ok(self.node(Shape::Yield, first, Vec::new()))
    }

    pub(super) fn expression(&mut self) -> Parse<Id> {
        if !self.hints
            && let Some(whole) = self.attempt(Self::whole_expression)?
        {
            return Ok(whole);
        }
        self.remember(Rule::Expression, |p| {
            p.hint(Self::hint_expression)?;
            p.hint(Self::hint_old_statement)?;
            p.plain_expression(Self::expression)
        })
    }

    /// An expression that [`Self::glance`] sees whole.
    fn whole_expression(&mut self) -> Parse<Id> {
        let value = self.glance()?.ok_or(Stop::No)?;
        if self.at("if")? { Err(Stop::No) } else { Ok(value) }
    }

    fn plain_expression(&mut self, otherwise: fn(&mut Self) -> Parse<Id>) -> Parse<Id> {
        let first = self.mark;
        let Some(value) = self.attempt(Self::disjunction)? else { return self.lambda() };
        let conditional = self.attempt(|p| {
            p.take("if")?;
            p.disjunction()?;
            p.take("else")?;
            otherwise(p)
        })?;
        match conditional {
            Some(_) => Ok(self.node(Shape::Conditional, first, Vec::new())),
            None => Ok(value),
        }
    }

    /// Two values side by side, or a condition without its `else`.
    fn hint_expression(&mut self) -> Parse<()> {
        let start = self.mark;
        let pair = self.attempt(|p| {
            p.unless(|p| {
                let name = p.take_kind(Kind::Name)?;
                let word = p.token(name).text;
                // CPython compares no further than the name goes: `c` counts as `case`, `t` as `type`.
                if SOFT_KEYWORDS.iter().any(|soft| soft.starts_with(word)) {
                    Ok(name)
                } else {
                    p.take_kind(Kind::Text)
                }
            })?;
            let left = p.disjunction()?;
            let right = p.without_hints(|p| p.plain_expression(Self::expression))?;
            Ok((left, right))
        })?;
        if let Some((left, right)) = pair {
            let inside = self.token(self.mark - 1).level > 0;
            if self.old_statement_name(left) || !inside {
                return Err(Stop::No);
            }
            return self.refuse_nodes("invalid syntax. Perhaps you forgot a comma?", left, right);
        }
        let half = self.attempt(|p| {
            let value = p.disjunction()?;
            p.take("if")?;
            let condition = p.disjunction()?;
            p.unless(|p| p.take_any(&["else", ":"]))?;
            Ok((value, condition))
        })?;
        if let Some((value, condition)) = half {
            return self.refuse_nodes("expected 'else' after 'if' expression", value, condition);
        }
        self.mark = start;
        let lambda = self.take("lambda")?;
        self.attempt(Self::lambda_parameters)?;
        let colon = self.take(":")?;
        self.only_if(|p| p.take_kind(Kind::FormatMiddle))?;
        self.refuse_tokens(
            "f-string: lambda expressions are not allowed without parentheses",
            lambda,
            colon + 1,
        )
    }

    fn old_statement_name(&self, id: Id) -> bool {
        let node = &self.nodes[id];
        node.shape == Shape::Name && matches!(self.token(node.first).text, "print" | "exec")
    }

    /// `print x`, `exec x`.
    fn hint_old_statement(&mut self) -> Parse<()> {
        let name = self.take_kind(Kind::Name)?;
        self.unless(|p| p.take("("))?;
        let value = self.star_expressions()?;
        let word = self.token(name).text;
        if !matches!(word, "print" | "exec") {
            return Err(Stop::No);
        }
        let message = format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
        self.refuse_tokens(message, name, self.nodes[value].after)
    }

    fn lambda(&mut self) -> Parse<Id> {
        let first = self.take("lambda")?;
        self.attempt(Self::lambda_parameters)?;
        self.take(":")?;
        self.expression()?;
        Ok(self.node(Shape::Lambda, first, Vec::new()))
    }

    pub(super) fn star_named_expression(&mut self) -> Parse<Id> {
        match self.attempt(Self::starred_operand)? {
            Some(starred) => Ok(starred),
            None => self.named_expression(),
        }
    }

    /// `a, *b, c := d`; a last comma is taken.
    pub(super) fn star_named_expressions(&mut self) -> Parse<Vec<Id>> {
        let found = self.listed(",", Self::star_named_expression)?;
        self.skip(",")?;
        Ok(found)
    }

    pub(super) fn assignment_expression(&mut self) -> Parse<Id> {
        let first = self.take_kind(Kind::Name)?;
        self.take(":=")?;
        self.expression()?;
        Ok(self.node(Shape::Named, first, Vec::new()))
    }

    pub(super) fn named_expression(&mut self) -> Parse<Id> {
        self.remember_apart(Rule::Named, |p| {
            if let Some(named) = p.attempt(Self::assignment_expression)? {
                return Ok(named);
            }
            if p.hints {
                let mark = p.mark;
                p.attempt(|p| p.remember(Rule::NamedHint, |p| p.hint_named_expression().map(|()| 0)))?;
                p.mark = mark;
            }
            let value = p.expression()?;
            p.unless(|p| p.take(":="))?;
            Ok(value)
        })
    }

    /// `:=` after something that is no name, or `=` in the place of a value.
    fn hint_named_expression(&mut self) -> Parse<()> {
        let target = self.attempt(|p| {
            let target = p.expression()?;
            p.take(":=")?;
            p.expression()?;
            Ok(target)
        })?;
        if let Some(target) = target {
            let what = self.shape(target).name();
            return self.refuse_node(format!("cannot use assignment expressions with {what}"), target);
        }
        let assigned = self.attempt(|p| {
            let name = p.take_kind(Kind::Name)?;
            p.take("=")?;
            let value = p.bitwise_or()?;
            p.unless(|p| p.take_any(&["=", ":="]))?;
            Ok((name, value))
        })?;
        if let Some((name, value)) = assigned {
            return self.refuse_tokens(CONFUSED_ASSIGNMENT, name, self.nodes[value].after);
        }
        self.unless(|p| {
            if p.attempt(|p| p.take_any(&["True", "None", "False"]))?.is_some() {
                return Ok(());
            }
            for display in [Self::list, Self::tuple, Self::generator] {
                if p.attempt(display)?.is_some() {
                    return Ok(());
                }
            }
            Err(Stop::No)
        })?;
        let target = self.bitwise_or()?;
        self.take("=")?;
        self.bitwise_or()?;
        self.unless(|p| p.take_any(&["=", ":="]))?;
        self.refuse_node(meant_comparison(self.shape(target)), target)
    }

    pub(super) fn disjunction(&mut self) -> Parse<Id> {
        if let Some(whole) = self.glance()? {
            return Ok(whole);
        }
        self.remember(Rule::Disjunction, |p| p.binary(&["or"], Self::conjunction))
    }

    fn conjunction(&mut self) -> Parse<Id> {
        self.remember_if_hinted(Rule::Conjunction, |p| p.binary(&["and"], Self::inversion))
    }

    /// Sees from two tokens that an operand is a single name or number, as most are, or that none can begin here. Nothing
    /// where it takes more to tell. No hint has anything to say of either.
    fn glance(&mut self) -> Parse<Option<Id>> {
        let first = self.mark;
        let token = self.peek()?;
        let shape = match (token.kind, token.text) {
            (Kind::Name, _) => Shape::Name,
            (Kind::Number, number) if number.len() < SHORT_NUMBER => Shape::Literal,
            (Kind::Number | Kind::Text | Kind::FormatStart, _) => return Ok(None),
            (Kind::Op, "(" | "[" | "{" | "-" | "+" | "~" | "...") => return Ok(None),
            (Kind::Keyword, "True") => Shape::True,
            (Kind::Keyword, "False") => Shape::False,
            (Kind::Keyword, "None") => Shape::None,
            (Kind::Keyword, "not" | "await") => return Ok(None),
            _ => return Err(Stop::No),
        };
        let next = self.read(first + 1)?;
        let goes_on = match next.kind {
            Kind::Op => !matches!(next.text, ")" | "]" | "}" | "," | ":" | "=" | ";"),
            Kind::Keyword => matches!(next.text, "and" | "or" | "not" | "in" | "is"),
            _ => false,
        };
        if goes_on {
            return Ok(None);
        }
        self.mark += 1;
        Ok(Some(self.node(shape, first, Vec::new())))
    }

    fn inversion(&mut self) -> Parse<Id> {
        self.remember_if_hinted(Rule::Inversion, |p| {
            let first = p.mark;
            let negated = p.attempt(|p| {
                p.take("not")?;
                p.inversion()
            })?;
            match negated {
                Some(_) => Ok(p.node(Shape::Operation, first, Vec::new())),
                None => p.comparison(),
            }
        })
    }

    fn comparison(&mut self) -> Parse<Id> {
        let first = self.mark;
        let left = self.bitwise_or()?;
        let mut first_is_in = None;
        while let Some(is_in) = self.attempt(Self::compared)? {
            first_is_in.get_or_insert(is_in);
        }
        match first_is_in {
            Some(first_is_in) => Ok(self.node(Shape::Compare { first_is_in }, first, vec![left])),
            None => Ok(left),
        }
    }

    /// An operator of comparison and its right side; whether it is `in`.
    fn compared(&mut self) -> Parse<bool> {
        if self.attempt(|p| p.take_any(&COMPARISONS))?.is_some() {
            self.bitwise_or()?;
            return Ok(false);
        }
        let is_in = match self.token_text()? {
            "not" => {
                self.take("not")?;
                self.take("in")?;
                false
            }
            "in" => {
                self.take("in")?;
                true
            }
            _ => {
                self.take("is")?;
                let negated = self.attempt(|p| {
                    p.take("not")?;
                    p.bitwise_or()
                })?;
                if negated.is_some() {
                    return Ok(false);
                }
                false
            }
        };
        self.bitwise_or()?;
        Ok(is_in)
    }

    fn token_text(&mut self) -> Parse<&str> {
        Ok(self.peek()?.text)
    }

    pub(super) fn bitwise_or(&mut self) -> Parse<Id> {
        if let Some(whole) = self.glance()? {
            return Ok(whole);
        }
        self.remember(Rule::BitwiseOr, |p| {
            p.binary(&["|"], |p| p.binary(&["^"], |p| p.binary(&["&"], Self::shift)))
        })
    }

    fn binary(&mut self, signs: &[&str], operand: fn(&mut Self) -> Parse<Id>) -> Parse<Id> {
        let first = self.mark;
        let mut value = operand(self)?;
        while self
            .attempt(|p| {
                p.take_any(signs)?;
                operand(p)
            })?
            .is_some()
        {
            value = self.node(Shape::Operation, first, Vec::new());
        }
        Ok(value)
    }

    fn shift(&mut self) -> Parse<Id> {
        self.remember_if_hinted(Rule::Shift, |p| {
            p.hint(|p| {
                p.sum()?;
                p.take_any(&["+", "-", "*", "/", "%", "//", "@"])?;
                p.refuse_not(Self::inversion)
            })?;
            p.binary(&["<<", ">>"], Self::sum)
        })
    }

    fn refuse_not(&mut self, operand: fn(&mut Self) -> Parse<Id>) -> Parse<()> {
        let not = self.take("not")?;
        let value = operand(self)?;
        self.refuse_tokens("'not' after an operator must be parenthesized", not, self.nodes[value].after)
    }

    fn sum(&mut self) -> Parse<Id> {
        self.remember_if_hinted(Rule::Sum, |p| p.binary(&["+", "-"], Self::term))
    }

    fn term(&mut self) -> Parse<Id> {
        self.remember_if_hinted(Rule::Term, |p| {
            p.hint(|p| {
                p.take_any(&["+", "-", "~"])?;
                p.refuse_not(Self::factor)
            })?;
            p.binary(&["*", "/", "//", "%", "@"], Self::factor)
        })
    }

    fn factor(&mut self) -> Parse<Id> {
        self.remember_if_hinted(Rule::Factor, |p| {
            let first = p.mark;
            let signed = p.attempt(|p| {
                p.take_any(&["+", "-", "~"])?;
                p.factor()
            })?;
            match signed {
                Some(_) => Ok(p.node(Shape::Operation, first, Vec::new())),
                None => p.power(),
            }
        })
    }

    fn power(&mut self) -> Parse<Id> {
        let first = self.mark;
        let base = self.await_primary()?;
        let raised = self.attempt(|p| {
            p.take("**")?;
            p.factor()
        })?;
        if raised.is_some() { Ok(self.node(Shape::Operation, first, Vec::new())) } else { Ok(base) }
    }

    fn await_primary(&mut self) -> Parse<Id> {
        let first = self.mark;
        let awaited = self.attempt(|p| {
            p.take("await")?;
            p.primary()
        })?;
        if awaited.is_some() { Ok(self.node(Shape::Await, first, Vec::new())) } else { self.primary() }
    }

    /// A name, value or bracket with the calls, subscripts and attributes that follow it.
    pub(super) fn primary(&mut self) -> Parse<Id> {
        if let Some(whole) = self.glance()? {
            return Ok(whole);
        }
        self.remember(Rule::Primary, |p| {
            let first = p.mark;
            let mut value = p.atom()?;
            while let Some(shape) = p.attempt(Self::accessor)? {
                value = p.node(shape, first, Vec::new());
            }
            Ok(value)
        })
    }

    fn accessor(&mut self) -> Parse<Shape> {
        match self.token_text()? {
            "." => {
                self.take(".")?;
                self.take_kind(Kind::Name)?;
                Ok(Shape::Attribute)
            }
            "(" => {
                if self.attempt(Self::generator)?.is_none() {
                    self.take("(")?;
                    self.attempt(Self::arguments)?;
                    self.take(")")?;
                }
                Ok(Shape::Call)
            }
            "[" => {
                self.take("[")?;
                self.slices()?;
                self.take("]")?;
                Ok(Shape::Subscript)
            }
            _ => Err(Stop::No),
        }
    }

    fn slices(&mut self) -> Parse<()> {
        let single = self.attempt(|p| {
            p.slice()?;
            p.unless(|p| p.take(","))
        })?;
        if single.is_none() {
            self.listed(",", |p| match p.attempt(Self::slice)? {
                Some(()) => Ok(()),
                None => p.starred_expression().map(drop),
            })?;
            self.skip(",")?;
        }
        Ok(())
    }

    fn slice(&mut self) -> Parse<()> {
        let ranged = self.attempt(|p| {
            p.attempt(Self::expression)?;
            p.take(":")?;
            p.attempt(Self::expression)?;
            p.attempt(|p| {
                p.take(":")?;
                p.attempt(Self::expression)
            })
        })?;
        if ranged.is_none() {
            self.named_expression()?;
        }
        Ok(())
    }
}
