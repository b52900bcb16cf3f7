//! Compiles a program so that a trace sees what its functions return: each returned value is also given to a local name
//! that no program can write.
//!
//! The interpreter's trace events leave the value out. `return x` becomes `return (.returned := x)`, in the tree and not
//! in the text, so that lines stay what they are. Not here: the trace (`trace`).

use std::cell::RefCell;

use rustpython_vm::builtins::PyCode;
use rustpython_vm::compiler::ast::visitor::transformer::{Transformer, walk_expr, walk_stmt};
use rustpython_vm::compiler::ast::{self, Expr, ExprContext, Stmt, name::Name};
use rustpython_vm::compiler::core::{SourceFile, SourceFileBuilder};
use rustpython_vm::compiler::{CompileError, Mode, codegen, parser};
use rustpython_vm::{PyRef, VirtualMachine};

use crate::cases::FILE;

/// The local name. Names that begin with a dot are the compiler's own.
pub(crate) const RETURNED: &str = ".returned";

/// Compiles a program with its returns marked.
///
/// # Errors
/// What is wrong with the program. What the marks alone would make wrong is compiled without them.
pub(crate) fn compiled(code: &str, vm: &VirtualMachine) -> Result<Marked, CompileError> {
    let file = SourceFileBuilder::new(FILE, code).finish();
    let parsed = parser::parse(code, parser::Mode::Module.into())
        .map_err(|error| CompileError::from_ruff_parse_error(error, &file))?;
    let mut tree = parsed.into_syntax();
    let marking = Marking { file: file.clone(), classes: RefCell::default() };
    if let ast::Mod::Module(module) = &mut tree {
        marking.visit_body(&mut module.body);
    }
    let program = match codegen::compile::compile_top(tree, file, Mode::Exec, vm.compile_opts()) {
        Ok(marked) => vm.ctx.new_code(marked),
        Err(_) => vm.compile(code, Mode::Exec, FILE.to_owned())?,
    };
    Ok(Marked { program, classes: marking.classes.into_inner() })
}

/// A program that is ready to be traced.
pub(crate) struct Marked {
    /// It.
    pub(crate) program: PyRef<PyCode>,
    /// Where its classes are.
    pub(crate) classes: Vec<ClassLines>,
}

/// The lines of a class, from 1.
pub(crate) struct ClassLines {
    /// Of its first decorator, or of its name.
    pub(crate) first: usize,
    /// Of its name.
    pub(crate) header: usize,
    /// Of its end.
    pub(crate) last: usize,
}

/// The name to be given a value, at a place whose type has no name here.
macro_rules! name {
    ($range:expr) => {
        Box::new(Expr::Name(ast::ExprName {
            node_index: ast::AtomicNodeIndex::default(),
            range: $range,
            id: Name::new(RETURNED),
            ctx: ExprContext::Store,
        }))
    };
}

struct Marking {
    file: SourceFile,
    classes: RefCell<Vec<ClassLines>>,
}

impl Transformer for Marking {
    fn visit_stmt(&self, statement: &mut Stmt) {
        walk_stmt(self, statement);
        if let Stmt::ClassDef(class) = statement {
            let source = self.file.to_source_code();
            self.classes.borrow_mut().push(ClassLines {
                first: source.line_index(class.range.start()).get(),
                header: source.line_index(class.name.range.start()).get(),
                last: source.line_index(class.range.end()).get(),
            });
        }
        if let Stmt::Return(returning) = statement
            && let Some(value) = returning.value.take()
        {
            // The place of the whole statement: the value's own would need one more crate to be asked for.
            let range = returning.range;
            let (index, target) = (ast::AtomicNodeIndex::default(), name!(range));
            returning.value =
                Some(Box::new(Expr::Named(ast::ExprNamed { node_index: index, range, target, value })));
        }
    }

    fn visit_expr(&self, expression: &mut Expr) {
        walk_expr(self, expression);
        if let Expr::Lambda(lambda) = expression {
            let range = lambda.range;
            let (index, target) = (ast::AtomicNodeIndex::default(), name!(range));
            let nothing =
                Expr::EllipsisLiteral(ast::ExprEllipsisLiteral { node_index: index.clone(), range });
            let value = std::mem::replace(&mut lambda.body, Box::new(nothing));
            *lambda.body = Expr::Named(ast::ExprNamed { node_index: index, range, target, value });
        }
    }
}
