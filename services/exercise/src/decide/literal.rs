//! Python literals: read from an exercise's tests, written into its programs.
//!
//! Not here: values that a program made (`sandbox::Value` says what they are).

use minijinja::value::ValueKind;
use ruff_python_ast::{Expr, Number, UnaryOp};
use ruff_python_parser::parse_expression;
use sandbox::{Call, Value};

/// Reads a call with literal arguments: `count([1, 2], "a")`.
///
/// # Errors
/// What keeps it from being one.
pub(super) fn call(text: &str) -> Result<Call, String> {
    let parsed = parse_expression(text.trim()).map_err(|error| format!("`{text}` is no call: {error}"))?;
    let Expr::Call(call) = parsed.expr() else { return Err(format!("`{text}` is no call")) };
    let Expr::Name(function) = &*call.func else { return Err(format!("`{text}` calls no plain name")) };
    if !call.arguments.keywords.is_empty() {
        return Err(format!("`{text}` names its arguments; they go by position"));
    }
    let arguments = call.arguments.args.iter().map(value).collect::<Result<_, _>>();
    let arguments = arguments.map_err(|problem| format!("`{text}`: {problem}"))?;
    Ok(Call { function: function.id.to_string(), arguments })
}

fn value(expr: &Expr) -> Result<Value, String> {
    Ok(match expr {
        Expr::NoneLiteral(_) => Value::None,
        Expr::BooleanLiteral(literal) => Value::Bool(literal.value),
        Expr::StringLiteral(literal) => Value::Str(literal.value.to_str().to_owned()),
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(int) => Value::Int(int.to_string()),
            Number::Float(float) => Value::Float(*float),
            Number::Complex { .. } => return Err("complex numbers are not for learners".to_owned()),
        },
        Expr::UnaryOp(unary) if unary.op == UnaryOp::USub => match value(&unary.operand)? {
            Value::Int(digits) if digits == "0" => Value::Int(digits),
            Value::Int(digits) => Value::Int(format!("-{digits}")),
            Value::Float(float) => Value::Float(-float),
            _ => return Err("a minus in front of what is no number".to_owned()),
        },
        Expr::List(list) => Value::List(values(&list.elts)?),
        Expr::Tuple(tuple) => Value::Tuple(values(&tuple.elts)?),
        Expr::Set(set) => Value::Set(values(&set.elts)?),
        Expr::Dict(dict) => {
            let pair = |item: &ruff_python_ast::DictItem| {
                let key = item.key.as_ref().ok_or("`**` in a dictionary")?;
                Ok::<_, String>((value(key)?, value(&item.value)?))
            };
            Value::Dict(dict.items.iter().map(pair).collect::<Result<_, _>>()?)
        }
        _ => return Err("an argument is no literal".to_owned()),
    })
}

fn values(exprs: &[Expr]) -> Result<Vec<Value>, String> {
    exprs.iter().map(value).collect()
}

/// A value of a template as Python writes it.
///
/// # Errors
/// What Python has no literal for.
pub(super) fn python(value: &minijinja::Value) -> Result<String, String> {
    match value.kind() {
        ValueKind::None => Ok("None".to_owned()),
        ValueKind::Bool => Ok(if value.is_true() { "True" } else { "False" }.to_owned()),
        ValueKind::Number if value.is_integer() => Ok(value.to_string()),
        ValueKind::Number => {
            let number = f64::try_from(value.clone()).map_err(|error| error.to_string())?;
            Ok(format!("{number:?}"))
        }
        ValueKind::String => Ok(quoted(value.as_str().unwrap_or_default())),
        ValueKind::Seq | ValueKind::Iterable => {
            let items = value.try_iter().map_err(|error| error.to_string())?;
            let items: Result<Vec<_>, _> = items.map(|item| python(&item)).collect();
            Ok(format!("[{}]", items?.join(", ")))
        }
        ValueKind::Map => {
            let keys = value.try_iter().map_err(|error| error.to_string())?;
            let pairs: Result<Vec<_>, String> = keys
                .map(|key| {
                    let item = value.get_item(&key).map_err(|error| error.to_string())?;
                    Ok(format!("{}: {}", python(&key)?, python(&item)?))
                })
                .collect();
            Ok(format!("{{{}}}", pairs?.join(", ")))
        }
        other => Err(format!("Python has no literal for {other}")),
    }
}

/// A text between double quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use minijinja::value::Serde;

    use super::*;

    #[test]
    fn a_call_is_read_with_its_values() {
        let read = call("pick([1, -2.5, 'a'], (True, None), {\"k\": {3}}, -0)").unwrap();
        assert_eq!(read.function, "pick");
        let int = |digits: &str| Value::Int(digits.to_owned());
        assert_eq!(
            read.arguments,
            [
                Value::List(vec![int("1"), Value::Float(-2.5), Value::Str("a".into())]),
                Value::Tuple(vec![Value::Bool(true), Value::None]),
                Value::Dict(vec![(Value::Str("k".into()), Value::Set(vec![int("3")]))]),
                int("0"),
            ]
        );
    }

    #[test]
    fn what_is_no_call_of_literals_is_refused_by_its_text() {
        for (text, problem) in [
            ("3 + 4", "is no call"),
            ("f(x)", "no literal"),
            ("f(a=1)", "by position"),
            ("a.f(1)", "no plain name"),
            ("f(", "is no call"),
            ("f(2j)", "complex"),
        ] {
            let error = call(text).expect_err(text);
            assert!(error.contains(problem) && error.contains(text), "{error}");
        }
    }

    #[test]
    fn a_value_is_written_as_python_reads_it() {
        let value =
            minijinja::Value::from(Serde(serde_json::json!([1, 2.0, "a\"b\n", true, null, {"k": []}])));
        assert_eq!(python(&value).unwrap(), r#"[1, 2.0, "a\"b\n", True, None, {"k": []}]"#);
    }
}
