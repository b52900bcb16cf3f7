//! Parameter lists of `def` and `lambda`, type parameters, and the mistakes CPython names in them.

use super::engine::{Id, Parse, Parser, Rule, Shape, Stop};
use super::tokens::Kind;

/// Whose parameters are read: they differ in annotations and in the sign that ends them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Style {
    close: &'static str,
    annotated: bool,
}

const DEF: Style = Style { close: ")", annotated: true };
const LAMBDA: Style = Style { close: ":", annotated: false };

impl Parser<'_> {
    pub(super) fn parameters(&mut self) -> Parse<()> {
        self.hint(|p| p.hint_parameters(DEF))?;
        self.parameter_list(DEF)
    }

    pub(super) fn lambda_parameters(&mut self) -> Parse<()> {
        self.hint(|p| p.hint_parameters(LAMBDA))?;
        self.parameter_list(LAMBDA)
    }

    fn parameter_list(&mut self, style: Style) -> Parse<()> {
        if self.attempt(|p| p.slash_plain(style))?.is_some() {
            self.many(|p| p.plain(style))?;
            self.many(|p| p.defaulted(style))?;
        } else if self.attempt(|p| p.slash_defaulted(style))?.is_some() {
            self.many(|p| p.defaulted(style))?;
        } else {
            let plain = self.many(|p| p.plain(style))?;
            let defaulted = self.many(|p| p.defaulted(style))?;
            if plain.is_empty() && defaulted.is_empty() {
                return self.star_etc(style);
            }
        }
        self.attempt(|p| p.star_etc(style))?;
        Ok(())
    }

    /// A comma, or the sign that ends the list, left where it is.
    fn separator(&mut self, style: Style) -> Parse<()> {
        if self.skip(",")? { Ok(()) } else { self.only_if(|p| p.take(style.close)) }
    }

    fn parameter(&mut self, style: Style) -> Parse<Id> {
        let first = self.take_kind(Kind::Name)?;
        if style.annotated {
            self.attempt(|p| {
                p.take(":")?;
                p.expression()
            })?;
        }
        Ok(self.node(Shape::Name, first, Vec::new()))
    }

    fn plain(&mut self, style: Style) -> Parse<Id> {
        let found = self.parameter(style)?;
        self.separator(style)?;
        Ok(found)
    }

    fn default(&mut self) -> Parse<()> {
        let found = self.attempt(|p| {
            p.take("=")?;
            p.expression()
        })?;
        if found.is_none() {
            self.hint(|p| {
                let equals = p.take("=")?;
                p.only_if(|p| p.take_any(&[")", ","]))?;
                p.refuse_tokens("expected default value expression", equals, equals + 1)
            })?;
            return Err(Stop::No);
        }
        Ok(())
    }

    fn defaulted(&mut self, style: Style) -> Parse<()> {
        self.parameter(style)?;
        self.default()?;
        self.separator(style)
    }

    fn either(&mut self, style: Style) -> Parse<()> {
        self.parameter(style)?;
        self.attempt(Self::default)?;
        self.separator(style)
    }

    fn slash_plain(&mut self, style: Style) -> Parse<()> {
        self.some(|p| p.plain(style))?;
        self.take("/")?;
        self.separator(style)
    }

    fn slash_defaulted(&mut self, style: Style) -> Parse<()> {
        self.many(|p| p.plain(style))?;
        self.some(|p| p.defaulted(style))?;
        self.take("/")?;
        self.separator(style)
    }

    fn slash_any(&mut self, style: Style) -> Parse<()> {
        match self.attempt(|p| p.slash_plain(style))? {
            Some(()) => Ok(()),
            None => self.slash_defaulted(style),
        }
    }

    fn star_etc(&mut self, style: Style) -> Parse<()> {
        self.hint(|p| p.hint_star(style))?;
        let named = self.attempt(|p| {
            p.take("*")?;
            p.plain(style)?;
            p.many(|p| p.either(style))
        })?;
        let found = match named {
            Some(_) => true,
            None if style.annotated => self.attempt(|p| p.star_annotated(style))?.is_some(),
            None => false,
        };
        let bare = !found
            && self
                .attempt(|p| {
                    p.take("*")?;
                    p.take(",")?;
                    p.some(|p| p.either(style))
                })?
                .is_some();
        if found || bare {
            self.attempt(|p| p.double_star(style))?;
            return Ok(());
        }
        self.double_star(style)
    }

    /// `*args: *Ts`.
    fn star_annotated(&mut self, style: Style) -> Parse<()> {
        self.take("*")?;
        self.take_kind(Kind::Name)?;
        self.take(":")?;
        self.star_expression()?;
        self.separator(style)?;
        self.many(|p| p.either(style))?;
        Ok(())
    }

    fn double_star(&mut self, style: Style) -> Parse<()> {
        self.hint(|p| p.hint_double_star(style))?;
        self.take("**")?;
        self.plain(style)?;
        Ok(())
    }

    fn hint_parameters(&mut self, style: Style) -> Parse<()> {
        let slash = self.attempt(|p| {
            let slash = p.take("/")?;
            p.take(",")?;
            Ok(slash)
        })?;
        if let Some(slash) = slash {
            return self.refuse_tokens("at least one argument must precede /", slash, slash + 1);
        }
        let slash = self.attempt(|p| {
            p.slash_any(style)?;
            p.many(|p| p.either(style))?;
            p.take("/")
        })?;
        if let Some(slash) = slash {
            return self.refuse_tokens("/ may appear only once", slash, slash + 1);
        }
        let late = self.attempt(|p| {
            p.attempt(|p| p.slash_plain(style))?;
            p.many(|p| p.plain(style))?;
            if p.attempt(|p| p.slash_defaulted(style))?.is_none() {
                p.some(|p| p.defaulted(style))?;
            }
            p.plain(style)
        })?;
        if let Some(late) = late {
            return self.refuse_node("parameter without a default follows parameter with a default", late);
        }
        self.attempt(|p| p.hint_parenthesized(style))?;
        let slash = self.attempt(|p| {
            p.attempt(|p| p.slash_any(style))?;
            p.many(|p| p.either(style))?;
            p.take("*")?;
            p.comma_or_plain(style)?;
            p.many(|p| p.either(style))?;
            p.take("/")
        })?;
        if let Some(slash) = slash {
            return self.refuse_tokens("/ must be ahead of *", slash, slash + 1);
        }
        self.some(|p| p.either(style))?;
        self.take("/")?;
        let star = self.take("*")?;
        self.refuse_tokens("expected comma between / and *", star, star + 1)
    }

    fn comma_or_plain(&mut self, style: Style) -> Parse<()> {
        if self.skip(",")? { Ok(()) } else { self.plain(style).map(drop) }
    }

    fn hint_parenthesized(&mut self, style: Style) -> Parse<()> {
        self.many(|p| p.plain(style))?;
        let open = self.take("(")?;
        if style == DEF {
            self.some(|p| p.plain(style))?;
        } else {
            self.listed(",", |p| p.parameter(style))?;
        }
        self.skip(",")?;
        let close = self.take(")")?;
        let whose = if style == DEF { "Function" } else { "Lambda expression" };
        self.refuse_tokens(format!("{whose} parameters cannot be parenthesized"), open, close + 1)
    }

    fn hint_star(&mut self, style: Style) -> Parse<()> {
        let bare = self.attempt(|p| {
            let star = p.take("*")?;
            if p.skip(",")? {
                p.take_any(&[style.close, "**"])?;
            } else {
                p.take(style.close)?;
            }
            Ok(star)
        })?;
        if let Some(star) = bare {
            let message = "named arguments must follow bare *";
            return if style == DEF {
                self.refuse_tokens(message, star, star + 1)
            } else {
                self.refuse_last(message)
            };
        }
        let equals = self.attempt(|p| {
            p.take("*")?;
            p.parameter(style)?;
            p.take("=")
        })?;
        if let Some(equals) = equals {
            let message = "var-positional argument cannot have default value";
            return self.refuse_tokens(message, equals, equals + 1);
        }
        self.take("*")?;
        self.comma_or_plain(style)?;
        self.many(|p| p.either(style))?;
        let star = self.take("*")?;
        self.comma_or_plain(style)?;
        self.refuse_tokens("* argument may appear only once", star, star + 1)
    }

    fn hint_double_star(&mut self, style: Style) -> Parse<()> {
        self.take("**")?;
        self.parameter(style)?;
        if let Some(equals) = self.attempt(|p| p.take("="))? {
            let message = "var-keyword argument cannot have default value";
            return self.refuse_tokens(message, equals, equals + 1);
        }
        self.take(",")?;
        let first = self.mark;
        if self.attempt(|p| p.parameter(style))?.is_none() {
            self.take_any(&["*", "**", "/"])?;
        }
        self.refuse_tokens("arguments cannot follow var-keyword argument", first, self.mark)
    }

    /// `[T, *Ts, **P]` after the name of a class, function or type.
    pub(super) fn type_parameters(&mut self) -> Parse<()> {
        self.hint(|p| {
            p.take("[")?;
            let close = p.take("]")?;
            p.refuse_from("Type parameter list cannot be empty", close)
        })?;
        self.take("[")?;
        self.listed(",", |p| p.remember(Rule::TypeParameter, Self::type_parameter))?;
        self.skip(",")?;
        self.take("]")?;
        Ok(())
    }

    fn type_parameter(&mut self) -> Parse<Id> {
        let first = self.mark;
        let plain = self.attempt(|p| {
            p.take_kind(Kind::Name)?;
            p.attempt(|p| {
                p.take(":")?;
                p.expression()
            })?;
            p.type_default(Self::expression)
        })?;
        if plain.is_none() {
            self.hint(Self::hint_type_parameter)?;
            let stars = self.take_any(&["*", "**"])?;
            self.take_kind(Kind::Name)?;
            let one = self.token(stars).text == "*";
            self.type_default(if one { Self::star_expression } else { Self::expression })?;
        }
        Ok(self.node(Shape::Name, first, Vec::new()))
    }

    fn type_default(&mut self, value: fn(&mut Self) -> Parse<Id>) -> Parse<()> {
        self.attempt(|p| {
            p.take("=")?;
            value(p)
        })?;
        Ok(())
    }

    fn hint_type_parameter(&mut self) -> Parse<()> {
        let stars = self.take_any(&["*", "**"])?;
        self.take_kind(Kind::Name)?;
        let colon = self.take(":")?;
        let bound = self.expression()?;
        let what = if self.shape(bound) == Shape::Tuple { "constraints" } else { "bound" };
        let of = if self.token(stars).text == "*" { "TypeVarTuple" } else { "ParamSpec" };
        self.refuse_from(format!("cannot use {what} with {of}"), colon)
    }
}
