//! Patterns that parse but make no sense together: names bound twice, cases that can never be reached.

use std::collections::{BTreeSet, HashSet};

use ruff_python_ast::comparable::ComparableExpr;
use ruff_python_ast::{Expr, Identifier, Pattern, StmtMatch};
use ruff_text_size::{Ranged, TextRange};

use super::Refusal;

type Checked = Result<(), Refusal>;

/// The first refusal in the cases of a `match`.
pub(super) fn first_refusal(node: &StmtMatch) -> Option<Refusal> {
    let last = node.cases.len().saturating_sub(1);
    node.cases.iter().enumerate().find_map(|(index, case)| {
        let mut names = BTreeSet::new();
        let catch_all = case.guard.is_some() || index == last;
        check(&case.pattern, catch_all, &mut names).err()
    })
}

fn check<'a>(pattern: &'a Pattern, catch_all: bool, names: &mut BTreeSet<&'a str>) -> Checked {
    match pattern {
        Pattern::MatchAs(node) => {
            match &node.pattern {
                Some(inner) => check(inner, catch_all, names)?,
                None if !catch_all => {
                    let what = match &node.name {
                        Some(name) => format!("name capture '{name}'"),
                        None => "wildcard".to_owned(),
                    };
                    return Err(Refusal::new(
                        node.range,
                        format!("{what} makes remaining patterns unreachable"),
                    ));
                }
                None => {}
            }
            bind(node.name.as_ref(), node.range, names)
        }
        Pattern::MatchStar(node) => bind(node.name.as_ref(), node.range, names),
        Pattern::MatchSequence(node) => {
            if node.patterns.iter().filter(|inner| matches!(inner, Pattern::MatchStar(_))).count() > 1 {
                return Err(Refusal::new(node.range, "multiple starred names in sequence pattern"));
            }
            node.patterns.iter().try_for_each(|inner| check(inner, true, names))
        }
        Pattern::MatchMapping(node) => {
            let mut keys = HashSet::new();
            for key in &node.keys {
                if !matches!(key, Expr::Attribute(_)) && !keys.insert(ComparableExpr::from(key)) {
                    let message = format!("mapping pattern checks duplicate key ({})", shown(key));
                    return Err(Refusal::new(node.range, message));
                }
            }
            node.patterns.iter().try_for_each(|inner| check(inner, true, names))?;
            bind(node.rest.as_ref(), node.range, names)
        }
        Pattern::MatchClass(node) => {
            let mut attributes = HashSet::new();
            for keyword in &node.arguments.keywords {
                let name = keyword.attr.as_str();
                if name == "__debug__" {
                    return Err(Refusal::new(keyword.pattern.range(), "cannot assign to __debug__"));
                }
                if !attributes.insert(name) {
                    let message = format!("attribute name repeated in class pattern: {name}");
                    return Err(Refusal::new(keyword.pattern.range(), message));
                }
            }
            let keywords = node.arguments.keywords.iter().map(|keyword| &keyword.pattern);
            node.arguments.patterns.iter().chain(keywords).try_for_each(|inner| check(inner, true, names))
        }
        Pattern::MatchOr(node) => alternatives(&node.patterns, node.range, catch_all, names),
        Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => Ok(()),
    }
}

fn alternatives<'a>(
    patterns: &'a [Pattern],
    range: TextRange,
    catch_all: bool,
    names: &mut BTreeSet<&'a str>,
) -> Checked {
    let mut first: Option<BTreeSet<&str>> = None;
    for (index, pattern) in patterns.iter().enumerate() {
        let mut bound = BTreeSet::new();
        check(pattern, catch_all && index + 1 == patterns.len(), &mut bound)?;
        if *first.get_or_insert_with(|| bound.clone()) != bound {
            return Err(Refusal::new(range, "alternative patterns bind different names"));
        }
    }
    for name in first.into_iter().flatten() {
        if !names.insert(name) {
            return Err(Refusal::new(range, format!("multiple assignments to name '{name}' in pattern")));
        }
    }
    Ok(())
}

fn bind<'a>(name: Option<&'a Identifier>, range: TextRange, names: &mut BTreeSet<&'a str>) -> Checked {
    let Some(name) = name else { return Ok(()) };
    if name.as_str() == "__debug__" {
        return Err(Refusal::new(range, "cannot assign to __debug__"));
    }
    if names.insert(name.as_str()) {
        return Ok(());
    }
    Err(Refusal::new(range, format!("multiple assignments to name '{name}' in pattern")))
}

/// A key as Python shows it.
fn shown(key: &Expr) -> String {
    match key {
        Expr::StringLiteral(text) => format!("'{}'", text.value.to_str()),
        Expr::BooleanLiteral(value) => if value.value { "True" } else { "False" }.to_owned(),
        Expr::NoneLiteral(_) => "None".to_owned(),
        Expr::NumberLiteral(number) => match &number.value {
            ruff_python_ast::Number::Int(int) => int.to_string(),
            ruff_python_ast::Number::Float(float) => format!("{float:?}"),
            ruff_python_ast::Number::Complex { imag, .. } => format!("{imag}j"),
        },
        _ => "...".to_owned(),
    }
}
