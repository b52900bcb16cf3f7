//! Mending what parses but does not compile: statements outside their place, names declared too late.

use super::scene::{Change, Proposal, Scene};
use super::{Diagnosis, Rule, catalogue};

pub(super) const RULES: &[Rule] = &[outside, declared_late, duplicate];

/// `return`, `break`, `continue` outside of what they leave.
fn outside(scene: &Scene<'_>) -> Option<Diagnosis> {
    let said = scene.said();
    let outside = matches!(
        said,
        "'return' outside function" | "'break' outside loop" | "'continue' not properly in loop"
    );
    if !outside {
        return None;
    }
    let mut diagnosis = catalogue::describe(scene);
    let (start, end) = (scene.verdict.start, scene.verdict.end);
    let line = scene.line();
    let above = (0..line).rev().find(|line| !scene.source.line(*line).trim().is_empty());
    let deeper =
        above.map(|line| scene.indent_of(line)).filter(|indent| indent.len() > scene.indent_of(line).len());
    if let Some(indent) = deeper {
        let from = scene.source.line_start(line);
        diagnosis.proposals.push(Proposal::replace(
            "Indent it into the block above",
            from,
            from + scene.indent_of(line).len(),
            indent,
        ));
    }
    if said == "'return' outside function" {
        let value = scene.text()[start..end].strip_prefix("return").unwrap_or_default().trim();
        if value.is_empty() {
            diagnosis.proposals.push(Proposal::replace("Put `pass` there instead", start, end, "pass"));
        } else {
            diagnosis.proposals.push(Proposal::replace(
                "Print the value instead",
                start,
                end,
                format!("print({value})"),
            ));
        }
    } else {
        diagnosis.proposals.push(Proposal::replace("Put `pass` there instead", start, end, "pass"));
    }
    Some(diagnosis)
}

/// `global x` after x was used: the declaration goes to the start of its function.
fn declared_late(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.says("prior to") && !scene.says("assigned to before") {
        return None;
    }
    let mut diagnosis = catalogue::describe(scene);
    let line = scene.line();
    let statement = scene.text()[scene.verdict.start..scene.verdict.end].to_owned();
    let start = scene.source.line_start(line);
    let alone = scene.source.line(line).trim() == statement;
    let next = scene.source.line_start(line + 1);
    let indent = scene.indent_of(line);
    let head = (0..line).rev().find(|line| {
        let text = scene.source.line(*line);
        !text.trim().is_empty()
            && scene.indent_of(*line).len() < indent.len()
            && scene.first_word(*line) == "def"
    });
    if let Some(head) = head.filter(|_| alone) {
        let body = scene.source.line_start(head + 1);
        diagnosis.proposals.push(Proposal::new(
            "Move the declaration to the start of the function",
            vec![
                Change { start: body, end: body, text: format!("{indent}{statement}\n") },
                Change { start, end: next, text: String::new() },
            ],
        ));
    }
    if alone {
        diagnosis.proposals.push(Proposal::replace(
            "Take the declaration out",
            start + indent.len(),
            scene.source.line_end(line),
            "pass",
        ));
    }
    Some(diagnosis)
}

/// A parameter or keyword argument that is there twice.
fn duplicate(scene: &Scene<'_>) -> Option<Diagnosis> {
    let said = scene.said();
    let parameter = said.starts_with("duplicate argument");
    if !parameter && !said.starts_with("keyword argument repeated") {
        return None;
    }
    let mut diagnosis = catalogue::describe(scene);
    let (start, end) = (scene.verdict.start, scene.verdict.end);
    if parameter {
        let name = scene.here()?.text;
        diagnosis.proposals.push(Proposal::replace(
            format!("Call the second one `{name}2`"),
            start,
            start + name.len(),
            format!("{name}2"),
        ));
    }
    let before = scene.text()[..start].trim_end();
    if before.ends_with(',') {
        diagnosis.proposals.insert(
            usize::from(parameter),
            Proposal::delete("Take the second one out", before.len() - 1, end),
        );
    }
    Some(diagnosis)
}
