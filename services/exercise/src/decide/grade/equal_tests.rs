//! Cases and laws of equality.

use proptest::collection::vec;
use proptest::prelude::*;
use sandbox::Value;

use super::*;

fn int(value: i64) -> Value {
    Value::Int(value.to_string())
}

fn text(value: &str) -> Value {
    Value::Str(value.to_owned())
}

fn list(values: &[i64]) -> Value {
    Value::List(values.iter().copied().map(int).collect())
}

fn tuple(values: &[i64]) -> Value {
    Value::Tuple(values.iter().copied().map(int).collect())
}

fn set(values: &[i64]) -> Value {
    Value::Set(values.iter().copied().map(int).collect())
}

fn dict(entries: &[(&str, i64)]) -> Value {
    Value::Dict(entries.iter().map(|(key, value)| (text(key), int(*value))).collect())
}

#[test]
fn what_will_do() {
    for (expected, got) in [
        (int(3), int(3)),
        (Value::Float(3.0), int(3)),
        (Value::Float(0.3), Value::Float(0.1 + 0.2)),
        (Value::Float(1e-12), Value::Float(0.0)),
        (Value::Float(f64::NAN), Value::Float(f64::NAN)),
        (Value::Float(f64::INFINITY), Value::Float(f64::INFINITY)),
        (Value::Float(0.0), Value::Float(-0.0)),
        (set(&[1, 2, 3]), set(&[3, 1, 2])),
        (Value::Set(vec![Value::Float(0.3), int(1)]), Value::Set(vec![int(1), Value::Float(0.1 + 0.2)])),
        (dict(&[("a", 1), ("b", 2)]), dict(&[("b", 2), ("a", 1)])),
        (Value::List(vec![Value::Float(2.0), text("x")]), Value::List(vec![int(2), text("x")])),
        (Value::None, Value::None),
    ] {
        assert_eq!(difference(&expected, &got), None, "{expected:?} {got:?}");
    }
}

#[test]
fn what_will_not_do_and_why() {
    let other = |expected, got: &str| Difference::Type { expected, got: got.to_owned() };
    for (expected, got, why) in [
        (int(3), Value::Float(3.0), Difference::FloatForInt),
        (int(3), Value::Float(3.5), other("int", "float")),
        (int(1), Value::Bool(true), other("int", "bool")),
        (Value::Bool(true), int(1), other("bool", "int")),
        (Value::Float(1.0), Value::Bool(true), other("float", "bool")),
        (Value::Bool(true), Value::Bool(false), Difference::Value),
        (int(3), int(4), Difference::OffByOne),
        (int(-1), int(1), Difference::Value),
        (int(3), text("3"), Difference::TextForValue { expected: "int" }),
        (list(&[1, 2]), text("[1, 2]"), Difference::TextForValue { expected: "list" }),
        (text("3"), int(3), other("str", "int")),
        (int(3), Value::None, Difference::NothingReturned),
        (Value::None, int(3), Difference::SomethingReturned),
        (list(&[1, 2]), tuple(&[1, 2]), Difference::Brackets { expected: "list", got: "tuple" }),
        (tuple(&[1, 2]), list(&[1, 2]), Difference::Brackets { expected: "tuple", got: "list" }),
        (tuple(&[1, 2]), list(&[1, 3]), other("tuple", "list")),
        (list(&[1, 2, 3]), list(&[1, 2]), Difference::Length { expected: 3, got: 2 }),
        (list(&[1, 2, 3]), list(&[3, 2, 1]), Difference::Order),
        (list(&[1, 2]), list(&[1, 5]), Difference::Item(1, Box::new(Difference::Value))),
        (set(&[1, 2]), set(&[1, 5]), Difference::Members),
        (set(&[1, 2]), list(&[1, 2]), other("set", "list")),
        (dict(&[("a", 1)]), dict(&[]), Difference::MissingKey("'a'".to_owned())),
        (dict(&[("a", 1)]), dict(&[("a", 1), ("b", 2)]), Difference::ExtraKey("'b'".to_owned())),
        (
            dict(&[("a", 1)]),
            dict(&[("a", 2)]),
            Difference::Entry("'a'".to_owned(), Box::new(Difference::OffByOne)),
        ),
        (text("Hello"), text("hello"), Difference::Case),
        (text("a b"), text("a  b"), Difference::Spaces),
        (text("a"), text("b"), Difference::Value),
        (Value::Float(f64::INFINITY), Value::Float(1e308), Difference::Value),
        (Value::Float(f64::NAN), Value::Float(0.0), Difference::Value),
        (int(1), Value::TooLarge, other("int", "object")),
        (int(1), Value::Other("generator".to_owned()), other("int", "generator")),
    ] {
        assert_eq!(difference(&expected, &got), Some(why), "{expected:?} {got:?}");
    }
    let unseen = Value::Other("thing".to_owned());
    assert!(difference(&unseen, &unseen).is_some(), "what cannot be looked into equals nothing");
    assert!(difference(&Value::TooLarge, &Value::TooLarge).is_some());
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        (-3_i64..4).prop_map(int),
        any::<f64>().prop_map(Value::Float),
        (-3_i32..4).prop_map(|whole| Value::Float(f64::from(whole))),
        "[ab A]{0,3}".prop_map(Value::Str),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::List),
            vec(inner.clone(), 0..4).prop_map(Value::Tuple),
            vec(inner.clone(), 0..4).prop_map(Value::Set),
            vec(("[a-c]{1,2}", inner), 0..4).prop_map(|entries| {
                let unique: std::collections::BTreeMap<String, Value> = entries.into_iter().collect();
                Value::Dict(unique.into_iter().map(|(key, value)| (Value::Str(key), value)).collect())
            }),
        ]
    })
}

/// Whether it holds a float, for which alone the two sides are not alike.
fn has_float(value: &Value) -> bool {
    match value {
        Value::Float(_) => true,
        Value::List(items) | Value::Tuple(items) | Value::Set(items) => items.iter().any(has_float),
        Value::Dict(entries) => entries.iter().any(|(key, value)| has_float(key) || has_float(value)),
        _ => false,
    }
}

proptest! {
    #[test]
    fn every_value_equals_itself(value in values()) {
        prop_assert_eq!(difference(&value, &value), None);
    }

    #[test]
    fn without_floats_equality_is_symmetric(a in values(), b in values()) {
        prop_assume!(!has_float(&a) && !has_float(&b));
        prop_assert_eq!(difference(&a, &b).is_none(), difference(&b, &a).is_none());
    }

    #[test]
    fn sets_and_dicts_have_no_order(items in vec(values(), 0..5), turn in 0_usize..5) {
        let mut turned = items.clone();
        turned.rotate_left(turn % items.len().max(1));
        prop_assert_eq!(difference(&Value::Set(items.clone()), &Value::Set(turned.clone())), None);
        let entry = |(place, value): (usize, &Value)| (int(i64::try_from(place).unwrap()), value.clone());
        let straight: Vec<_> = items.iter().enumerate().map(entry).collect();
        let mut mixed = straight.clone();
        mixed.reverse();
        prop_assert_eq!(difference(&Value::Dict(straight), &Value::Dict(mixed)), None);
    }

    #[test]
    fn a_value_of_another_number_of_items_is_never_equal(items in vec(values(), 0..5), more in values()) {
        let mut longer = items.clone();
        longer.push(more);
        prop_assert!(difference(&Value::List(items.clone()), &Value::List(longer.clone())).is_some());
        prop_assert!(difference(&Value::List(longer), &Value::List(items)).is_some());
    }
}
