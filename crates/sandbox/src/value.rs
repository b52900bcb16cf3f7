//! Python values outside of Python.
//!
//! A child takes a value apart by its exact type and asks nothing of the learner's own classes: their `__eq__` and
//! `__repr__` have no say. Not here: when two values count as equal (room `exercise`).

use serde::{Deserialize, Serialize};

/// A value, nested at most [`Value::DEPTH_MAX`] deep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// `None`
    None,
    /// `bool`
    Bool(bool),
    /// `int`, in decimal digits, with a minus where negative.
    Int(String),
    /// `float`
    Float(#[serde(with = "float_text")] f64),
    /// `str`. What is no Unicode text (lone surrogates) comes as U+FFFD.
    Str(String),
    /// `list`
    List(Vec<Value>),
    /// `tuple`
    Tuple(Vec<Value>),
    /// `dict`, in its order.
    Dict(Vec<(Value, Value)>),
    /// `set` or `frozenset`, in no order.
    Set(Vec<Value>),
    /// Anything else, by the name of its type: a function, a generator, an instance of a class of the learner's.
    Other(String),
    /// More than is looked at: too deep, or too many parts.
    TooLarge,
}

impl Value {
    /// The deepest nesting that is looked at. The wire's reader stops at 128 levels of JSON; a level here is two of those.
    pub const DEPTH_MAX: usize = 40;

    /// The most parts that are looked at, over all levels.
    pub const PARTS_MAX: usize = 10_000;
}

/// JSON has no `inf` and no `nan`.
mod float_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
    pub(super) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
