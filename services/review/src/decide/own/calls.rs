//! Results that are lost, and results that are not there.

use ruff_python_ast::{Expr, ExprCall, Operator, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::{Walker, tree};

/// Methods of a text that leave it as it is and need no argument.
const TEXT_METHODS: [&str; 12] = [
    "upper",
    "lower",
    "capitalize",
    "swapcase",
    "strip",
    "lstrip",
    "rstrip",
    "casefold",
    "splitlines",
    "isdigit",
    "isalpha",
    "title",
];
/// Python's own functions that only give a result.
const PURE_FUNCTIONS: [&str; 9] = ["sorted", "len", "str", "abs", "sum", "max", "min", "round", "reversed"];
/// Methods that change a list in place and give None.
const LIST_METHODS: [&str; 6] = ["append", "extend", "insert", "remove", "sort", "reverse"];

/// Calls that are a line of their own, stored or returned.
pub(super) fn statement<'a>(stmt: &'a Stmt, walker: &mut Walker<'a, '_>) {
    match stmt {
        Stmt::Expr(node) => {
            if let Some(name) = gives_only_a_result(&node.value, walker) {
                walker.hits.add("result-thrown-away", &*node.value, name.to_owned());
            }
            if is_sum(&node.value) {
                walker.hits.add("line-without-effect", &*node.value, None);
            }
        }
        Stmt::Assign(node) => {
            if let Some(name) = gives_none(&node.value, walker) {
                walker.hits.add("none-stored", &*node.value, name.to_owned());
            }
            used(&node.value, walker);
        }
        Stmt::Return(node) => {
            if let Some(name) = node.value.as_deref().and_then(|value| gives_none(value, walker)) {
                walker.hits.add("none-returned", stmt, name.to_owned());
            }
        }
        Stmt::Try(node) => {
            // `try: len(x)` asks whether it works: that is a use of its own.
            let asked: Vec<_> = node.body.iter().filter_map(Stmt::as_expr_stmt).map(Ranged::range).collect();
            walker.asked.extend(asked);
        }
        _ => {}
    }
}

/// A calculation; ruff leaves operators alone, as `>>` and `|` mean something else in some libraries.
fn is_sum(value: &Expr) -> bool {
    use Operator::{Add, Div, FloorDiv, Mod, Mult, Pow, Sub};
    value
        .as_bin_op_expr()
        .is_some_and(|node| matches!(node.op, Add | Div | FloorDiv | Mod | Mult | Pow | Sub))
}

fn gives_only_a_result<'a>(value: &'a Expr, walker: &Walker<'a, '_>) -> Option<&'a str> {
    if walker.asked.contains(&value.range()) {
        return None;
    }
    if let Some((_, method, call)) = tree::method(value) {
        let arguments = call.arguments.len();
        let is_text = (TEXT_METHODS.contains(&method) && arguments == 0) || is_text_replace(method, call);
        return (is_text && !walker.program.methods.contains(method)).then_some(method);
    }
    let name = tree::name(&value.as_call_expr()?.func)?;
    (PURE_FUNCTIONS.contains(&name) && walker.program.is_builtin(name)).then_some(name)
}

/// `replace` of a text takes two; files and dates have a method of that name too.
fn is_text_replace(method: &str, call: &ExprCall) -> bool {
    method == "replace"
        && call.arguments.args.len() == 2
        && call.arguments.args.iter().any(Expr::is_string_literal_expr)
}

fn gives_none<'a>(value: &'a Expr, walker: &Walker<'a, '_>) -> Option<&'a str> {
    if let Some((object, method, _)) = tree::method(value) {
        // A module's function and a class of the program's own may give something back.
        let object = tree::name(root(object))?;
        let own = walker.program.methods.contains(method) || walker.program.imports.contains(object);
        return (LIST_METHODS.contains(&method) && !own).then_some(method);
    }
    (tree::call(value, "print").is_some() && walker.program.is_builtin("print")).then_some("print")
}

/// What the attributes belong to: `self` in `self.items`.
fn root(mut object: &Expr) -> &Expr {
    while let Expr::Attribute(attribute) = object {
        object = &attribute.value;
    }
    object
}

/// Expressions whose parts are worked with.
pub(super) fn expression<'a>(expr: &'a Expr, walker: &mut Walker<'a, '_>) {
    match expr {
        Expr::BinOp(node) => {
            used(&node.left, walker);
            used(&node.right, walker);
        }
        // `f() is None` knows what it does.
        Expr::Compare(node) if !node.comparators.iter().any(Expr::is_none_literal_expr) => {
            used(&node.left, walker);
            node.comparators.iter().for_each(|side| used(side, walker));
        }
        Expr::Call(node) => {
            node.arguments.args.iter().for_each(|argument| used(argument, walker));
            left_out_f(node, walker);
        }
        _ => {}
    }
}

/// A value that is worked with, and that a function of the program should have given.
fn used<'a>(expr: &'a Expr, walker: &mut Walker<'a, '_>) {
    let Some(name) = expr.as_call_expr().and_then(|call| tree::name(&call.func)) else { return };
    if walker.function(name).is_some_and(gives_nothing) {
        walker.hits.add("function-gives-nothing", expr, name.to_owned());
    }
}

fn gives_nothing(def: &StmtFunctionDef) -> bool {
    let does_something = def.body.iter().any(|stmt| match stmt {
        Stmt::Pass(_) | Stmt::Raise(_) => false,
        Stmt::Expr(node) => !node.value.is_literal_expr(),
        _ => true,
    });
    does_something
        && !def.is_async
        && def.decorator_list.is_empty()
        && !tree::returns_value(def)
        && !tree::is_generator(def)
}

/// `print("… {name} …")`, where `name` has a value.
fn left_out_f(node: &ExprCall, walker: &mut Walker<'_, '_>) {
    if !matches!(tree::name(&node.func), Some("print" | "input")) {
        return;
    }
    for argument in &node.arguments.args {
        if let Some((place, name)) = placeholder(argument, walker) {
            walker.hits.add("f-is-missing", place, name);
        }
    }
}

fn placeholder<'e>(expr: &'e Expr, walker: &Walker<'_, '_>) -> Option<(&'e Expr, String)> {
    match expr {
        Expr::StringLiteral(node) => {
            let text = node.value.to_str();
            let known = |name: &str| {
                walker.program.globals.contains(name)
                    || walker.locals.iter().any(|names| names.contains(name))
            };
            let inside =
                text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
            inside.into_iter().find(|name| known(name)).map(|name| (expr, name.to_owned()))
        }
        Expr::BinOp(node) if node.op == Operator::Add => {
            placeholder(&node.left, walker).or_else(|| placeholder(&node.right, walker))
        }
        _ => None,
    }
}
