//! W3C trace context: the header `traceparent`, read and written.
//!
//! Not here: drawing random ids (the caller passes them in), collecting spans.

use std::fmt;

/// The header.
pub const TRACEPARENT_HEADER: &str = "traceparent";

/// One trace through all services; never all zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId([u8; 16]);

impl TraceId {
    /// The same number from 0 to 999 for a trace wherever it is asked; each as often over random ids.
    #[must_use]
    pub fn per_mille(self) -> u16 {
        // Ids are random, but some makers put the time in front: all bytes count.
        let mixed = u128::from_be_bytes(self.0).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835) >> 64;
        u16::try_from(mixed % 1000).unwrap_or_default()
    }
}

/// One step of a trace; never all zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpanId([u8; 8]);

/// Where in which trace we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    /// The trace.
    pub trace_id: TraceId,
    /// This step of it.
    pub span_id: SpanId,
    /// Whether somebody upstream records it.
    pub sampled: bool,
}

impl TraceContext {
    /// The start of a new trace. `fresh` are 16 random bytes.
    #[must_use]
    pub fn root(fresh: [u8; 16]) -> Self {
        Self { trace_id: TraceId(not_zero(fresh)), span_id: span(fresh), sampled: false }
    }

    /// The next step of this trace. `fresh` are 16 random bytes.
    #[must_use]
    pub fn child(self, fresh: [u8; 16]) -> Self {
        Self { span_id: span(fresh), ..self }
    }

    /// Reads `00-<32 hex>-<16 hex>-<2 hex>`. A later version may have more after it; a header that is not valid is as
    /// good as none.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let [version] = hex::<1>(parts.next()?)?;
        let trace_id = hex::<16>(parts.next()?)?;
        let span_id = hex::<8>(parts.next()?)?;
        let [flags] = hex::<1>(parts.next()?)?;
        let is_whole = parts.next().is_none() || version > 0;
        let is_valid = version != 0xff && is_whole && trace_id != [0; 16] && span_id != [0; 8];
        is_valid.then_some(Self {
            trace_id: TraceId(trace_id),
            span_id: SpanId(span_id),
            sampled: flags & 1 == 1,
        })
    }
}

impl fmt::Display for TraceContext {
    /// As the header has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{}-{}-{:02x}", self.trace_id, self.span_id, u8::from(self.sampled))
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

fn span(fresh: [u8; 16]) -> SpanId {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&fresh[8..]);
    SpanId(not_zero(bytes))
}

/// All zeros mean "none" in the header.
fn not_zero<const N: usize>(mut bytes: [u8; N]) -> [u8; N] {
    if bytes == [0; N]
        && let Some(last) = bytes.last_mut()
    {
        *last = 1;
    }
    bytes
}

/// Exactly `N` bytes in lower-case hex.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    #[test]
    fn a_valid_header_is_read_and_written_as_it_came() {
        for header in [
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        ] {
            assert_eq!(TraceContext::parse(header).unwrap().to_string(), header);
        }
        let later = TraceContext::parse(&format!("cc-{TRACE}-b7ad6b7169203331-01-what-comes-then")).unwrap();
        assert_eq!(later.trace_id.to_string(), TRACE);
    }

    #[test]
    fn a_header_that_is_not_valid_is_as_good_as_none() {
        for header in [
            "",
            "00",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b71692033-01",
            "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319ç-b7ad6b7169203331-1",
        ] {
            assert_eq!(TraceContext::parse(header), None, "{header}");
        }
    }

    #[test]
    fn a_child_stays_in_the_trace_and_ids_are_never_zero() {
        let root = TraceContext::root([0; 16]);
        assert_eq!(TraceContext::parse(&root.to_string()), Some(root));
        let child = root.child([7; 16]);
        assert_eq!(child.trace_id, root.trace_id);
        assert_ne!(child.span_id, root.span_id);
    }
}
