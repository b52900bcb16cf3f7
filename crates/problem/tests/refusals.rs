//! Every way in which a request can be wrong, and what the client is told: the status, and the field by name.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use problem::{
    BODY_MAX_BYTES, JsonBody, Page, PageNumber, PathParams, PerPage, Problem, QueryParams, in_trace,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tower::ServiceExt;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it is read to see what is refused")]
struct Posted {
    component: Slug,
    scores: Scores,
    #[serde(default)]
    answers: Vec<Answer>,
    kind: Option<Kind>,
    metadata: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it is read to see what is refused")]
struct Scores {
    quiz: f64,
    quality: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it is read to see what is refused")]
struct Answer {
    number: u8,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Exam,
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Slug(String);

impl TryFrom<String> for Slug {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.contains('/') { Err("must be a slug") } else { Ok(Self(text)) }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct History {
    component: Slug,
    days: Option<u16>,
    kind: Option<Kind>,
    #[serde(default)]
    exact: bool,
    weight: Option<f64>,
    #[serde(default)]
    page: PageNumber,
    #[serde(default)]
    per_page: PerPage,
}

async fn posted(JsonBody(posted): JsonBody<Posted>) -> String {
    format!("{posted:?}")
}

async fn listed(QueryParams(page): QueryParams<Page>) -> String {
    format!("{} {}", page.offset(), page.limit())
}

async fn history(QueryParams(asked): QueryParams<History>) -> String {
    let page = Page::new(asked.page, asked.per_page);
    let History { component, days, kind, exact, weight, .. } = asked;
    format!("{component:?} {days:?} {kind:?} {exact} {weight:?} {} {}", page.offset(), page.limit())
}

async fn one(PathParams(slug): PathParams<Slug>) -> String {
    slug.0
}

async fn two(PathParams((slug, number)): PathParams<(Slug, u8)>) -> String {
    format!("{} {number}", slug.0)
}

fn router() -> Router {
    Router::new()
        .route("/posted", post(posted))
        .route("/listed", get(listed))
        .route("/history", get(history))
        .route("/one/{slug}", get(one))
        .route("/two/{slug}/{number}", get(two))
}

async fn answer(request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response = router().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn refused(request: Request<Body>) -> Problem {
    let (status, headers, body) = answer(request).await;
    assert_eq!(headers[CONTENT_TYPE], "application/problem+json", "{status} {body}");
    let problem: Problem = serde_json::from_str(&body).unwrap();
    assert_eq!(problem.status, status.as_u16());
    problem
}

fn post_bytes(body: impl Into<Body>) -> Request<Body> {
    Request::post("/posted").header(CONTENT_TYPE, "application/json").body(body.into()).unwrap()
}

fn get_path(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

fn fields(problem: &Problem) -> Vec<&str> {
    problem.errors.iter().map(|error| error.field.as_str()).collect()
}

#[tokio::test]
async fn a_field_that_is_wrong_is_a_422_that_names_it() {
    let cases = [
        (r#"{"component":"for","scores":{"quiz":0.5,"quality":1,"extra":1}}"#, "scores.extra"),
        (r#"{"component":"for","scores":{"quiz":0.5}}"#, "scores.quality"),
        (r#"{"component":"for","scores":{"quiz":0.5,"quiz":0.5}}"#, "scores.quiz"),
        (r#"{"component":"for","scores":{"quiz":"much","quality":1}}"#, "scores.quiz"),
        (r#"{"component":"for","scores":{"quiz":null,"quality":1}}"#, "scores.quiz"),
        (r#"{"component":"for","scores":{"quiz":NaN,"quality":1}}"#, "scores.quiz"),
        (r#"{"component":"for","scores":{"quiz": -Infinity,"quality":1}}"#, "scores.quiz"),
        ("{\"component\":\"for\",\"scores\":{\n\"quality\":Infinity}}", "scores.quality"),
        (r#"{"component":"für","scores":{"quiz":NaN,"quality":1}}"#, "scores.quiz"),
        (r#"{"component":"for","scores":{"quiz":1e999,"quality":1}}"#, "scores.quiz"),
        (r#"{"component":"for","scores":[]}"#, "scores"),
        (r#"{"scores":{"quiz":0.5,"quality":1}}"#, "component"),
        (r#"{"component":"a/b","scores":{"quiz":0.5,"quality":1}}"#, "component"),
        (
            r#"{"component":"for","scores":{"quiz":1,"quality":1},"answers":[{"number":1},{"number":-1}]}"#,
            "answers[1].number",
        ),
        (
            r#"{"component":"for","scores":{"quiz":1,"quality":1},"answers":[{"number":256}]}"#,
            "answers[0].number",
        ),
        (r#"{"component":"for","scores":{"quiz":1,"quality":1},"answers":[{}]}"#, "answers[0].number"),
        (
            r#"{"component":"for","scores":{"quiz":1,"quality":1},"answers":[{"scores":1}]}"#,
            "answers[0].scores",
        ),
        (r#"{"component":"for","scores":{"quiz":1,"quality":1},"kind":"essay"}"#, "kind"),
        (r#"{"component":"for","scores":{"quiz":1,"quality":1},"kind":7}"#, "kind"),
        (r#"{"component":"for","scores":{"quiz":1,"quality":1},"kind":[[]]}"#, "kind"),
        (r#"{"component":"for","scores":{"quiz":1,"quality":1},"kind":{"exam":null}}"#, "kind.exam"),
        (r#"{"component":"for","scores":{"quiz":1,"quality":1},"un`known":1}"#, "un`known"),
        (
            r#"{"component":"for","scores":{"quiz":1,"quality":1},"metadata":{"deep":[1, NaN]}}"#,
            "metadata.deep[1]",
        ),
        ("7", "body"),
        (r#"["for",{"quiz":1,"quality":1},[],null,null]"#, "body"),
        (r#"{"component":"for","scores":[0.5,1]}"#, "scores"),
        (r#"{"component":"for","scores":{"quiz":1,"quality":1},"answers":[[1]]}"#, "answers[0]"),
    ];
    for (body, field) in cases {
        let problem = refused(post_bytes(body)).await;
        assert_eq!(problem.status, 422, "{body}: {problem:?}");
        assert!(!problem.errors[0].message.contains(" at line "), "{problem:?}");
        let named = fields(&problem);
        assert_eq!(named, [field], "{body}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_a_400_that_names_the_place() {
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let nested = format!(r#"{{"component":"for","metadata":{deep}}}"#);
    let huge = "[".repeat(BODY_MAX_BYTES);
    let cases: [(&[u8], &str); 12] = [
        (b"", "line 1 column 0"),
        (b"{", "line 1 column 1"),
        (b"{\"component\":\n \"for\",, }", "line 2 column 8"),
        (b"{\"component\":\"a\x00b\"}", "control character"),
        (br#"{"component":"\ud800"}"#, "line 1"),
        (br#"{"component":"for","scores":{"quiz":Nah,"quality":1}}"#, "line 1 column 37"),
        (br#"{"component":"for","scores":{"quiz":01,"quality":1}}"#, "line 1"),
        (
            br#"{"component":"for","scores":{"quiz":1,"quality":1}} x"#,
            "trailing characters at line 1 column 53",
        ),
        (b"{\"component\":\"\xff\"}", "byte 14"),
        (b"\xef\xbb\xbf{}", "line 1 column 1"),
        (nested.as_bytes(), "recursion limit exceeded"),
        (huge.as_bytes(), "line 1"),
    ];
    for (body, words) in cases {
        let problem = refused(post_bytes(body.to_vec())).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]);
        // A list where an object is needed is wrong as a field before its nesting is looked at.
        let status = if body == huge.as_bytes() { 422 } else { 400 };
        assert_eq!(problem.status, status, "{shown}: {problem:?}");
        assert!(status == 422 || problem.detail.contains(words), "{shown}: {problem:?}");
    }
}

#[tokio::test]
async fn what_a_client_sends_is_quoted_at_bounded_length() {
    let long = "x".repeat(100_000);
    for body in [
        json!({"component": "for", "scores": long}).to_string(),
        json!({"component": "for", "scores": {"quiz": 1, "quality": 1}, &long: 1}).to_string(),
    ] {
        let problem = refused(post_bytes(body)).await;
        assert!(serde_json::to_string(&problem).unwrap().len() < 1000);
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_413_whether_it_says_so_or_not() {
    let just_right = format!("\"{}\"", "x".repeat(BODY_MAX_BYTES - 2));
    assert_eq!(refused(post_bytes(just_right)).await.status, 422);
    assert_eq!(refused(post_bytes(vec![b' '; BODY_MAX_BYTES + 1])).await.status, 413);
    let mut says_so = post_bytes(Body::empty());
    says_so.headers_mut().insert(CONTENT_LENGTH, (BODY_MAX_BYTES + 1).into());
    assert_eq!(refused(says_so).await.status, 413);
}

#[tokio::test]
async fn a_body_must_be_sent_as_json() {
    let good = r#"{"component":"for","scores":{"quiz":0.5,"quality":1}}"#;
    for fits in [
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "application/problem+json",
    ] {
        let request = Request::post("/posted").header(CONTENT_TYPE, fits).body(Body::from(good)).unwrap();
        assert_eq!(answer(request).await.0, StatusCode::OK, "{fits}");
    }
    for unfit in [None, Some("text/plain"), Some("json"), Some("application/jsonp"), Some("text/json")] {
        let mut request = Request::post("/posted").body(Body::from(good)).unwrap();
        if let Some(unfit) = unfit {
            request.headers_mut().insert(CONTENT_TYPE, unfit.parse().unwrap());
        }
        assert_eq!(refused(request).await.status, 415, "{unfit:?}");
    }
}

#[tokio::test]
async fn good_query_parameters_are_read_with_their_defaults() {
    let cases = [
        ("/listed", "0 50"),
        ("/listed?page=3&per_page=200", "400 200"),
        ("/listed?page=1000000&per_page=200", "199999800 200"),
        ("/listed?&page=1&", "0 50"),
        ("/history?component=for", "Slug(\"for\") None None false None 0 50"),
        (
            "/history?component=list+of%20things&days=7&kind=exam&exact=true&weight=0.5&page=2",
            "Slug(\"list of things\") Some(7) Some(Exam) true Some(0.5) 50 50",
        ),
        ("/history?component=%C3%A4", "Slug(\"ä\") None None false None 0 50"),
    ];
    for (path, text) in cases {
        let (status, _, body) = answer(get_path(path)).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, text), "{path}");
    }
}

#[tokio::test]
async fn a_bad_query_parameter_is_named() {
    let cases = [
        ("/listed?page=0", 422, "page"),
        ("/listed?page=-1", 422, "page"),
        ("/listed?page=two", 422, "page"),
        ("/listed?page=", 422, "page"),
        ("/listed?page=4294967296", 422, "page"),
        ("/listed?per_page=201", 422, "per_page"),
        ("/listed?per_page=0", 422, "per_page"),
        ("/listed?page=1&page=2", 422, "page"),
        ("/listed?pge=1", 422, "pge"),
        ("/listed?p%61ge=x", 422, "page"),
        ("/history", 422, "component"),
        ("/history?component=a%2Fb", 422, "component"),
        ("/history?component=for&days=1.5", 422, "days"),
        ("/history?component=for&kind=essay", 422, "kind"),
        ("/history?component=for&exact=yes", 422, "exact"),
        ("/history?component=for&weight=NaN", 422, "weight"),
        ("/history?component=for&weight=inf", 422, "weight"),
        ("/history?component=%ff", 400, ""),
        ("/history?component=%zz", 400, ""),
        ("/history?component=for%4", 400, ""),
    ];
    for (path, status, field) in cases {
        let problem = refused(get_path(path)).await;
        assert_eq!(problem.status, status, "{path}: {problem:?}");
        if status == 422 {
            assert_eq!(fields(&problem), [field], "{path}: {problem:?}");
        }
    }
}

#[tokio::test]
async fn path_parameters_are_read_by_place_and_named_when_bad() {
    assert_eq!(answer(get_path("/one/for")).await.2, "for");
    assert_eq!(answer(get_path("/two/for/7")).await.2, "for 7");
    for (path, status, field) in [
        ("/one/a%2Fb", 422, "slug"),
        ("/two/a%2Fb/7", 422, "slug"),
        ("/two/for/700", 422, "number"),
        ("/one/%ff", 400, ""),
    ] {
        let problem = refused(get_path(path)).await;
        assert_eq!(problem.status, status, "{path}: {problem:?}");
        if status == 422 {
            assert_eq!(fields(&problem), [field], "{path}: {problem:?}");
        }
    }
}

#[tokio::test]
async fn a_problem_says_what_the_client_may_know_and_no_more() {
    let response = in_trace("t-1".to_owned(), async {
        Problem::unavailable(7, "the password of the database is hunter2").into_response()
    })
    .await;
    assert_eq!(response.headers()[RETRY_AFTER], "7");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        body,
        json!({
            "type": "/problems/unavailable",
            "title": "unavailable",
            "status": 503,
            "detail": "not available now; try again later",
            "trace_id": "t-1",
        })
    );
    let response = Problem::unauthorized("a token is needed").into_response();
    assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer");
}
