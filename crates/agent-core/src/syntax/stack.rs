//! Room for recursion: a text that might be deep is worked on where there is a large stack.
//!
//! Not here: what is too deep for CPython (`limits`).

/// Stack for the recursion into the deepest program that `limits` lets pass. It is only reserved; what is used of it
/// costs memory.
const STACK_BYTES: usize = 256 * 1024 * 1024;
/// Signs in one line, and brackets open at once, up to which any thread's stack is enough.
const PLAIN_SIGNS: usize = 120;
const PLAIN_BRACKETS: usize = 12;
/// Indentation, in characters, up to which any thread's stack is enough.
const PLAIN_INDENT: usize = 48;

/// Runs `work` where its recursion over the trees of these texts has room.
///
/// Nearly all that learners write is plainly shallow and is worked on in place: to reserve a stack and give it back takes
/// as long as a small analysis.
pub fn with_stack<T>(texts: &[&str], work: impl FnOnce() -> T) -> T {
    if texts.iter().all(|text| is_plain(text)) { work() } else { stacker::grow(STACK_BYTES, work) }
}

/// Whether a text is surely shallow, seen without parsing it.
fn is_plain(code: &str) -> bool {
    let (mut signs, mut open, mut indent, mut at_start) = (0_usize, 0_usize, 0_usize, true);
    for byte in code.bytes() {
        match byte {
            b'\n' | b'\r' => {
                // Inside brackets a line goes on.
                if open == 0 {
                    signs = 0;
                }
                (indent, at_start) = (0, true);
                continue;
            }
            b' ' | b'\t' if at_start => indent += 1,
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        if !matches!(byte, b' ' | b'\t') {
            at_start = false;
        }
        if !(at_start || byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 128) {
            signs += 1;
        }
        if signs > PLAIN_SIGNS || open > PLAIN_BRACKETS || indent > PLAIN_INDENT {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_learners_write_needs_no_stack_of_its_own_and_what_is_deep_gets_one() {
        assert!(is_plain("def area(w, h):\n    return w * h  # as in class\n\nprint(area(2, 3))\n"));
        assert!(!is_plain(&"(".repeat(50)));
        assert!(!is_plain(&format!("x = 0{}", " + 1".repeat(100))));
        assert!(!is_plain(&format!("{}x", " ".repeat(90))));
        let room = |text: &str| with_stack(&["x = 1", text], stacker::remaining_stack).unwrap();
        assert!(room("y = 2") < STACK_BYTES / 2);
        assert!(room(&"(".repeat(50)) > STACK_BYTES / 2);
    }
}
