//! Explains a concept at a depth, in wording that fits a level, in the learner's own names and lines where code is given.
//!
//! Everything of the learner's enters the texts as a quotation ([`super::quote`]), never as text of ours. Not here: the
//! texts (`topics/`), reading code (`code`), where the level comes from (room `progress`).

use std::collections::BTreeMap;

use agent_core::mastery::Level;
use minijinja::Value;

use super::code::{Construct, Reading, Sighting, Slot};
use super::quote::{identifier, quote};
use crate::library::{Depth, Lesson, Library};

/// What an explanation is made for.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// How much to say.
    pub depth: Depth,
    /// How to say it.
    pub level: Level,
    /// The learner's program, if one was given.
    pub code: Option<&'a Reading>,
    /// The learner says that they are stuck.
    pub stuck: bool,
}

/// A place in the learner's program that shows the concept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: u32,
    /// What it shows.
    pub construct: Construct,
    /// The code there, quoted as in the explanation.
    pub text: String,
}

/// An explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Markdown.
    pub text: String,
    /// The places in the learner's program that it speaks of, in the order of the text; ten at most.
    pub places: Vec<Place>,
}

/// The most places that an answer lists.
const PLACES_MAX: usize = 10;

/// Explains a lesson's concept.
///
/// # Errors
/// What a template engine says about a text of ours: a mistake in `topics/`, which the tests render whole.
pub fn explain(
    library: &Library,
    lesson: &Lesson,
    question: Question<'_>,
) -> Result<Explanation, minijinja::Error> {
    let places = places(lesson, question.code);
    let mut context = BTreeMap::from([
        ("level", Value::from(question.level.name())),
        ("title", Value::from(lesson.topic.title())),
        ("given", Value::from(question.code.is_some())),
        ("seen", seen(question.code)),
    ]);
    let body = library.render(lesson.topic, question.depth, &context)?;
    let watch = watch(lesson, question);
    let from_code = watch.iter().any(|slip| slip.line.is_some());
    context.insert("body", Value::from(body));
    context.insert("found", Value::from(!places.is_empty()));
    context.insert("watch_from_code", Value::from(from_code));
    context.insert("watch", watch.into_iter().map(Slip::into_value).collect());
    let reading = question.code;
    context.insert("broken_line", Value::from(reading.and_then(|reading| reading.broken_line).unwrap_or(0)));
    context.insert("cut", Value::from(reading.is_some_and(|reading| reading.cut)));
    Ok(Explanation { text: tidy(&library.render_frame(&context)?), places })
}

/// Where the program shows the lesson's concept.
fn places(lesson: &Lesson, reading: Option<&Reading>) -> Vec<Place> {
    let Some(reading) = reading else { return Vec::new() };
    let mut places: Vec<Place> = lesson
        .shows
        .iter()
        .flat_map(|construct| reading.seen.of(*construct).iter().map(move |sighting| (*construct, sighting)))
        .map(|(construct, sighting)| Place { line: sighting.line, construct, text: quote(&sighting.text) })
        .collect();
    places.sort_by_key(|place| place.line);
    places.truncate(PLACES_MAX);
    places
}

/// All sightings as templates see them: `seen.<construct>[0].<slot>`, every construct there, the learner's text quoted.
fn seen(reading: Option<&Reading>) -> Value {
    let of = |construct: Construct| {
        let sightings = reading.map_or(&[][..], |reading| reading.seen.of(construct));
        (construct.name(), sightings.iter().map(slots).collect::<Value>())
    };
    map(Construct::ALL.into_iter().map(of))
}

fn map(entries: impl Iterator<Item = (&'static str, Value)>) -> Value {
    Value::from(entries.collect::<BTreeMap<_, _>>())
}

fn slots(sighting: &Sighting) -> Value {
    let own = [("line", Value::from(sighting.line)), ("text", Value::from(quote(&sighting.text)))];
    map(own.into_iter().chain(sighting.slots.iter().map(|(name, slot)| (*name, slot_value(slot)))))
}

fn slot_value(slot: &Slot) -> Value {
    match slot {
        Slot::Code(text) => Value::from(quote(text)),
        Slot::Identifier(name) => Value::from(identifier(name)),
        Slot::Type(kind) => Value::from(kind.map_or(String::new(), quote)),
        Slot::Words(words) => Value::from(*words),
        Slot::Number(number) => Value::from(*number),
    }
}

/// Something to watch out for.
struct Slip {
    /// Where in the learner's code it shows; none for advice in general.
    line: Option<u32>,
    /// The code there, quoted.
    text: String,
    correction: String,
}

impl Slip {
    fn into_value(self) -> Value {
        let slots = [
            ("line", Value::from(self.line.unwrap_or(0))),
            ("text", Value::from(self.text)),
            ("correction", Value::from(self.correction)),
        ];
        map(slots.into_iter())
    }
}

/// Misconceptions that the code shows; where it shows none and the learner is stuck, or wants to know all, the usual ones.
fn watch(lesson: &Lesson, question: Question<'_>) -> Vec<Slip> {
    let most = match question.depth {
        Depth::Brief => 1,
        Depth::Standard => 2,
        Depth::Deep => 3,
    };
    let in_code = lesson.misconceptions.iter().filter_map(|misconception| {
        let sighting = question.code?.seen.of(misconception.construct?).first()?;
        let correction = misconception.correction.clone();
        Some(Slip { line: Some(sighting.line), text: quote(&sighting.text), correction })
    });
    let mut shown: Vec<Slip> = Vec::new();
    for slip in in_code {
        // One slip may be a sign of two misconceptions; the more frequent one speaks.
        if shown.len() < most
            && !shown.iter().any(|other| (other.line, &other.text) == (slip.line, &slip.text))
        {
            shown.push(slip);
        }
    }
    shown.sort_by_key(|slip| slip.line);
    if shown.is_empty() && (question.stuck || question.depth == Depth::Deep) {
        let usual = lesson.misconceptions.iter().take(most.max(2));
        shown = usual
            .map(|usual| Slip { line: None, text: String::new(), correction: usual.correction.clone() })
            .collect();
    }
    shown
}

/// No line ends in a space, no two empty lines follow each other, none stands at the ends.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() && (tidied.is_empty() || tidied.ends_with("\n\n")) {
            continue;
        }
        tidied.push_str(line);
        tidied.push('\n');
    }
    tidied.truncate(tidied.trim_end().len());
    tidied
}
