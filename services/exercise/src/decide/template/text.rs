//! Texts and expressions over what was drawn. A name that nothing gives is an error, never an empty text.
//!
//! Not here: the draws themselves.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};

use crate::decide::literal;

/// What the names of a template stand for.
pub type Names = BTreeMap<String, Value>;

/// Renders and evaluates.
#[derive(Debug)]
pub struct Texts {
    environment: Environment<'static>,
}

impl Texts {
    /// Minijinja as exercises write it: strict, blocks that leave no blank lines, and the filter `py`.
    ///
    /// # Errors
    /// Never, as long as the delimiters are distinct.
    pub fn new() -> Result<Self, String> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax =
            SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
        environment.set_syntax(syntax.map_err(|error| error.to_string())?);
        environment.add_filter("py", |value: Value| {
            literal::python(&value).map_err(|problem| Error::new(ErrorKind::InvalidOperation, problem))
        });
        Ok(Self { environment })
    }

    /// The names that a text uses and does not set itself.
    ///
    /// # Errors
    /// A mistake in the text.
    pub fn names_in(&self, source: &str) -> Result<BTreeSet<String>, String> {
        let template = self.environment.template_from_str(source).map_err(|error| said(&error))?;
        Ok(template.undeclared_variables(false).into_iter().filter(|name| !is_function(name)).collect())
    }

    /// The names that an expression uses.
    ///
    /// # Errors
    /// A mistake in the expression.
    pub fn names_in_expression(&self, source: &str) -> Result<BTreeSet<String>, String> {
        let expression = self.environment.compile_expression(source).map_err(|error| said(&error))?;
        Ok(expression.undeclared_variables(false).into_iter().filter(|name| !is_function(name)).collect())
    }

    /// A text with the names filled in.
    ///
    /// # Errors
    /// A mistake in the text, or a name that stands for nothing.
    pub fn render(&self, source: &str, names: &Names) -> Result<String, String> {
        self.environment.render_str(source, Value::from(Serde(names))).map_err(|error| said(&error))
    }

    /// What an expression comes to.
    ///
    /// # Errors
    /// A mistake in the expression, or a name that stands for nothing.
    pub fn evaluate(&self, source: &str, names: &Names) -> Result<Value, String> {
        let expression = self.environment.compile_expression(source).map_err(|error| said(&error))?;
        let value = expression.eval(Value::from(Serde(names))).map_err(|error| said(&error))?;
        if value.is_undefined() {
            return Err(format!("`{source}` comes to nothing"));
        }
        Ok(value)
    }
}

/// Minijinja's own functions, which look like names that nothing gives.
fn is_function(name: &str) -> bool {
    ["range", "dict", "namespace", "loop"].contains(&name)
}

/// Minijinja's message in one line, without the name of a file that there is not.
fn said(error: &Error) -> String {
    let line = error.line().map(|line| format!(" (line {line} of the text)")).unwrap_or_default();
    match error.detail() {
        Some(detail) => format!("{}: {detail}{line}", error.kind()),
        None => format!("{}{line}", error.kind()),
    }
}
