//! The students' curriculum: 8 modules, 32 topics, and the slugs by which every agent names them.
//!
//! What a topic teaches (texts, exercises, prerequisites) does not belong here, but in the room that teaches it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A module of the curriculum: a handful of topics taught together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Module {
    /// Values, names and operators.
    Basics,
    /// Deciding and repeating.
    ControlFlow,
    /// Holding many values.
    DataStructures,
    /// Naming a piece of work.
    Functions,
    /// Classes and objects.
    Oop,
    /// Reading and writing files.
    Files,
    /// What goes wrong, and what to do then.
    Errors,
    /// Using what others wrote.
    Libraries,
}

impl Module {
    /// All modules in teaching order.
    #[must_use]
    pub const fn all() -> &'static [Self] {
        &[
            Self::Basics,
            Self::ControlFlow,
            Self::DataStructures,
            Self::Functions,
            Self::Oop,
            Self::Files,
            Self::Errors,
            Self::Libraries,
        ]
    }

    /// The name a student reads.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Basics => "Basics",
            Self::ControlFlow => "Control flow",
            Self::DataStructures => "Data structures",
            Self::Functions => "Functions",
            Self::Oop => "Object-oriented programming",
            Self::Files => "Files",
            Self::Errors => "Errors",
            Self::Libraries => "Libraries",
        }
    }

    /// The place in the curriculum, from 1 to 8.
    #[must_use]
    pub const fn order(self) -> u8 {
        self as u8 + 1
    }

    /// The topics of this module in teaching order.
    pub fn topics(self) -> impl Iterator<Item = Topic> {
        Topic::all().iter().copied().filter(move |topic| topic.module() == self)
    }
}

/// Writes the enum and its table at once, so that no topic can lack a slug, a title or a module.
macro_rules! topics {
    ($($variant:ident, $slug:literal, $title:literal, $module:ident;)+) => {
        /// A topic of the curriculum; written everywhere by its slug.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Topic {
            $(
                #[doc = $title]
                #[cfg_attr(feature = "openapi", schema(rename = $slug))]
                $variant,
            )+
        }

        impl Topic {
            /// All topics in teaching order.
            #[must_use]
            pub const fn all() -> &'static [Self] {
                &[$(Self::$variant,)+]
            }

            /// The name in data: `component`, `concept` and `topic` everywhere.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug,)+ }
            }

            /// The name a student reads.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// The module that this topic belongs to.
            #[must_use]
            pub const fn module(self) -> Module {
                match self { $(Self::$variant => Module::$module,)+ }
            }
        }
    };
}

topics! {
    Variables, "variables", "Variables", Basics;
    DataTypes, "data-types", "Data types", Basics;
    InputOutput, "input-output", "Input and output", Basics;
    Operators, "operators", "Operators", Basics;
    TypeConversion, "type-conversion", "Type conversion", Basics;
    IfElifElse, "if-elif-else", "if, elif and else", ControlFlow;
    For, "for", "for loops", ControlFlow;
    While, "while", "while loops", ControlFlow;
    BreakContinue, "break-continue", "break and continue", ControlFlow;
    Lists, "lists", "Lists", DataStructures;
    Tuples, "tuples", "Tuples", DataStructures;
    Dicts, "dicts", "Dictionaries", DataStructures;
    Sets, "sets", "Sets", DataStructures;
    ListComprehensions, "list-comprehensions", "List comprehensions", DataStructures;
    Functions, "functions", "Functions", Functions;
    Parameters, "parameters", "Parameters", Functions;
    ReturnValues, "return-values", "Return values", Functions;
    Scope, "scope", "Scope", Functions;
    Classes, "classes", "Classes", Oop;
    AttributesMethods, "attributes-methods", "Attributes and methods", Oop;
    Inheritance, "inheritance", "Inheritance", Oop;
    Encapsulation, "encapsulation", "Encapsulation", Oop;
    Files, "files", "Reading and writing files", Files;
    Csv, "csv", "CSV files", Files;
    Json, "json", "JSON files", Files;
    TryExcept, "try-except", "try and except", Errors;
    ExceptionTypes, "exception-types", "Exception types", Errors;
    CustomExceptions, "custom-exceptions", "Custom exceptions", Errors;
    Debugging, "debugging", "Debugging", Errors;
    Packages, "packages", "Packages", Libraries;
    Apis, "apis", "Using web APIs", Libraries;
    VirtualEnvironments, "virtual-environments", "Virtual environments", Libraries;
}

/// A slug that no topic has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no topic of the curriculum is called `{slug}`")]
pub struct UnknownTopic {
    /// What was asked for.
    pub slug: String,
}

impl FromStr for Topic {
    type Err = UnknownTopic;

    fn from_str(slug: &str) -> Result<Self, Self::Err> {
        Self::all()
            .iter()
            .copied()
            .find(|topic| topic.slug() == slug)
            .ok_or_else(|| UnknownTopic { slug: slug.to_owned() })
    }
}

/// How many near topics are named.
const NEAREST_MAX: usize = 3;

/// The topics whose slug or title is nearest to a text: what to say where [`UnknownTopic`] is a typing mistake.
#[must_use]
pub fn nearest(text: &str) -> Vec<Topic> {
    // What is longer than any title is compared by its beginning: the cost stays bounded.
    let text: String = text.to_lowercase().chars().take(40).collect();
    let distance = |name: &str| {
        let name = name.to_lowercase();
        let within = text.len() >= 3 && (name.contains(&text) || text.contains(&name));
        if within { 0 } else { strsim::damerau_levenshtein(&name, &text) }
    };
    let mut topics: Vec<Topic> = Topic::all().to_vec();
    topics.sort_by_cached_key(|topic| {
        let words = topic.title().split(' ').filter(|word| word.len() > 3).map(distance);
        words.chain([distance(topic.slug()), distance(topic.title())]).min()
    });
    topics.truncate(NEAREST_MAX);
    topics
}

/// The topic of this slug, or a sentence that names the nearest ones.
pub fn parse_or_nearest(slug: &str) -> Result<Topic, String> {
    slug.parse().map_err(|_| {
        let near: Vec<&str> = nearest(slug).into_iter().map(Topic::slug).collect();
        format!("is no topic of the curriculum; the nearest are {}", near.join(", "))
    })
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.slug())
    }
}

impl<'de> Deserialize<'de> for Topic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_two_topics_in_eight_modules_in_teaching_order() {
        assert_eq!(Topic::all().len(), 32);
        assert_eq!(Module::all().len(), 8);
        assert!(Topic::all().is_sorted_by_key(|topic| topic.module().order()));
        assert!(Module::all().iter().all(|module| module.topics().count() >= 3));
        assert_eq!(Module::Libraries.order(), 8);
    }

    #[test]
    fn a_slug_reads_back_as_its_topic_and_no_two_are_alike() {
        for topic in Topic::all() {
            assert_eq!(topic.slug().parse(), Ok(*topic));
            let json = serde_json::to_string(topic).expect("a slug is a string");
            assert_eq!(json, format!("\"{topic}\""));
            assert_eq!(serde_json::from_str::<Topic>(&json).expect("reads back"), *topic);
        }
        assert!("loops".parse::<Topic>().is_err());
    }

    #[test]
    fn the_nearest_topics_are_named() {
        for (text, expected) in [
            ("variable", Topic::Variables),
            ("Data Types", Topic::DataTypes),
            ("dictionary", Topic::Dicts),
            ("loops", Topic::For),
            ("opertors", Topic::Operators),
        ] {
            assert_eq!(nearest(text).first(), Some(&expected), "{text}");
        }
        assert_eq!(nearest(&"x".repeat(1_000_000)).len(), NEAREST_MAX);
    }
}
