//! The graph of prerequisites over the whole curriculum.
//!
//! Not here: paths through it for somebody who knows something (`decide::path`).

use std::collections::{BTreeMap, BTreeSet};

use agent_core::curriculum::Topic;

use super::LibraryError;

const PLACE: &str = "graph.toml";

/// What builds on what: all topics, no cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    prerequisites: BTreeMap<Topic, Vec<Topic>>,
    order: Vec<Topic>,
}

impl Graph {
    /// Reads the table `topic = [direct prerequisites]`.
    ///
    /// # Errors
    /// A slug that no topic has, a topic without a line, a topic that waits for itself.
    pub fn parse(source: &str) -> Result<Self, LibraryError> {
        let slugs: BTreeMap<String, Vec<Topic>> =
            toml::from_str(source).map_err(|error| LibraryError::new(PLACE, error.to_string()))?;
        let mut prerequisites = BTreeMap::new();
        for (slug, before) in slugs {
            let topic: Topic =
                slug.parse().map_err(|_| LibraryError::new(PLACE, format!("{slug} is no topic")))?;
            prerequisites.insert(topic, before);
        }
        if let Some(lacking) = Topic::all().iter().find(|topic| !prerequisites.contains_key(topic)) {
            return Err(LibraryError::new(PLACE, format!("{lacking} is missing")));
        }
        let order = order(&prerequisites)?;
        Ok(Self { prerequisites, order })
    }

    /// The direct prerequisites of a topic.
    #[must_use]
    pub fn prerequisites(&self, topic: Topic) -> &[Topic] {
        self.prerequisites.get(&topic).map_or(&[], Vec::as_slice)
    }

    /// All topics, each behind what it builds on; in teaching order where the graph leaves a choice.
    #[must_use]
    pub fn order(&self) -> &[Topic] {
        &self.order
    }

    /// These topics and all that they build on.
    #[must_use]
    pub fn closure(&self, topics: &BTreeSet<Topic>) -> BTreeSet<Topic> {
        let mut closure = BTreeSet::new();
        let mut waiting: Vec<Topic> = topics.iter().copied().collect();
        while let Some(topic) = waiting.pop() {
            if closure.insert(topic) {
                waiting.extend(self.prerequisites(topic));
            }
        }
        closure
    }
}

/// Takes, again and again, the first topic in teaching order whose prerequisites are all taken.
fn order(prerequisites: &BTreeMap<Topic, Vec<Topic>>) -> Result<Vec<Topic>, LibraryError> {
    let mut order: Vec<Topic> = Vec::new();
    while order.len() < prerequisites.len() {
        let next = prerequisites.iter().find(|(topic, before)| {
            !order.contains(topic) && before.iter().all(|before| order.contains(before))
        });
        match next {
            Some((topic, _)) => order.push(*topic),
            None => {
                let stuck = prerequisites
                    .keys()
                    .find(|topic| !order.contains(topic))
                    .map_or("", |topic| topic.slug());
                return Err(LibraryError::new(PLACE, format!("{stuck} waits, by way of others, for itself")));
            }
        }
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(change: impl Fn(Topic) -> Option<String>) -> String {
        Topic::all().iter().filter_map(|topic| change(*topic)).collect()
    }

    #[test]
    fn a_cycle_a_stranger_and_a_gap_are_refused() {
        let plain = |topic: Topic| Some(format!("{topic} = []\n"));
        assert!(Graph::parse(&table(plain)).is_ok());
        let cases =
            [
                (table(|topic| if topic == Topic::Lists { None } else { plain(topic) }), "lists is missing"),
                (table(plain) + "loops = []\n", "loops is no topic"),
                (
                    table(|topic| {
                        if topic == Topic::For { Some("for = [\"loops\"]\n".into()) } else { plain(topic) }
                    }),
                    "loops",
                ),
                (
                    table(|topic| match topic {
                        Topic::For => Some("for = [\"while\"]\n".into()),
                        Topic::While => Some("while = [\"for\"]\n".into()),
                        _ => plain(topic),
                    }),
                    "waits",
                ),
            ];
        for (source, problem) in cases {
            let error = Graph::parse(&source).expect_err(problem).to_string();
            assert!(error.contains(problem), "{error}");
        }
    }
}
