//! The sidecar as its app asks it: one channel for gRPC, one client for HTTP, the token on both.
//!
//! Connections are made when they are needed and made again when they broke. Not here: what is asked (`publish`, `invoke`,
//! `copy`).

use std::time::Duration;

use axum::body::Body;
use dapr::dapr::proto::runtime::v1::dapr_client::DaprClient;
use http::{HeaderValue, Request, Response, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request as Call, Status};

use crate::token::TOKEN_HEADER;

/// How long a connection may take: the sidecar is on the same host.
const CONNECT_MAX: Duration = Duration::from_secs(2);
/// How long the sidecar may take to say that it is there.
const HEALTH_MAX: Duration = Duration::from_secs(2);
/// The largest message in either direction, in bytes: a dead letter holds its whole record. The sidecar's own limit
/// (`--max-body-size`) must be as large.
pub(crate) const MESSAGE_MAX_BYTES: usize = 16 << 20;

/// Why an address or a token cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SidecarError {
    /// Not `http://host:port`.
    #[error("{0:?} is no address of a sidecar: it must be http://host:port")]
    Address(String),
    /// The token holds what cannot stand in a header.
    #[error("the sidecar's token holds what cannot stand in a header")]
    Token,
}

/// The sidecar's generated client, with the token.
pub(crate) type Calls = DaprClient<InterceptedService<Channel, Show>>;

/// A way to the sidecar. Cheap to clone.
#[derive(Clone)]
pub struct Sidecar {
    channel: Channel,
    http: Client<HttpConnector, Body>,
    address: String,
    token: Option<HeaderValue>,
}

impl Sidecar {
    /// `grpc` and `http` are the addresses of its two APIs, `http://host:port`; the token is what it asks of its app
    /// (DAPR_API_TOKEN), if anything. It need not be there yet. Within a Tokio runtime.
    pub fn new(grpc: &str, http: &str, token: Option<&str>) -> Result<Self, SidecarError> {
        let endpoint =
            Endpoint::from_shared(plain(grpc)?).map_err(|_| SidecarError::Address(grpc.to_owned()))?;
        let token = token.map(HeaderValue::from_str).transpose().map_err(|_| SidecarError::Token)?.map(
            |mut token| {
                token.set_sensitive(true);
                token
            },
        );
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_MAX));
        connector.set_nodelay(true);
        Ok(Self {
            channel: endpoint.connect_timeout(CONNECT_MAX).tcp_nodelay(true).connect_lazy(),
            http: Client::builder(TokioExecutor::new()).build(connector),
            address: plain(http)?,
            token,
        })
    }

    /// Whether the sidecar is there and takes what it is asked. For readiness; at most two seconds.
    pub async fn answers(&self) -> bool {
        let request = Request::get(format!("{}/v1.0/healthz/outbound", self.address)).body(Body::empty());
        let Ok(request) = request else { return false };
        let answer = tokio::time::timeout(HEALTH_MAX, self.send(request)).await;
        matches!(answer, Ok(Ok(answer)) if answer.status().is_success())
    }

    pub(crate) fn calls(&self) -> Calls {
        // From the same text as the HTTP header: what is fit for one is fit for the other.
        let token = self.token.as_ref().and_then(|token| token.to_str().ok()?.parse().ok());
        DaprClient::with_interceptor(self.channel.clone(), Show(token))
            .max_decoding_message_size(MESSAGE_MAX_BYTES)
            .max_encoding_message_size(MESSAGE_MAX_BYTES)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Asks over HTTP, with the token.
    pub(crate) async fn send(
        &self,
        mut request: Request<Body>,
    ) -> Result<Response<hyper::body::Incoming>, hyper_util::client::legacy::Error> {
        if let Some(token) = &self.token {
            request.headers_mut().insert(TOKEN_HEADER, token.clone());
        }
        self.http.request(request).await
    }
}

/// Shows the token with every call.
#[derive(Clone)]
pub(crate) struct Show(Option<MetadataValue<Ascii>>);

impl Interceptor for Show {
    fn call(&mut self, mut call: Call<()>) -> Result<Call<()>, Status> {
        if let Some(token) = &self.0 {
            call.metadata_mut().insert(TOKEN_HEADER, token.clone());
        }
        Ok(call)
    }
}

/// The address without a slash at its end, where it is one of plain HTTP.
fn plain(address: &str) -> Result<String, SidecarError> {
    let trimmed = address.trim_end_matches('/');
    let wrong = || SidecarError::Address(address.to_owned());
    let uri: Uri = trimmed.parse().map_err(|_| wrong())?;
    let fits = uri.scheme_str() == Some("http")
        && uri.port_u16().is_some()
        && uri.path() == "/"
        && uri.query().is_none();
    if fits { Ok(trimmed.to_owned()) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_http_with_host_and_port() {
        for (address, plain_address) in [
            ("http://127.0.0.1:3500", "http://127.0.0.1:3500"),
            ("http://localhost:1/", "http://localhost:1"),
        ] {
            assert_eq!(plain(address).unwrap(), plain_address);
        }
        for wrong in [
            "",
            "127.0.0.1:3500",
            "https://127.0.0.1:3500",
            "http://127.0.0.1",
            "http://h:1/v1.0",
            "http://h:1/?x",
        ] {
            assert_eq!(plain(wrong), Err(SidecarError::Address(wrong.to_owned())));
        }
    }

    #[tokio::test]
    async fn a_token_that_is_no_header_is_refused_at_the_start() {
        let sidecar = Sidecar::new("http://h:1", "http://h:2", Some("a\nb"));
        assert_eq!(sidecar.err(), Some(SidecarError::Token));
    }
}
