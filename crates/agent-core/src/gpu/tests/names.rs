//! Names and labels that Kubernetes takes, from any id.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::gpu::DnsLabel;
use crate::gpu::name::{is_label_key, is_label_value, label_of_id};

#[test]
fn labels_of_rfc_1123() {
    let longest = "a".repeat(63);
    for good in ["a", "0", "a-b", "a--b", "9z", longest.as_str()] {
        assert_eq!(DnsLabel::new(good).unwrap().as_str(), good);
    }
    let too_long = "a".repeat(64);
    for bad in ["", "-a", "a-", "A", "a_b", "a.b", "ä", " a", too_long.as_str()] {
        assert!(DnsLabel::new(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn keys_and_values_of_labels() {
    for good in ["gpu", "nvidia.com/gpu.product", "a/B_c.d-e", "topology.kubernetes.io/zone"] {
        assert!(is_label_key(good), "{good:?}");
    }
    for bad in ["", "/gpu", "nvidia.com/", "a/b/c", "Nvidia.com/gpu", "-gpu", "gpu."] {
        assert!(!is_label_key(bad), "{bad:?}");
    }
    for (value, fits) in [("", true), ("A100", true), ("a.b_c-d", true), ("a-", false), ("a b", false)] {
        assert_eq!(is_label_value(value), fits, "{value:?}");
    }
}

#[test]
fn names_are_readable_and_stand_still() {
    let name = DnsLabel::of_attempt("Prj_7.weather", "train", 1);
    assert_eq!(name, DnsLabel::of_attempt("Prj_7.weather", "train", 1));
    assert_eq!(name.as_str(), "prj-7-weather-train-f8d646984b1cd283-a1");
}

/// Ids as the contracts allow them, the nasty ones often.
fn id() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Za-z0-9][A-Za-z0-9._-]{0,63}", "[A-Za-z0-9][._-]{60,63}", "[aA][.-]?[bB]?"]
}

proptest! {
    #[test]
    fn any_ids_make_a_valid_name(project in id(), task in id(), attempt: u8) {
        let name = DnsLabel::of_attempt(&project, &task, attempt);
        prop_assert_eq!(DnsLabel::new(name.as_str()), Ok(name));
    }

    #[test]
    fn any_text_at_all_makes_a_valid_name_and_label(text in ".{0,80}") {
        let name = DnsLabel::of_attempt(&text, &text, 255);
        prop_assert_eq!(DnsLabel::new(name.as_str()), Ok(name));
        let label = label_of_id(&text);
        prop_assert!(is_label_value(&label), "{:?}", label);
    }

    #[test]
    fn different_tasks_have_different_names_and_labels(ids in prop::collection::hash_set((id(), id()), 2..20)) {
        let mut names = BTreeMap::new();
        let mut labels = BTreeMap::new();
        for (project, task) in &ids {
            for attempt in 1..=2 {
                let name = DnsLabel::of_attempt(project, task, attempt);
                prop_assert_eq!(names.insert(name, (project, task, attempt)), None);
            }
            let other = labels.insert(label_of_id(project), project);
            prop_assert!(other.is_none_or(|other| other == project));
        }
    }
}
