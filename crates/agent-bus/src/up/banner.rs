//! What `up` says when it is ready: where it is, two tokens to begin with, and a line to paste.

use std::io::Write;
use std::net::SocketAddr;

use auth::{DevKeys, Principal, Role};

use super::Settings;
use crate::cli::Failure;

/// How long the tokens on the banner hold, in seconds: a working day.
const TOKEN_TTL_S: u32 = 12 * 3_600;

pub(super) fn print(settings: &Settings, keys: &DevKeys, address: SocketAddr) -> Result<(), Failure> {
    if let Some(jwks) = &settings.jwks {
        let mut output = std::io::stdout().lock();
        writeln!(
            output,
            "Agent Bus is ready at http://{address} and takes tokens signed by the keys of {jwks}"
        )?;
        return Ok(output.flush()?);
    }
    let student = token(keys, "student-1", Role::Student)?;
    let teacher = token(keys, "teacher-1", Role::Teacher)?;
    let data_dir = settings.data_dir.display();
    let everything = match settings.database {
        Some(_) => "everything in its database, and the keys of these tokens",
        None => "everything",
    };
    let mut output = std::io::stdout().lock();
    writeln!(
        output,
        "Agent Bus is ready at http://{address} and keeps {everything} in {data_dir}

student-1's token:
{student}

teacher-1's token:
{teacher}

Paste this to ask what is wrong with a program:

curl -s http://{address}/api/v1/debug/analyze -H 'Content-Type: application/json' \\
  -H 'Authorization: Bearer {student}' \\
  -d '{{\"code\": \"for number in range(3)\\n    print(number)\\n\"}}'

More tokens: agent-bus token --sub NAME --role student|teacher|operator --data-dir {data_dir}
Stop with Ctrl-C."
    )?;
    Ok(output.flush()?)
}

fn token(keys: &DevKeys, subject: &str, role: Role) -> Result<String, Failure> {
    Ok(keys.issue(&Principal { subject: subject.parse()?, role, on_behalf_of: None }, TOKEN_TTL_S)?)
}
