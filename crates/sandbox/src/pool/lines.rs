//! Lines of a child, each read into bounded memory.
//!
//! Not here: what they say (`transcript`).

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// The next line without its end, or `None` at the end of the stream; what comes behind the last line's end is no line.
///
/// # Errors
/// [`io::ErrorKind::InvalidData`] for a line longer than `max_bytes`, of which no more than that was read, and what the
/// reader says.
pub(super) async fn next<R: AsyncBufRead + Unpin>(
    reader: &mut R,
    max_bytes: usize,
) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    loop {
        let held = reader.fill_buf().await?;
        if held.is_empty() {
            return Ok(None);
        }
        let end = held.iter().position(|byte| *byte == b'\n');
        let part = &held[..end.unwrap_or(held.len())];
        if line.len() + part.len() > max_bytes {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("a line of over {max_bytes} bytes"),
            ));
        }
        line.extend_from_slice(part);
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::BufReader;

    use super::*;

    async fn all(text: &str, buffer_bytes: usize) -> (Vec<String>, Option<io::ErrorKind>) {
        let mut reader = BufReader::with_capacity(buffer_bytes, text.as_bytes());
        let mut lines = Vec::new();
        loop {
            match next(&mut reader, 5).await {
                Ok(Some(line)) => lines.push(String::from_utf8(line).unwrap()),
                Ok(None) => return (lines, None),
                Err(error) => return (lines, Some(error.kind())),
            }
        }
    }

    #[tokio::test]
    async fn lines_are_whole_and_bounded_however_they_arrive() {
        let over = Some(io::ErrorKind::InvalidData);
        let cases: [(&str, &[&str], _); 7] = [
            ("", &[], None),
            ("one\n\ntwo\n", &["one", "", "two"], None),
            ("12345\n", &["12345"], None),
            ("123456\n", &[], over),
            ("one\n123456", &["one"], over),
            ("one\ntwo", &["one"], None),
            ("\n", &[""], None),
        ];
        for (text, lines, error) in cases {
            for buffer_bytes in [1, 3, 100] {
                let seen = all(text, buffer_bytes).await;
                assert_eq!(
                    (seen.0.iter().map(String::as_str).collect(), seen.1),
                    (lines.to_vec(), error),
                    "{text:?}"
                );
            }
        }
    }
}
