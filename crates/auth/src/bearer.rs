//! The token in a request: one header, never the query (a query ends up in logs).

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::Refusal;

/// The longest token that is looked at.
pub const TOKEN_MAX_BYTES: usize = 8 * 1024;

/// The token of the one header `Authorization: Bearer <token>`.
///
/// # Errors
/// [`Refusal::Missing`] without the header, [`Refusal::Malformed`] with several, another scheme or too long a token.
pub fn bearer_token(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(Refusal::Missing)?;
    if values.next().is_some() {
        return Err(Refusal::Malformed);
    }
    let (scheme, token) =
        value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Refusal::Malformed)?;
    let token = token.trim();
    let is_fit = scheme.eq_ignore_ascii_case("bearer") && (1..=TOKEN_MAX_BYTES).contains(&token.len());
    if is_fit { Ok(token) } else { Err(Refusal::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> Result<String, Refusal> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        bearer_token(&headers).map(str::to_owned)
    }

    #[test]
    fn one_bearer_header_is_a_token_and_nothing_else_is() {
        assert_eq!(of(&["Bearer a.b.c"]), Ok("a.b.c".to_owned()));
        assert_eq!(of(&["bearer  a.b.c"]), Ok("a.b.c".to_owned()));
        assert_eq!(of(&[]), Err(Refusal::Missing));
        let long = format!("Bearer {}", "x".repeat(TOKEN_MAX_BYTES + 1));
        for values in [
            &["Bearer a.b.c", "Bearer d.e.f"][..],
            &["Basic YTpi"],
            &["a.b.c"],
            &["Bearer "],
            &["Bearer"],
            &[&long],
        ] {
            assert_eq!(of(values), Err(Refusal::Malformed), "{values:?}");
        }
    }
}
