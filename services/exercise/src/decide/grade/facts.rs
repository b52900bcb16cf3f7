//! What a learner's program looks like, as far as judging needs it: read once from its syntax tree.
//!
//! The tree is gone afterwards: a deep one needs a large stack even to be dropped. Not here: what follows from it.

use agent_core::syntax::{SyntaxError, analyze, with_stack};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ModModule, Stmt, StmtFunctionDef};
use ruff_python_parser::{Parsed, parse_module};
use ruff_source_file::LineIndex;
use ruff_text_size::Ranged;

use super::constructs::Uses;
use super::endless::{self, Endless, Why};

/// Functions, and questions of `input`, that are looked at: more are not in a learner's answer.
const KEPT_MAX: usize = 50;

/// What a program that Python accepts looks like.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// What it uses, and where.
    pub(super) uses: Uses,
    /// The loops that may go on for ever.
    pub(super) loops: Vec<Endless>,
    /// The texts given to `input`.
    pub(super) prompts: Vec<String>,
    /// The line of the first call of `input`.
    pub(super) reads_input: Option<u32>,
    /// The functions at the outermost level.
    pub(super) functions: Vec<FunctionFacts>,
    /// Whether anything stands in it at all.
    pub(super) empty: bool,
}

impl Facts {
    /// Whether a loop of it plainly never ends.
    pub(super) fn is_surely_endless(&self) -> bool {
        self.loops.iter().any(|one| one.why != Why::Perhaps)
    }
}

/// A function of the program.
#[derive(Debug)]
pub(super) struct FunctionFacts {
    /// Its name.
    pub(super) name: String,
    /// Where it begins, from 1.
    pub(super) line: u32,
    /// Whether it hands a value back anywhere.
    pub(super) returns: bool,
    /// Whether it prints.
    pub(super) prints: bool,
    /// Whether anything in the program calls it, itself left out.
    pub(super) called: bool,
}

/// Reads a program: its facts, or the first thing that Python refuses.
pub(super) fn read(program: &str) -> Result<Facts, Box<SyntaxError>> {
    let analysis = analyze(program);
    if let Some(error) = analysis.errors.into_iter().next() {
        return Err(Box::new(error));
    }
    Ok(with_stack(&[program], || match parse_module(program) {
        Ok(tree) => gather(program, &tree),
        // Accepted a moment ago: what cannot be read now is judged by its behaviour alone.
        Err(_) => Facts::default(),
    }))
}

/// Where lines begin, to name them.
pub(super) struct Lines(LineIndex);

impl Lines {
    /// The line of a node, from 1.
    pub(super) fn of(&self, node: &impl Ranged) -> u32 {
        u32::try_from(self.0.line_index(node.start()).get()).unwrap_or(u32::MAX)
    }

    /// The line where a node ends, from 1.
    pub(super) fn of_end(&self, node: &impl Ranged) -> u32 {
        u32::try_from(self.0.line_index(node.end()).get()).unwrap_or(u32::MAX)
    }
}

fn gather(program: &str, tree: &Parsed<ModModule>) -> Facts {
    let lines = Lines(LineIndex::from_source_text(program));
    let body = tree.suite();
    let mut facts = Facts {
        uses: Uses::of(body, &lines),
        loops: endless::find(body, &lines),
        empty: body.is_empty(),
        ..Facts::default()
    };
    let mut calls = Calls::default();
    calls.visit_body(body);
    for (line, prompt) in calls.inputs.iter().map(|(node, prompt)| (lines.of(*node), prompt)) {
        facts.reads_input = Some(facts.reads_input.map_or(line, |first| first.min(line)));
        if let Some(prompt) = prompt
            && facts.prompts.len() < KEPT_MAX
        {
            facts.prompts.push(prompt.clone());
        }
    }
    let definitions = body.iter().filter_map(Stmt::as_function_def_stmt);
    facts.functions = definitions.take(KEPT_MAX).map(|def| function(def, body, &lines)).collect();
    facts
}

fn function(def: &StmtFunctionDef, body: &[Stmt], lines: &Lines) -> FunctionFacts {
    let mut inside = Calls::default();
    inside.visit_body(&def.body);
    let mut outside = Calls::default();
    for stmt in
        body.iter().filter(|stmt| stmt.as_function_def_stmt().is_none_or(|other| other.name != def.name))
    {
        outside.visit_stmt(stmt);
    }
    FunctionFacts {
        name: def.name.to_string(),
        line: lines.of(&def.name),
        returns: inside.returns,
        prints: inside.names.contains(&"print"),
        called: outside.names.contains(&def.name.as_str()),
    }
}

/// The calls of functions by their names.
#[derive(Default)]
struct Calls<'a> {
    names: Vec<&'a str>,
    inputs: Vec<(&'a Expr, Option<String>)>,
    returns: bool,
}

impl<'a> Visitor<'a> for Calls<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if let Stmt::Return(node) = stmt {
            self.returns |= node.value.is_some();
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && let Expr::Name(name) = &*call.func
        {
            self.names.push(name.id.as_str());
            if name.id == "input" {
                let prompt = call.arguments.args.first().and_then(Expr::as_string_literal_expr);
                self.inputs.push((expr, prompt.map(|text| text.value.to_str().to_owned())));
            }
        }
        walk_expr(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_read_for_what_judging_needs() {
        let facts = read(
            "def double(n):\n    print(n * 2)\n\n\ndef half(n):\n    return n / 2\n\n\nage = int(input('Age? '))\nhalf(age)\n",
        )
        .expect("valid");
        let seen: Vec<_> = facts
            .functions
            .iter()
            .map(|one| (one.name.as_str(), one.line, one.returns, one.prints, one.called))
            .collect();
        assert_eq!(seen, [("double", 1, false, true, false), ("half", 5, true, false, true)]);
        assert_eq!((facts.prompts.as_slice(), facts.reads_input), (&["Age? ".to_owned()][..], Some(9)));
        assert!(read("# nothing yet\n").expect("valid").empty);
    }

    #[test]
    fn what_python_refuses_is_told_with_its_line() {
        assert_eq!(read("x = 1\nif x\n    print(x)\n").expect_err("refused").line, 2);
    }

    #[test]
    fn a_deep_program_is_read_like_any_other() {
        let deep = format!("x = 0{}\n", " + 1".repeat(2_500));
        assert!(!read(&deep).expect("valid").empty);
    }
}
