//! Why a token is refused: a word for the metric, fixed words for the client.

use http::StatusCode;
use problem::Problem;

/// Why there is no principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No header `Authorization`.
    #[error("a token is needed: send the header Authorization with Bearer and the token")]
    Missing,
    /// The header, or what is in it, does not have the form of a token.
    #[error("this is no token")]
    Malformed,
    /// An algorithm that the key is not for, or that nobody should use.
    #[error("the token's algorithm is not the one of its key")]
    Algorithm,
    /// Signed by nobody we know.
    #[error("the token's key is not known")]
    UnknownKey,
    /// Not what was signed.
    #[error("the token's signature does not fit")]
    Signature,
    /// A claim that must be there is not, or has the wrong type.
    #[error(
        "the token lacks a claim, or one has the wrong type: exp, nbf, aud, iss, sub and role are needed"
    )]
    Claims,
    /// Too late.
    #[error("the token has expired")]
    Expired,
    /// Too early.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// For somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// From somebody else.
    #[error("the token is from another issuer")]
    Issuer,
    /// `sub` or `on_behalf_of` is no id.
    #[error("the token's subject is no id")]
    Subject,
    /// A role that does not exist, or one that may not ask for somebody else.
    #[error("the token's role does not exist, or may not ask for somebody else")]
    Role,
    /// The keys could not be had since the start.
    #[error("tokens cannot be checked now")]
    NoKeys,
}

impl Refusal {
    /// Every one.
    pub const ALL: [Self; 13] = [
        Self::Missing,
        Self::Malformed,
        Self::Algorithm,
        Self::UnknownKey,
        Self::Signature,
        Self::Claims,
        Self::Expired,
        Self::NotYetValid,
        Self::Audience,
        Self::Issuer,
        Self::Subject,
        Self::Role,
        Self::NoKeys,
    ];

    /// The label of the metric.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "signature",
            Self::Claims => "claims",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Audience => "audience",
            Self::Issuer => "issuer",
            Self::Subject => "subject",
            Self::Role => "role",
            Self::NoKeys => "no_keys",
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoKeys => Self::unavailable(5, refusal.to_string()),
            Refusal::Missing => Self::unauthorized(refusal.to_string()),
            _ => Self::new(StatusCode::UNAUTHORIZED, "invalid-token", refusal.to_string()),
        }
    }
}
