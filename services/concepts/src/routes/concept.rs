//! A concept as a request names it, and what is said where it is unknown or has no lesson yet.

use std::collections::BTreeSet;

use agent_core::curriculum::Topic;
use problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::library::{Lesson, Library};

/// The most topics that a request may say are known.
const KNOWN_MAX: usize = 64;

/// How many near matches are named.
const NEAR_MAX: usize = 3;

/// A slug of the curriculum. Refused with the nearest ones where it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = Topic)]
pub(crate) struct Concept(pub(crate) Topic);

impl TryFrom<String> for Concept {
    type Error = String;

    fn try_from(slug: String) -> Result<Self, String> {
        slug.parse().map(Self).map_err(|_| {
            let near: Vec<&str> = near(&slug).into_iter().map(Topic::slug).collect();
            format!("is no topic of the curriculum; the nearest are {}", near.join(", "))
        })
    }
}

/// The topics whose slug or title is nearest to a text.
fn near(text: &str) -> Vec<Topic> {
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
    topics.truncate(NEAR_MAX);
    topics
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_topics_are_named() {
        for (text, nearest) in [
            ("variable", Topic::Variables),
            ("Data Types", Topic::DataTypes),
            ("dictionary", Topic::Dicts),
            ("loops", Topic::For),
            ("opertors", Topic::Operators),
        ] {
            assert_eq!(near(text).first(), Some(&nearest), "{text}");
        }
        assert_eq!(near(&"x".repeat(1_000_000)).len(), NEAR_MAX);
    }
}
