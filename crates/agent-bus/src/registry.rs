//! Where the schema registry is: the argument of everything that reads or writes the events on the topics.
//!
//! Not here: frames, and what a registry is asked (crate `schema-registry`).

use std::sync::Arc;

use clock::Clock;
use schema_registry::{Framing, Settings, SettingsError};

use crate::cli::Failure;

/// The registry, where there is one.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RegistryArgs {
    /// The schema registry, http://host:port; with one, events travel in Confluent's frame
    #[arg(long, env = "SCHEMA_REGISTRY_URL", hide_env_values = true)]
    schema_registry: Option<String>,
}

impl RegistryArgs {
    /// What puts events into frames and takes them out; nothing where no registry is named. Nobody is asked yet.
    ///
    /// # Errors
    /// Where the address is none: names the setting, never its value.
    pub(crate) fn framing(&self, clock: Arc<dyn Clock>) -> Result<Option<Framing>, Failure> {
        let Some(address) = &self.schema_registry else { return Ok(None) };
        let about = |error: SettingsError| format!("--schema-registry: {error}");
        let settings = Settings::new(address).map_err(about)?;
        Ok(Some(Framing::new(&settings, clock).map_err(about)?))
    }
}

#[cfg(test)]
mod tests {
    use clock::SystemClock;

    use super::*;

    #[test]
    fn what_is_no_address_is_named_without_its_text() {
        let framing = |text: Option<&str>| {
            RegistryArgs { schema_registry: text.map(str::to_owned) }.framing(Arc::new(SystemClock))
        };
        assert!(framing(None).unwrap().is_none());
        assert!(framing(Some("http://registry:8081")).unwrap().is_some());
        let refused = framing(Some("ftp://ada:s3cret@registry")).err().unwrap().to_string();
        assert!(refused.starts_with("--schema-registry: ") && !refused.contains("s3cret"), "{refused}");
    }
}
