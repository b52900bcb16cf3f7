//! The type of a value, as far as the text alone can tell it.
//!
//! Not here: where values stand (`expressions`). What is not certain is `None`.

use ruff_python_ast::{Expr, Number, Operator, UnaryOp};

use super::bindings::Bindings;

/// How deep an expression is looked into for its type: an answer from further down is rarely needed.
const LOOK_MAX: u32 = 8;

/// The type's name, where it can be told.
pub(super) fn kind_of(expression: &Expr, names: &Bindings) -> Option<&'static str> {
    look(expression, names, LOOK_MAX)
}

/// Whether the type is a number's.
pub(super) fn is_number(kind: Option<&'static str>) -> bool {
    matches!(kind, Some("int" | "float"))
}

/// The type of a literal.
pub(super) fn literal_kind(expression: &Expr) -> Option<&'static str> {
    match expression {
        Expr::StringLiteral(_) | Expr::FString(_) => Some("str"),
        Expr::BooleanLiteral(_) => Some("bool"),
        Expr::NoneLiteral(_) => Some("NoneType"),
        Expr::BytesLiteral(_) => Some("bytes"),
        Expr::NumberLiteral(number) => Some(match number.value {
            Number::Int(_) => "int",
            Number::Float(_) => "float",
            Number::Complex { .. } => "complex",
        }),
        _ => None,
    }
}

/// The name of a function that is called by its plain name.
pub(super) fn called(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Call(call) => call.func.as_name_expr().map(|name| name.id.as_str()),
        _ => None,
    }
}

fn look(expression: &Expr, names: &Bindings, depth: u32) -> Option<&'static str> {
    let depth = depth.checked_sub(1)?;
    match expression {
        Expr::Name(name) => names.get(name.id.as_str())?.kind,
        Expr::List(_) | Expr::ListComp(_) => Some("list"),
        Expr::Tuple(_) => Some("tuple"),
        Expr::Dict(_) | Expr::DictComp(_) => Some("dict"),
        Expr::Set(_) | Expr::SetComp(_) => Some("set"),
        Expr::Compare(_) => Some("bool"),
        Expr::UnaryOp(unary) => match unary.op {
            UnaryOp::Not => Some("bool"),
            UnaryOp::UAdd | UnaryOp::USub => {
                look(&unary.operand, names, depth).filter(|kind| is_number(Some(*kind)))
            }
            UnaryOp::Invert => None,
        },
        Expr::BinOp(binary) => {
            let left = look(&binary.left, names, depth)?;
            let right = look(&binary.right, names, depth)?;
            result(left, binary.op, right)
        }
        Expr::Call(_) => returned(called(expression)?),
        other => literal_kind(other),
    }
}

/// What a built-in function gives back.
fn returned(function: &str) -> Option<&'static str> {
    Some(match function {
        "input" | "str" | "repr" | "chr" => "str",
        "int" | "len" | "ord" => "int",
        "float" => "float",
        "bool" | "isinstance" => "bool",
        "list" | "sorted" => "list",
        "print" => "NoneType",
        _ => return None,
    })
}

fn result(left: &'static str, operator: Operator, right: &'static str) -> Option<&'static str> {
    match (left, operator, right) {
        ("int", Operator::Div, "int") => Some("float"),
        ("int" | "float", _, "int" | "float") => Some(if left == right { left } else { "float" }),
        ("str", Operator::Add, "str") | ("str", Operator::Mult, "int") | ("int", Operator::Mult, "str") => {
            Some("str")
        }
        ("str", Operator::Mod, _) => Some("str"),
        ("list", Operator::Add, "list") | ("list", Operator::Mult, "int") => Some("list"),
        _ => None,
    }
}
