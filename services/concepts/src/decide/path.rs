//! What to learn before what: paths over the graph of prerequisites.
//!
//! Knowing a topic covers what it builds on: who knows lists is not sent back to variables. Not here: the graph's data
//! (`library`).

use std::collections::BTreeSet;

use agent_core::curriculum::Topic;

use crate::library::Graph;

/// The way to a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// What is left to learn, the target last; every topic stands behind all that it builds on. Empty where the target is
    /// known.
    pub steps: Vec<Topic>,
    /// The direct prerequisites of the target that are not known.
    pub missing: Vec<Topic>,
}

/// The way to `target` for somebody who knows `known`.
#[must_use]
pub fn to(target: Topic, known: &BTreeSet<Topic>, graph: &Graph) -> Path {
    let covered = graph.closure(known);
    let needed = graph.closure(&BTreeSet::from([target]));
    let steps =
        graph.order().iter().copied().filter(|topic| needed.contains(topic) && !covered.contains(topic));
    let missing = if covered.contains(&target) {
        Vec::new()
    } else {
        graph.prerequisites(target).iter().copied().filter(|topic| !covered.contains(topic)).collect()
    };
    Path { steps: steps.collect(), missing }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::library::Library;

    static GRAPH: LazyLock<Graph> =
        LazyLock::new(|| Library::load().expect("the topics are well formed").graph().clone());

    fn graph() -> &'static Graph {
        &GRAPH
    }

    #[test]
    fn leads_from_nothing_to_a_topic() {
        let path = to(Topic::TypeConversion, &BTreeSet::new(), graph());
        let expected = [Topic::Variables, Topic::DataTypes, Topic::InputOutput, Topic::TypeConversion];
        assert_eq!(path.steps, expected);
        assert_eq!(path.missing, [Topic::DataTypes, Topic::InputOutput]);
    }

    #[test]
    fn knowing_a_topic_covers_what_it_builds_on() {
        let path = to(Topic::Dicts, &BTreeSet::from([Topic::Lists]), graph());
        assert_eq!(path.steps, [Topic::Dicts]);
        assert!(path.missing.is_empty());
    }

    #[test]
    fn nothing_is_left_where_the_target_is_known() {
        let path = to(Topic::Lists, &BTreeSet::from([Topic::ListComprehensions]), graph());
        assert!(path.steps.is_empty() && path.missing.is_empty());
    }

    fn topic() -> impl Strategy<Value = Topic> {
        prop::sample::select(Topic::all())
    }

    proptest! {
        #[test]
        fn every_step_stands_behind_all_that_it_builds_on(
            target in topic(),
            known in prop::collection::btree_set(topic(), 0..32),
        ) {
            let graph = graph();
            let path = to(target, &known, graph);
            let covered = graph.closure(&known);
            let mut learnt = covered.clone();
            for step in &path.steps {
                prop_assert!(graph.prerequisites(*step).iter().all(|before| learnt.contains(before)), "{step}");
                prop_assert!(learnt.insert(*step), "{step} twice");
            }
            prop_assert!(learnt.contains(&target));
            prop_assert_eq!(path.steps.last().copied(), (!covered.contains(&target)).then_some(target));
            prop_assert!(path.missing.iter().all(|topic| path.steps.contains(topic)));
        }
    }
}
