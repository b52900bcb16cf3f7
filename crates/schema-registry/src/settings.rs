//! Where the registry is, and how long it may take.
//!
//! Not here: what is asked of it (`client`).

use std::fmt;
use std::time::Duration;

use reqwest::Url;

/// How to reach a registry. It may hold a password, which is never shown.
#[derive(Clone)]
pub struct Settings {
    pub(crate) url: Url,
    pub(crate) timeout: Duration,
}

/// Why there can be no registry. No text of the setting is told: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The text is something else.
    #[error("the schema registry's address must be http[s]://[user:password@]host[:port][/path]")]
    NoAddress,
    /// This process cannot ask anybody.
    #[error("there is no HTTP client: {0}")]
    Client(String),
}

impl Settings {
    /// The one registry at that address, `http[s]://[user:password@]host[:port][/path]`, as in SCHEMA_REGISTRY_URL. It has
    /// 2 s for an answer.
    ///
    /// # Errors
    /// When the text is no such address.
    pub fn new(address: &str) -> Result<Self, SettingsError> {
        let url: Url = address.parse().map_err(|_| SettingsError::NoAddress)?;
        let web = matches!(url.scheme(), "http" | "https");
        // Confluent's clients take a list; this is not one of them, and a comma is in no name of a host.
        let one = url.host_str().is_some_and(|host| !host.contains(','));
        if !web || !one || url.query().is_some() || url.fragment().is_some() {
            return Err(SettingsError::NoAddress);
        }
        Ok(Self { url, timeout: Duration::from_secs(2) })
    }

    /// The same, with another time for a whole answer.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.url.host_str().unwrap_or_default();
        f.debug_struct("Settings")
            .field("host", &shown)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for address in
            ["http://registry:8081", "https://registry.example/base/", "http://user:p%40ss@127.0.0.1:8081"]
        {
            Settings::new(address).unwrap();
        }
        for text in [
            "",
            "registry",
            "registry:8081",
            "ftp://registry",
            "http://",
            "http://a,http://b",
            "http://a:1,http://b:2",
            "http://registry?key=secret",
            "http://registry#part",
        ] {
            assert!(matches!(Settings::new(text), Err(SettingsError::NoAddress)), "{text}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let settings = Settings::new("http://ada:secret@registry:8081/base").unwrap();
        assert_eq!(settings.timeout, Duration::from_secs(2));
        let shown = format!("{settings:?}");
        assert!(shown.contains("registry") && !shown.contains("secret") && !shown.contains("ada"), "{shown}");
        let refused = Settings::new("http://ada:secret@registry:none").unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("secret"));
    }
}
