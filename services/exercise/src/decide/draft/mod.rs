//! A seed makes a draft of a template: an exercise that still lacks what its tests expect, and all that has to be tried
//! before it may be shown.
//!
//! One file a kind says how that kind comes of the template. Not here: running it (`admission`) and judging what came of it
//! (`admit`).

mod gap;
mod order;
mod predict;

use agent_core::curriculum::Topic;

use super::chance::Chance;
use super::draw::draw_all;
use super::exercise::{Exercise, Expected, Form, Kind, Name, Seed, Task, Test};
use super::inputs::{self, Inputs};
use super::mutate::{self, Mutant};
use super::template::{Generator, Names, Sheet, Template, Templates, TestSheet, Texts};

/// The most bugs that are tried on one exercise.
const MUTANTS_MAX: usize = 28;

/// An exercise before it was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The exercise; nothing is expected yet, and a bug to find is not yet chosen.
    pub exercise: Exercise,
    /// Bugs that its tests should catch.
    pub mutants: Vec<Mutant>,
    /// Further inputs, to tell from the reference what the tests do not.
    pub probes: Vec<Test>,
    /// Answers that must not be right.
    pub wrong: Vec<Wrong>,
    /// Whether what a function prints counts.
    pub prints: bool,
    /// Hints for mending, where the template has its own.
    pub mending_hints: Option<[String; 3]>,
}

/// An answer that must not be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// What was done, for the author of the template.
    pub what: String,
    /// The program.
    pub code: String,
}

/// Why a seed makes nothing of a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// No such template, or not as this kind.
    #[error("there is no {kind} of {topic}/{template}", kind = kind.name())]
    Unknown {
        /// The topic asked for.
        topic: Topic,
        /// The template asked for.
        template: String,
        /// The kind asked for.
        kind: Kind,
    },
    /// A text or a draw does not work out.
    #[error("{0}")]
    Template(String),
}

/// What the kinds have in common while a draft is made.
struct Drawn<'a> {
    sheet: &'a Sheet,
    names: Names,
    texts: &'a Texts,
    reference: String,
    tests: Vec<Test>,
    probes: Vec<Test>,
    shuffle: Chance,
}

/// What is particular to a kind.
struct Part {
    starter: String,
    task: Task,
    wrong: Vec<Wrong>,
    hints: [String; 3],
    distractors: usize,
}

impl Templates {
    /// Draws an exercise. The same name gives the same draft, as long as the template stays as it is.
    ///
    /// # Errors
    /// A name that nothing has, or a template that does not work out for this seed.
    pub fn draft(&self, name: &Name) -> Result<Draft, DraftError> {
        let unknown =
            || DraftError::Unknown { topic: name.topic, template: name.template.clone(), kind: name.kind };
        let template = self.get(name.topic, &name.template).ok_or_else(unknown)?;
        if !template.sheet.kinds.contains(&name.kind) {
            return Err(unknown());
        }
        self.drafted(template, name).map_err(DraftError::Template)
    }

    /// A text over what chance chose for an exercise: a solution that is written for all variants of a template.
    ///
    /// # Errors
    /// A name that nothing has, or a mistake in the text.
    pub fn rendered(&self, name: &Name, text: &str) -> Result<String, DraftError> {
        let Name { topic, template, kind, seed } = name;
        let unknown = || DraftError::Unknown { topic: *topic, template: template.clone(), kind: *kind };
        let template = self.get(*topic, template).ok_or_else(unknown)?;
        let rendered = self.drawn(template, *seed).and_then(|names| self.texts().render(text, &names));
        rendered.map_err(DraftError::Template)
    }

    /// What chance chooses for a seed.
    fn drawn(&self, template: &Template, seed: Seed) -> Result<Names, String> {
        let parts = (template.sheet.draws.as_slice(), template.sheet.constraints.as_slice());
        draw_all(parts, None, &mut chance(template, seed, "draw"), self.texts(), &Names::new())
    }

    fn drafted(&self, template: &Template, name: &Name) -> Result<Draft, String> {
        let sheet = &template.sheet;
        let chance = |stream: &str| chance(template, name.seed, stream);
        let names = self.drawn(template, name.seed)?;
        let reference = program(&self.texts().render(&sheet.reference, &names)?);
        let mut drawn = Drawn {
            sheet,
            names,
            texts: self.texts(),
            reference,
            tests: Vec::new(),
            probes: Vec::new(),
            shuffle: chance("shuffle"),
        };
        drawn.fill_tests(&mut chance("tests"))?;
        let part = match name.kind {
            Kind::Write => drawn.write()?,
            Kind::FixBug => drawn.fix_bug()?,
            Kind::Order => order::part(&mut drawn)?,
            Kind::FillGap => gap::part(&drawn)?,
            Kind::PredictOutput => predict::part(&mut drawn)?,
        };
        self.assembled(name, drawn, part, chance("mutants"))
    }

    fn assembled(
        &self,
        name: &Name,
        drawn: Drawn<'_>,
        part: Part,
        mut chance: Chance,
    ) -> Result<Draft, String> {
        let sheet = drawn.sheet;
        let reads = name.kind == Kind::PredictOutput;
        let form = if reads { Form::Script } else { sheet.form() };
        let mut around = drawn.names.clone();
        let thing = if matches!(form, Form::Script) { "program" } else { "function" };
        around.insert("thing".to_owned(), thing.into());
        around.insert("statement".to_owned(), drawn.text(&sheet.statement)?.trim().into());
        around.insert("distractors".to_owned(), part.distractors.into());
        let stdin = drawn.tests.first().map_or("", |test| test.stdin.as_str());
        around.insert("stdin".to_owned(), stdin.into());
        let statement = drawn.texts.render(self.frame(name.kind), &around)?.trim().to_owned();
        let mending_hints = sheet.hints_for.get(&Kind::FixBug).map(|hints| drawn.hints(hints)).transpose()?;
        let exercise = Exercise {
            name: name.clone(),
            difficulty: sheet.difficulty_as(name.kind),
            title: drawn.text(&sheet.title)?,
            statement,
            starter: part.starter,
            form,
            rules: if reads { Default::default() } else { sheet.rules() },
            hints: part.hints,
            task: part.task,
            minutes: sheet.minutes_as(name.kind),
            tests: drawn.tests,
            reference: drawn.reference,
        };
        let mutants = mutate::choose(mutate::mutants(&exercise.reference), MUTANTS_MAX, &mut chance);
        Ok(Draft {
            exercise,
            mutants,
            probes: drawn.probes,
            wrong: part.wrong,
            prints: sheet.prints,
            mending_hints,
        })
    }
}

impl Generator<'_> {
    /// How many variants its draws allow; see [`Sheet::variety`].
    #[must_use]
    pub fn variety(&self) -> u64 {
        self.template.sheet.variety()
    }
}

impl Drawn<'_> {
    fn text(&self, source: &str) -> Result<String, String> {
        self.texts.render(source, &self.names)
    }

    fn hints(&self, hints: &[String; 3]) -> Result<[String; 3], String> {
        let [nudge, way, nearly] = hints;
        Ok([self.text(nudge)?, self.text(way)?, self.text(nearly)?])
    }

    /// The template's own hints for a kind, or those for writing.
    fn hints_as(&self, kind: Kind) -> Result<[String; 3], String> {
        self.hints(self.sheet.hints_for.get(&kind).unwrap_or(&self.sheet.hints))
    }

    /// The tests written out, then hidden ones: the edges first, but a third at random. What is left over probes.
    fn fill_tests(&mut self, chance: &mut Chance) -> Result<(), String> {
        for sheet in &self.sheet.tests {
            let test = self.written_out(sheet)?;
            self.tests.push(test);
        }
        let Some(generate) = &self.sheet.generate else { return Ok(()) };
        let Inputs { mut edges, mut random } =
            inputs::draw(generate, &self.names, &self.tests, chance, self.texts)?;
        let at_random = generate.tests.div_ceil(3).min(random.len());
        let at_edges = (generate.tests - at_random).min(edges.len());
        let at_random = (generate.tests - at_edges).min(random.len());
        self.probes = edges.split_off(at_edges);
        self.probes.extend(random.split_off(at_random));
        self.tests.extend(edges);
        self.tests.extend(random);
        Ok(())
    }

    fn written_out(&self, sheet: &TestSheet) -> Result<Test, String> {
        let about = self.text(&sheet.about)?;
        let stdin = self.text(&sheet.stdin)?;
        let calls = inputs::calls(&sheet.calls, &self.names, self.texts)?;
        Ok(Test { about, open: sheet.open, stdin, calls, expected: Expected::default() })
    }

    fn write(&self) -> Result<Part, String> {
        let starter = match &self.sheet.starter {
            Some(starter) => program(&self.text(starter)?),
            None => stub(&self.reference, self.sheet.function.as_deref()),
        };
        Ok(Part {
            starter,
            task: Task::Write,
            wrong: Vec::new(),
            hints: self.hints_as(Kind::Write)?,
            distractors: 0,
        })
    }

    /// The bug is chosen once it is known which ones the tests catch; so are the hints, which speak of it.
    fn fix_bug(&self) -> Result<Part, String> {
        Ok(Part {
            starter: String::new(),
            task: Task::Write,
            wrong: Vec::new(),
            hints: self.hints_as(Kind::FixBug)?,
            distractors: 0,
        })
    }
}

/// Chance for one part of an exercise: what one part draws moves no other.
fn chance(template: &Template, seed: Seed, stream: &str) -> Chance {
    Chance::new(seed, &format!("{}/{}/{stream}", template.topic.slug(), template.slug))
}

/// A program without blank lines around it, and with one line break at its end.
fn program(text: &str) -> String {
    format!("{}\n", text.trim_matches('\n').trim_end())
}

/// What there is to start from where the template says nothing: the function's first line, or nothing.
fn stub(reference: &str, function: Option<&str>) -> String {
    let Some(function) = function else { return "# Write your program here.\n".to_owned() };
    let start = format!("def {function}(");
    let head = reference.lines().find(|line| line.starts_with(&start)).unwrap_or_default();
    format!("{head}\n    pass\n")
}

#[cfg(test)]
mod tests;
