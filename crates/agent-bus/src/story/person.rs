//! Somebody in the story: a token, and whose it is.
//!
//! Not here: whether the token is good. The agents say that.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::SubjectId;
use serde::Deserialize;

/// The bearer of a token. It is not shown: whoever has it may do what the bearer may.
#[derive(Clone)]
pub(crate) struct Person {
    pub(super) id: SubjectId,
    pub(super) token: String,
}

#[derive(Deserialize)]
struct Claims {
    sub: SubjectId,
}

impl Person {
    /// Reads the name in the token.
    pub(crate) fn of(token: &str) -> Result<Self, &'static str> {
        let token = token.trim();
        let mut parts = token.split('.');
        let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("this is no token: three parts between dots");
        };
        let claims = URL_SAFE_NO_PAD.decode(claims).ok();
        let claims: Option<Claims> = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
        let Claims { sub } = claims.ok_or("this is no token that names who it is for")?;
        Ok(Self { id: sub, token: token.to_owned() })
    }
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Person").field(&self.id).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn a_token_says_whose_it_is_and_is_not_shown() {
        let ada = Person::of(&format!("{}\n", token(r#"{"sub": "ada", "exp": 1}"#))).unwrap();
        assert_eq!(ada.id.as_str(), "ada");
        assert_eq!(format!("{ada:?}"), "Person(SubjectId(\"ada\"))");
        for bad in ["", "a.b", "a.b.c.d", "e30.%.x", &token("{}"), &token(r#"{"sub": "../a"}"#)] {
            let refused = Person::of(bad).unwrap_err();
            assert!(refused.starts_with("this is no token"), "{bad}");
        }
    }
}
