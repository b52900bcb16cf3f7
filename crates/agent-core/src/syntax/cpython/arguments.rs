//! The arguments of a call, and the mistakes CPython names in them.

use super::engine::{Id, Parse, Parser, Rule, Shape, Stop};
use super::tokens::Kind;

/// What a list of arguments holds, as far as messages tell.
#[derive(Debug, Clone, Default)]
struct Arguments {
    positional: Vec<Id>,
    unpacks_keywords: bool,
}

const CONFUSED_ASSIGNMENT: &str = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
const BARE_GENERATOR: &str = "Generator expression must be parenthesized";

impl Parser<'_> {
    pub(super) fn arguments(&mut self) -> Parse<Id> {
        self.remember(Rule::Arguments, |p| {
            let found = p.attempt(|p| {
                p.argument_list()?;
                p.skip(",")?;
                p.only_if(|p| p.take(")"))
            })?;
            if found.is_none() {
                p.hint(Self::hint_arguments)?;
                return Err(Stop::No);
            }
            Ok(0)
        })
    }

    fn argument_list(&mut self) -> Parse<Arguments> {
        let positional = self.attempt(|p| p.listed(",", Self::positional))?;
        let Some(positional) = positional else { return self.keywords() };
        let rest = self.attempt(|p| {
            p.take(",")?;
            p.keywords()
        })?;
        let mut rest = rest.unwrap_or_default();
        rest.positional.splice(0..0, positional);
        Ok(rest)
    }

    fn positional(&mut self) -> Parse<Id> {
        if let Some(starred) = self.attempt(Self::starred_expression)? {
            return Ok(starred);
        }
        let value = self.argument_value()?;
        self.unless(|p| p.take("="))?;
        Ok(value)
    }

    fn keywords(&mut self) -> Parse<Arguments> {
        let first = self.attempt(|p| p.listed(",", Self::keyword_or_starred))?;
        let second = self.attempt(|p| {
            if first.is_some() {
                p.take(",")?;
            }
            p.listed(",", Self::keyword_or_double_starred)
        })?;
        if first.is_none() && second.is_none() {
            return Err(Stop::No);
        }
        let positional = first.unwrap_or_default().into_iter().flatten().collect();
        let unpacks_keywords = second.is_some_and(|found| found.contains(&true));
        Ok(Arguments { positional, unpacks_keywords })
    }

    fn keyword(&mut self) -> Parse<()> {
        self.take_kind(Kind::Name)?;
        self.take("=")?;
        self.expression()?;
        Ok(())
    }

    /// The starred expression, where it is one.
    fn keyword_or_starred(&mut self) -> Parse<Option<Id>> {
        self.hint(Self::hint_keyword)?;
        if self.attempt(Self::keyword)?.is_some() {
            return Ok(None);
        }
        self.starred_expression().map(Some)
    }

    /// Whether it is `**` and a value.
    fn keyword_or_double_starred(&mut self) -> Parse<bool> {
        self.hint(Self::hint_keyword)?;
        if self.attempt(Self::keyword)?.is_some() {
            return Ok(false);
        }
        self.take("**")?;
        self.expression()?;
        Ok(true)
    }

    /// `*` and a value, as an argument or a subscript.
    pub(super) fn starred_expression(&mut self) -> Parse<Id> {
        self.hint(|p| {
            let star = p.take("*")?;
            p.expression()?;
            p.take("=")?;
            let value = p.expression()?;
            p.refuse_tokens("cannot assign to iterable argument unpacking", star, p.nodes[value].after)
        })?;
        let first = self.mark;
        let found = self.attempt(|p| {
            p.take("*")?;
            p.expression()
        })?;
        if let Some(value) = found {
            return Ok(self.node(Shape::Starred, first, vec![value]));
        }
        self.hint(|p| {
            p.take("*")?;
            p.refuse_last("Invalid star expression")
        })?;
        Err(Stop::No)
    }

    fn hint_keyword(&mut self) -> Parse<()> {
        let constant = self.attempt(|p| {
            let word = p.take_any(&["True", "False", "None"])?;
            p.take("=")?;
            Ok(word)
        })?;
        if let Some(word) = constant {
            let message = format!("cannot assign to {}", self.token(word).text);
            return self.refuse_tokens(message, word, word + 2);
        }
        self.attempt(Self::hint_generator_value)?;
        let compared = self.attempt(|p| {
            p.unless(|p| {
                p.take_kind(Kind::Name)?;
                p.take("=")
            })?;
            let value = p.expression()?;
            let equals = p.take("=")?;
            Ok((value, equals))
        })?;
        if let Some((value, equals)) = compared {
            let message = "expression cannot contain assignment, perhaps you meant \"==\"?";
            return self.refuse_tokens(message, self.nodes[value].first, equals + 1);
        }
        let stars = self.take("**")?;
        self.expression()?;
        self.take("=")?;
        let value = self.expression()?;
        self.refuse_tokens("cannot assign to keyword argument unpacking", stars, self.nodes[value].after)
    }

    /// `name = value for …`.
    fn hint_generator_value(&mut self) -> Parse<()> {
        let name = self.take_kind(Kind::Name)?;
        let equals = self.take("=")?;
        self.expression()?;
        self.for_if_clauses()?;
        self.refuse_tokens(CONFUSED_ASSIGNMENT, name, equals + 1)
    }

    fn hint_arguments(&mut self) -> Parse<()> {
        self.attempt(Self::hint_star_after_keywords)?;
        let generator = self.attempt(|p| {
            let value = p.expression()?;
            let after = p.for_if_clauses()?;
            p.take(",")?;
            p.attempt(|p| {
                if p.attempt(Self::argument_list)?.is_none() {
                    p.expression()?;
                    p.for_if_clauses()?;
                }
                Ok(())
            })?;
            Ok((value, after))
        })?;
        if let Some((value, after)) = generator {
            return self.refuse_tokens(BARE_GENERATOR, self.nodes[value].first, after);
        }
        self.attempt(Self::hint_generator_value)?;
        let valueless = self.attempt(|p| {
            p.attempt(|p| {
                p.argument_list()?;
                p.take(",")
            })?;
            let name = p.take_kind(Kind::Name)?;
            p.take("=")?;
            p.only_if(|p| p.take_any(&[",", ")"]))?;
            Ok(name)
        })?;
        if let Some(name) = valueless {
            return self.refuse_tokens("expected argument value expression", name, name + 2);
        }
        self.hint_later_arguments()
    }

    fn hint_star_after_keywords(&mut self) -> Parse<()> {
        let mixed = self.attempt(|p| {
            p.listed(",", Self::positional)?;
            p.take(",")?;
            p.keywords()
        })?;
        if mixed.is_none() {
            self.keywords()?;
        }
        let comma = self.take(",")?;
        self.listed(",", |p| {
            let starred = p.starred_expression()?;
            p.unless(|p| p.take("="))?;
            Ok(starred)
        })?;
        self.refuse_from("iterable argument unpacking follows keyword argument unpacking", comma)
    }

    fn hint_later_arguments(&mut self) -> Parse<()> {
        let generator = self.attempt(|p| {
            let found = p.argument_list()?;
            let after = p.for_if_clauses()?;
            Ok((found, after))
        })?;
        if let Some((found, after)) = generator {
            let [_, .., last] = found.positional[..] else { return Err(Stop::No) };
            return self.refuse_tokens(BARE_GENERATOR, self.nodes[last].first, after);
        }
        let generator = self.attempt(|p| {
            p.argument_list()?;
            p.take(",")?;
            let value = p.expression()?;
            let after = p.for_if_clauses()?;
            Ok((value, after))
        })?;
        if let Some((value, after)) = generator {
            return self.refuse_tokens(BARE_GENERATOR, self.nodes[value].first, after);
        }
        let found = self.argument_list()?;
        self.take(",")?;
        self.argument_list()?;
        let unpacking = if found.unpacks_keywords { " unpacking" } else { "" };
        self.refuse_last(format!("positional argument follows keyword argument{unpacking}"))
    }
}
