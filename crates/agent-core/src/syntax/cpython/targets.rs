//! What can stand on the left of `=`, after `for` and after `del`, and what CPython says of the rest.

use super::engine::{Id, Parse, Parser, Rule, Shape, Stop};
use super::tokens::Kind;

const AUGMENTED: [&str; 13] =
    ["+=", "-=", "*=", "@=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=", "//="];

/// Where a target stands; it decides what inside it is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Assigned,
    For,
    Deleted,
}

impl Parser<'_> {
    pub(super) fn star_targets(&mut self) -> Parse<Id> {
        self.sequence(Self::star_target)
    }

    pub(super) fn star_target(&mut self) -> Parse<Id> {
        self.remember(Rule::StarTarget, |p| {
            let first = p.mark;
            let starred = p.attempt(|p| {
                p.take("*")?;
                p.unless(|p| p.take("*"))?;
                p.star_target()
            })?;
            match starred {
                Some(value) => Ok(p.node(Shape::Starred, first, vec![value])),
                None => p.target_with_star_atom(),
            }
        })
    }

    fn target_with_star_atom(&mut self) -> Parse<Id> {
        match self.attempt(Self::accessor_target)? {
            Some(found) => Ok(found),
            None => self.bracketed_target(Self::target_with_star_atom, Self::star_target),
        }
    }

    /// An attribute or a subscript, not in brackets.
    fn accessor_target(&mut self) -> Parse<Id> {
        let found = self.primary()?;
        let node = &self.nodes[found];
        let fits = matches!(node.shape, Shape::Attribute | Shape::Subscript) && node.after == self.mark;
        if fits { Ok(found) } else { Err(Stop::No) }
    }

    /// A name, or targets in brackets.
    fn bracketed_target(
        &mut self,
        alone: fn(&mut Self) -> Parse<Id>,
        element: fn(&mut Self) -> Parse<Id>,
    ) -> Parse<Id> {
        let first = self.mark;
        if self.attempt(|p| p.take_kind(Kind::Name))?.is_some() {
            return Ok(self.node(Shape::Name, first, Vec::new()));
        }
        let grouped = self.attempt(|p| {
            p.take("(")?;
            let target = alone(p)?;
            p.take(")")?;
            Ok(target)
        })?;
        if let Some(target) = grouped {
            return Ok(target);
        }
        for (open, close, shape) in [("(", ")", Shape::Tuple), ("[", "]", Shape::List)] {
            let listed = self.attempt(|p| {
                p.take(open)?;
                let parts = p.attempt(|p| p.listed(",", element))?.unwrap_or_default();
                let comma = !parts.is_empty() && p.skip(",")?;
                if shape == Shape::Tuple
                    && parts.len() == 1
                    && !comma
                    && p.nodes[parts[0]].shape == Shape::Starred
                {
                    return Err(Stop::No);
                }
                p.take(close)?;
                Ok(parts)
            })?;
            if let Some(parts) = listed {
                return Ok(self.node(shape, first, parts));
            }
        }
        Err(Stop::No)
    }

    fn single_target(&mut self) -> Parse<Id> {
        if let Some(found) = self.attempt(Self::accessor_target)? {
            return Ok(found);
        }
        let first = self.mark;
        if self.attempt(|p| p.take_kind(Kind::Name))?.is_some() {
            return Ok(self.node(Shape::Name, first, Vec::new()));
        }
        self.take("(")?;
        let target = self.single_target()?;
        self.take(")")?;
        Ok(target)
    }

    fn delete_target(&mut self) -> Parse<Id> {
        self.remember(Rule::DeleteTarget, |p| match p.attempt(Self::accessor_target)? {
            Some(found) => Ok(found),
            None => p.bracketed_target(Self::delete_target, Self::delete_target),
        })
    }

    pub(super) fn delete_statement(&mut self) -> Parse<()> {
        let found = self.attempt(|p| {
            p.take("del")?;
            p.listed(",", Self::delete_target)?;
            p.skip(",")?;
            p.only_if(Self::statement_end)
        })?;
        if found.is_none() {
            self.hint(|p| {
                p.take("del")?;
                let targets = p.star_expressions()?;
                p.refuse_target(targets, Place::Deleted)
            })?;
            return Err(Stop::No);
        }
        Ok(())
    }

    pub(super) fn statement_end(&mut self) -> Parse<usize> {
        match self.attempt(|p| p.take(";"))? {
            Some(found) => Ok(found),
            None => self.take_kind(Kind::Newline),
        }
    }

    pub(super) fn assignment(&mut self) -> Parse<()> {
        if self.attempt(Self::annotated_assignment)?.is_some() {
            return Ok(());
        }
        let assigned = self.attempt(|p| {
            p.some(Self::assigned_target)?;
            p.annotated_rhs()?;
            p.unless(|p| p.take("="))
        })?;
        if assigned.is_some() {
            return Ok(());
        }
        let augmented = self.attempt(|p| {
            p.single_target()?;
            p.take_any(&AUGMENTED)
        })?;
        if augmented.is_some() {
            return self.annotated_rhs().map(drop);
        }
        self.hint(Self::hint_assignment)?;
        Err(Stop::No)
    }

    fn assigned_target(&mut self) -> Parse<()> {
        self.star_targets()?;
        self.take("=")?;
        Ok(())
    }

    fn annotated_assignment(&mut self) -> Parse<()> {
        let name = self.attempt(|p| {
            p.take_kind(Kind::Name)?;
            p.annotation()
        })?;
        if name.is_some() {
            return Ok(());
        }
        let grouped = self.attempt(|p| {
            p.take("(")?;
            p.single_target()?;
            p.take(")")
        })?;
        if grouped.is_none() {
            self.accessor_target()?;
        }
        self.annotation()
    }

    fn annotation(&mut self) -> Parse<()> {
        self.take(":")?;
        self.expression()?;
        self.attempt(|p| {
            p.take("=")?;
            p.annotated_rhs()
        })?;
        Ok(())
    }

    fn hint_assignment(&mut self) -> Parse<()> {
        let shown = self.attempt(|p| {
            let target = p.annotated_display()?;
            p.take(":")?;
            p.expression()?;
            Ok(target)
        })?;
        if let Some(target) = shown {
            let what = self.shape(target).name();
            return self.refuse_node(format!("only single target (not {what}) can be annotated"), target);
        }
        let several = self.attempt(|p| {
            let first = p.star_named_expression()?;
            p.take(",")?;
            p.many(Self::star_named_expressions)?;
            p.take(":")?;
            p.expression()?;
            Ok(first)
        })?;
        if let Some(first) = several {
            return self.refuse_node("only single target (not tuple) can be annotated", first);
        }
        let other = self.attempt(|p| {
            let target = p.expression()?;
            p.take(":")?;
            p.expression()?;
            Ok(target)
        })?;
        if let Some(target) = other {
            return self.refuse_node("illegal target for annotation", target);
        }
        let assigned = self.attempt(|p| {
            p.many(Self::assigned_target)?;
            let target = p.star_expressions()?;
            p.take("=")?;
            Ok(target)
        })?;
        if let Some(target) = assigned {
            return self.refuse_target(target, Place::Assigned);
        }
        let given = self.attempt(|p| {
            p.many(Self::assigned_target)?;
            let target = p.yield_expression()?;
            p.take("=")?;
            Ok(target)
        })?;
        if let Some(target) = given {
            return self.refuse_node("assignment to yield expression not possible", target);
        }
        let target = self.star_expressions()?;
        self.take_any(&AUGMENTED)?;
        self.annotated_rhs()?;
        let what = self.shape(target).name();
        self.refuse_node(format!("'{what}' is an illegal expression for augmented assignment"), target)
    }

    /// A list or tuple, in any number of brackets.
    fn annotated_display(&mut self) -> Parse<Id> {
        if let Some(found) = self.attempt(Self::list_or_tuple)? {
            return Ok(found);
        }
        self.take("(")?;
        let found = self.annotated_display()?;
        self.take(")")?;
        Ok(found)
    }

    pub(super) fn hint_for_target(&mut self) -> Parse<()> {
        self.skip("async")?;
        self.take("for")?;
        let target = self.star_expressions()?;
        self.refuse_target(target, Place::For)
    }

    /// Refuses the first part of a target that cannot be one; does nothing where all can.
    pub(super) fn refuse_target(&mut self, target: Id, place: Place) -> Parse<()> {
        let Some(bad) = self.invalid_target(target, place) else { return Err(Stop::No) };
        let what = self.shape(bad).name();
        let verb = if place == Place::Deleted { "delete" } else { "assign to" };
        self.refuse_node(format!("cannot {verb} {what}"), bad)
    }

    fn invalid_target(&self, id: Id, place: Place) -> Option<Id> {
        let node = &self.nodes[id];
        match node.shape {
            Shape::List | Shape::Tuple => {
                node.parts.iter().find_map(|part| self.invalid_target(*part, place))
            }
            Shape::Starred if place == Place::Deleted => Some(id),
            Shape::Starred => self.invalid_target(*node.parts.first()?, place),
            Shape::Compare { first_is_in } if place == Place::For => {
                if first_is_in {
                    self.invalid_target(*node.parts.first()?, place)
                } else {
                    None
                }
            }
            Shape::Name | Shape::Subscript | Shape::Attribute => None,
            _ => Some(id),
        }
    }
}
