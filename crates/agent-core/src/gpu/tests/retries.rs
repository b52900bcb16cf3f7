//! When a failed Job is tried again, with what, and that it ends.

use proptest::prelude::*;

use crate::gpu::Failure::{
    self, Deadline, Disrupted, ExitCode, ImagePull, Misconfigured, OutOfMemory, Unknown,
};
use crate::gpu::{ATTEMPTS_MAX, Decision, GiveUp, JobRequest, MEMORY_GIB_MAX, decide};

use super::{small, valid};

/// What `after` tells.
type Next = Result<(u32, u32), GiveUp>;

/// The memory of the next attempt in GiB and the pause in seconds, or why there is none.
fn after(failures: &[Failure]) -> Next {
    match decide(&valid(small()), failures) {
        Decision::Again { request, after_s } => Ok((request.asked().resources.memory_gib, after_s)),
        Decision::GiveUp(reason) => Err(reason),
    }
}

#[test]
fn each_kind_of_failure_has_its_rule() {
    let table: &[(&[Failure], Next)] = &[
        (&[], Err(GiveUp::Hopeless)),
        (&[OutOfMemory], Ok((32, 0))),
        (&[OutOfMemory, OutOfMemory], Err(GiveUp::NoMoreMemory)),
        (&[Disrupted, OutOfMemory], Ok((32, 0))),
        (&[OutOfMemory, Disrupted], Ok((16, 30))),
        (&[Disrupted], Ok((16, 30))),
        (&[Disrupted, Disrupted], Ok((16, 60))),
        (&[Disrupted; 5], Ok((16, 480))),
        (&[Disrupted; 6], Err(GiveUp::TriedEnough)),
        (&[ImagePull], Err(GiveUp::Hopeless)),
        (&[Misconfigured], Err(GiveUp::Hopeless)),
        (&[Deadline], Err(GiveUp::Hopeless)),
        (&[ExitCode(1)], Err(GiveUp::Hopeless)),
        (&[Disrupted, ExitCode(1)], Err(GiveUp::Hopeless)),
        (&[Unknown], Ok((16, 30))),
        (&[Unknown, Unknown], Err(GiveUp::TriedEnough)),
    ];
    for (failures, expected) in table {
        assert_eq!(after(failures), *expected, "{failures:?}");
    }
}

#[test]
fn memory_grows_to_its_limit_and_no_further() {
    let mut asked = small();
    asked.resources.memory_gib = MEMORY_GIB_MAX - 1;
    let more = valid(asked.clone()).with_more_memory().unwrap();
    assert_eq!(more.asked().resources.memory_gib, MEMORY_GIB_MAX);
    assert_eq!(decide(&more, &[OutOfMemory]), Decision::GiveUp(GiveUp::NoMoreMemory));
}

fn failure() -> impl Strategy<Value = Failure> {
    prop_oneof![
        4 => Just(OutOfMemory),
        8 => Just(Disrupted),
        1 => Just(ImagePull),
        1 => Just(Misconfigured),
        1 => Just(Deadline),
        1 => (1..256).prop_map(ExitCode),
        4 => Just(Unknown),
    ]
}

proptest! {
    #[test]
    fn every_task_ends_and_every_next_request_is_valid(coming in prop::collection::vec(failure(), ATTEMPTS_MAX)) {
        let mut request = valid(small());
        let mut failures = Vec::new();
        for next in coming {
            failures.push(next);
            match decide(&request, &failures) {
                Decision::Again { request: again, .. } => {
                    prop_assert!(JobRequest::try_from(again.asked().clone()).is_ok());
                    request = *again;
                }
                Decision::GiveUp(_) => return Ok(()),
            }
        }
        prop_assert!(false, "still going after {failures:?}");
    }
}
