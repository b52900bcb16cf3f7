//! The one layer around every route: what happens to a request before a room sees it, and to its answer after.
//!
//! One function call a request instead of a stack of services: each step is a plain `?`. Not here: the routes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use auth::{Principal, Refusal, Role, bearer_token};
use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use contracts::StudentId;
use http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use invoke::{Cause, caused_by};
use problem::Problem;
use rate_limit::Verdict;
use telemetry::{CORRELATION_HEADER, ErrorKind, RequestIds, Span, SpanId, SpanKind, TraceContext};
use tracing::Instrument;

use crate::record::Call;
use crate::{Chassis, body, panics};

/// The label of a route that is none.
const UNMATCHED: &str = "unmatched";

static CORRELATION: HeaderName = HeaderName::from_static(CORRELATION_HEADER);

/// The layer's knowledge.
pub(crate) struct Gate {
    pub(crate) agent: &'static str,
    pub(crate) chassis: Chassis,
    /// The one route of the room that needs no token.
    pub(crate) open: String,
}

/// What is known of a request while it is answered.
struct Visit {
    started: Instant,
    method: Method,
    route: Option<MatchedPath>,
}

/// A request's place in a trace that somebody wants.
struct Step {
    at: TraceContext,
    parent: Option<SpanId>,
    correlation_id: String,
}

impl Visit {
    fn of(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        Self { started: Instant::now(), method: request.method().clone(), route }
    }

    fn route(&self) -> &str {
        self.route.as_ref().map_or(UNMATCHED, MatchedPath::as_str)
    }
}

/// The layer.
pub(crate) async fn pass(State(gate): State<Arc<Gate>>, mut request: Request, next: Next) -> Response {
    let visit = Visit::of(&request);
    let fresh = gate.chassis.ids.event_id().0.into_bytes();
    let mut ids = RequestIds::of(request.headers(), fresh);
    if ids.parent.is_none() {
        ids.trace.sampled = gate.chassis.spans.samples(ids.trace.trace_id);
    }
    let trace_id = ids.trace_id();
    let correlation_id = HeaderValue::try_from(ids.correlation_id.as_str());
    // At the level of an error: whatever the filter lets through has the ids.
    let span = tracing::error_span!(
        "request",
        agent = gate.agent,
        method = %visit.method,
        route = visit.route(),
        correlation_id = ids.correlation_id.as_str(),
        trace_id = trace_id.as_str(),
    );
    let cause =
        Cause { correlation_id: Some(ids.correlation_id.clone()), traceparent: Some(ids.traceparent()) };
    let step = gate.chassis.spans.wants(&ids.trace).then(|| Step {
        at: ids.trace,
        parent: ids.parent,
        correlation_id: ids.correlation_id.clone(),
    });
    request.extensions_mut().insert(ids);

    let answer = async {
        let outcome = panics::caught(gate.answer(&visit, request, next)).await;
        let panicked = outcome.is_err();
        let mut response = match outcome {
            Ok(Ok(response)) => response,
            Ok(Err(problem)) => problem.into_response(),
            Err(cause) => Problem::internal(cause).into_response(),
        };
        let elapsed = visit.started.elapsed();
        gate.count(&visit, response.status(), panicked, elapsed);
        if let Some(step) = step {
            gate.tell(&visit, step, response.status(), elapsed);
        }
        tracing::debug!(
            status = response.status().as_u16(),
            elapsed_us = elapsed.as_micros() as u64,
            "answered"
        );
        dress(response.headers_mut());
        response
    };
    let mut response = problem::in_trace(trace_id, caused_by(cause, answer.instrument(span))).await;
    if let Ok(correlation_id) = correlation_id {
        response.headers_mut().insert(CORRELATION.clone(), correlation_id);
    }
    response
}

impl Gate {
    /// The room's answer, or why it does not get to give one.
    async fn answer(&self, visit: &Visit, mut request: Request, next: Next) -> Result<Response, Problem> {
        // An address of no route is answered without a look at the token: there is nothing to protect.
        if visit.route.is_none() || visit.route() == self.open {
            let (request, _) = body::read(request).await?;
            return Ok(next.run(request).await);
        }
        let principal = self.principal(&mut request).await?;
        self.limit(&principal).await?;
        let (mut request, bytes) = body::read(request).await?;
        if self.chassis.record.is_none() {
            request.extensions_mut().insert(principal);
            return Ok(next.run(request).await);
        }
        let student = student_of(&principal);
        request.extensions_mut().insert(principal);
        let response = next.run(request).await;
        self.record(visit, student, bytes, response).await
    }

    /// Who asks: as the token says, or as a caller inside the process has said.
    async fn principal(&self, request: &mut Request) -> Result<Principal, Problem> {
        if let Some(principal) = request.extensions_mut().remove::<Principal>() {
            return Ok(principal);
        }
        let outcome = match bearer_token(request.headers()) {
            Ok(token) => self.chassis.verifier.verify(token).await,
            Err(refusal) => Err(refusal),
        };
        outcome.map_err(|refusal: Refusal| {
            self.chassis.metrics.auth_failure(self.agent, refusal.reason());
            refusal.into()
        })
    }

    /// Whether the principal has a request left this minute.
    async fn limit(&self, principal: &Principal) -> Result<(), Problem> {
        let per_minute = self.chassis.limits.of(principal);
        // A student and a teacher of the same name are two; no id has a colon.
        let Principal { subject, role, on_behalf_of } = principal;
        let key = match on_behalf_of {
            None => format!("{}:{subject}", role.as_str()),
            Some(student) => format!("{}:{subject}:{student}", role.as_str()),
        };
        match self.chassis.limiter.check(&key, per_minute).await {
            Verdict::Allowed => Ok(()),
            Verdict::Refused { retry_after_s } => {
                self.chassis.metrics.rate_limited(self.agent);
                Err(Problem::too_many_requests(retry_after_s))
            }
            Verdict::Unavailable { retry_after_s } => {
                Err(Problem::unavailable(retry_after_s, "the rate limiter cannot say"))
            }
        }
    }

    /// Tells what the call used, and gives the answer on unchanged.
    async fn record(
        &self,
        visit: &Visit,
        student: Option<StudentId>,
        request: Bytes,
        response: Response,
    ) -> Result<Response, Problem> {
        let Some(record) = &self.chassis.record else {
            return Ok(response);
        };
        let (response, answer) = whole(response).await?;
        record.record(Call {
            agent: self.agent,
            route: visit.route().to_owned(),
            method: visit.method.clone(),
            student,
            request,
            answer,
            elapsed: visit.started.elapsed(),
            status: response.status(),
        });
        Ok(response)
    }

    /// The request as a step of its trace.
    fn tell(&self, visit: &Visit, step: Step, status: StatusCode, took: Duration) {
        let Step { at, parent, correlation_id } = step;
        let method = telemetry::method_label(&visit.method);
        self.chassis.spans.tell(Span {
            at,
            parent,
            kind: SpanKind::Server,
            name: format!("{method} {}", visit.route()),
            began: visit.started,
            took,
            attributes: vec![
                ("agent", self.agent.to_owned()),
                ("http.request.method", method.to_owned()),
                ("http.route", visit.route().to_owned()),
                ("http.response.status_code", status.as_str().to_owned()),
                ("correlation_id", correlation_id),
            ],
            failed: status.is_server_error(),
        });
    }

    fn count(&self, visit: &Visit, status: StatusCode, panicked: bool, elapsed: Duration) {
        let metrics = &self.chassis.metrics;
        metrics.request(self.agent, visit.route(), &visit.method, status, elapsed);
        let kind = match status {
            _ if panicked => ErrorKind::Panic,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => ErrorKind::Unavailable,
            status if status.is_server_error() => ErrorKind::Internal,
            _ => return,
        };
        metrics.error(self.agent, kind);
    }
}

fn student_of(principal: &Principal) -> Option<StudentId> {
    match principal.role {
        Role::Student => Some(principal.subject.clone().into()),
        _ => principal.on_behalf_of.clone(),
    }
}

/// The answer and its bytes, where they are all there already; a stream is left alone.
async fn whole(response: Response) -> Result<(Response, Bytes), Problem> {
    if response.body().size_hint().exact().is_none() {
        return Ok((response, Bytes::new()));
    }
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.map_err(|error| Problem::internal(error.to_string()))?.to_bytes();
    Ok((Response::from_parts(parts, Body::from(bytes.clone())), bytes))
}

/// What every answer says about itself: it is what it says it is, and it is nobody else's.
fn dress(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
