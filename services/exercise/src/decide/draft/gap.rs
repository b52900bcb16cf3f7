//! Filling in what is left out: the reference with pieces cut out of it.
//!
//! A gap is shown as `____1____`: its number between four underscores. Not here: filling it (`grade`).

use super::{Drawn, Part, Wrong};
use crate::decide::exercise::{Gap, Kind, Task};

/// Where a gap lies in the reference, in bytes.
struct Cut {
    start: usize,
    text: String,
}

pub(super) fn part(drawn: &Drawn<'_>) -> Result<Part, String> {
    let reference = drawn.reference.as_str();
    let mut cuts = Vec::new();
    for gap in &drawn.sheet.gaps {
        cuts.push(cut(reference, &drawn.text(&gap.line)?, &drawn.text(&gap.text)?)?);
    }
    cuts.sort_by_key(|cut| cut.start);
    if let Some(pair) = cuts.windows(2).find(|pair| pair[0].start + pair[0].text.len() > pair[1].start) {
        return Err(format!("gap: `{}` and `{}` overlap", pair[0].text, pair[1].text));
    }
    let marks: Vec<String> = (1..=cuts.len()).map(|number| format!("____{number}____")).collect();
    let starter = filled(reference, &cuts, &marks);
    let wrong = wrong(reference, &cuts);
    let hints = hints(drawn, &cuts)?;
    let gaps = cuts.into_iter().map(|Cut { text, .. }| Gap { text }).collect();
    Ok(Part { starter, task: Task::FillGap { gaps }, wrong, hints, distractors: 0 })
}

/// Finds a gap: exactly one line, and exactly one place in it.
fn cut(reference: &str, line: &str, text: &str) -> Result<Cut, String> {
    let mut found = Vec::new();
    let mut start = 0;
    for candidate in reference.split_inclusive('\n') {
        if candidate.trim() == line.trim() {
            found.push(start..start + candidate.len());
        }
        start += candidate.len();
    }
    let [range] = found.as_slice() else {
        return Err(format!("gap.line: `{line}` is {} lines of the reference, not one", found.len()));
    };
    let within = &reference[range.clone()];
    let mut places = within.match_indices(text);
    match (places.next(), places.next()) {
        (Some((at, _)), None) => Ok(Cut { start: range.start + at, text: text.to_owned() }),
        (None, _) => Err(format!("gap.text: `{text}` is not in `{line}`")),
        (Some(_), Some(_)) => Err(format!("gap.text: `{text}` is in `{line}` more than once")),
    }
}

/// The reference with these in the gaps.
fn filled(reference: &str, cuts: &[Cut], texts: &[String]) -> String {
    let mut program = String::with_capacity(reference.len());
    let mut from = 0;
    for (cut, text) in cuts.iter().zip(texts) {
        program.push_str(&reference[from..cut.start]);
        program.push_str(text);
        from = cut.start + cut.text.len();
    }
    program.push_str(&reference[from..]);
    program
}

/// Each gap left empty, or filled with what belongs into another.
fn wrong(reference: &str, cuts: &[Cut]) -> Vec<Wrong> {
    let right: Vec<String> = cuts.iter().map(|cut| cut.text.clone()).collect();
    let mut wrong = Vec::new();
    for place in 0..cuts.len() {
        let others = right.iter().filter(|text| **text != right[place]);
        for other in std::iter::once(&String::new()).chain(others) {
            let mut texts = right.clone();
            texts[place].clone_from(other);
            let what = format!("gap {} filled with `{other}`", place + 1);
            wrong.push(Wrong { what, code: filled(reference, cuts, &texts) });
        }
    }
    wrong.dedup();
    wrong
}

/// The template's own, or: its first two, and how each gap begins.
fn hints(drawn: &Drawn<'_>, cuts: &[Cut]) -> Result<[String; 3], String> {
    let [nudge, way, nearly] = drawn.hints_as(Kind::FillGap)?;
    if drawn.sheet.hints_for.contains_key(&Kind::FillGap) {
        return Ok([nudge, way, nearly]);
    }
    let beginnings = cuts.iter().enumerate().map(|(place, cut)| {
        let first: String = cut.text.chars().take_while(|letter| letter.is_alphanumeric()).take(2).collect();
        let length = cut.text.chars().count();
        let mark = if first.is_empty() { String::new() } else { format!(" and begins with `{first}`") };
        let plural = if length == 1 { "" } else { "s" };
        format!("gap {} is {length} character{plural} long{mark}", place + 1)
    });
    let beginnings = beginnings.collect::<Vec<_>>().join("; ");
    Ok([nudge, way, format!("As the solution has it, {beginnings}. Other right answers may look different.")])
}
