//! Methods that Python will not call as their author means.

use ruff_python_ast::{Stmt, StmtClassDef, StmtFunctionDef};

use super::Hits;

/// What learners write for `__init__`.
const MISSPELLED: [&str; 10] = [
    "_init_",
    "__init",
    "init__",
    "_init__",
    "__init_",
    "__inti__",
    "__intit__",
    "__initi__",
    "__iniit__",
    "__innit__",
];

/// The functions in a class.
pub(super) fn methods(class: &StmtClassDef) -> impl Iterator<Item = &StmtFunctionDef> {
    class.body.iter().filter_map(Stmt::as_function_def_stmt)
}

/// All rules about a class.
pub(super) fn check(class: &StmtClassDef, hits: &mut Hits) {
    for def in methods(class) {
        let name = def.name.as_str();
        if def.parameters.is_empty() && def.decorator_list.is_empty() {
            hits.add("method-without-self", &def.name, name.to_owned());
        }
        // `__int__` exists, but it takes nothing beside `self`.
        if MISSPELLED.contains(&name) || (name == "__int__" && def.parameters.len() > 1) {
            hits.add("special-method-misspelled", &def.name, name.to_owned());
        }
    }
}
