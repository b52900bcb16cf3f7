//! What a case reads and prints: buffers of ours, never a descriptor.
//!
//! Not here: the objects that Python sees (`natives`).

use std::cell::RefCell;

use sandbox::Ended;

use crate::speech;

#[derive(Default)]
struct Console {
    printed: Vec<u8>,
    most_bytes: usize,
    input: String,
    /// How much of the input is read, in bytes.
    read_bytes: usize,
}

thread_local! {
    static CONSOLE: RefCell<Console> = RefCell::default();
}

/// Begins a case: an empty screen, a new text to read.
pub(crate) fn begin(input: &str, most_bytes: usize) {
    // As text mode reads: one kind of line end.
    let input = input.replace("\r\n", "\n").replace('\r', "\n");
    CONSOLE.replace(Console { printed: Vec::new(), most_bytes, input, read_bytes: 0 });
}

/// Prints. Too much of it is the end of the process.
pub(crate) fn print(bytes: &[u8]) {
    CONSOLE.with_borrow_mut(|console| {
        if console.printed.len().saturating_add(bytes.len()) > console.most_bytes {
            speech::end(Ended::TooMuchOutput);
        }
        console.printed.extend_from_slice(bytes);
    });
}

/// How much was printed so far, in bytes of the text that [`printed`] gives.
pub(crate) fn printed_bytes() -> u32 {
    let length = CONSOLE.with_borrow(|console| String::from_utf8_lossy(&console.printed).len());
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// What was printed so far. Bytes that are no text come as U+FFFD.
pub(crate) fn printed() -> String {
    CONSOLE.with_borrow(|console| String::from_utf8_lossy(&console.printed).into_owned())
}

/// The next line with its end, at most `most` characters of it; empty behind the last.
pub(crate) fn read_line(most: Option<usize>) -> String {
    CONSOLE.with_borrow_mut(|console| {
        let rest = console.input.get(console.read_bytes..).unwrap_or_default();
        let line = rest.split_inclusive('\n').next().unwrap_or_default();
        let line = first(line, most).to_owned();
        console.read_bytes += line.len();
        line
    })
}

/// What is left, at most `most` characters of it.
pub(crate) fn read(most: Option<usize>) -> String {
    CONSOLE.with_borrow_mut(|console| {
        let rest = console.input.get(console.read_bytes..).unwrap_or_default();
        let text = first(rest, most).to_owned();
        console.read_bytes += text.len();
        text
    })
}

fn first(text: &str, most: Option<usize>) -> &str {
    let end = most.and_then(|most| text.char_indices().nth(most));
    end.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::{begin, print, printed, printed_bytes, read, read_line};

    #[test]
    fn lines_end_in_one_way_and_the_last_may_have_no_end() {
        begin("a\r\nb\rc", 100);
        assert_eq!(
            [read_line(None), read_line(None), read_line(None), read_line(None)],
            ["a\n", "b\n", "c", ""]
        );
    }

    #[test]
    fn reading_counts_characters() {
        begin("äöü\nx", 100);
        assert_eq!(read_line(Some(2)), "äö");
        assert_eq!(read(Some(2)), "ü\n");
        assert_eq!(read(None), "x");
    }

    #[test]
    fn what_is_no_text_is_printed_as_a_mark() {
        begin("", 100);
        print(b"a\xff");
        assert_eq!(printed(), "a\u{fffd}");
        assert_eq!(printed_bytes(), 4);
    }
}
