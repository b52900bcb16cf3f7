//! The one thing to do next: the change that raises the score most, or where nothing is left, something to try.
//!
//! Where each finding comes from does not belong here.

use ruff_python_ast::Stmt;
use ruff_python_ast::helpers::is_docstring_stmt;

use super::report::{Finding, NextStep};
use super::score::{self, Weigher};

/// Statements from which on a program without a function is worth cutting.
const LONG_SCRIPT: usize = 10;

/// The change that is worth most; `None` where there is nothing to mend.
pub(crate) fn next(concerns: &[Finding], weigher: Weigher) -> Option<NextStep> {
    // What comes first in the list matters most; the points decide within a severity.
    let most = concerns.first()?.severity;
    let gain = |finding: &Finding| weigher.cost(std::iter::once(finding));
    let best = concerns
        .iter()
        .filter(|finding| finding.severity == most)
        .reduce(|best, other| if gain(other) > gain(best) + f64::EPSILON { other } else { best })?;
    let rest = concerns.iter().filter(|finding| !std::ptr::eq(*finding, best));
    Some(NextStep { score_after: Some(score::from_points(weigher.cost(rest))), ..towards(best) })
}

/// Mend this, and then see.
pub(crate) fn mend_first(finding: &Finding, score_after: Option<u32>) -> NextStep {
    NextStep { score_after, ..towards(finding) }
}

fn towards(finding: &Finding) -> NextStep {
    NextStep {
        rule: Some(finding.rule.clone()),
        line: Some(finding.line),
        message: format!("Line {}: {}", finding.line, finding.instead),
        score_after: None,
        concept: Some(finding.concept),
    }
}

/// Something to try in a program with nothing to mend.
pub(crate) fn stretch(body: &[Stmt]) -> NextStep {
    let mut functions = body.iter().filter_map(Stmt::as_function_def_stmt);
    let bare = functions.clone().find(|def| !def.body.first().is_some_and(is_docstring_stmt));
    let message = match (functions.next(), bare) {
        (None, _) if body.len() >= LONG_SCRIPT => {
            "Nothing to mend. Find the lines that belong together, and make them a function with a name."
                .to_owned()
        }
        (None, _) => {
            "Nothing to mend. Change one value, and say what will be printed before you run it.".to_owned()
        }
        (Some(_), Some(def)) => {
            let name = &def.name;
            format!(
                "Nothing to mend. Say in one line at the top of `{name}`, between three quotes, what it gives back."
            )
        }
        (Some(def), None) => {
            let name = &def.name;
            format!(
                "Nothing to mend. Try `{name}` with the odd cases: nothing at all, one item, a negative number."
            )
        }
    };
    NextStep { rule: None, line: None, message, score_after: None, concept: None }
}
