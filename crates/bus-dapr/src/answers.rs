//! Calls of other agents, on the callee's side: who calls, and an answer that the sidecars do not take for a failure.
//!
//! A sidecar counts every status from 400 on as a failure of the callee: five questions for a student who is not there, and
//! its breaker would be open for half a minute. So an answer that says no travels as a 200 that names its real status in a
//! header, and the calling side ([`crate::DaprInvoke`]) puts it back. Not here: what a caller may do (crate `auth`).

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use contracts::StudentId;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::token::{self, AppToken};

/// The app id of the calling agent. Its sidecar sets it.
pub const CALLER_HEADER: &str = "dapr-caller-app-id";
/// The student for whom an agent asks.
pub const ON_BEHALF_OF_HEADER: &str = "x-on-behalf-of";
/// The status of an answer that says no, from 400 to 499.
pub const STATUS_HEADER: &str = "x-agent-status";

/// Which agent calls, and for whom: an extension of every request behind [`invoked`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Its app id, without the release's prefix.
    pub agent: String,
    /// The student for whom it asks, if for one.
    pub on_behalf_of: Option<StudentId>,
}

impl Caller {
    /// Who calls, as the headers say: exactly one agent of the release, one student at most.
    fn read(headers: &HeaderMap, prefix: &str) -> Result<Self, StatusCode> {
        let agent = one(headers, CALLER_HEADER)?.and_then(|caller| caller.strip_prefix(prefix));
        let agent = agent.filter(|agent| !agent.is_empty()).ok_or(StatusCode::FORBIDDEN)?.to_owned();
        let on_behalf_of = one(headers, ON_BEHALF_OF_HEADER)?.map(str::parse).transpose();
        Ok(Self { agent, on_behalf_of: on_behalf_of.map_err(|_| StatusCode::BAD_REQUEST)? })
    }
}

/// The header's one value; twice is a forgery, as a sidecar adds its own to what the caller wrote.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, StatusCode> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next(), values.next());
    if second.is_some() {
        return Err(StatusCode::FORBIDDEN);
    }
    first.map(HeaderValue::to_str).transpose().map_err(|_| StatusCode::BAD_REQUEST)
}

/// Puts routes where other agents call them: behind the sidecar's token, with [`Caller`] as an extension, and with answers
/// that say no as a sidecar passes them on. `prefix` is what app ids begin with.
pub fn invoked(routes: Router, token: AppToken, prefix: impl Into<String>) -> Router {
    let prefix: String = prefix.into();
    let known = move |mut request: Request, next: Next| {
        let caller = Caller::read(request.headers(), &prefix);
        async move {
            let answer = match caller {
                Ok(caller) => {
                    request.extensions_mut().insert(caller);
                    next.run(request).await
                }
                Err(status) => status.into_response(),
            };
            passed_on(answer)
        }
    };
    routes.layer(from_fn(known)).layer(from_fn_with_state(token, token::required))
}

fn passed_on(mut answer: Response) -> Response {
    let status = answer.status();
    if status.is_client_error() {
        *answer.status_mut() = StatusCode::OK;
        answer.headers_mut().insert(HeaderName::from_static(STATUS_HEADER), status.as_u16().into());
    }
    answer
}

/// The status as the callee gave it.
pub(crate) fn status_of(answer: &http::response::Parts) -> StatusCode {
    let said =
        answer.headers.get(STATUS_HEADER).and_then(|said| StatusCode::from_bytes(said.as_bytes()).ok());
    said.filter(StatusCode::is_client_error).unwrap_or(answer.status)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    fn routes() -> Router {
        let who = async |request: Request| {
            let caller = request.extensions().get::<Caller>().unwrap();
            format!("{} for {:?}", caller.agent, caller.on_behalf_of.as_ref().map(StudentId::as_str))
        };
        let routes = Router::new()
            .route("/who", get(who))
            .route("/broken", get(async || StatusCode::INTERNAL_SERVER_ERROR))
            .route("/refused", get(async || StatusCode::UNPROCESSABLE_ENTITY));
        invoked(routes, AppToken::new("t").unwrap(), "blue-")
    }

    async fn ask(path: &str, headers: &[(&str, &str)]) -> (u16, Option<String>, String) {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = routes().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let said = answer.headers().get(STATUS_HEADER).map(|said| said.to_str().unwrap().to_owned());
        let status = answer.status().as_u16();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, said, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_caller_is_one_agent_of_the_release_for_one_student() {
        let t = ("dapr-api-token", "t");
        let caller = (CALLER_HEADER, "blue-concepts");
        let ada = (ON_BEHALF_OF_HEADER, "ada");
        assert_eq!(ask("/who", &[t, caller, ada]).await, (200, None, r#"concepts for Some("ada")"#.into()));
        assert_eq!(ask("/who", &[t, caller]).await, (200, None, "concepts for None".into()));
        for (headers, status) in [
            (&[t][..], "403"),
            (&[t, (CALLER_HEADER, "concepts")], "403"),
            (&[t, (CALLER_HEADER, "blue-")], "403"),
            (&[t, caller, caller], "403"),
            (&[t, caller, ada, (ON_BEHALF_OF_HEADER, "bea")], "403"),
            (&[t, caller, (ON_BEHALF_OF_HEADER, "a b")], "400"),
        ] {
            assert_eq!(ask("/who", headers).await, (200, Some(status.into()), String::new()), "{headers:?}");
        }
        assert_eq!(ask("/who", &[caller, ada]).await.0, 401, "without the sidecar's token");
    }

    #[tokio::test]
    async fn a_no_travels_as_a_yes_and_a_failure_as_itself() {
        let headers = [("dapr-api-token", "t"), (CALLER_HEADER, "blue-concepts")];
        assert_eq!(ask("/refused", &headers).await, (200, Some("422".into()), String::new()));
        assert_eq!(ask("/nowhere", &headers).await, (200, Some("404".into()), String::new()));
        assert_eq!(ask("/broken", &headers).await.0, 500);
    }

    #[test]
    fn only_a_no_is_put_back() {
        for (status, said, expected) in [
            (200, Some("404"), 404),
            (200, None, 200),
            (200, Some("200"), 200),
            (500, Some("503"), 500),
            (200, Some("no"), 200),
            (404, None, 404),
        ] {
            let mut answer = Response::builder().status(status);
            if let Some(said) = said {
                answer = answer.header(STATUS_HEADER, said);
            }
            let (parts, ()) = answer.body(()).unwrap().into_parts();
            assert_eq!(status_of(&parts).as_u16(), expected, "{status} {said:?}");
        }
    }
}
