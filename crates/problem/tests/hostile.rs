//! Whatever is sent, the answer is a value or a problem, never a panic, and a good value always comes through.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts};
use http::Request;
use http::header::CONTENT_TYPE;
use problem::{JsonBody, Problem, QueryParams};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    text: String,
    number: i64,
    share: f64,
    maybe: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nested {
    first: Asked,
    #[serde(default)]
    rest: Vec<Asked>,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Plain,
    Named(String),
    Pair(u8, u8),
    Full { depth: u8 },
}

fn asked() -> impl Strategy<Value = Asked> {
    (any::<String>(), any::<i64>(), -1e9..1e9, any::<Option<bool>>())
        .prop_map(|(text, number, share, maybe)| Asked { text, number, share, maybe })
}

fn nested() -> impl Strategy<Value = Nested> {
    let kind = prop_oneof![
        Just(Kind::Plain),
        any::<String>().prop_map(Kind::Named),
        any::<(u8, u8)>().prop_map(|(a, b)| Kind::Pair(a, b)),
        any::<u8>().prop_map(|depth| Kind::Full { depth }),
    ];
    (asked(), prop::collection::vec(asked(), 0..4), kind).prop_map(|(first, rest, kind)| Nested {
        first,
        rest,
        kind,
    })
}

/// A JSON text with one byte changed, taken away or doubled: nearly right, which is where mistakes are.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    (nested(), any::<prop::sample::Index>(), any::<u8>(), 0..3).prop_map(|(value, place, byte, how)| {
        let mut bytes = serde_json::to_vec(&value).unwrap_or_default();
        let place = place.index(bytes.len());
        match how {
            0 => bytes[place] = byte,
            1 => drop(bytes.remove(place)),
            _ => bytes.insert(place, bytes[place]),
        }
        bytes
    })
}

fn read(bytes: Vec<u8>) -> Result<Nested, Problem> {
    let request = Request::post("/").header(CONTENT_TYPE, "application/json").body(Body::from(bytes));
    let request = request.map_err(|error| Problem::internal(error.to_string()))?;
    futures_now(JsonBody::<Nested>::from_request(request, &())).map(|JsonBody(value)| value)
}

fn read_query(query: &str) -> Result<Asked, Problem> {
    let uri: http::Uri = format!("/?{query}").parse().map_err(|_| Problem::not_found("no address"))?;
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.uri = uri;
    futures_now(QueryParams::<Asked>::from_request_parts(&mut parts, &())).map(|QueryParams(value)| value)
}

/// Nothing here waits: the bodies are in memory.
fn futures_now<T>(work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(value) = work.as_mut().poll(&mut context) {
            return value;
        }
    }
}

fn is_refusal(problem: &Problem) -> bool {
    match problem.status {
        422 => !problem.errors.is_empty() && problem.errors.iter().all(|error| !error.field.is_empty()),
        400 => problem.errors.is_empty(),
        _ => false,
    }
}

proptest! {
    #[test]
    fn a_good_body_comes_through_whole(value in nested()) {
        let bytes = serde_json::to_vec(&value).unwrap();
        prop_assert_eq!(read(bytes).unwrap(), value);
    }

    #[test]
    fn any_bytes_are_a_value_or_a_problem(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(problem) = read(bytes) {
            prop_assert!(is_refusal(&problem), "{:?}", problem);
        }
    }

    #[test]
    fn a_nearly_good_body_is_what_the_plain_reader_makes_of_it_or_a_problem(bytes in nearly()) {
        match read(bytes.clone()) {
            Ok(value) => prop_assert_eq!(Some(value), serde_json::from_slice(&bytes).ok()),
            Err(problem) => prop_assert!(is_refusal(&problem), "{:?}", problem),
        }
    }

    #[test]
    fn any_query_is_a_value_or_a_problem(query in "[ -\"$-~]{0,80}") {
        if let Err(problem) = read_query(&query) {
            prop_assert!(is_refusal(&problem) || problem.status == 404, "{:?}", problem);
        }
    }

    #[test]
    fn a_good_query_comes_through_whole(value in asked()) {
        let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let mut query = format!("text={}&number={}&share={}", encode(&value.text), value.number, value.share);
        if let Some(maybe) = value.maybe {
            query.push_str(&format!("&maybe={maybe}"));
        }
        prop_assert_eq!(read_query(&query).unwrap(), value);
    }
}
