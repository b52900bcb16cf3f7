//! What of a body counts. Bodies are taken apart at their first level and never built: a value stays as it was written.
//!
//! Not here: counting.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

/// The fields of requests that hold what the learner wrote. They count as if they were empty.
pub const LEARNER_TEXT_FIELDS: [&str; 6] = ["answer", "answers", "code", "message", "other", "previous_code"];

/// The field of answers that says what the call saved. It is not counted into itself.
const EFFICIENCY_FIELD: &str = "token_efficiency";

/// The request without the learner's own text.
pub(crate) fn around(request: &[u8]) -> Cow<'_, str> {
    rewritten(request, |name| LEARNER_TEXT_FIELDS.contains(&name).then_some("\"\""))
}

/// The answer without the figure that is computed from it.
pub(crate) fn answer(answer: &[u8]) -> Cow<'_, str> {
    rewritten(answer, |name| (name == EFFICIENCY_FIELD).then_some(""))
}

/// Whether the answer says that something was cut.
pub(crate) fn is_truncated(answer: &[u8]) -> bool {
    let members = serde_json::from_slice(answer).map_or_else(|_| Vec::new(), |Members(members)| members);
    members.iter().any(|(name, value)| name == "truncated" && value.get() == "true")
}

/// The object with other values at its first level: `instead` names them, and an empty text takes the member out. What is no
/// JSON object stays as it is.
fn rewritten<'a>(body: &'a [u8], instead: impl Fn(&str) -> Option<&'static str>) -> Cow<'a, str> {
    let as_it_is = || String::from_utf8_lossy(body);
    let Ok(Members(members)) = serde_json::from_slice::<Members<'a>>(body) else { return as_it_is() };
    if !members.iter().any(|(name, _)| instead(name).is_some()) {
        return as_it_is();
    }
    let mut text = String::with_capacity(body.len());
    for (name, value) in &members {
        let value = instead(name).unwrap_or(value.get());
        if !value.is_empty() {
            text.push(if text.is_empty() { '{' } else { ',' });
            text.push_str(&serde_json::Value::from(name.as_str()).to_string());
            text.push(':');
            text.push_str(value);
        }
    }
    text.push_str(if text.is_empty() { "{}" } else { "}" });
    Cow::Owned(text)
}

/// An object's members in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Each)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_request_counts_without_the_learners_text() {
        for (request, counted) in [
            (r#"{"code": "print(1)", "language": "python"}"#, r#"{"code":"","language":"python"}"#),
            (r#"{"code":"a","other":"b","z":[1, 2]}"#, r#"{"code":"","other":"","z":[1, 2]}"#),
            (r#"{"answers": ["x", "y"], "quiz_id": "q"}"#, r#"{"answers":"","quiz_id":"q"}"#),
            // As it came: nothing of the learner's in it.
            (r#"{ "concept" : "for" }"#, r#"{ "concept" : "for" }"#),
            // An error's own code is no program.
            (r#"{"errors":[{"code":"E1"}]}"#, r#"{"errors":[{"code":"E1"}]}"#),
            ("", ""),
            ("[1]", "[1]"),
            ("{broken", "{broken"),
        ] {
            assert_eq!(around(request.as_bytes()), counted);
        }
        assert_eq!(around(b"\xFF"), "\u{FFFD}");
    }

    #[test]
    fn an_answer_counts_without_its_own_efficiency() {
        for (given, counted) in [
            (r#"{"mastery":0.84,"token_efficiency":0.947}"#, r#"{"mastery":0.84}"#),
            (r#"{"token_efficiency":0.947}"#, "{}"),
            (r#"{"code":"kept","a\"b":1,"token_efficiency":1}"#, r#"{"code":"kept","a\"b":1}"#),
            (r#"{"mastery":0.84}"#, r#"{"mastery":0.84}"#),
        ] {
            assert_eq!(answer(given.as_bytes()), counted);
        }
    }

    #[test]
    fn an_answer_says_whether_it_was_cut() {
        assert!(is_truncated(br#"{"errors": [], "truncated": true}"#));
        for answer in [r#"{"truncated": false}"#, r#"{"a": {"truncated": true}}"#, "", "[true]"] {
            assert!(!is_truncated(answer.as_bytes()), "{answer}");
        }
    }

    proptest! {
        #[test]
        fn what_the_learner_wrote_never_counts(code in "[a-z\"\\\\\n{}:,]{8,40}", depth in "brief|standard|deep") {
            let long = serde_json::json!({ "code": code, "depth": depth, "message": code }).to_string();
            let none = serde_json::json!({ "code": "", "depth": depth, "message": "" }).to_string();
            prop_assert_eq!(around(long.as_bytes()), none);
        }

        #[test]
        fn any_bytes_are_taken(bytes: Vec<u8>) {
            let _ = (around(&bytes), answer(&bytes), is_truncated(&bytes));
        }
    }
}
