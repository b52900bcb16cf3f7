//! The topics as data, compiled in: the graph of prerequisites, and a lesson for each topic that has its folder.
//!
//! To add a topic: a folder `topics/<slug>/` with topic.toml, brief.md, standard.md, deep.md, questions.toml and
//! examples/*.py, each with its .out (and .in where it reads input). [`Library::load`] refuses what is not well formed, and
//! the tests run every example on a real Python. Not here: choosing and wording (`decide`).

mod graph;
mod lesson;
mod question;

use std::collections::BTreeMap;

use agent_core::curriculum::Topic;
use include_dir::{Dir, include_dir};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, Value};

pub use graph::Graph;
pub use lesson::{Depth, Example, Lesson, Misconception};
pub use question::{Choice, Difficulty, Kind, Question, WrongAnswer};

static TOPICS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/topics");

/// The text around every explanation.
const FRAME: &str = "frame";

/// A topic's folder that is not well formed.
#[derive(Debug, thiserror::Error)]
#[error("topics/{place}: {problem}")]
pub struct LibraryError {
    /// The file.
    place: String,
    /// What is wrong with it.
    problem: String,
}

impl LibraryError {
    fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }
}

/// All that can be taught.
#[derive(Debug)]
pub struct Library {
    graph: Graph,
    lessons: BTreeMap<Topic, Lesson>,
    texts: Environment<'static>,
}

impl Library {
    /// Reads the topics.
    ///
    /// # Errors
    /// The first file that is not well formed.
    pub fn load() -> Result<Self, LibraryError> {
        let mut texts = Environment::new();
        texts.set_undefined_behavior(UndefinedBehavior::Strict);
        texts.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()
                .map_err(|error| LibraryError::new(FRAME, error.to_string()))?,
        );
        add_text(&mut texts, FRAME.to_owned(), file(&TOPICS, "frame.md")?)?;
        let graph = Graph::parse(file(&TOPICS, "graph.toml")?)?;
        let mut lessons = BTreeMap::new();
        for folder in TOPICS.dirs() {
            let lesson = Lesson::read(folder)?;
            for depth in Depth::ALL {
                let source = file(folder, &format!("{}/{}.md", lesson.topic, depth.name()))?;
                add_text(&mut texts, text_name(lesson.topic, depth), source)?;
            }
            lessons.insert(lesson.topic, lesson);
        }
        Ok(Self { graph, lessons, texts })
    }

    /// What builds on what.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The lesson on a topic, where there is one.
    #[must_use]
    pub fn lesson(&self, topic: Topic) -> Option<&Lesson> {
        self.lessons.get(&topic)
    }

    /// All lessons in teaching order.
    pub fn lessons(&self) -> impl Iterator<Item = &Lesson> {
        self.lessons.values()
    }

    /// The text of a topic at a depth.
    ///
    /// # Errors
    /// A mistake in the text.
    pub fn render(
        &self,
        topic: Topic,
        depth: Depth,
        context: &BTreeMap<&'static str, Value>,
    ) -> Result<String, minijinja::Error> {
        self.texts.get_template(&text_name(topic, depth))?.render(context)
    }

    /// The text around it.
    ///
    /// # Errors
    /// A mistake in the text.
    pub fn render_frame(&self, context: &BTreeMap<&'static str, Value>) -> Result<String, minijinja::Error> {
        self.texts.get_template(FRAME)?.render(context)
    }
}

fn text_name(topic: Topic, depth: Depth) -> String {
    format!("{topic}/{}", depth.name())
}

fn add_text(
    texts: &mut Environment<'static>,
    name: String,
    source: &'static str,
) -> Result<(), LibraryError> {
    texts
        .add_template_owned(name.clone(), source)
        .map_err(|error| LibraryError::new(format!("{name}.md"), error.to_string()))
}

/// A file's text; `path` counts from `topics/`.
fn file(folder: &Dir<'static>, path: &str) -> Result<&'static str, LibraryError> {
    let file = folder.get_file(path).ok_or_else(|| LibraryError::new(path, "is missing"))?;
    file.contents_utf8().ok_or_else(|| LibraryError::new(path, "is not UTF-8"))
}
