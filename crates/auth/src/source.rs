//! Where the keys come from: a JWKS in a file, or at an address.

use std::path::PathBuf;
use std::time::Duration;

/// The largest JWKS that is read.
const JWKS_MAX_BYTES: usize = 1 << 20;

/// How long an address may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// Where a JWKS lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A file; whoever writes it puts a new one in its place whole.
    File(PathBuf),
    /// An address, http or https.
    Address(reqwest::Url),
}

/// Why a JWKS cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file cannot be read.
    #[error("{0} cannot be read: {1}")]
    File(PathBuf, std::io::Error),
    /// The address does not answer as it should.
    #[error("{0}")]
    Address(String),
    /// It is larger than any JWKS.
    #[error("it is larger than {JWKS_MAX_BYTES} bytes")]
    TooLarge,
    /// It is not UTF-8.
    #[error("it is not UTF-8")]
    NotText,
}

impl KeySource {
    /// An address where the text starts with `http://` or `https://`, else a file.
    ///
    /// # Errors
    /// When it starts like an address and is none.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        if text.starts_with("http://") || text.starts_with("https://") {
            let address = text.parse().map_err(|error| SourceError::Address(format!("{text}: {error}")))?;
            return Ok(Self::Address(address));
        }
        Ok(Self::File(PathBuf::from(text)))
    }
}

/// Reads a source, as often as asked.
pub(crate) struct Reader {
    source: KeySource,
    client: Option<reqwest::Client>,
}

impl Reader {
    pub(crate) fn new(source: KeySource) -> Result<Self, SourceError> {
        let client = match &source {
            KeySource::File(_) => None,
            KeySource::Address(_) => Some(client()?),
        };
        Ok(Self { source, client })
    }

    /// All of the JWKS.
    pub(crate) async fn read(&self) -> Result<String, SourceError> {
        let bytes = match (&self.source, &self.client) {
            (KeySource::File(path), _) => {
                let io = |error| SourceError::File(path.clone(), error);
                let length_bytes = tokio::fs::metadata(path).await.map_err(io)?.len();
                if length_bytes > JWKS_MAX_BYTES as u64 {
                    return Err(SourceError::TooLarge);
                }
                tokio::fs::read(path).await.map_err(io)?
            }
            (KeySource::Address(address), Some(client)) => fetch(client, address.clone()).await?,
            (KeySource::Address(address), None) => {
                return Err(SourceError::Address(format!("{address}: no client")));
            }
        };
        String::from_utf8(bytes).map_err(|_| SourceError::NotText)
    }
}

fn client() -> Result<reqwest::Client, SourceError> {
    reqwest::Client::builder()
        .timeout(ANSWER_TIMEOUT)
        // Keys come from where the operator said, not from where that address points to.
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| SourceError::Address(error.to_string()))
}

async fn fetch(client: &reqwest::Client, address: reqwest::Url) -> Result<Vec<u8>, SourceError> {
    let failed = |error: reqwest::Error| SourceError::Address(error.to_string());
    let mut response =
        client.get(address).send().await.map_err(failed)?.error_for_status().map_err(failed)?;
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > JWKS_MAX_BYTES {
            return Err(SourceError::TooLarge);
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_a_file() {
        let address = KeySource::parse("https://keys.example/jwks.json").unwrap();
        assert!(matches!(address, KeySource::Address(address) if address.host_str() == Some("keys.example")));
        for file in ["/etc/keys/jwks.json", "jwks.json", "httpd/jwks.json", "file:///jwks.json"] {
            assert_eq!(KeySource::parse(file).unwrap(), KeySource::File(file.into()));
        }
        let refused = KeySource::parse("http://[broken").unwrap_err().to_string();
        assert!(refused.contains("http://[broken"), "{refused}");
    }
}
