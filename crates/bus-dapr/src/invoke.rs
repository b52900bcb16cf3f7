//! One agent asks another: a request to the own sidecar, which finds the other's.
//!
//! Over HTTP, not gRPC: the sidecar's `InvokeService`, and the way from it to a callee that speaks HTTP, are deprecated, and
//! make one code of a 422 and a 500. Retries, the timeout of each and the breaker are the sidecar's
//! (k8s/base/dapr/resiliency.yaml). The breaker counts for each address by itself. A POST is tried again as a GET is: up to
//! four times. Not here: the callee's side (`answers`).

use std::time::Duration;

use ::invoke::{ANSWER_MAX_BYTES, Invoke, InvokeError, Question, cause, understood};
use async_trait::async_trait;
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tokio::task::JoinError;

use crate::answers::{ON_BEHALF_OF_HEADER, status_of};
use crate::sidecar::Sidecar;

/// How long an answer may take, with all that the sidecar tries.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// What a sidecar says of a call that it does not make, as the callee has failed too often.
pub const BREAKER_OPEN: &str = "circuit breaker is open";

/// Asks through the sidecar.
#[derive(Clone)]
pub struct DaprInvoke {
    sidecar: Sidecar,
    prefix: String,
}

impl DaprInvoke {
    /// `prefix` is what app ids begin with, as in [`crate::Settings`].
    #[must_use]
    pub fn new(sidecar: Sidecar, prefix: impl Into<String>) -> Self {
        Self { sidecar, prefix: prefix.into() }
    }
}

/// Asks, and reads the answer to its end, wanted or not: daprd 1.16 ends with a nil pointer when its app goes away while it
/// writes an answer, and takes every request and record with it that it had in hand. It ends the exchange by its policy.
async fn exchange(sidecar: Sidecar, request: Request<Body>) -> Result<(StatusCode, Bytes), InvokeError> {
    let sent = sidecar.send(request).await;
    let (head, mut body) = sent.map_err(|error| InvokeError::Unavailable(told(&error)))?.into_parts();
    let (mut answer, mut is_whole) = (BytesMut::new(), true);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| InvokeError::Unreadable(told(&error)))?;
        let Some(data) = frame.data_ref() else { continue };
        is_whole &= answer.len() + data.len() <= ANSWER_MAX_BYTES;
        if is_whole {
            answer.extend_from_slice(data);
        }
    }
    if !is_whole {
        return Err(InvokeError::Unreadable(format!("over {ANSWER_MAX_BYTES} bytes")));
    }
    Ok((status_of(&head), answer.freeze()))
}

/// The error and what caused it: the outermost says little.
fn told(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[async_trait]
impl Invoke for DaprInvoke {
    async fn ask(&self, question: Question<'_>) -> Result<serde_json::Value, InvokeError> {
        let Question { agent, path, body, on_behalf_of } = question;
        let address = format!(
            "{}/v1.0/invoke/{}{agent}/method/api/v1/{agent}/{path}",
            self.sidecar.address(),
            self.prefix
        );
        let mut request = Request::builder().method(question.method()).uri(address);
        for (name, value) in cause().headers() {
            request = request.header(name, value);
        }
        if let Some(student) = on_behalf_of {
            request = request.header(ON_BEHALF_OF_HEADER, student.as_str());
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).map_err(|error| InvokeError::Unavailable(error.to_string()))?;
        // A task of its own, which goes on when the caller does not wait any longer: see `exchange`.
        let exchange = tokio::spawn(exchange(self.sidecar.clone(), request));
        let answered = tokio::time::timeout(ANSWER_MAX, exchange).await;
        let late = |_| InvokeError::Unavailable(format!("no answer in {} ms", ANSWER_MAX.as_millis()));
        let ended = |error: JoinError| InvokeError::Unavailable(error.to_string());
        let (status, body) = answered.map_err(late)?.map_err(ended)??;
        understood(status.as_u16(), &body)
    }
}
