//! `dead-letters show`: all of one letter as JSON, with the record that it holds, read as far as it can be.

use std::fmt::Write as _;
use std::io::Write;
use std::process::ExitCode;

use contracts::avro;
use serde::Serialize;

use super::letter::{Id, Letter, Told};
use super::{Failure, Letters};
use crate::kafka::KafkaArgs;

/// So many bytes of a record that cannot be read are shown.
const SHOWN_MAX_BYTES: usize = 1024;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    kafka: KafkaArgs,
    /// The dead letter, as `list` calls it
    id: Id,
}

/// Exit status 1 where there is no such letter.
pub(super) async fn run(args: &Args) -> Result<ExitCode, Failure> {
    let settings = args.kafka.settings()?;
    let mut letters = Letters::read(&settings, &[args.id.topic()], None);
    while let Some(letter) = letters.next().await? {
        if letter.id == args.id {
            writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&shown(&letter))?)?;
            return Ok(ExitCode::SUCCESS);
        }
    }
    writeln!(std::io::stderr(), "agent-bus: there is no dead letter {}", args.id)?;
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
    /// Its first bytes.
    Unread { payload_unreadable: String, payload_hex: String, payload_is_cut: bool },
}

fn shown(letter: &Letter) -> Shown<'_> {
    Shown { told: letter.told(), payload: payload(letter.payload()) }
}

fn payload(bytes: &[u8]) -> Payload {
    match avro::show(bytes) {
        Ok(payload) => Payload::Read { payload },
        Err(error) => {
            let shown = &bytes[..bytes.len().min(SHOWN_MAX_BYTES)];
            let payload_hex = shown.iter().fold(String::new(), |mut text, byte| {
                // Writing to a text cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            });
            Payload::Unread {
                payload_unreadable: error.to_string(),
                payload_hex,
                payload_is_cut: bytes.len() > SHOWN_MAX_BYTES,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_shown_as_bytes_up_to_a_limit() {
        for (length, is_cut) in [(0, false), (SHOWN_MAX_BYTES, false), (SHOWN_MAX_BYTES + 1, true)] {
            let Payload::Unread { payload_hex, payload_is_cut, .. } = payload(&vec![0xAB; length]) else {
                panic!("read");
            };
            assert_eq!(payload_hex, "ab".repeat(length.min(SHOWN_MAX_BYTES)));
            assert_eq!(payload_is_cut, is_cut);
        }
    }
}
