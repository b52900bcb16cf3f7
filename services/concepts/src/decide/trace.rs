//! A program step by step, as a learner reads it: which line ran, what it changed, what it printed.
//!
//! The sandbox tells for each step the line that comes next, and what changed since the frame's step before; here each
//! change goes to the line that made it. Not here: running the program (`follow`), the interpreter (crate `sandbox`).

use std::collections::BTreeMap;

use sandbox::{CaseReport, Outcome};
use serde::Serialize;
use utoipa::ToSchema;

use super::quote::quote;

/// The most steps that an answer shows.
pub const SHOWN_MAX: usize = 40;

/// Of a longer trace, so many of the last steps are shown, and the others from its start.
const LAST_SHOWN: usize = 10;

/// The most names that a step tells of.
const NAMES_MAX: usize = 8;

/// The most characters of output that a step shows.
const PRINTED_MAX_CHARS: usize = 200;

/// A line that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Step {
    /// Its number in the whole trace, from 1.
    pub step: u32,
    /// The line, from 1.
    pub line: u32,
    /// The function, or `<module>`.
    pub function: String,
    /// What the function was called with, where this is its first line.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub given: BTreeMap<String, String>,
    /// The function that the line called; its steps come before what the line itself changed and printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<String>,
    /// The names that the line made or changed, with their values as Python writes them; eight at most.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub changed: BTreeMap<String, String>,
    /// What the line printed, cut at 200 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub printed: String,
    /// What the function returned with this line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned: Option<String>,
    /// The step in a sentence. What is the learner's stands in code spans.
    pub says: String,
}

/// How a program came to its end with an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Stopped {
    /// The exception's class.
    pub error: String,
    /// Its text.
    pub message: String,
    /// The line, from 1, where it is known.
    pub line: Option<u32>,
    /// In a sentence.
    pub says: String,
}

/// A program's steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Trace {
    /// In order; where there are more than 40, the first and the last.
    pub steps: Vec<Step>,
    /// How many there were, as far as the program was followed.
    pub steps_taken: u32,
    /// There were more steps than are shown, or than were followed.
    pub truncated: bool,
    /// The error that ended the program, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
}

/// The program as it is run: with one more line, which tells what the last of its own has done.
#[must_use]
pub fn program(source: &str) -> String {
    format!("{}\npass\n", source.trim_end())
}

/// What the sandbox saw of [`program`], in the learner's terms.
#[must_use]
pub fn told(source: &str, seen: &CaseReport) -> Trace {
    let lines: Vec<&str> = source.trim_end().lines().collect();
    let mut steps = Walk::new(&lines, seen).steps();
    for place in 0..steps.len() {
        let says = sentence(&steps, place, &lines);
        steps[place].says = says;
    }
    // The line that was added to the program has told what it is for.
    steps.retain(|step| (step.line as usize) <= lines.len());
    let count = steps.len();
    let steps_taken = u32::try_from(count).unwrap_or(u32::MAX);
    if count > SHOWN_MAX {
        // The end of a trace that was cut is the middle of the program.
        let last = if seen.steps_cut { 0 } else { LAST_SHOWN };
        steps.drain(SHOWN_MAX - last..count - last);
    }
    let stopped = match &seen.outcome {
        Outcome::Raised(raised) if !seen.steps_cut => Some(stopped(raised)),
        _ => None,
    };
    Trace { steps, steps_taken, truncated: seen.steps_cut || count > SHOWN_MAX, stopped }
}

fn stopped(raised: &sandbox::Raised) -> Stopped {
    let place = raised.line.map_or("Here".to_owned(), |line| format!("On line {line}"));
    let says = if raised.type_name == "EOFError" {
        format!(
            "{place} the program asks for input, and there is no more of it. Send what is typed as `stdin`."
        )
    } else if raised.message.is_empty() {
        format!("{place} the program stops with {}.", quote(&raised.type_name))
    } else {
        format!("{place} the program stops with {}: {}.", quote(&raised.type_name), quote(&raised.message))
    };
    Stopped { error: raised.type_name.clone(), message: raised.message.clone(), line: raised.line, says }
}

/// A function that is running, and its line that is on its way.
struct Running {
    function: String,
    /// The place of that line's step.
    pending: usize,
}

/// Gives each change to the line that made it.
struct Walk<'a> {
    lines: &'a [&'a str],
    seen: &'a CaseReport,
    steps: Vec<Step>,
    running: Vec<Running>,
    /// The first line of each function's body that ran.
    entries: BTreeMap<&'a str, u32>,
}

impl<'a> Walk<'a> {
    fn new(lines: &'a [&'a str], seen: &'a CaseReport) -> Self {
        Self { lines, seen, steps: Vec::new(), running: Vec::new(), entries: BTreeMap::new() }
    }

    fn steps(mut self) -> Vec<Step> {
        for (place, seen) in self.seen.steps.iter().enumerate() {
            // What is inside of an expression belongs to its line.
            if !seen.function.starts_with('<') || seen.function == "<module>" {
                match &seen.returned {
                    Some(returned) => self.leave(seen, returned),
                    None => self.line(seen),
                }
            }
            let until = self.seen.steps.get(place + 1).map(|next| next.printed_bytes as usize);
            self.print(seen.printed_bytes as usize, until.unwrap_or(self.seen.stdout.len()));
        }
        self.steps
    }

    fn leave(&mut self, seen: &sandbox::Step, returned: &str) {
        while let Some(running) = self.running.pop() {
            if running.function == seen.function {
                let step = &mut self.steps[running.pending];
                change(step, &seen.changed);
                step.returned = Some(returned.to_owned());
                return;
            }
        }
    }

    fn line(&mut self, seen: &'a sandbox::Step) {
        let is_call = self.is_call(seen);
        if !is_call {
            // What lies above it on the stack was left by an exception.
            while self.running.last().is_some_and(|running| running.function != seen.function) {
                self.running.pop();
            }
        }
        let pending = self.steps.len();
        let mut step = Step {
            step: u32::try_from(pending + 1).unwrap_or(u32::MAX),
            line: seen.line,
            function: seen.function.clone(),
            given: BTreeMap::new(),
            calls: None,
            changed: BTreeMap::new(),
            printed: String::new(),
            returned: None,
            says: String::new(),
        };
        match self.running.last_mut().filter(|_| !is_call) {
            Some(running) => {
                change(&mut self.steps[running.pending], &seen.changed);
                running.pending = pending;
            }
            None => {
                // A generator that goes on begins with nothing.
                if self.entries.get(seen.function.as_str()) == Some(&seen.line) {
                    let given = seen.changed.iter().take(NAMES_MAX);
                    step.given = given.map(|(name, value)| (name.clone(), value.clone())).collect();
                }
                if let Some(caller) = self.running.last() {
                    self.steps[caller.pending].calls.get_or_insert_with(|| seen.function.clone());
                }
                self.running.push(Running { function: seen.function.clone(), pending });
            }
        }
        self.steps.push(step);
    }

    /// Whether a function begins here: one that is not running, or one that calls itself.
    fn is_call(&mut self, seen: &'a sandbox::Step) -> bool {
        let entry = *self.entries.entry(&seen.function).or_insert(seen.line);
        let Some(top) = self.running.last() else { return true };
        if top.function != seen.function {
            return !self.running.iter().any(|running| running.function == seen.function)
                || self.calls(top, seen);
        }
        seen.line == entry && self.calls(top, seen)
    }

    /// Whether the line that is on its way there names the function.
    fn calls(&self, running: &Running, seen: &sandbox::Step) -> bool {
        let text = text(self.lines, self.steps[running.pending].line);
        let entered = self.entries.get(seen.function.as_str()) == Some(&seen.line);
        entered && seen.function != "<module>" && text.contains(&format!("{}(", seen.function))
    }

    /// What was printed from one byte to another goes to the line that is on its way.
    fn print(&mut self, from: usize, to: usize) {
        let printed = self.seen.stdout.get(from..to).unwrap_or_default();
        let Some(running) = self.running.last() else { return };
        let shown = &mut self.steps[running.pending].printed;
        let room = PRINTED_MAX_CHARS.saturating_sub(shown.chars().count());
        shown.extend(printed.chars().take(room));
    }
}

fn change(step: &mut Step, changed: &BTreeMap<String, String>) {
    for (name, value) in changed {
        if step.changed.len() < NAMES_MAX || step.changed.contains_key(name) {
            step.changed.insert(name.clone(), value.clone());
        }
    }
}

/// The step in a sentence.
fn sentence(steps: &[Step], place: usize, lines: &[&str]) -> String {
    let step = &steps[place];
    let word = text(lines, step.line).split_whitespace().next().unwrap_or_default().trim_end_matches(':');
    let mut parts = Vec::new();
    if !step.given.is_empty() {
        parts.push(format!("{} begins with {}", quote(&step.function), pairs(&step.given, "as")));
    }
    if let Some(called) = step.calls.as_ref().filter(|_| word != "class") {
        parts.push(format!("{} is called", quote(called)));
    }
    parts.extend(did(steps, place, lines, word));
    if !step.printed.is_empty() {
        let printed = step.printed.trim_end_matches('\n');
        let nothing = "an empty line is printed".to_owned();
        parts.push(if printed.is_empty() { nothing } else { format!("{} is printed", quote(printed)) });
    }
    if let Some(returned) = &step.returned {
        parts.push(format!("{} returns {}", quote(&step.function), quote(returned)));
    }
    match parts.as_slice() {
        [] => format!("Line {} runs.", step.line),
        parts => format!("Line {}: {}.", step.line, parts.join("; then ")),
    }
}

/// What kind of line it was, or what it changed.
fn did(steps: &[Step], place: usize, lines: &[&str], word: &str) -> Option<String> {
    let changed = &steps[place].changed;
    match word {
        "def" => Some("the function is defined, not run yet".to_owned()),
        "class" => Some("the class is defined".to_owned()),
        "break" => Some("the loop ends here".to_owned()),
        "continue" => Some("on to the next round".to_owned()),
        "if" | "elif" | "while" => tested(steps, place, lines, word),
        "for" if changed.is_empty() => is_entered(steps, place, lines).map(|is_entered| match is_entered {
            true => "a round begins with the same value as the last".to_owned(),
            false => "nothing is left, so the loop is over".to_owned(),
        }),
        _ if changed.is_empty() => None,
        _ => Some(pairs(changed, "becomes")),
    }
}

/// Names with their values: `total` becomes `5`.
fn pairs(names: &BTreeMap<String, String>, verb: &str) -> String {
    let told: Vec<String> =
        names.iter().map(|(name, value)| format!("{} {verb} {}", quote(name), quote(value))).collect();
    told.join(", ")
}

/// What a test came to; nothing where that cannot be told.
fn tested(steps: &[Step], place: usize, lines: &[&str], word: &str) -> Option<String> {
    let told = match (is_entered(steps, place, lines)?, word) {
        (true, "while") => "the test is true, so a round begins",
        (true, _) => "the test is true",
        (false, "while") => "the test is false, so the loop is over",
        (false, _) => "the test is false",
    };
    Some(told.to_owned())
}

/// Whether the block that a line opens was entered, as the line that ran next tells. Nothing where block and line are one,
/// or a function ran in between.
fn is_entered(steps: &[Step], place: usize, lines: &[&str]) -> Option<bool> {
    let indent = |line: u32| text(lines, line).len() - text(lines, line).trim_start().len();
    let step = &steps[place];
    let head = text(lines, step.line).split('#').next().unwrap_or_default().trim_end();
    if !head.ends_with(':') || step.calls.is_some() {
        return None;
    }
    let next = steps.get(place + 1).filter(|next| next.function == step.function)?;
    // What stands under `else` is indented too, but `else` itself is not.
    let is_below = |line: u32| indent(line) > indent(step.line) || text(lines, line).trim().is_empty();
    Some(
        next.line > step.line
            && indent(next.line) > indent(step.line)
            && (step.line + 1..next.line).all(is_below),
    )
}

/// The text of a line, counted from 1.
fn text<'a>(lines: &[&'a str], line: u32) -> &'a str {
    (line as usize).checked_sub(1).and_then(|line| lines.get(line)).copied().unwrap_or_default()
}
