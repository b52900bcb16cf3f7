//! The bearer of a request, as an axum extractor.

use axum::extract::FromRequestParts;
use contracts::{StudentId, SubjectId};
use http::request::Parts;
use problem::Problem;

/// What a principal may do, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Own things only.
    Student,
    /// Students of own classes.
    Teacher,
    /// Projects, skills, everything operational.
    Operator,
    /// Another agent through its sidecar, with an on-behalf-of student.
    Service,
}

impl Role {
    /// The word in a token.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Student => "student",
            Self::Teacher => "teacher",
            Self::Operator => "operator",
            Self::Service => "service",
        }
    }
}

/// Who is asking. An axum extractor: present in every request that passed the layer of crate `room`.
///
/// It travels in the request's extensions. The network cannot put it there: a request that has one before the layer is
/// a call from inside the process, and is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The token's `sub`, or the calling service's name.
    pub subject: SubjectId,
    /// What it may do.
    pub role: Role,
    /// For a service: the student it asks for.
    pub on_behalf_of: Option<StudentId>,
}

impl<S: Send + Sync> FromRequestParts<S> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Problem::unauthorized("a token is needed"))
    }
}
