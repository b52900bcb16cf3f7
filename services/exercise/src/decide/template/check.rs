//! What is wrong with a sheet, by field, as far as it can be told without drawing or running it.
//!
//! Not here: whether what it makes is a good exercise (`admit`).

use std::collections::BTreeSet;

use super::sheet::Sheet;
use super::text::Texts;
use crate::decide::draw::{Bound, Count, Draw, Source};
use crate::decide::exercise::Kind;

type Checked = Result<(), String>;

/// Modules of chance and time. The sandbox fixes both, and hashes too, so that running a program twice would not show it.
const UNSTEADY: [&str; 6] = ["random", "time", "datetime", "secrets", "uuid", "os"];

/// Refuses what can be told to be wrong.
pub(super) fn check(sheet: &Sheet, texts: &Texts) -> Checked {
    plain_fields(sheet)?;
    let known = draws(&sheet.draws, &sheet.constraints, BTreeSet::new(), texts)?;
    every_text(sheet, &known, texts)?;
    tests(sheet)?;
    generate(sheet, known, texts)
}

fn plain_fields(sheet: &Sheet) -> Checked {
    if sheet.kinds.is_empty() {
        return Err("kinds: none".to_owned());
    }
    let distinct: BTreeSet<_> = sheet.kinds.iter().collect();
    if distinct.len() != sheet.kinds.len() {
        return Err("kinds: one stands there twice".to_owned());
    }
    if !(1..=60).contains(&sheet.minutes) {
        return Err("minutes: from 1 to 60".to_owned());
    }
    if sheet.function.is_some() && !sheet.reference.contains("def ") {
        return Err("function: the reference defines none".to_owned());
    }
    if let Some(module) = UNSTEADY.iter().find(|module| imports(&sheet.reference, module)) {
        return Err(format!("reference: imports `{module}`, and so would not do the same each time"));
    }
    if let Some(name) = ["id", "hash"].iter().find(|name| calls_name(&sheet.reference, name)) {
        return Err(format!("reference: calls `{name}`, which is not the same each time"));
    }
    if sheet.function.is_none() && sheet.prints {
        return Err("prints: a script's output always counts".to_owned());
    }
    if sheet.kinds.contains(&Kind::FillGap) == sheet.gaps.is_empty() {
        return Err("gap: there must be gaps where fill-gap is among the kinds, and only there".to_owned());
    }
    if sheet.gaps.len() > 6 {
        return Err("gap: at most 6".to_owned());
    }
    if sheet.order.distractors.len() > 4 {
        return Err("order.distractors: at most 4".to_owned());
    }
    if let Some(both) = sheet.required.iter().find(|construct| sheet.forbidden.contains(construct)) {
        return Err(format!("required, forbidden: {both:?} is in both"));
    }
    Ok(())
}

fn calls_name(program: &str, name: &str) -> bool {
    program.match_indices(&format!("{name}(")).any(|(at, _)| {
        !program[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == '.')
    })
}

fn imports(program: &str, module: &str) -> bool {
    program.lines().any(|line| {
        let mut words = line.split([' ', ',', '.']).filter(|word| !word.is_empty());
        matches!(words.next(), Some("import" | "from")) && words.any(|word| word == module)
    })
}

/// Names, in order, each used only behind its draw. The names known afterwards.
fn draws(
    draws: &[Draw],
    constraints: &[String],
    mut known: BTreeSet<String>,
    texts: &Texts,
) -> Result<BTreeSet<String>, String> {
    for draw in draws {
        let mut letters = draw.name.chars();
        let starts = letters.next().is_some_and(|letter| letter.is_ascii_lowercase());
        if !starts
            || !letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
        {
            return Err(format!("draw `{}`: a name is small letters, digits and underscores", draw.name));
        }
        source(&draw.source, &known, texts).map_err(|problem| format!("draw `{}`: {problem}", draw.name))?;
        for edge in &draw.edges {
            expression(&edge.value, &known, texts)
                .map_err(|problem| format!("draw `{}`, edges: {problem}", draw.name))?;
        }
        if !known.insert(draw.name.clone()) {
            return Err(format!("draw `{}`: there are two", draw.name));
        }
    }
    for constraint in constraints {
        expression(constraint, &known, texts).map_err(|problem| format!("constraints: {problem}"))?;
    }
    Ok(known)
}

fn source(source: &Source, known: &BTreeSet<String>, texts: &Texts) -> Checked {
    match source {
        Source::OneOf(values) if values.is_empty() => Err("one_of: nothing".to_owned()),
        Source::OneOf(_) | Source::Pool(_) => Ok(()),
        Source::Int(ints) => {
            bound(&ints.from, known, texts)?;
            bound(&ints.to, known, texts)?;
            match (ints.from.fixed(), ints.to.fixed()) {
                (Some(from), Some(to)) if from > to => Err(format!("int: from {from} to {to} is nothing")),
                _ if ints.step < 1 => Err("int: a step is at least 1".to_owned()),
                _ => Ok(()),
            }
        }
        Source::Float(floats) if floats.step > 0.0 && floats.from <= floats.to => Ok(()),
        Source::Float(_) => Err("float: from must not be above to, and step must be above 0".to_owned()),
        Source::Text(letters) if letters.of.is_empty() => Err("text: of no letters".to_owned()),
        Source::Text(letters) => count(&letters.count, known, texts),
        Source::List(list) => {
            count(&list.count, known, texts)?;
            self::source(&list.of, known, texts)
        }
        Source::Derive(derived) => expression(derived, known, texts),
    }
}

fn bound(bound: &Bound, known: &BTreeSet<String>, texts: &Texts) -> Checked {
    match bound {
        Bound::Number(_) => Ok(()),
        Bound::Expression(source) => expression(source, known, texts),
    }
}

fn count(count: &Count, known: &BTreeSet<String>, texts: &Texts) -> Checked {
    match count {
        Count::Exactly(exactly) => bound(exactly, known, texts),
        Count::Between { from, to } => bound(from, known, texts).and_then(|()| bound(to, known, texts)),
    }
}

fn expression(source: &str, known: &BTreeSet<String>, texts: &Texts) -> Checked {
    let names = texts.names_in_expression(source).map_err(|problem| format!("`{source}`: {problem}"))?;
    all_known(names, known).map_err(|name| format!("`{source}` uses `{name}`, which no draw before it gives"))
}

fn text(field: &str, source: &str, known: &BTreeSet<String>, texts: &Texts) -> Checked {
    let names = texts.names_in(source).map_err(|problem| format!("{field}: {problem}"))?;
    all_known(names, known).map_err(|name| format!("{field}: uses `{name}`, which no draw gives"))
}

fn all_known(names: BTreeSet<String>, known: &BTreeSet<String>) -> Result<(), String> {
    names.into_iter().find(|name| !known.contains(name)).map_or(Ok(()), Err)
}

fn every_text(sheet: &Sheet, known: &BTreeSet<String>, texts: &Texts) -> Checked {
    let mut fields =
        vec![("title", &sheet.title), ("statement", &sheet.statement), ("reference", &sheet.reference)];
    fields.extend(sheet.starter.iter().map(|starter| ("starter", starter)));
    fields.extend(sheet.hints.iter().map(|hint| ("hints", hint)));
    fields.extend(sheet.hints_for.values().flatten().map(|hint| ("hints_for", hint)));
    fields.extend(sheet.gaps.iter().flat_map(|gap| [("gap.line", &gap.line), ("gap.text", &gap.text)]));
    fields.extend(sheet.order.distractors.iter().map(|line| ("order.distractors", line)));
    fields.extend(sheet.order.together.iter().map(|lines| ("order.together", lines)));
    fields.extend(sheet.predict.program.iter().map(|program| ("predict.program", program)));
    fields.extend(sheet.predict.stdin.iter().map(|stdin| ("predict.stdin", stdin)));
    for test in &sheet.tests {
        fields.push(("test.stdin", &test.stdin));
        fields.extend(test.calls.iter().map(|call| ("test.calls", call)));
    }
    for (field, source) in fields {
        let may_be_empty = ["test.stdin", "predict.stdin"].contains(&field);
        if source.trim().is_empty() && !may_be_empty {
            return Err(format!("{field}: is empty"));
        }
        text(field, source, known, texts)?;
    }
    Ok(())
}

fn tests(sheet: &Sheet) -> Checked {
    if !sheet.tests.iter().any(|test| test.open) {
        return Err("test: none is open".to_owned());
    }
    for test in &sheet.tests {
        if test.about.trim().is_empty() {
            return Err("test.about: is empty".to_owned());
        }
        calls("test", sheet, &test.calls)?;
    }
    Ok(())
}

fn calls(field: &str, sheet: &Sheet, calls: &[String]) -> Checked {
    match &sheet.function {
        Some(function)
            if !calls.iter().any(|call| call.trim_start().starts_with(&format!("{function}("))) =>
        {
            Err(format!("{field}.calls: none calls `{function}`"))
        }
        None if !calls.is_empty() => Err(format!("{field}.calls: a script has no function to call")),
        _ => Ok(()),
    }
}

fn generate(sheet: &Sheet, known: BTreeSet<String>, texts: &Texts) -> Checked {
    let Some(generate) = &sheet.generate else { return Ok(()) };
    if !(1..=12).contains(&generate.tests) {
        return Err("generate.tests: from 1 to 12".to_owned());
    }
    if generate.inputs.is_empty() {
        return Err("generate.input: none".to_owned());
    }
    let known = draws(&generate.inputs, &generate.constraints, known, texts)
        .map_err(|problem| format!("generate: {problem}"))?;
    calls("generate", sheet, &generate.calls)?;
    text("generate.stdin", &generate.stdin, &known, texts)?;
    for call in &generate.calls {
        text("generate.calls", call, &known, texts)?;
    }
    Ok(())
}
