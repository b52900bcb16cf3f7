//! Asking an agent as its clients do, and asking again where that is the thing to do.
//!
//! Not here: what is asked (module `steps`).

use std::collections::BTreeMap;
use std::time::Duration;

use http::{Method, StatusCode};
use reqwest::{Client, Response, Url};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::Person;
use crate::cli::Failure;

/// The agents that the story needs.
const AGENTS: [&str; 5] = ["progress", "debug", "concepts", "exercise", "review"];

/// How long one answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// The longest answer.
const ANSWER_MAX_BYTES: usize = 1 << 20;
/// How often something is asked again: slowly enough for the limit of a student's requests.
const AGAIN_EVERY: Duration = Duration::from_millis(700);

/// Why something was not answered as it should be.
pub(super) struct Snag {
    why: String,
    /// Whether asking again may help.
    again: bool,
}

impl Snag {
    /// Not yet.
    pub(super) fn not_yet(why: impl Into<String>) -> Self {
        Self { why: why.into(), again: true }
    }

    /// Wrong, and it stays so.
    pub(super) fn wrong(why: impl Into<String>) -> Self {
        Self { why: why.into(), again: false }
    }
}

/// The agents, and how long they are asked.
pub(super) struct Asking {
    client: Client,
    agents: BTreeMap<String, Url>,
    step_within: Duration,
}

impl Asking {
    /// # Errors
    /// An agent without an address, or an address that is none.
    pub(super) fn new(agents: BTreeMap<String, String>, step_within: Duration) -> Result<Self, Failure> {
        if let Some(missing) = AGENTS.into_iter().find(|agent| !agents.contains_key(*agent)) {
            return Err(format!("--agents names no address of {missing}").into());
        }
        let address = |(agent, text): (String, String)| match Url::parse(&text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok((agent, url)),
            _ => Err(format!("--agents: {agent}: {text:?} is no address as in http://host:port")),
        };
        let agents = agents.into_iter().map(address).collect::<Result<_, _>>()?;
        let client = Client::builder().timeout(ANSWER_WITHIN).no_proxy().build()?;
        Ok(Self { client, agents, step_within })
    }

    /// Tries until it is done, or wrong, or has taken too long.
    pub(super) async fn patiently<T>(
        &self,
        mut attempt: impl AsyncFnMut() -> Result<T, Snag>,
    ) -> Result<T, String> {
        let give_up = Instant::now() + self.step_within;
        loop {
            match attempt().await {
                Ok(done) => return Ok(done),
                Err(Snag { why, again }) if !again || Instant::now() + AGAIN_EVERY > give_up => {
                    return Err(why);
                }
                Err(_) => sleep(AGAIN_EVERY).await,
            }
        }
    }

    /// What the agent answers to a question under its routes.
    pub(super) async fn get(&self, agent: &str, path: &str, who: &Person) -> Result<Value, Snag> {
        self.ask(Method::GET, agent, path, who, None).await
    }

    /// What the agent answers to this body.
    pub(super) async fn send(
        &self,
        method: Method,
        agent: &str,
        path: &str,
        who: &Person,
        body: &Value,
    ) -> Result<Value, Snag> {
        self.ask(method, agent, path, who, Some(body)).await
    }

    async fn ask(
        &self,
        method: Method,
        agent: &str,
        path: &str,
        who: &Person,
        body: Option<&Value>,
    ) -> Result<Value, Snag> {
        let address = self.agents.get(agent).map_or("", Url::as_str).trim_end_matches('/');
        let asked = format!("{method} /api/v1/{agent}/{path}");
        let mut request =
            self.client.request(method, format!("{address}/api/v1/{agent}/{path}")).bearer_auth(&who.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let silent = |error: reqwest::Error| Snag::not_yet(format!("{asked}: {}", causes(&error)));
        let mut response = request.send().await.map_err(silent)?;
        let status = response.status();
        let text = read(&mut response).await.map_err(|why| Snag::not_yet(format!("{asked}: {why}")))?;
        if status.is_success() {
            return serde_json::from_slice(&text)
                .map_err(|error| Snag::wrong(format!("{asked}: the answer is no JSON: {error}")));
        }
        let said = String::from_utf8_lossy(&text);
        Err(Snag { why: format!("{asked}: {status}: {said}"), again: may_help(status) })
    }
}

/// Whether asking again may help: it is away, on its way, or has enough to do; or a roster has not arrived yet.
fn may_help(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::FORBIDDEN
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

async fn read(response: &mut Response) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| causes(&error))? {
        text.extend_from_slice(&part);
        if text.len() > ANSWER_MAX_BYTES {
            return Err(format!("the answer has more than {ANSWER_MAX_BYTES} bytes"));
        }
    }
    Ok(text)
}

/// An error with what is behind it: "error sending request" alone says nothing.
fn causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(pairs: &[(&str, &str)]) -> String {
        let of = |(agent, address): &(&str, &str)| ((*agent).to_owned(), (*address).to_owned());
        Asking::new(pairs.iter().map(of).collect(), Duration::ZERO).err().unwrap().to_string()
    }

    #[test]
    fn the_agent_without_an_address_is_named() {
        let all: Vec<_> = AGENTS.iter().map(|agent| (*agent, "http://h:1")).collect();
        assert_eq!(refused(&all[..4]), "--agents names no address of review");
        for bad in ["h:1", "ftp://h:1", "http://", ""] {
            let pairs = [&all[..4], &[("review", bad)]].concat();
            let expected = format!("--agents: review: {bad:?} is no address as in http://host:port");
            assert_eq!(refused(&pairs), expected);
        }
    }
}
