//! `dead-letters show`: all of one letter as JSON, with the record that it holds, read as far as it can be.

use std::fmt::Write as _;
use std::io::Write;
use std::process::ExitCode;

use contracts::avro;
use serde::Serialize;

use super::letter::{Id, Letter, Record, Told};
use super::{Failure, Letters};
use crate::kafka::KafkaArgs;
use crate::opening::Opener;
use crate::registry::RegistryArgs;

/// So many bytes of a record that cannot be read are shown.
const SHOWN_MAX_BYTES: usize = 1024;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    kafka: KafkaArgs,
    #[command(flatten)]
    registry: RegistryArgs,
    /// The dead letter, as `list` calls it
    id: Id,
}

/// Exit status 1 where there is no such letter.
pub(super) async fn run(args: &Args) -> Result<ExitCode, Failure> {
    let settings = args.kafka.settings()?;
    let opener = Opener::new(&args.registry)?;
    let mut letters = Letters::read(&settings, &opener, &[args.id.topic()], None);
    while let Some(letter) = letters.next().await? {
        if letter.id == args.id {
            let shown = shown(&letter, opener.held(letter.payload()).await);
            writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&shown)?)?;
            return Ok(ExitCode::SUCCESS);
        }
    }
    writeln!(std::io::stderr(), "agent-bus: {}", letters.missing(args.id))?;
    Ok(ExitCode::FAILURE)
}

#[derive(Debug, Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    told: Told<'a>,
    #[serde(flatten)]
    payload: Payload,
}

/// The record.
#[derive(Debug, Serialize, PartialEq)]
#[serde(untagged)]
enum Payload {
    /// Its values, whether or not they are in their range.
    Read { payload: serde_json::Value },
    /// Its first bytes, as they came.
    Unread { payload_unreadable: String, payload_hex: String, payload_is_cut: bool },
}

fn shown(letter: &Letter, record: Record) -> Shown<'_> {
    Shown { told: letter.told(&record), payload: payload(letter.payload(), record) }
}

/// The bytes as they came, and the record in them.
fn payload(bytes: &[u8], record: Record) -> Payload {
    match record.and_then(|record| avro::show(&record).map_err(|error| error.to_string())) {
        Ok(payload) => Payload::Read { payload },
        Err(payload_unreadable) => {
            let shown = &bytes[..bytes.len().min(SHOWN_MAX_BYTES)];
            let payload_hex = shown.iter().fold(String::new(), |mut text, byte| {
                // Writing to a text cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            });
            Payload::Unread { payload_unreadable, payload_hex, payload_is_cut: bytes.len() > SHOWN_MAX_BYTES }
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn what_cannot_be_read_is_shown_as_bytes_up_to_a_limit() {
        for (length, is_cut) in [(0, false), (SHOWN_MAX_BYTES, false), (SHOWN_MAX_BYTES + 1, true)] {
            let bytes = Bytes::from(vec![0xAB; length]);
            let records = [(Ok(bytes.clone()), "not a known event"), (Err("closed".to_owned()), "closed")];
            for (record, why) in records {
                let Payload::Unread { payload_unreadable, payload_hex, payload_is_cut } =
                    payload(&bytes, record)
                else {
                    panic!("read");
                };
                assert!(payload_unreadable.starts_with(why), "{payload_unreadable}");
                assert_eq!(payload_hex, "ab".repeat(length.min(SHOWN_MAX_BYTES)));
                assert_eq!(payload_is_cut, is_cut);
            }
        }
    }
}
