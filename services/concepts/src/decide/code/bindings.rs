//! What each name stands for at this point of the text: its line, its value, its type as far as it can be told.
//!
//! Scopes and branches are respected so that nothing false is said: a value given in one branch of an `if` is not "the old
//! value" in the other. Not here: finding names in the tree (`statements`).

use std::collections::BTreeMap;

/// What a name got, and where.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    /// The line, from 1.
    pub(super) line: u32,
    /// The value's text.
    pub(super) value: String,
    /// The value's type, where it can be told.
    pub(super) kind: Option<&'static str>,
    /// It is what `input()` gave, unconverted.
    pub(super) from_input: bool,
    /// The blocks around it, outermost first.
    block: Vec<u32>,
}

/// The names of one scope.
type Scope = BTreeMap<String, Binding>;

/// All names known at this point.
#[derive(Debug)]
pub(super) struct Bindings {
    scopes: Vec<Scope>,
    block: Vec<u32>,
    next_block: u32,
    /// Names read at the top level before anything bound them: name to line.
    pending: BTreeMap<String, u32>,
    /// Names can come from where this module cannot see.
    opaque: bool,
}

impl Bindings {
    pub(super) fn new() -> Self {
        Self {
            scopes: vec![Scope::new()],
            block: Vec::new(),
            next_block: 0,
            pending: BTreeMap::new(),
            opaque: false,
        }
    }

    /// Enters a function's or a class's body.
    pub(super) fn enter_scope(&mut self) {
        self.scopes.push(Scope::new());
    }

    pub(super) fn leave_scope(&mut self) {
        if self.scopes.len() > 1 {
            self.scopes.pop();
        }
    }

    /// Enters a branch or a loop's body: what is bound in it may not have happened elsewhere.
    pub(super) fn enter_block(&mut self) {
        self.block.push(self.next_block);
        self.next_block += 1;
    }

    pub(super) fn leave_block(&mut self) {
        self.block.pop();
    }

    /// What the name stands for, in this scope or one around it.
    pub(super) fn get(&self, name: &str) -> Option<&Binding> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    /// What the name stood for in this very scope, if that surely happened before this point.
    pub(super) fn earlier(&self, name: &str) -> Option<&Binding> {
        let binding = self.scopes.last()?.get(name)?;
        self.block.starts_with(&binding.block).then_some(binding)
    }

    /// The name gets a value. The line of an earlier use at the top level, if there was one.
    pub(super) fn bind(
        &mut self,
        name: &str,
        line: u32,
        value: String,
        kind: Option<&'static str>,
        from_input: bool,
    ) -> Option<u32> {
        let binding = Binding { line, value, kind, from_input, block: self.block.clone() };
        let at_top = self.scopes.len() == 1;
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_owned(), binding);
        }
        let early = if at_top { self.pending.remove(name) } else { None };
        early.filter(|used| *used < line && !self.opaque)
    }

    /// The name is read here.
    pub(super) fn used(&mut self, name: &str, line: u32) {
        let straight = self.scopes.len() == 1 && self.block.is_empty();
        if straight && self.get(name).is_none() && !is_builtin(name) {
            self.pending.entry(name.to_owned()).or_insert(line);
        }
    }

    /// Whether this is the top level and nothing above has given the name a value.
    pub(super) fn is_unknown_at_top(&self, name: &str) -> bool {
        self.scopes.len() == 1 && !self.opaque && self.get(name).is_none() && !is_builtin(name)
    }

    /// From here on names may be bound unseen: a star import, a pattern.
    pub(super) fn make_opaque(&mut self) {
        self.opaque = true;
    }
}

/// Whether Python knows the name without an assignment: the ones a learner's program may use and later rebind.
fn is_builtin(name: &str) -> bool {
    const BUILTINS: &str = "abs all any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex \
        delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals \
        hasattr hash help hex id input int isinstance issubclass iter len list locals map max memoryview \
        min next object oct open ord pow print property quit range repr reversed round set setattr slice \
        sorted staticmethod str sum super tuple type vars zip";
    name.starts_with("__")
        || name.ends_with("Error")
        || name.ends_with("Exception")
        || BUILTINS.split(' ').any(|builtin| builtin == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_another_branch_is_not_an_earlier_value() {
        let mut names = Bindings::new();
        names.enter_block();
        names.bind("x", 2, "1".into(), Some("int"), false);
        names.leave_block();
        names.enter_block();
        assert!(names.earlier("x").is_none());
        names.leave_block();
        assert!(names.get("x").is_some());
    }

    #[test]
    fn a_name_of_one_function_is_not_known_in_the_next() {
        let mut names = Bindings::new();
        names.enter_scope();
        names.bind("x", 2, "1".into(), Some("int"), false);
        names.leave_scope();
        assert!(names.get("x").is_none());
    }

    #[test]
    fn an_early_use_is_told_when_the_name_gets_its_value() {
        let mut names = Bindings::new();
        names.used("total", 1);
        names.used("print", 1);
        assert_eq!(names.bind("total", 3, "0".into(), Some("int"), false), Some(1));
        assert_eq!(names.bind("print", 4, "0".into(), Some("int"), false), None);
        names.used("zip", 5);
        assert_eq!(
            names.bind("zip", 6, "0".into(), Some("int"), false),
            None,
            "the list of built-ins is in order"
        );
    }
}
