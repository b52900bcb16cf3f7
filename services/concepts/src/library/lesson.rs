//! One topic's folder: what it shows, misconceptions, examples, questions.
//!
//! Title and module come from the curriculum, prerequisites from graph.toml: each fact has one home. Not here: the texts by
//! depth, which are templates.

use agent_core::curriculum::Topic;
use include_dir::Dir;
use serde::{Deserialize, Serialize};

use super::question::{self, Question};
use super::{LibraryError, file};
use crate::decide::code::Construct;

/// How much an explanation says.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// Two or three sentences.
    Brief,
    /// A page.
    #[default]
    Standard,
    /// Everything, with the traps.
    Deep,
}

impl Depth {
    /// From short to long.
    pub const ALL: [Self; 3] = [Self::Brief, Self::Standard, Self::Deep];

    /// The name of its text's file, without the ending.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Brief => "brief",
            Self::Standard => "standard",
            Self::Deep => "deep",
        }
    }
}

/// Something that learners often believe and that is not so.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Misconception {
    /// Its name, unique in the topic.
    pub id: String,
    /// By what it shows.
    pub sign: String,
    /// What is so, said to the learner.
    pub correction: String,
    /// What in a program gives it away.
    #[serde(default)]
    pub construct: Option<Construct>,
}

/// A program to run, and what it prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The file's name without its ending.
    pub name: &'static str,
    /// The program.
    pub code: &'static str,
    /// What is typed into it, if it asks.
    pub stdin: Option<&'static str>,
    /// What a real Python prints.
    pub output: &'static str,
}

/// All that is taught about one topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// The topic.
    pub topic: Topic,
    /// The concept in one sentence.
    pub summary: String,
    /// Where to read on.
    pub related: Vec<Topic>,
    /// What in a program shows the concept, the most telling first.
    pub shows: Vec<Construct>,
    /// What learners often believe, the most frequent first.
    pub misconceptions: Vec<Misconception>,
    /// Programs to run.
    pub examples: Vec<Example>,
    /// Questions to check with.
    pub questions: Vec<Question>,
}

/// topic.toml.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    summary: String,
    related: Vec<Topic>,
    shows: Vec<Construct>,
    #[serde(rename = "misconception")]
    misconceptions: Vec<Misconception>,
}

impl Lesson {
    /// Reads a topic's folder.
    ///
    /// # Errors
    /// The first file of it that is not well formed.
    pub(super) fn read(folder: &Dir<'static>) -> Result<Self, LibraryError> {
        let slug = folder.path().to_string_lossy().into_owned();
        let topic: Topic = slug.parse().map_err(|_| LibraryError::new(&slug, "is no topic's slug"))?;
        let place = format!("{slug}/topic.toml");
        let head: Head = toml::from_str(file(folder, &place)?)
            .map_err(|error| LibraryError::new(&place, error.to_string()))?;
        let place = format!("{slug}/questions.toml");
        let questions = question::parse(file(folder, &place)?, topic, &head.misconceptions)
            .map_err(|problem| LibraryError::new(&place, problem))?;
        let Head { summary, related, shows, misconceptions } = head;
        Ok(Self {
            topic,
            summary,
            related,
            shows,
            misconceptions,
            examples: examples(folder, &slug)?,
            questions,
        })
    }

    /// A misconception by its name.
    #[must_use]
    pub fn misconception(&self, id: &str) -> Option<&Misconception> {
        self.misconceptions.iter().find(|misconception| misconception.id == id)
    }
}

fn examples(folder: &Dir<'static>, slug: &str) -> Result<Vec<Example>, LibraryError> {
    let place = format!("{slug}/examples");
    let folder = folder.get_dir(&place).ok_or_else(|| LibraryError::new(&place, "is missing"))?;
    let mut examples = Vec::new();
    for program in folder.files().filter(|file| file.path().extension().is_some_and(|ending| ending == "py"))
    {
        let name = program.path().file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let path = |ending: &str| format!("{place}/{name}.{ending}");
        let stdin = folder.get_file(path("in")).and_then(|file| file.contents_utf8());
        let (code, output) = (file(folder, &path("py"))?, file(folder, &path("out"))?);
        examples.push(Example { name, code, stdin, output });
    }
    examples.sort_by_key(|example| example.name);
    Ok(examples)
}
