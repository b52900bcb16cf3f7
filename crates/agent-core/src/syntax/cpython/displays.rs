//! Names, values and brackets: tuples, lists, sets, dictionaries, comprehensions, and the mistakes in them.
//!
//! What joins values is in `expressions`; string contents are in `literals`.

use super::engine::{Id, Parse, Parser, Rule, Shape, Stop};
use super::literals;
use super::tokens::Kind;

impl Parser<'_> {
    pub(super) fn atom(&mut self) -> Parse<Id> {
        self.remember_apart(Rule::Atom, |p| {
            let token = p.peek()?;
            let first = p.mark;
            let shape = match (token.kind, token.text) {
                (Kind::Name, _) => Shape::Name,
                (Kind::Keyword, "True") => Shape::True,
                (Kind::Keyword, "False") => Shape::False,
                (Kind::Keyword, "None") => Shape::None,
                (Kind::Op, "...") => Shape::Ellipsis,
                (Kind::Number, text) => {
                    if let Some(message) = literals::number_too_long(text) {
                        return p.refuse_tokens(message, first, first + 1);
                    }
                    Shape::Literal
                }
                (Kind::Text | Kind::FormatStart, _) => return p.strings(),
                (Kind::Op, "(") => return p.first_of(&[Self::tuple, Self::group, Self::generator]),
                (Kind::Op, "[") => return p.first_of(&[Self::list, Self::list_comprehension]),
                (Kind::Op, "{") => {
                    return p.first_of(&[
                        Self::dict,
                        Self::set,
                        Self::dict_comprehension,
                        Self::set_comprehension,
                    ]);
                }
                _ => return Err(Stop::No),
            };
            p.mark += 1;
            Ok(p.node(shape, first, Vec::new()))
        })
    }

    pub(super) fn first_of(&mut self, rules: &[fn(&mut Self) -> Parse<Id>]) -> Parse<Id> {
        for rule in rules {
            if let Some(found) = self.attempt(rule)? {
                return Ok(found);
            }
        }
        Err(Stop::No)
    }

    pub(super) fn group(&mut self) -> Parse<Id> {
        let grouped = self.attempt(|p| {
            p.take("(")?;
            let value = match p.attempt(Self::yield_expression)? {
                Some(value) => value,
                None => p.named_expression()?,
            };
            p.take(")")?;
            Ok(value)
        })?;
        if let Some(value) = grouped {
            return Ok(value);
        }
        self.hint(|p| {
            p.take("(")?;
            let starred = p.starred_expression()?;
            p.take(")")?;
            p.refuse_node("cannot use starred expression here", starred)
        })?;
        self.hint(|p| {
            p.take("(")?;
            let stars = p.take("**")?;
            p.expression()?;
            p.take(")")?;
            p.refuse_tokens("cannot use double starred expression here", stars, stars + 1)
        })?;
        Err(Stop::No)
    }

    pub(super) fn list(&mut self) -> Parse<Id> {
        let first = self.take("[")?;
        let parts = self.attempt(Self::star_named_expressions)?.unwrap_or_default();
        self.take("]")?;
        Ok(self.node(Shape::List, first, parts))
    }

    pub(super) fn tuple(&mut self) -> Parse<Id> {
        let first = self.take("(")?;
        let parts = self
            .attempt(|p| {
                let mut parts = vec![p.star_named_expression()?];
                p.take(",")?;
                parts.extend(p.attempt(Self::star_named_expressions)?.unwrap_or_default());
                Ok(parts)
            })?
            .unwrap_or_default();
        self.take(")")?;
        Ok(self.node(Shape::Tuple, first, parts))
    }

    /// A list or tuple display, for what may not be annotated.
    pub(super) fn list_or_tuple(&mut self) -> Parse<Id> {
        self.first_of(&[Self::list, Self::tuple])
    }

    pub(super) fn set(&mut self) -> Parse<Id> {
        let first = self.take("{")?;
        self.star_named_expressions()?;
        self.take("}")?;
        Ok(self.node(Shape::Set, first, Vec::new()))
    }

    pub(super) fn dict(&mut self) -> Parse<Id> {
        let first = self.mark;
        let found = self.attempt(|p| {
            p.take("{")?;
            p.attempt(|p| {
                p.listed(",", Self::dict_entry)?;
                p.skip(",")
            })?;
            p.take("}")
        })?;
        if found.is_some() {
            return Ok(self.node(Shape::Dict, first, Vec::new()));
        }
        // CPython looks for these mistakes even where its other hints are off.
        self.attempt(|p| {
            p.take("{")?;
            p.hint_dict_entry()
        })?;
        Err(Stop::No)
    }

    pub(super) fn dict_entry(&mut self) -> Parse<()> {
        let unpacked = self.attempt(|p| {
            p.take("**")?;
            p.bitwise_or()
        })?;
        if unpacked.is_some() { Ok(()) } else { self.pair() }
    }

    pub(super) fn pair(&mut self) -> Parse<()> {
        self.expression()?;
        self.take(":")?;
        self.expression()?;
        Ok(())
    }

    /// A dictionary entry without its colon or its value.
    pub(super) fn hint_dict_entry(&mut self) -> Parse<()> {
        let bad = self.attempt(|p| {
            p.listed(",", Self::dict_entry)?;
            p.take(",")?;
            p.hint_later_pair()
        })?;
        if bad.is_some() {
            return Err(Stop::No);
        }
        let starred = self.attempt(|p| {
            p.expression()?;
            p.take(":")?;
            let star = p.take("*")?;
            let value = p.bitwise_or()?;
            Ok((star, value))
        })?;
        if let Some((star, value)) = starred {
            let message = "cannot use a starred expression in a dictionary value";
            return self.refuse_tokens(message, star, self.nodes[value].after);
        }
        self.hint_valueless()
    }

    pub(super) fn hint_valueless(&mut self) -> Parse<()> {
        self.expression()?;
        let colon = self.take(":")?;
        self.only_if(|p| p.take_any(&["}", ","]))?;
        self.refuse_tokens("expression expected after dictionary key and ':'", colon, colon + 1)
    }

    pub(super) fn hint_later_pair(&mut self) -> Parse<()> {
        let lone = self.attempt(|p| {
            let key = p.expression()?;
            p.unless(|p| p.take(":"))?;
            Ok(key)
        })?;
        if let Some(key) = lone {
            return self.refuse_key(key);
        }
        let starred = self.attempt(|p| {
            p.expression()?;
            p.take(":")?;
            let star = p.take("*")?;
            p.bitwise_or()?;
            Ok(star)
        })?;
        if let Some(star) = starred {
            return self.refuse_from("cannot use a starred expression in a dictionary value", star);
        }
        self.hint_valueless()
    }

    /// CPython points at the last character of the key.
    pub(super) fn refuse_key(&mut self, key: Id) -> Parse<()> {
        let node = &self.nodes[key];
        let end = self.token(node.after - 1).end;
        let start = self.source.text()[..end].char_indices().next_back().map_or(0, |(at, _)| at);
        let message = "':' expected after dictionary key";
        Err(Stop::Refuse(Box::new(super::verdict::Verdict::range(self.source, message, start, end))))
    }

    /// The `for` and `if` parts of a comprehension; the last token index they hold, plus one.
    pub(super) fn for_if_clauses(&mut self) -> Parse<usize> {
        self.some(Self::for_if_clause)?;
        Ok(self.mark)
    }

    pub(super) fn for_if_clause(&mut self) -> Parse<()> {
        let begun = self.attempt(|p| {
            p.skip("async")?;
            p.take("for")?;
            p.star_targets()?;
            p.take("in")
        })?;
        if begun.is_some() {
            self.disjunction()?;
            self.many(|p| {
                p.take("if")?;
                p.disjunction()
            })?;
            return Ok(());
        }
        self.hint(|p| {
            p.skip("async")?;
            p.take("for")?;
            p.listed(",", Self::bitwise_or)?;
            p.skip(",")?;
            p.unless(|p| p.take("in"))?;
            p.refuse_last("'in' expected after for-loop variables")
        })?;
        self.hint(Self::hint_for_target)?;
        Err(Stop::No)
    }

    pub(super) fn list_comprehension(&mut self) -> Parse<Id> {
        self.comprehension("[", "]", Shape::ListComprehension, Self::named_expression)
    }

    pub(super) fn set_comprehension(&mut self) -> Parse<Id> {
        self.comprehension("{", "}", Shape::SetComprehension, Self::named_expression)
    }

    pub(super) fn generator(&mut self) -> Parse<Id> {
        self.comprehension("(", ")", Shape::Generator, Self::argument_value)
    }

    /// `a := b`, or an expression that no `:=` follows.
    pub(super) fn argument_value(&mut self) -> Parse<Id> {
        if let Some(named) = self.attempt(Self::assignment_expression)? {
            return Ok(named);
        }
        let value = self.expression()?;
        self.unless(|p| p.take(":="))?;
        Ok(value)
    }

    pub(super) fn comprehension(
        &mut self,
        open: &str,
        close: &str,
        shape: Shape,
        element: fn(&mut Self) -> Parse<Id>,
    ) -> Parse<Id> {
        let first = self.mark;
        let found = self.attempt(|p| {
            p.take(open)?;
            element(p)?;
            p.for_if_clauses()?;
            p.take(close)
        })?;
        if found.is_some() {
            return Ok(self.node(shape, first, Vec::new()));
        }
        self.hint(Self::hint_comprehension)?;
        Err(Stop::No)
    }

    pub(super) fn hint_comprehension(&mut self) -> Parse<()> {
        let starred = self.attempt(|p| {
            p.take_any(&["[", "(", "{"])?;
            let starred = p.starred_expression()?;
            p.for_if_clauses()?;
            Ok(starred)
        })?;
        if let Some(starred) = starred {
            return self.refuse_node("iterable unpacking cannot be used in comprehension", starred);
        }
        let message = "did you forget parentheses around the comprehension target?";
        let several = self.attempt(|p| {
            p.take_any(&["[", "{"])?;
            let first = p.star_named_expression()?;
            p.take(",")?;
            let rest = p.star_named_expressions()?;
            p.for_if_clauses()?;
            Ok((first, rest[rest.len() - 1]))
        })?;
        if let Some((first, last)) = several {
            return self.refuse_nodes(message, first, last);
        }
        self.take_any(&["[", "{"])?;
        let first = self.star_named_expression()?;
        let comma = self.take(",")?;
        self.for_if_clauses()?;
        self.refuse_tokens(message, self.nodes[first].first, comma + 1)
    }

    pub(super) fn dict_comprehension(&mut self) -> Parse<Id> {
        let first = self.mark;
        let found = self.attempt(|p| {
            p.take("{")?;
            p.pair()?;
            p.for_if_clauses()?;
            p.take("}")
        })?;
        if found.is_some() {
            return Ok(self.node(Shape::DictComprehension, first, Vec::new()));
        }
        self.hint(|p| {
            p.take("{")?;
            let stars = p.take("**")?;
            p.bitwise_or()?;
            p.for_if_clauses()?;
            p.take("}")?;
            p.refuse_tokens("dict unpacking cannot be used in dict comprehension", stars, stars + 1)
        })?;
        Err(Stop::No)
    }
}
