//! Asking a process over HTTP, as a client does.
//!
//! Not here: which process, and how it was started (`fleet`, `served`).

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::Value;

use crate::once;

/// One address, and a client.
pub struct Asking {
    address: String,
    client: reqwest::Client,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The JSON body; null where there is none.
    pub body: Value,
}

impl Answer {
    /// The body of a 200.
    ///
    /// # Panics
    /// On another status: the test must fail then.
    #[expect(clippy::must_use_candidate, reason = "that it was a 200 is often all a test wants to know")]
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{:#}", self.body);
        self.body
    }
}

impl Asking {
    /// Asks at `http://host:port`.
    pub(crate) fn at(address: String) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { address, client }
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// One request with a token and a JSON body.
    pub async fn call(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.address)).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.send(request).await
    }

    /// A request made by the caller with [`Asking::client`].
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("it answers");
        let status = response.status();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.expect("the answer has an end");
        Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or_default() }
    }

    /// The client, for requests that are wrong on purpose.
    #[must_use]
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// `GET` with a token.
    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.call(Method::GET, path, token, None).await
    }

    /// `POST` of JSON with a token.
    pub async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.call(Method::POST, path, token, Some(body)).await
    }

    /// Asks until the answer satisfies the condition. Fails with the last answer after 30 seconds.
    pub async fn get_until(&self, path: &str, token: &str, condition: impl Fn(&Value) -> bool) -> Value {
        let mut last = None;
        let look = async || {
            let answer = self.get(path, token).await;
            if answer.status == StatusCode::OK && condition(&answer.body) {
                return Some(answer.body);
            }
            last = Some(answer);
            None
        };
        let seen = once(Duration::from_secs(30), look).await;
        seen.unwrap_or_else(|| panic!("{path} did not come to it: {last:#?}"))
    }

    /// What `GET /metrics` says.
    pub async fn metrics(&self) -> String {
        let scrape = self.client.get(format!("{}/metrics", self.address)).send().await;
        scrape.expect("it answers").text().await.expect("the answer has an end")
    }
}
