//! One agent asks another without a sidecar: at the other's internal address, with the token that all of them share.
//!
//! Not here: the way through sidecars (crate `bus-dapr`), whose headers this one speaks as well.

use std::collections::BTreeMap;
use std::time::Duration;

use ::invoke::{ANSWER_MAX_BYTES, Invoke, InvokeError, Question, cause, understood};
use async_trait::async_trait;
use bus_dapr::{CALLER_HEADER, ON_BEHALF_OF_HEADER, STATUS_HEADER, TOKEN_HEADER};
use http::StatusCode;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

use super::settings::Settings;
use crate::cli::Failure;

/// How long an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// The other agents, by name.
pub(super) struct Peers {
    client: Client,
    addresses: BTreeMap<String, String>,
    caller: String,
    token: String,
}

impl Peers {
    pub(super) fn new(settings: &Settings) -> Result<Self, Failure> {
        Ok(Self {
            client: Client::builder().timeout(ANSWER_MAX).no_proxy().build()?,
            addresses: settings.kafka.peers.clone(),
            caller: format!("{}{}", settings.release_prefix(), settings.service.name()),
            token: settings.app_token.clone(),
        })
    }

    fn request(&self, question: Question<'_>) -> Result<RequestBuilder, InvokeError> {
        let Question { agent, path, body, on_behalf_of } = question;
        let address = self.addresses.get(agent);
        let address = address
            .ok_or_else(|| InvokeError::Unavailable(format!("--peers names no address of {agent}")))?;
        let address = format!("{}/api/v1/{agent}/{path}", address.trim_end_matches('/'));
        let request = self
            .client
            .request(question.method(), address)
            .header(TOKEN_HEADER, &self.token)
            .header(CALLER_HEADER, &self.caller);
        let request = cause().headers().fold(request, |request, (name, value)| request.header(name, value));
        let request = match on_behalf_of {
            Some(student) => request.header(ON_BEHALF_OF_HEADER, student.as_str()),
            None => request,
        };
        Ok(match body {
            Some(body) => request.json(body),
            None => request,
        })
    }
}

async fn answer(request: RequestBuilder) -> Result<Value, InvokeError> {
    let unavailable = |error: reqwest::Error| InvokeError::Unavailable(error.without_url().to_string());
    let mut response = request.send().await.map_err(unavailable)?;
    let status = status(&response);
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(unavailable)? {
        body.extend_from_slice(&part);
        if body.len() > ANSWER_MAX_BYTES {
            return Err(InvokeError::Unreadable(format!("over {ANSWER_MAX_BYTES} bytes")));
        }
    }
    understood(status.as_u16(), &body)
}

/// The status as the callee gave it: a no travels as a yes, for the sake of sidecars' breakers.
fn status(response: &Response) -> StatusCode {
    let said = response.headers().get(STATUS_HEADER);
    said.and_then(|said| StatusCode::from_bytes(said.as_bytes()).ok()).unwrap_or(response.status())
}

#[async_trait]
impl Invoke for Peers {
    async fn ask(&self, question: Question<'_>) -> Result<Value, InvokeError> {
        answer(self.request(question)?).await
    }
}
