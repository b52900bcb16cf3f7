//! The two questions that are asked of a registry, in Confluent's REST interface, and what its answers mean.
//!
//! Not here: when a question is asked, and what is kept of the answers (`framing`).

use std::error::Error;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{RequestBuilder, StatusCode, Url};
use serde::Deserialize;
use serde_json::json;

use crate::{Settings, SettingsError};

/// The longest answer that is read, in bytes: far more than any schema of ours.
const ANSWER_MAX_BYTES: usize = 1 << 20;

/// Longest text taken from the registry's own words.
const WORDS_MAX_CHARS: usize = 500;

/// What a registry speaks. All take it, and newer ones take plain JSON too.
const MEDIA_TYPE: &str = "application/vnd.schemaregistry.v1+json";

/// "Schema not found". Beside it a 404 may come from whoever else listens at a wrong address.
const SCHEMA_NOT_FOUND: u32 = 40403;

/// Why a schema has no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotRegistered {
    /// The registry gave no answer, or is not well.
    Away(String),
    /// It does not want the schema. In its words.
    Refused(String),
}

/// What an id is to the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// This schema.
    Schema(String),
    /// Something that can be no schema of ours: why.
    Other(&'static str),
    /// Nothing.
    Unknown,
}

/// Asks one registry.
pub(crate) struct Client {
    http: reqwest::Client,
    url: Url,
}

/// A whole answer. Without a body where that was too long.
struct Reply {
    status: StatusCode,
    body: Option<Vec<u8>>,
}

#[derive(Deserialize)]
struct Registered {
    id: u32,
}

/// A registry leaves the type out where it is Avro.
#[derive(Deserialize)]
struct Found {
    schema: String,
    #[serde(rename = "schemaType")]
    schema_type: Option<String>,
}

#[derive(Deserialize)]
struct Complaint {
    error_code: u32,
    message: String,
}

impl Client {
    pub(crate) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let http = reqwest::Client::builder()
            .timeout(settings.timeout)
            // A password goes where the operator said, not to where that address points.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| SettingsError::Client(why(error)))?;
        Ok(Self { http, url: settings.url.clone() })
    }

    /// The id of the schema, which is from now on a version of the subject.
    pub(crate) async fn register(&self, subject: &str, schema: &str) -> Result<u32, NotRegistered> {
        let request = self
            .http
            .post(self.address(&["subjects", subject, "versions"]))
            .header(CONTENT_TYPE, MEDIA_TYPE)
            .body(json!({ "schema": schema }).to_string());
        let reply = reply(request).await.map_err(NotRegistered::Away)?;
        if reply.status == StatusCode::OK {
            let registered: Option<Registered> = reply.json();
            let nonsense = || NotRegistered::Away("it answers without an id".to_owned());
            return registered.map(|registered| registered.id).ok_or_else(nonsense);
        }
        let words = reply.words();
        let later = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&reply.status);
        if reply.status.is_client_error() && !later {
            return Err(NotRegistered::Refused(words));
        }
        Err(NotRegistered::Away(words))
    }

    /// What the id is. An error is a registry that gave no answer, or is not well.
    pub(crate) async fn schema(&self, id: u32) -> Result<Answer, String> {
        let request = self.http.get(self.address(&["schemas", "ids", &id.to_string()]));
        let reply = reply(request).await?;
        if reply.status == StatusCode::OK {
            if reply.body.is_none() {
                return Ok(Answer::Other("is larger than 1 MiB"));
            }
            let found: Found = reply.json().ok_or_else(|| "it answers without a schema".to_owned())?;
            if found.schema_type.is_some_and(|kind| kind != "AVRO") {
                return Ok(Answer::Other("is not in Avro"));
            }
            return Ok(Answer::Schema(found.schema));
        }
        let complaint: Option<Complaint> = reply.json();
        if complaint.is_some_and(|complaint| complaint.error_code == SCHEMA_NOT_FOUND) {
            return Ok(Answer::Unknown);
        }
        Err(reply.words())
    }

    /// The registry's address and more.
    fn address(&self, more: &[&str]) -> Url {
        let mut address = self.url.clone();
        // An address with a host has a path.
        if let Ok(mut path) = address.path_segments_mut() {
            path.pop_if_empty().extend(more);
        }
        address
    }
}

/// The answer, read to its end or to the longest that is read.
async fn reply(request: RequestBuilder) -> Result<Reply, String> {
    let mut response = request.header(ACCEPT, MEDIA_TYPE).send().await.map_err(why)?;
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(why)? {
        if body.len() + chunk.len() > ANSWER_MAX_BYTES {
            return Ok(Reply { status, body: None });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, body: Some(body) })
}

/// An error and what it comes from. Without the address: it may hold a name.
fn why(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(deeper) = source {
        text = format!("{text}: {deeper}");
        source = deeper.source();
    }
    text
}

impl Reply {
    fn json<T: for<'de> Deserialize<'de>>(&self) -> Option<T> {
        serde_json::from_slice(self.body.as_deref()?).ok()
    }

    /// What the registry says where it does not do what it was asked.
    fn words(&self) -> String {
        let complaint: Option<Complaint> = self.json();
        let words = complaint.map_or_else(String::new, |complaint| format!(": {}", complaint.message));
        format!("it answers {}{}", self.status, words.chars().take(WORDS_MAX_CHARS).collect::<String>())
    }
}
