//! What a request meets on its way into a room, one step after the other.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use auth::{DEV_AUDIENCE, DEV_ISSUER, DevKeys, KeySource, Principal, Settings, Verifier};
use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use clock::SystemClock;
use http::header::{ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, Method, Request, StatusCode};
use problem::{BODY_MAX_BYTES, JsonBody};
use rate_limit::{MemoryLimit, RateLimit, Verdict};
use room::{Call, Chassis, Check, EventHeaders, Limits, NotThere, Record, Room, Root, fleet, serve};
use serde_json::{Value, json};
use telemetry::Metrics;
use tempfile::TempDir;
use testkit::{SeededIds, call, call_raw, service, student, teacher};

/// Writes down what calls used.
#[derive(Default)]
struct Notebook(Mutex<Vec<Call>>);

impl Record for Notebook {
    fn record(&self, call: Call) {
        self.0.lock().unwrap().push(call);
    }
}

/// A room behind its gate.
struct Bench {
    router: Router,
    chassis: Chassis,
    keys: DevKeys,
    notebook: Arc<Notebook>,
    _folder: TempDir,
}

async fn who(principal: Principal) -> String {
    format!("{} {}", principal.role.as_str(), principal.subject)
}

async fn echo(JsonBody(body): JsonBody<Value>) -> axum::Json<Value> {
    axum::Json(body)
}

#[expect(clippy::panic, reason = "this is the panic that the test is about")]
async fn fall() -> &'static str {
    panic!("the secret is hunter2")
}

async fn cause(EventHeaders(headers): EventHeaders) -> String {
    format!("{} {}", headers.correlation_id.unwrap(), headers.traceparent.unwrap())
}

fn room() -> Room {
    let routes = Router::new()
        .route("/who", get(who))
        .route("/echo", post(echo))
        .route("/fall", get(fall))
        .route("/cause", get(cause))
        .route("/things/{id}", get(async || "thing"));
    let router = Router::new().nest("/api/v1/debug", routes);
    Room {
        name: "debug",
        router,
        openapi: utoipa::openapi::OpenApi::default(),
        inbox: Vec::new(),
        tasks: Vec::new(),
    }
}

async fn bench() -> Bench {
    bench_with(Limits::default()).await
}

async fn bench_with(limits: Limits) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let keys = DevKeys::open(folder.path(), Arc::new(SystemClock)).unwrap();
    let settings = Settings {
        keys: KeySource::File(keys.jwks().to_owned()),
        issuer: DEV_ISSUER.to_owned(),
        audience: DEV_AUDIENCE.to_owned(),
        refresh_every: Duration::from_secs(60),
    };
    let notebook = Arc::new(Notebook::default());
    let chassis = Chassis {
        ids: Arc::new(SeededIds::new(1)),
        verifier: Arc::new(Verifier::open(settings, Arc::new(SystemClock)).await.unwrap()),
        limiter: Arc::new(MemoryLimit::default()),
        limits,
        metrics: Metrics::new().unwrap(),
        spans: telemetry::Spans::default(),
        record: Some(notebook.clone()),
    };
    Bench { router: serve(room(), chassis.clone()), chassis, keys, notebook, _folder: folder }
}

fn get_as(path: &str, token: &str) -> Request<Body> {
    Request::get(path).header(AUTHORIZATION, format!("Bearer {token}")).body(Body::empty()).unwrap()
}

fn bare(method: Method, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).body(Body::empty()).unwrap()
}

fn assert_problem(answer: &(StatusCode, HeaderMap, Value), status: u16) {
    assert_eq!(answer.0, status, "{answer:?}");
    assert_eq!(answer.1[CONTENT_TYPE], "application/problem+json");
    assert_eq!(answer.2["status"], status);
    assert_eq!(answer.2["trace_id"].as_str().unwrap().len(), 32);
}

impl Bench {
    fn metrics(&self) -> String {
        self.chassis.metrics.encode().unwrap()
    }

    fn counted(&self, line: &str) -> bool {
        self.metrics().lines().any(|counted| counted == line)
    }
}

#[tokio::test]
async fn a_token_or_a_caller_inside_the_process_is_let_in_and_nobody_else() {
    let bench = bench().await;
    let token = bench.keys.issue(&student("ann"), 60).unwrap();
    let answer = call_raw(&bench.router, get_as("/api/v1/debug/who", &token)).await;
    assert_eq!((answer.0, answer.2), (StatusCode::OK, json!("student ann")));
    let answer = call(&bench.router, Method::GET, "/api/v1/debug/who", &teacher("tom"), None).await;
    assert_eq!((answer.0, answer.2), (StatusCode::OK, json!("teacher tom")));

    let answer = call_raw(&bench.router, bare(Method::GET, "/api/v1/debug/who")).await;
    assert_problem(&answer, 401);
    assert_eq!(answer.1[WWW_AUTHENTICATE], "Bearer");
    let answer =
        call_raw(&bench.router, bare(Method::GET, &format!("/api/v1/debug/who?token={token}"))).await;
    assert_problem(&answer, 401);
    let answer = call_raw(&bench.router, get_as("/api/v1/debug/who", "a.b.c")).await;
    assert_problem(&answer, 401);
    assert!(
        bench.counted(r#"agent_auth_failures_total{agent="debug",reason="missing"} 2"#),
        "{}",
        bench.metrics()
    );
    assert!(
        bench.counted(r#"agent_auth_failures_total{agent="debug",reason="malformed"} 1"#),
        "{}",
        bench.metrics()
    );
}

#[tokio::test]
async fn health_is_open_and_only_health() {
    let bench = bench().await;
    let answer = call_raw(&bench.router, bare(Method::GET, "/api/v1/debug/health")).await;
    assert_eq!((answer.0, answer.2), (StatusCode::OK, json!({"status": "ok"})));
    assert_problem(&call_raw(&bench.router, bare(Method::GET, "/api/v1/debug/things/health")).await, 401);
}

#[tokio::test]
async fn no_such_address_and_no_such_method_are_problems() {
    let bench = bench().await;
    let ann = student("ann");
    for path in ["/", "/api/v1/debug", "/api/v1/debug/nothing", "/api/v1/debug/who/", "/api/v1/other/who"] {
        assert_problem(&call(&bench.router, Method::GET, path, &ann, None).await, 404);
    }
    let answer = call(&bench.router, Method::DELETE, "/api/v1/debug/who", &ann, None).await;
    assert_problem(&answer, 405);
    assert_eq!(answer.1[ALLOW], "GET,HEAD");
    let answer = call(&bench.router, Method::OPTIONS, "/api/v1/debug/who", &ann, None).await;
    assert_eq!((answer.0, answer.1[ALLOW].to_str().unwrap()), (StatusCode::NO_CONTENT, "GET,HEAD"));
    let answer = call(&bench.router, Method::HEAD, "/api/v1/debug/who", &ann, None).await;
    assert_eq!((answer.0, answer.2), (StatusCode::OK, Value::Null));
    let brew = "BREW".parse().unwrap();
    assert_problem(&call(&bench.router, brew, "/api/v1/debug/who", &ann, None).await, 405);
}

#[tokio::test]
async fn a_panic_is_a_500_that_tells_nothing_and_the_next_request_is_served() {
    let bench = bench().await;
    let answer = call(&bench.router, Method::GET, "/api/v1/debug/fall", &student("ann"), None).await;
    assert_problem(&answer, 500);
    assert!(!answer.2.to_string().contains("hunter2"), "{}", answer.2);
    assert!(bench.counted(r#"agent_errors_total{agent="debug",kind="panic"} 1"#), "{}", bench.metrics());
    let answer = call(&bench.router, Method::GET, "/api/v1/debug/who", &student("ann"), None).await;
    assert_eq!(answer.0, StatusCode::OK);
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_413_whether_it_says_so_or_comes_in_pieces() {
    let bench = bench().await;
    let post = |body: Body| {
        let request = Request::post("/api/v1/debug/echo").header(CONTENT_TYPE, "application/json");
        request.extension(student("ann")).body(body).unwrap()
    };
    let whole = post(Body::from(vec![b' '; BODY_MAX_BYTES + 1]));
    assert_problem(&call_raw(&bench.router, whole).await, 413);
    let mut says_so = post(Body::from("{}"));
    says_so.headers_mut().insert("content-length", (BODY_MAX_BYTES + 1).into());
    assert_problem(&call_raw(&bench.router, says_so).await, 413);
    let piece = || Ok::<_, std::io::Error>(vec![b' '; BODY_MAX_BYTES / 4]);
    let pieces = post(Body::from_stream(futures::stream::iter((0..5).map(move |_| piece()))));
    assert_problem(&call_raw(&bench.router, pieces).await, 413);
    let right = post(Body::from(format!("\"{}\"", "x".repeat(BODY_MAX_BYTES - 2))));
    assert_eq!(call_raw(&bench.router, right).await.0, StatusCode::OK);
}

#[tokio::test]
async fn too_many_requests_are_a_429_for_that_principal_alone() {
    let bench = bench_with(Limits { student_per_minute: 3, other_per_minute: 5 }).await;
    let ask = async |principal: &Principal| {
        call(&bench.router, Method::GET, "/api/v1/debug/who", principal, None).await
    };
    for _ in 0..3 {
        assert_eq!(ask(&student("ann")).await.0, StatusCode::OK);
    }
    let answer = ask(&student("ann")).await;
    assert_problem(&answer, 429);
    let retry_after_s: u64 = answer.1[RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=20).contains(&retry_after_s), "{retry_after_s}");
    assert_eq!(ask(&student("bob")).await.0, StatusCode::OK);
    for _ in 0..5 {
        assert_eq!(ask(&teacher("ann")).await.0, StatusCode::OK);
    }
    assert_problem(&ask(&teacher("ann")).await, 429);
    // What a service does for one student does not leave the others without.
    for student in ["ann", "bob"] {
        for _ in 0..5 {
            assert_eq!(ask(&service("concepts", student)).await.0, StatusCode::OK);
        }
        assert_problem(&ask(&service("concepts", student)).await, 429);
    }
    assert!(bench.counted(r#"agent_rate_limited_total{agent="debug"} 4"#), "{}", bench.metrics());
    // Probes are not counted.
    let health = call_raw(&bench.router, bare(Method::GET, "/api/v1/debug/health")).await;
    assert_eq!(health.0, StatusCode::OK);
}

/// A limiter whose server is gone.
struct CannotSay;

#[async_trait]
impl RateLimit for CannotSay {
    async fn check(&self, _: &str, _: u32) -> Verdict {
        Verdict::Unavailable { retry_after_s: 7 }
    }
}

#[tokio::test]
async fn a_limiter_that_cannot_say_is_a_503_that_tells_when_to_come_again() {
    let bench = bench().await;
    let router = serve(room(), Chassis { limiter: Arc::new(CannotSay), ..bench.chassis.clone() });
    let answer = call(&router, Method::GET, "/api/v1/debug/who", &student("ann"), None).await;
    assert_problem(&answer, 503);
    assert_eq!(answer.1[RETRY_AFTER], "7");
    assert!(
        bench.counted(r#"agent_errors_total{agent="debug",kind="unavailable"} 1"#),
        "{}",
        bench.metrics()
    );
    assert!(
        bench.counted(r#"agent_rate_limited_total{agent="debug"} 0"#),
        "nobody sent too many: {}",
        bench.metrics()
    );
    // Who is not counted does not notice.
    let health = call_raw(&router, bare(Method::GET, "/api/v1/debug/health")).await;
    assert_eq!(health.0, StatusCode::OK);
}

#[tokio::test]
async fn ids_come_in_go_out_and_reach_the_events() {
    let bench = bench().await;
    let mut request = bare(Method::GET, "/api/v1/debug/cause");
    request.extensions_mut().insert(student("ann"));
    request.headers_mut().insert("x-correlation-id", "order-7".parse().unwrap());
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    request.headers_mut().insert("traceparent", parent.parse().unwrap());
    let (_, headers, body) = call_raw(&bench.router, request).await;
    assert_eq!(headers["x-correlation-id"], "order-7");
    let body = body.as_str().unwrap();
    assert!(
        body.starts_with("order-7 00-0af7651916cd43dd8448eb211c80319c-") && body.ends_with("-01"),
        "{body}"
    );
    assert!(!body.contains("b7ad6b7169203331"), "the step is our own: {body}");

    let answer = call_raw(&bench.router, bare(Method::GET, "/nowhere")).await;
    assert_problem(&answer, 404);
    assert_eq!(answer.1["x-correlation-id"].to_str().unwrap(), answer.2["trace_id"].as_str().unwrap());
    assert_eq!(answer.1["x-content-type-options"], "nosniff");
    assert_eq!(answer.1[CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn metrics_know_routes_by_their_template_alone() {
    let bench = bench().await;
    for id in 0..5 {
        call(&bench.router, Method::GET, &format!("/api/v1/debug/things/{id}"), &student("ann"), None).await;
        call(&bench.router, Method::GET, &format!("/api/v1/debug/stray/{id}"), &student("ann"), None).await;
    }
    for line in [
        r#"agent_requests_total{agent="debug",method="GET",route="/api/v1/debug/things/{id}",status="200"} 5"#,
        r#"agent_requests_total{agent="debug",method="GET",route="unmatched",status="404"} 5"#,
        r#"agent_latency_seconds_count{agent="debug",route="/api/v1/debug/things/{id}"} 5"#,
    ] {
        assert!(bench.counted(line), "{line}\n{}", bench.metrics());
    }
    assert!(!bench.metrics().contains("stray"));
}

#[tokio::test]
async fn a_call_is_recorded_with_both_bodies_and_the_student() {
    let bench = bench().await;
    let asked = json!({"code": "print(1)"});
    for principal in [student("ann"), service("progress", "bob"), teacher("tom")] {
        let answer =
            call(&bench.router, Method::POST, "/api/v1/debug/echo", &principal, Some(asked.clone())).await;
        assert_eq!(answer.2, asked);
    }
    call_raw(&bench.router, bare(Method::GET, "/api/v1/debug/health")).await;
    let calls = bench.notebook.0.lock().unwrap();
    let students: Vec<_> =
        calls.iter().map(|call| call.student.as_ref().map(|student| student.as_str())).collect();
    assert_eq!(students, [Some("ann"), Some("bob"), None]);
    assert_eq!((calls[0].agent, calls[0].route.as_str()), ("debug", "/api/v1/debug/echo"));
    assert_eq!((calls[0].status, &calls[0].method), (StatusCode::OK, &Method::POST));
    assert_eq!(calls[0].request, asked.to_string());
    assert_eq!(calls[0].answer, asked.to_string());
}

#[tokio::test(start_paused = true)]
async fn what_is_needed_is_looked_at_although_nobody_asks() {
    let bench = bench().await;
    let checks: Vec<(&'static str, Arc<dyn Check>)> = vec![
        ("bus", Arc::new(Switch(true, None))),
        ("store", Arc::new(Switch(false, None))),
        ("sandbox", Arc::new(Hangs)),
    ];
    let telling = Root { agents: vec!["debug"], checks }.keep_told(bench.chassis.metrics.clone());
    let _ = tokio::time::timeout(Duration::from_secs(4), telling).await;
    for line in [
        "agent_ready{check=\"bus\"} 1",
        "agent_ready{check=\"sandbox\"} 0",
        "agent_ready{check=\"store\"} 0",
        "agent_is_ready{agent=\"debug\"} 0",
    ] {
        assert!(bench.counted(line), "{line} is not in\n{}", bench.metrics());
    }
}

#[tokio::test]
async fn agents_are_ready_in_the_metrics_as_ready_says() {
    let bench = bench().await;
    let only_told = ("sandbox", Arc::new(NotNeeded) as Arc<dyn Check>);
    let store = |there| ("store", Arc::new(Switch(there, None)) as Arc<dyn Check>);
    for (is_there, status, told) in [(true, StatusCode::OK, 1), (false, StatusCode::SERVICE_UNAVAILABLE, 0)] {
        let agents = ["debug", "review"];
        let root = Root { agents: agents.to_vec(), checks: vec![store(is_there), only_told.clone()] };
        let router = fleet(vec![room()], root, &bench.chassis);
        assert_eq!(call_raw(&router, bare(Method::GET, "/ready")).await.0, status);
        for agent in agents {
            let line = format!("agent_is_ready{{agent=\"{agent}\"}} {told}");
            assert!(bench.counted(&line), "{line} is not in\n{}", bench.metrics());
        }
        assert!(bench.counted("agent_ready{check=\"sandbox\"} 0"));
    }
}

#[tokio::test]
async fn what_no_agent_has_done_yet_is_told_as_nothing() {
    let bench = bench().await;
    for line in [
        "agent_auth_failures_total{agent=\"debug\",reason=\"expired\"} 0",
        "agent_auth_failures_total{agent=\"debug\",reason=\"no_keys\"} 0",
        "agent_errors_total{agent=\"debug\",kind=\"unavailable\"} 0",
        "agent_rate_limited_total{agent=\"debug\"} 0",
    ] {
        assert!(bench.counted(line), "{line} is not in\n{}", bench.metrics());
    }
}

/// Never answers.
struct Hangs;

#[async_trait]
impl Check for Hangs {
    async fn check(&self) -> Result<(), NotThere> {
        std::future::pending().await
    }
}

/// Not there, and needed by some routes alone.
struct NotNeeded;

#[async_trait]
impl Check for NotNeeded {
    async fn check(&self) -> Result<(), NotThere> {
        Err(NotThere::told("programs do not run"))
    }

    fn is_needed(&self) -> bool {
        false
    }
}

/// There, or not; where not, with words for everybody or without.
struct Switch(bool, Option<&'static str>);

#[async_trait]
impl Check for Switch {
    async fn check(&self) -> Result<(), NotThere> {
        let log = "the password of the store is hunter2".to_owned();
        match (self.0, self.1) {
            (true, _) => Ok(()),
            (false, None) => Err(log.into()),
            (false, Some(told)) => Err(NotThere::told(told).with_log(log)),
        }
    }
}

#[tokio::test]
async fn the_root_tells_the_truth_to_probes() {
    let bench = bench().await;
    let root = |store: bool, told| Root {
        agents: vec!["debug"],
        checks: vec![
            ("keys", Arc::new(Switch(true, None)) as Arc<dyn Check>),
            ("store", Arc::new(Switch(store, told))),
        ],
    };
    let up = fleet(vec![room()], root(true, None), &bench.chassis);
    let down = fleet(vec![room()], root(false, None), &bench.chassis);
    let told = fleet(vec![room()], root(false, Some("the store does not answer")), &bench.chassis);

    let answer = call_raw(&up, bare(Method::GET, "/ready")).await;
    assert_eq!(answer.0, StatusCode::OK);
    assert_eq!(answer.2, json!({"status": "ready", "checks": {"keys": "ok", "store": "ok"}}));
    let answer = call_raw(&down, bare(Method::GET, "/ready")).await;
    assert_eq!(answer.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.2, json!({"status": "not ready", "checks": {"keys": "ok", "store": "failing"}}));
    let answer = call_raw(&told, bare(Method::GET, "/ready")).await;
    assert_eq!(answer.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.2["reasons"], json!({"store": "the store does not answer"}), "and no text of others");
    assert!(
        bench.counted("agent_ready{check=\"keys\"} 1") && bench.counted("agent_ready{check=\"store\"} 0")
    );
    for path in ["/health", "/api/v1/debug/health"] {
        assert_eq!(call_raw(&down, bare(Method::GET, path)).await.0, StatusCode::OK, "{path}");
    }
    let answer = call_raw(&up, bare(Method::GET, "/metrics")).await;
    assert!(answer.1[CONTENT_TYPE].to_str().unwrap().starts_with("text/plain"));
    assert!(answer.2.as_str().unwrap().contains("process_resident_memory_bytes"));
    assert_problem(&call_raw(&up, bare(Method::GET, "/nowhere")).await, 404);
    let answer = call_raw(&up, bare(Method::DELETE, "/health")).await;
    assert_eq!((answer.0, &answer.2["status"]), (StatusCode::METHOD_NOT_ALLOWED, &json!(405)));
    assert_eq!(answer.1[CONTENT_TYPE], "application/problem+json");
    assert_eq!(answer.1[ALLOW], "GET,HEAD");
    assert_eq!(call(&up, Method::GET, "/api/v1/debug/who", &student("ann"), None).await.0, StatusCode::OK);
}
