//! When what a function returned is what it should have, and how it differs where it is not.
//!
//! As Python's `==`, but for what a beginner must tell apart. Decided:
//! - `True` is not `1`, nor the other way round: a number is no answer to a yes-or-no question.
//! - An int is taken where a float is expected (`2` for `2.0`): which one comes out of right arithmetic depends on how the
//!   learner wrote it. A float is not taken where an int is expected (`2.0` for `2`): somebody divided with `/`. It is worth
//!   half, if the number is right.
//! - Floats are equal within one part in 10⁹, or 10⁻⁹ near zero: another order of additions is no mistake. NaN equals NaN.
//! - A list is no tuple, but one with the right items is worth half. Sets and dicts have no order.
//! - What cannot be looked into (a generator, an object of the learner's, too much) equals nothing.
//!
//! Not here: outputs (`output`), and the words for a difference (`reasons`).

use std::collections::HashMap;

use sandbox::Value;

/// How far two floats may be apart, as a share of the larger, and near zero.
const TOLERANCE: f64 = 1e-9;
/// Members of a set, or keys of a dict, that are not written alike on both sides are still tried against each other (floats
/// within the tolerance), up to so many of them.
const TRIED_MAX: usize = 64;

/// How a value differs from what was expected.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Difference {
    /// None where a value was expected.
    NothingReturned,
    /// A value where None was expected.
    SomethingReturned,
    /// The right number, as a float where an int was expected.
    FloatForInt,
    /// The right items in a list where a tuple was expected, or the other way round.
    Brackets {
        /// The type expected.
        expected: &'static str,
        /// The type that came.
        got: &'static str,
    },
    /// The right content as a text: `"3"` for `3`.
    TextForValue {
        /// The type expected.
        expected: &'static str,
    },
    /// A value of another type.
    Type {
        /// The type expected.
        expected: &'static str,
        /// The type that came; the learner's own classes have names of the learner's choice.
        got: String,
    },
    /// More or fewer items.
    Length {
        /// How many were expected.
        expected: usize,
        /// How many came.
        got: usize,
    },
    /// The same items in another order.
    Order,
    /// An item, by its index.
    Item(usize, Box<Self>),
    /// The value of a key, the key as Python writes it.
    Entry(String, Box<Self>),
    /// A key that is not there.
    MissingKey(String),
    /// A key that should not be there.
    ExtraKey(String),
    /// Members of a set.
    Members,
    /// A whole number that is one too large or too small.
    OffByOne,
    /// A text in which only capitals differ.
    Case,
    /// A text in which only white space differs.
    Spaces,
    /// Another value of the same type.
    Value,
}

impl Difference {
    /// What the answer is worth all the same, for a value as a whole.
    pub(super) fn credit(&self) -> f64 {
        match self {
            Self::FloatForInt | Self::Brackets { .. } | Self::Case | Self::Spaces => 0.5,
            _ => 0.0,
        }
    }

    /// The difference at the bottom: of the item of the item.
    pub(super) fn innermost(&self) -> &Self {
        match self {
            Self::Item(_, inner) | Self::Entry(_, inner) => inner.innermost(),
            other => other,
        }
    }
}

/// What Python calls the type of a value.
pub(super) fn type_name(value: &Value) -> &str {
    match value {
        Value::Other(name) => name,
        other => known_type(other),
    }
}

fn known_type(value: &Value) -> &'static str {
    match value {
        Value::None => "None",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Float(_) => "float",
        Value::Str(_) => "str",
        Value::List(_) => "list",
        Value::Tuple(_) => "tuple",
        Value::Dict(_) => "dict",
        Value::Set(_) => "set",
        Value::Other(_) | Value::TooLarge => "object",
    }
}

/// The first difference, or none where the value will do.
pub(super) fn difference(expected: &Value, got: &Value) -> Option<Difference> {
    match (expected, got) {
        (Value::None, Value::None) => None,
        (Value::Bool(a), Value::Bool(b)) => (a != b).then_some(Difference::Value),
        (Value::Int(a), Value::Int(b)) => integers(a, b),
        (Value::Float(a), Value::Float(b)) => (!close(*a, *b)).then_some(Difference::Value),
        (Value::Float(a), Value::Int(digits)) => {
            (!digits.parse().is_ok_and(|b| close(*a, b))).then_some(Difference::Value)
        }
        (Value::Int(digits), Value::Float(b)) => {
            let right = digits.parse().is_ok_and(|a| close(a, *b));
            Some(if right { Difference::FloatForInt } else { types(expected, got) })
        }
        (Value::Str(a), Value::Str(b)) => texts(a, b),
        (Value::List(a), Value::List(b)) | (Value::Tuple(a), Value::Tuple(b)) => sequences(a, b),
        (Value::List(a), Value::Tuple(b)) | (Value::Tuple(a), Value::List(b)) => {
            Some(match sequences(a, b) {
                None => Difference::Brackets { expected: known_type(expected), got: known_type(got) },
                Some(_) => types(expected, got),
            })
        }
        (Value::Set(a), Value::Set(b)) => members(a, b),
        (Value::Dict(a), Value::Dict(b)) => entries(a, b),
        (Value::None, _) => Some(Difference::SomethingReturned),
        (_, Value::None) => Some(Difference::NothingReturned),
        (_, Value::Str(text)) if super::show::repr(expected) == text.trim() => {
            Some(Difference::TextForValue { expected: known_type(expected) })
        }
        _ => Some(types(expected, got)),
    }
}

fn types(expected: &Value, got: &Value) -> Difference {
    Difference::Type { expected: known_type(expected), got: type_name(got).to_owned() }
}

fn integers(a: &str, b: &str) -> Option<Difference> {
    if a == b {
        return None;
    }
    let by_one = match (a.parse::<i128>(), b.parse::<i128>()) {
        (Ok(a), Ok(b)) => a.checked_sub(b).is_some_and(|apart| apart.unsigned_abs() == 1),
        _ => false,
    };
    Some(if by_one { Difference::OffByOne } else { Difference::Value })
}

fn close(a: f64, b: f64) -> bool {
    if a.is_nan() || b.is_nan() {
        return a.is_nan() && b.is_nan();
    }
    // Infinities are equal to themselves alone: their distance is no number.
    a.total_cmp(&b).is_eq()
        || (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1.0) && (a - b).is_finite()
}

fn texts(a: &str, b: &str) -> Option<Difference> {
    if a == b {
        return None;
    }
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    Some(if bare(a) == bare(b) {
        Difference::Spaces
    } else if a.to_lowercase() == b.to_lowercase() {
        Difference::Case
    } else {
        Difference::Value
    })
}

fn sequences(expected: &[Value], got: &[Value]) -> Option<Difference> {
    let first = expected
        .iter()
        .zip(got)
        .enumerate()
        .find_map(|(index, (a, b))| difference(a, b).map(|inner| (index, inner)));
    if expected.len() != got.len() {
        return Some(Difference::Length { expected: expected.len(), got: got.len() });
    }
    let (index, inner) = first?;
    if members(expected, got).is_none() {
        return Some(Difference::Order);
    }
    Some(Difference::Item(index, Box::new(inner)))
}

/// Whether each member of one side has a partner on the other, counted.
fn members(expected: &[Value], got: &[Value]) -> Option<Difference> {
    if expected.len() != got.len() {
        return Some(Difference::Length { expected: expected.len(), got: got.len() });
    }
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, value) in got.iter().enumerate() {
        places.entry(written(value)).or_default().push(place);
    }
    let mut left = Vec::new();
    for value in expected {
        let partner = places.get_mut(&written(value)).and_then(Vec::pop);
        // The same writing is the same value, unless nothing can be said about it.
        if partner.is_none_or(|place| difference(value, &got[place]).is_some()) {
            left.push(value);
        }
    }
    let mut over: Vec<&Value> = places.into_values().flatten().map(|place| &got[place]).collect();
    if left.len() != over.len() || left.len() > TRIED_MAX {
        return Some(Difference::Members);
    }
    for value in left {
        let partner = over.iter().position(|other| difference(value, other).is_none());
        match partner {
            Some(place) => over.swap_remove(place),
            None => return Some(Difference::Members),
        };
    }
    None
}

fn entries(expected: &[(Value, Value)], got: &[(Value, Value)]) -> Option<Difference> {
    let by_key: HashMap<String, &Value> = got.iter().map(|(key, value)| (written(key), value)).collect();
    let mut strange = 0;
    for (key, value) in expected {
        let found = by_key.get(&written(key)).copied().or_else(|| {
            strange += 1;
            let near = || got.iter().find(|(other, _)| difference(key, other).is_none());
            (strange <= TRIED_MAX).then(near).flatten().map(|(_, value)| value)
        });
        let Some(found) = found else { return Some(Difference::MissingKey(super::show::short_repr(key))) };
        if let Some(inner) = difference(value, found) {
            return Some(Difference::Entry(super::show::short_repr(key), Box::new(inner)));
        }
    }
    if got.len() <= expected.len() {
        return None;
    }
    let known: std::collections::HashSet<String> = expected.iter().map(|(key, _)| written(key)).collect();
    let extra = got.iter().find(|(key, _)| !known.contains(&written(key)));
    Some(extra.map_or(Difference::Members, |(key, _)| Difference::ExtraKey(super::show::short_repr(key))))
}

/// How a value is written, its type beside it where Python writes two types alike.
fn written(value: &Value) -> String {
    super::show::repr(value)
}

#[cfg(test)]
#[path = "equal_tests.rs"]
mod tests;
