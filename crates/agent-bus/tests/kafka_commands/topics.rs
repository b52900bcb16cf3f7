//! `topics apply`: made, as wanted, or different; and the exit status says which.

use contracts::Topic;

use crate::given::{run_on, stderr, stdout, untouched};

#[test]
fn topics_are_made_then_as_wanted_and_what_differs_is_told() {
    let settings = untouched();
    let lines =
        |state: &str| Topic::ALL.map(|topic| format!("{}: {state}\n", settings.topic(topic))).concat();
    let small = ["topics", "apply", "--replicas", "1", "--min-insync", "1"];
    let drift = "drift: replicas is 1, wanted 3; min.insync.replicas is 1, wanted 2";
    for (args, status, state) in [
        (&small[..], 0, "made"),
        (&small[..], 0, "as wanted"),
        (&small[..2], 1, drift),
        (&small[..], 0, "as wanted"),
    ] {
        let output = run_on(&settings, args);
        assert_eq!(output.status.code(), Some(status), "{output:?}");
        assert_eq!(stdout(&output), lines(state));
    }
}

#[test]
fn a_cluster_that_is_too_small_says_so() {
    let output = run_on(&untouched(), &["topics", "apply"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("learning.evidence"), "{output:?}");
}
