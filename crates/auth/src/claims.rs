//! What a token says, and whether it may say so now. The library checks the signature; time, audience, issuer and
//! subject are checked here, against a clock that a test can set.

use contracts::StudentId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use crate::{Principal, Refusal, Role};

/// The claims that we read. All but `on_behalf_of` are needed; further ones are passed over.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: Audience,
    /// Seconds since 1970; a fraction is allowed by the standard.
    #[serde(serialize_with = "whole_seconds")]
    pub(crate) exp: f64,
    /// Seconds since 1970.
    #[serde(serialize_with = "whole_seconds")]
    pub(crate) nbf: f64,
    pub(crate) role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on_behalf_of: Option<String>,
}

/// Our own tokens say whole seconds: not every reader knows that a fraction is allowed.
fn whole_seconds<S: Serializer>(seconds: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(*seconds as i64)
}

/// One audience or several.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn has(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Several(several) => several.iter().any(|one| one == audience),
        }
    }
}

/// From when until when a token holds, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    pub(crate) from_s: f64,
    pub(crate) until_s: f64,
}

impl Span {
    /// Whether `now` lies in it, give or take the leeway. The end is outside, as the standard has it.
    pub(crate) fn check(self, now: Timestamp, leeway_s: u32) -> Result<(), Refusal> {
        let now_s = now.as_duration().as_secs_f64();
        let leeway_s = f64::from(leeway_s);
        if now_s >= self.until_s + leeway_s {
            Err(Refusal::Expired)
        } else if now_s < self.from_s - leeway_s {
            Err(Refusal::NotYetValid)
        } else {
            Ok(())
        }
    }
}

impl Claims {
    /// When the token holds.
    pub(crate) fn span(&self) -> Span {
        Span { from_s: self.nbf, until_s: self.exp }
    }

    /// Who the token speaks for, if it is from `issuer` and for `audience`.
    pub(crate) fn principal(self, issuer: &str, audience: &str) -> Result<Principal, Refusal> {
        if self.iss != issuer {
            return Err(Refusal::Issuer);
        }
        if !self.aud.has(audience) {
            return Err(Refusal::Audience);
        }
        let role = role(&self.role)?;
        let subject = self.sub.parse().map_err(|_| Refusal::Subject)?;
        let on_behalf_of: Option<StudentId> =
            self.on_behalf_of.map(|student| student.parse().map_err(|_| Refusal::Subject)).transpose()?;
        if on_behalf_of.is_some() && role != Role::Service {
            return Err(Refusal::Role);
        }
        Ok(Principal { subject, role, on_behalf_of })
    }
}

fn role(word: &str) -> Result<Role, Refusal> {
    [Role::Student, Role::Teacher, Role::Operator, Role::Service]
        .into_iter()
        .find(|role| role.as_str() == word)
        .ok_or(Refusal::Role)
}
