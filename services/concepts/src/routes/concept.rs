//! A concept as a request names it, and what is said where it is unknown or has no lesson yet.

use std::collections::BTreeSet;

use agent_core::curriculum::{self, Topic};
use problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::library::{Lesson, Library};

/// The most topics that a request may say are known.
const KNOWN_MAX: usize = 64;

/// A slug of the curriculum. Refused with the nearest ones where it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = Topic)]
pub(crate) struct Concept(pub(crate) Topic);

impl TryFrom<String> for Concept {
    type Error = String;

    fn try_from(slug: String) -> Result<Self, String> {
        curriculum::parse_or_nearest(&slug).map(Self)
    }
}

/// The known topics of a request as a set.
pub(crate) fn known(named: &[Concept]) -> Result<BTreeSet<Topic>, Problem> {
    if named.len() > KNOWN_MAX {
        return Err(Problem::field("known", format!("at most {KNOWN_MAX} topics")));
    }
    Ok(named.iter().map(|concept| concept.0).collect())
}

/// The lesson on a concept; 404 where the curriculum has the topic but no lesson is written yet.
pub(crate) fn lesson(library: &Library, concept: Concept) -> Result<&Lesson, Problem> {
    library.lesson(concept.0).ok_or_else(|| {
        let written: Vec<&str> = library.lessons().map(|lesson| lesson.topic.slug()).collect();
        Problem::not_found(format!(
            "there is no lesson on {} yet; there are lessons on {}",
            concept.0,
            written.join(", ")
        ))
    })
}
