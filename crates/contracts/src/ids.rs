//! Identifiers as types: who, what, which. Parsing is the only way in.
//!
//! Not here: making new ids (crate `clock`), roles of their bearers (crate `auth`).

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The words that nobody and no class may be called: they are path segments of the services' routes. What a student
/// learns may be called so: `classes` is a topic of the curriculum.
pub const RESERVED: [&str; 3] = ["health", "classes", "alerts"];

/// The longest id, in characters (all ASCII).
pub const ID_MAX_CHARS: usize = 64;

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Empty, over 64 characters, a first character that is no letter or digit, or a later one outside `A-Za-z0-9._-`.
    #[error("must match [A-Za-z0-9][A-Za-z0-9._-]{{0,63}}")]
    Malformed,
    /// One of [`RESERVED`].
    #[error("is a reserved word")]
    Reserved,
}

fn check(text: &str) -> Result<(), IdError> {
    let mut bytes = text.bytes();
    let first_fits = bytes.next().is_some_and(|b| b.is_ascii_alphanumeric());
    let rest_fits = bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    if !first_fits || !rest_fits || text.len() > ID_MAX_CHARS { Err(IdError::Malformed) } else { Ok(()) }
}

fn check_unreserved(text: &str) -> Result<(), IdError> {
    check(text)?;
    if RESERVED.contains(&text) { Err(IdError::Reserved) } else { Ok(()) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $check:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                $check(text).map(|()| Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                $check(&text).map(|()| Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A learner. The key of every topic.
    StudentId,
    check_unreserved
);
id!(
    /// Whoever a token speaks for: a student, a teacher, an operator or a service.
    SubjectId,
    check_unreserved
);
id!(
    /// A class of students, owned by the teacher who made it.
    ClassId,
    check_unreserved
);
id!(
    /// What a mastery is about: a curriculum slug, or any slug a teacher uses.
    Component,
    check
);
id!(
    /// A quiz question, unique within its component.
    QuestionId,
    check
);
id!(
    /// An exercise.
    ProblemId,
    check
);
id!(
    /// The code of an error, as an analysis names it.
    ErrorName,
    check
);
id!(
    /// A client's name for one request, so that it may be sent twice. One student's keys are apart from another's.
    IdempotencyKey,
    check
);

impl From<StudentId> for SubjectId {
    fn from(id: StudentId) -> Self {
        Self(id.0)
    }
}

impl From<SubjectId> for StudentId {
    fn from(id: SubjectId) -> Self {
        Self(id.0)
    }
}

/// One event, for ever: the dedupe key of every consumer.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(transparent)]
#[schema(value_type = String, format = "uuid")]
pub struct EventId(pub uuid::Uuid);

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for EventId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

impl From<EventId> for ProblemId {
    /// A fresh id names a fresh exercise as well.
    fn from(id: EventId) -> Self {
        Self(id.to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_is_what_its_pattern_says() {
        let longest = "x".repeat(ID_MAX_CHARS);
        for text in ["a", "0", "S-1.b_2", "a..b", "Health", "healthy", &longest] {
            assert_eq!(text.parse::<StudentId>().map(String::from), Ok(text.to_owned()));
        }
        let too_long = "x".repeat(ID_MAX_CHARS + 1);
        for text in ["", ".", "..", "-a", "_a", "a/b", "a\\b", "a b", "a\0", "é", "a%2F", "a\n", &too_long] {
            assert_eq!(text.parse::<StudentId>(), Err(IdError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn a_word_of_the_routes_names_nobody_and_no_class_but_may_be_learnt() {
        for text in RESERVED {
            assert_eq!(text.parse::<StudentId>(), Err(IdError::Reserved));
            assert_eq!(text.parse::<SubjectId>(), Err(IdError::Reserved));
            assert_eq!(text.parse::<ClassId>(), Err(IdError::Reserved));
            assert!(text.parse::<Component>().is_ok());
        }
    }

    #[test]
    fn json_holds_no_id_that_is_none() {
        assert_eq!(serde_json::from_str::<StudentId>("\"ada\"").unwrap().as_str(), "ada");
        let refused = serde_json::from_str::<StudentId>("\"a/b\"").unwrap_err().to_string();
        assert_eq!(refused, "must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}");
        assert!(serde_json::from_str::<EventId>("\"1\"").is_err());
    }

    proptest! {
        #[test]
        fn what_matches_the_pattern_is_an_id(text in "[A-Za-z0-9][A-Za-z0-9._-]{0,63}") {
            prop_assert_eq!(text.parse::<ClassId>().is_ok(), !RESERVED.contains(&text.as_str()));
        }

        #[test]
        fn a_text_with_another_character_is_none(before in "[a-z0-9]{1,5}", odd in "[^A-Za-z0-9._-]", after in "[a-z]{0,5}") {
            prop_assert_eq!(format!("{before}{odd}{after}").parse::<ClassId>(), Err(IdError::Malformed));
        }
    }
}
