//! A topic as a request names it, and what is said where there are no exercises on it yet.

use agent_core::curriculum::{self, Topic};
use problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Exercises;

/// A slug of the curriculum. Refused with the nearest ones where it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = Topic)]
pub(crate) struct Taught(Topic);

impl TryFrom<String> for Taught {
    type Error = String;

    fn try_from(slug: String) -> Result<Self, String> {
        curriculum::parse_or_nearest(&slug).map(Self)
    }
}

impl Exercises {
    /// The topic; 404 where the curriculum has it but no exercise is written yet.
    pub(crate) fn taught(&self, Taught(topic): Taught) -> Result<Topic, Problem> {
        let topics = self.shelf.topics();
        if topics.contains(&topic) {
            return Ok(topic);
        }
        let written: Vec<&str> = topics.iter().map(|topic| topic.slug()).collect();
        Err(Problem::not_found(format!(
            "there are no exercises on {topic} yet; there are exercises on {}",
            written.join(", ")
        )))
    }
}
