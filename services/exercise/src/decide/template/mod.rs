//! The exercises as data, compiled in: `exercises/<topic>/<slug>.toml`, the words they draw from, and the frames around a
//! statement by kind.
//!
//! Reading order: `sheet` (a file's fields) → `check` (what is refused) → `text` (how its texts are filled in). Not here:
//! drawing one (`draw`, `draft`). To add an exercise see `exercises/README.md`.

mod check;
mod sheet;
mod text;

use std::collections::BTreeMap;
use std::str::FromStr;

use agent_core::curriculum::Topic;
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

pub use sheet::{GapSheet, Generate, Sheet, TestSheet};
pub use text::{Names, Texts};

use super::draw::Source;
use super::exercise::{Difficulty, Kind, Name, Seed};

static EXERCISES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/exercises");

/// Lists of words and other values, by name.
pub type Pools = BTreeMap<String, Vec<toml::Value>>;

/// A file under `exercises/` that is not well formed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("exercises/{place}: {problem}")]
pub struct TemplateError {
    /// The file, from `exercises/`.
    pub place: String,
    /// The field, and what is wrong with it.
    pub problem: String,
}

impl TemplateError {
    fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }
}

/// A template and where it stands.
#[derive(Debug, Clone)]
pub struct Template {
    /// Its topic.
    pub topic: Topic,
    /// Its name within the topic.
    pub slug: String,
    /// What its file says.
    pub sheet: Sheet,
    /// Changes when the file does.
    source: String,
}

/// A template as one of its kinds: what a seed makes exercises of.
#[derive(Debug, Clone, Copy)]
pub struct Generator<'a> {
    /// The template.
    pub template: &'a Template,
    /// The kind.
    pub kind: Kind,
}

impl Generator<'_> {
    /// The name of what a seed makes of it.
    #[must_use]
    pub fn name(&self, seed: Seed) -> Name {
        Name { topic: self.template.topic, template: self.template.slug.clone(), kind: self.kind, seed }
    }

    /// How hard that is.
    #[must_use]
    pub fn difficulty(&self) -> Difficulty {
        self.template.sheet.difficulty_as(self.kind)
    }
}

/// All templates.
#[derive(Debug)]
pub struct Templates {
    texts: Texts,
    templates: BTreeMap<(Topic, String), Template>,
    frames: BTreeMap<Kind, String>,
    words: String,
}

impl Templates {
    /// Reads the exercises that are compiled in.
    ///
    /// # Errors
    /// The first file that is not well formed.
    pub fn load() -> Result<Self, TemplateError> {
        Self::read(&EXERCISES)
    }

    fn read(folder: &Dir<'static>) -> Result<Self, TemplateError> {
        let texts = Texts::new().map_err(|problem| TemplateError::new("", problem))?;
        let words = file(folder, "words.toml")?.to_owned();
        let pools =
            toml::from_str(&words).map_err(|error| TemplateError::new("words.toml", error.to_string()))?;
        let mut frames = BTreeMap::new();
        for kind in Kind::ALL {
            frames.insert(kind, file(folder, &format!("frames/{}.md", kind.name()))?.to_owned());
        }
        let mut templates = BTreeMap::new();
        for topic in folder.dirs().filter(|dir| !dir.path().ends_with("frames")) {
            for sheet in topic.files() {
                let place = sheet.path().to_string_lossy().replace('\\', "/");
                let source = file(folder, &place)?;
                let template = Template::parse(&place, source, &pools, &texts)?;
                templates.insert((template.topic, template.slug.clone()), template);
            }
        }
        Ok(Self { texts, templates, frames, words })
    }

    /// A set of one's own, for a test: places and their texts.
    ///
    /// # Errors
    /// The first that is not well formed.
    #[cfg(test)]
    pub fn of(sheets: &[(&str, &str)]) -> Result<Self, TemplateError> {
        let Self { texts, frames, words, .. } = Self::load()?;
        let mut templates = BTreeMap::new();
        for (place, source) in sheets {
            let template = Template::parse(place, source, &Pools::new(), &texts)?;
            templates.insert((template.topic, template.slug.clone()), template);
        }
        Ok(Self { texts, templates, frames, words })
    }

    /// All, by topic in teaching order.
    pub fn all(&self) -> impl Iterator<Item = &Template> {
        self.templates.values()
    }

    /// The topics that have any.
    pub fn topics(&self) -> impl Iterator<Item = Topic> {
        let mut last = None;
        self.templates
            .keys()
            .map(|(topic, _)| *topic)
            .filter(move |topic| last.replace(*topic) != Some(*topic))
    }

    /// What an exercise was made of, in short: another one where its template, the words or a frame have changed. Empty
    /// where there is no such template.
    #[must_use]
    pub fn fingerprint(&self, name: &Name) -> String {
        let Some(template) = self.get(name.topic, &name.template) else { return String::new() };
        let mut hash = Sha256::new_with_prefix(env!("CARGO_PKG_VERSION"));
        for part in [template.source.as_str(), self.words.as_str(), self.frame(name.kind)] {
            hash.update([0]);
            hash.update(part);
        }
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// A template by its name.
    #[must_use]
    pub fn get(&self, topic: Topic, slug: &str) -> Option<&Template> {
        self.templates.get(&(topic, slug.to_owned()))
    }

    /// Each template as each of its kinds.
    pub fn generators(&self) -> impl Iterator<Item = Generator<'_>> {
        self.all().flat_map(|template| {
            template.sheet.kinds.iter().map(move |kind| Generator { template, kind: *kind })
        })
    }

    /// What there is for a topic, and a kind if one is wished: nearest to the difficulty first, and of two as near the
    /// easier one.
    #[must_use]
    pub fn fitting(&self, topic: Topic, kind: Option<Kind>, difficulty: Difficulty) -> Vec<Generator<'_>> {
        let mut fitting: Vec<_> = self
            .generators()
            .filter(|generator| {
                generator.template.topic == topic && kind.is_none_or(|kind| generator.kind == kind)
            })
            .collect();
        fitting.sort_by_key(|generator| {
            let is = generator.difficulty();
            ((is as u8).abs_diff(difficulty as u8), is)
        });
        fitting
    }

    pub(super) const fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The text around a statement.
    pub(super) fn frame(&self, kind: Kind) -> &str {
        self.frames.get(&kind).map_or("{{ statement }}", String::as_str)
    }
}

impl Template {
    /// Reads and checks a template; `place` is `<topic>/<slug>.toml`.
    ///
    /// # Errors
    /// What is wrong with it, by file and field.
    pub fn parse(place: &str, source: &str, pools: &Pools, texts: &Texts) -> Result<Self, TemplateError> {
        let refuse = |problem: String| TemplateError::new(place, problem);
        let named = place.strip_suffix(".toml").and_then(|place| place.split_once('/'));
        let (topic, slug) = named.ok_or_else(|| refuse("is no <topic>/<slug>.toml".to_owned()))?;
        let topic = Topic::from_str(topic).map_err(|error| refuse(error.to_string()))?;
        let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if slug.is_empty() || slug.len() > 32 || !slug.chars().all(plain) {
            return Err(refuse("its name may hold at most 32 small letters, digits and hyphens".to_owned()));
        }
        let mut sheet: Sheet = toml::from_str(source).map_err(|error| refuse(error.to_string()))?;
        let inputs = sheet.generate.iter_mut().flat_map(|generate| &mut generate.inputs);
        for draw in sheet.draws.iter_mut().chain(inputs) {
            fill_pools(&mut draw.source, pools)
                .map_err(|problem| refuse(format!("`{}`: {problem}", draw.name)))?;
        }
        check::check(&sheet, texts).map_err(refuse)?;
        Ok(Self { topic, slug: slug.to_owned(), sheet, source: source.to_owned() })
    }
}

/// Puts the words in the place of their pool's name.
fn fill_pools(source: &mut Source, pools: &Pools) -> Result<(), String> {
    match source {
        Source::Pool(name) => {
            let words = pools.get(name).ok_or_else(|| format!("words.toml has no `{name}`"))?;
            *source = Source::OneOf(words.clone());
            Ok(())
        }
        Source::List(list) => fill_pools(&mut list.of, pools),
        _ => Ok(()),
    }
}

/// A file's text; `path` counts from `exercises/`.
fn file(folder: &Dir<'static>, path: &str) -> Result<&'static str, TemplateError> {
    let file = folder.get_file(path).ok_or_else(|| TemplateError::new(path, "is missing"))?;
    file.contents_utf8().ok_or_else(|| TemplateError::new(path, "is not UTF-8"))
}

#[cfg(test)]
mod tests;
