//! Where the brokers are and how they are talked to: the arguments of everything that works on Kafka.
//!
//! Not here: what is done there (module `cli`), how it becomes librdkafka's settings (crate `bus-kafka`).

use std::collections::BTreeMap;

use bus_kafka::Settings;

use crate::cli::Failure;
use crate::hidden::Hidden;

/// The longest prefix of a release: with it, a topic's name stays within what Kafka takes.
const PREFIX_MAX_CHARS: usize = 200;

/// The cluster.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct KafkaArgs {
    /// The Kafka brokers: host:port, separated by commas
    #[arg(long, env = "AGENT_BUS_KAFKA_BROKERS", value_name = "HOST:PORT,...", value_parser = brokers)]
    kafka_brokers: String,
    #[command(flatten)]
    details: KafkaDetails,
}

/// How a cluster is talked to, wherever it is.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct KafkaDetails {
    /// Further settings of librdkafka, which is built without TLS: name=value, separated by commas. A comma within a value is
    /// written \,
    #[arg(
        long,
        env = "AGENT_BUS_KAFKA_OPTIONS",
        hide_env_values = true,
        value_name = "NAME=VALUE,...",
        default_value = "",
        hide_default_value = true
    )]
    kafka_options: Hidden,
    /// What stands before the name of every topic, group, app id and key, where several releases share servers
    #[arg(long, env = "AGENT_BUS_RELEASE_PREFIX", default_value = "", hide_default_value = true, value_parser = prefix)]
    pub(crate) release_prefix: String,
}

impl KafkaArgs {
    /// The settings of the bus.
    ///
    /// # Errors
    /// Where an option is not well formed, or librdkafka does not know it: names the option, never its value.
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        self.details.settings(&self.kafka_brokers)
    }
}

impl KafkaDetails {
    /// The settings of the bus on these brokers.
    ///
    /// # Errors
    /// Where an option is not well formed, or librdkafka does not know it: names the option, never its value.
    pub(crate) fn settings(&self, brokers: &str) -> Result<Settings, Failure> {
        let about = |error: String| format!("--kafka-options: {error}");
        let settings = Settings {
            prefix: self.release_prefix.clone(),
            client: options(&self.kafka_options.0).map_err(about)?,
            ..Settings::new(brokers)
        };
        settings.check().map_err(about)?;
        Ok(settings)
    }
}

fn options(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    for (place, option) in (1..).zip(pieces(text)) {
        let Some((name, value)) = option.split_once('=').filter(|(name, _)| !name.trim().is_empty()) else {
            return Err(format!("setting {place} is no name=value"));
        };
        found.insert(name.trim().to_owned(), value.to_owned());
    }
    Ok(found)
}

/// Between commas; `\,` is a comma.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, pieces.last_mut()) {
            (',', _) => pieces.push(String::new()),
            ('\\', Some(piece)) if letters.next_if_eq(&',').is_some() => piece.push(','),
            (_, Some(piece)) => piece.push(letter),
            (_, None) => {}
        }
    }
    pieces.retain(|piece| !piece.trim().is_empty());
    pieces
}

pub(crate) fn brokers(text: &str) -> Result<String, String> {
    for broker in text.split(',').map(str::trim) {
        let has_port = broker
            .rsplit_once(':')
            .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0));
        if !has_port {
            return Err(format!("{broker:?} is no host:port"));
        }
    }
    Ok(text.to_owned())
}

fn prefix(text: &str) -> Result<String, String> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    if text.len() <= PREFIX_MAX_CHARS && text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        Err(format!("letters, digits and . _ - alone, at most {PREFIX_MAX_CHARS}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_names_and_values_between_commas() {
        let read = |text| options(text).map(|found| found.into_iter().collect::<Vec<_>>());
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(read(""), Ok(vec![]));
        assert_eq!(read("a=1, b = 2=3,"), Ok(vec![pair("a", "1"), pair("b", " 2=3")]));
        assert_eq!(read(r"p=x\,y\z\,,a="), Ok(vec![pair("a", ""), pair("p", r"x,y\z,")]));
        assert_eq!(read("a=1,secret"), Err("setting 2 is no name=value".to_owned()));
        assert_eq!(read("=secret"), Err("setting 1 is no name=value".to_owned()));
    }

    #[test]
    fn what_librdkafka_does_not_know_is_named_without_its_value() {
        let args = |options: &str| KafkaArgs {
            kafka_brokers: "localhost:9092".to_owned(),
            details: KafkaDetails {
                kafka_options: Hidden(options.to_owned()),
                release_prefix: "blue.".to_owned(),
            },
        };
        let settings = args("sasl.username=fleet").settings().unwrap();
        assert_eq!(settings.client["sasl.username"], "fleet");
        assert_eq!(settings.topic(contracts::Topic::LearningEvents), "blue.learning.events");
        for (options, expected) in [
            ("sasl.pasword=s3cret", "--kafka-options: librdkafka has no setting \"sasl.pasword\""),
            ("acks=s3cret", "--kafka-options: librdkafka does not take the value of \"acks\""),
            ("s3cret", "--kafka-options: setting 1 is no name=value"),
        ] {
            assert_eq!(args(options).settings().unwrap_err().to_string(), expected);
            assert!(!format!("{:?}", args(options)).contains("s3cret"));
        }
    }

    #[test]
    fn brokers_and_prefixes_are_what_kafka_takes() {
        for good in ["localhost:9092", "a:1,b:65535", "[::1]:9092", "SSL://a:9093"] {
            assert!(brokers(good).is_ok(), "{good}");
        }
        for bad in ["", "localhost", "a:1,", ":9092", "a:0", "a:65536", "a:b"] {
            assert!(brokers(bad).is_err(), "{bad}");
        }
        for (text, is_good) in
            [("", true), ("blue.", true), ("a b", false), ("a/", false), (&"x".repeat(201), false)]
        {
            assert_eq!(prefix(text).is_ok(), is_good, "{text}");
        }
    }
}
