//! One agent asks another through two sidecars.
//!
//! Not here: what the other may be asked (each room).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::{Extension, Path};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bus_dapr::{AppToken, BREAKER_OPEN, Caller, DaprInvoke, Sidecar as Way, invoked};
use contracts::StudentId;
use invoke::{Cause, Invoke, InvokeError, caused_by};
use serde_json::{Value, json};
use testkit::dapr::{Plan, Sidecar};

use crate::release::{PATIENCE, Served, way};

/// Concepts, which asks, and Progress, which answers. No broker, no store.
struct Pair {
    asks: Sidecar,
    answers: Sidecar,
    prefix: String,
}

impl Pair {
    async fn start() -> Self {
        let id = clock::Ids::event_id(&clock::RandomIds).0.simple().to_string();
        let prefix = format!("t{}-", &id[..12]);
        let plan = |agent: &str, listens| Plan {
            app_id: format!("{prefix}{agent}"),
            prefix: prefix.clone(),
            broker: None,
            state: false,
            listens,
        };
        let (asks, answers) =
            tokio::join!(Sidecar::start(plan("concepts", false)), Sidecar::start(plan("progress", true)));
        Self { asks, answers, prefix }
    }

    fn invoke(&self) -> DaprInvoke {
        DaprInvoke::new(way(&self.asks), &*self.prefix)
    }

    async fn serve(&self, token: &str) -> Served {
        let routes = Router::new()
            .route("/api/v1/progress/echo", post(echo))
            .route("/api/v1/progress/ids", get(ids))
            .route("/api/v1/progress/large/{mebibytes}", get(large))
            .route("/api/v1/progress/status/{status}", get(status))
            .route("/api/v1/progress/text", get(async || "no JSON"))
            .route("/api/v1/progress/{student}", get(who));
        let routes = invoked(routes, AppToken::new(token).unwrap(), &*self.prefix);
        // The sidecar asks for these before it takes calls.
        let own = Router::new().route("/dapr/config", get(async || Json(json!({}))));
        Served::at(self.answers.app_port(), routes.merge(own)).await
    }

    /// With the callee there: a sidecar that is new is found by its neighbours after a moment.
    async fn ready(&self) -> (Served, DaprInvoke) {
        let served = self.serve(self.answers.app_token()).await;
        let invoke = self.invoke();
        answers_again(&invoke).await;
        (served, invoke)
    }
}

/// Asks until there is an answer: a busy machine may need longer than one question may take.
async fn answers_again(invoke: &DaprInvoke) {
    let found = async {
        let mut number = 0;
        // Each time another address: a breaker counts for one.
        while invoke.get("progress", &format!("ready-{number}"), None).await.is_err() {
            number += 1;
        }
    };
    tokio::time::timeout(PATIENCE, found).await.expect("the callee is found");
}

async fn who(Extension(caller): Extension<Caller>, Path(student): Path<String>) -> Json<Value> {
    let on_behalf_of = caller.on_behalf_of.as_ref().map(StudentId::as_str);
    Json(json!({"student": student, "agent": caller.agent, "on_behalf_of": on_behalf_of}))
}

async fn ids(headers: HeaderMap) -> Json<Value> {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    Json(json!({"correlation_id": header("x-correlation-id"), "traceparent": header("traceparent")}))
}

async fn echo(Extension(caller): Extension<Caller>, Json(body): Json<Value>) -> Json<Value> {
    Json(json!({"heard": body, "agent": caller.agent}))
}

async fn large(Path(mebibytes): Path<usize>) -> Json<Value> {
    Json(json!("x".repeat(mebibytes << 20)))
}

async fn status(Path(status): Path<u16>) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(json!({"status": status}))).into_response()
}

fn ada() -> StudentId {
    "ada".parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_comes_and_the_callee_knows_who_asks() {
    let pair = Pair::start().await;
    let (_served, invoke) = pair.ready().await;
    let answer = invoke.get("progress", "S-1.b_2?component=for", Some(&ada())).await.unwrap();
    assert_eq!(answer, json!({"student": "S-1.b_2", "agent": "concepts", "on_behalf_of": "ada"}));
    let answer = invoke.get("progress", "bea", None).await.unwrap();
    assert_eq!(answer["on_behalf_of"], Value::Null);
    let body = json!({"scores": [0.1, "été"]});
    let answer = invoke.post("progress", "echo", &body, &ada()).await.unwrap();
    assert_eq!(answer, json!({"heard": body, "agent": "concepts"}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_carries_the_ids_of_the_request_that_causes_it() {
    let pair = Pair::start().await;
    let (_served, invoke) = pair.ready().await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let cause = Cause {
        correlation_id: Some("order-7".to_owned()),
        traceparent: Some(format!("00-{trace}-b7ad6b7169203331-01")),
    };
    let heard = caused_by(cause, invoke.get("progress", "ids", None)).await.unwrap();
    assert_eq!(heard["correlation_id"], "order-7", "{heard}");
    assert_eq!(
        heard["traceparent"].as_str().and_then(|header| header.split('-').nth(1)),
        Some(trace),
        "{heard}"
    );
    let heard = invoke.get("progress", "ids", None).await.unwrap();
    assert_eq!(heard["correlation_id"], Value::Null, "{heard}");
}

/// daprd 1.16 ends when its app goes away while it writes an answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_does_not_wait_leaves_the_sidecar_standing() {
    let pair = Pair::start().await;
    let (_served, invoke) = pair.ready().await;
    let mut given_up = 0;
    for number in 0..60_u64 {
        let asking = invoke.get("progress", "large/3", None);
        let patience = Duration::from_micros(number * 600);
        given_up += u32::from(tokio::time::timeout(patience, asking).await.is_err());
    }
    assert!(given_up > 10, "{given_up}");
    // What nobody waits for is still on its way, and slow beside other work. A sidecar that ended would never answer.
    answers_again(&invoke).await;
}

/// More often than the breaker stands: a no is an answer, and the next is answered too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_is_an_answer_however_often_it_comes() {
    let pair = Pair::start().await;
    let (_served, invoke) = pair.ready().await;
    for _ in 0..8 {
        let missing = invoke.get("progress", "status/404", None).await;
        assert!(matches!(missing, Err(InvokeError::NotFound)), "{missing:?}");
        let refused = invoke.get("progress", "status/422", None).await;
        assert!(matches!(refused, Err(InvokeError::Refused(422))), "{refused:?}");
    }
    let text = invoke.get("progress", "text", None).await;
    assert!(matches!(text, Err(InvokeError::Unreadable(_))), "{text:?}");
    assert!(invoke.get("progress", "large/3", None).await.is_ok());
    let large = invoke.get("progress", "large/5", None).await;
    assert!(matches!(large, Err(InvokeError::Unreadable(_))), "over 4 MiB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_callee_opens_the_breaker_for_that_address() {
    let pair = Pair::start().await;
    let (_served, invoke) = pair.ready().await;
    let mut reasons = Vec::new();
    for _ in 0..3 {
        let Err(InvokeError::Unavailable(reason)) = invoke.get("progress", "status/500", None).await else {
            panic!("an answer of a callee that fails")
        };
        reasons.push(reason);
    }
    assert!(reasons[0].starts_with("500"), "{reasons:?}");
    assert!(reasons[2].contains(BREAKER_OPEN), "{reasons:?}");
    assert!(invoke.get("progress", "ada", None).await.is_ok(), "another address is asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_callee_is_asked_four_times() {
    let pair = Pair::start().await;
    let asked = Arc::new(AtomicU32::new(0));
    let (_served, invoke) = pair.ready().await;
    drop(_served);
    let counting = Arc::clone(&asked);
    let routes = Router::new().route(
        "/api/v1/progress/moody",
        get(async move || match counting.fetch_add(1, Ordering::SeqCst) {
            0..3 => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            _ => Json(json!("at last")).into_response(),
        }),
    );
    let routes = invoked(routes, AppToken::new(pair.answers.app_token()).unwrap(), &*pair.prefix);
    let _served = Served::at(pair.answers.app_port(), routes).await;
    assert_eq!(invoke.get("progress", "moody", None).await.unwrap(), json!("at last"));
    assert_eq!(asked.load(Ordering::SeqCst), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callee_that_is_away_is_said_to_be_and_found_again() {
    let mut pair = Pair::start().await;
    let (served, invoke) = pair.ready().await;
    drop(served);
    let away = invoke.get("progress", "app-away", None).await;
    assert!(matches!(away, Err(InvokeError::Unavailable(_))), "{away:?}");
    let (served, invoke) = pair.ready().await;
    assert!(invoke.get("progress", "app-away", None).await.is_ok());
    pair.answers.kill();
    let away = invoke.get("progress", "sidecar-away", None).await;
    assert!(matches!(away, Err(InvokeError::Unavailable(_))), "{away:?}");
    pair.answers.restart().await;
    drop(served);
    let (_served, invoke) = pair.ready().await;
    assert!(invoke.get("progress", "sidecar-away", None).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_token_is_refused_on_either_side() {
    let pair = Pair::start().await;
    let (served, invoke) = pair.ready().await;
    let without = Way::new(&pair.asks.grpc(), &pair.asks.http(), Some("of-another-app")).unwrap();
    let refused = DaprInvoke::new(without, &*pair.prefix).get("progress", "ada", None).await;
    assert!(matches!(refused, Err(InvokeError::Refused(401))), "the caller's: {refused:?}");
    // Past the sidecar, by the callee's own port.
    let past = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap();
    let address = format!("http://127.0.0.1:{}/api/v1/progress/ada", pair.answers.app_port());
    let forged = past.get(&address).header("dapr-caller-app-id", format!("{}concepts", pair.prefix));
    assert_eq!(forged.send().await.unwrap().status(), 401);
    drop(served);
    let _served = pair.serve("of-another-sidecar").await;
    let refused = invoke.get("progress", "bea", None).await;
    assert!(matches!(refused, Err(InvokeError::Refused(401))), "the callee's: {refused:?}");
}

/// A sidecar can do much: stop itself, hand out secrets, run actors. What no agent asks for is not there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sidecar_does_what_agents_ask_for_and_nothing_else() {
    let pair = Pair::start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in [
        "shutdown",
        "publish/kafka-pubsub/learning.evidence",
        "bindings/x",
        "secrets/x/y",
        "state/statestore",
    ] {
        let request = client.post(format!("{}/v1.0/{path}", pair.asks.http()));
        let answer = request.header("dapr-api-token", pair.asks.api_token()).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    assert!(way(&pair.asks).answers().await);
}
