//! Confluent's frame: `00`, the schema's id in four bytes with the high one first, the body.
//!
//! Not here: what an id means (`framing`).

use bytes::{BufMut, Bytes, BytesMut};

/// What opens a frame. No single object and no JSON does.
const MAGIC: u8 = 0;

/// Magic and id.
const HEADER_BYTES: usize = 5;

/// What some bytes are, by how they open.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Payload<'a> {
    /// A frame: the schema's id, and the body.
    Framed(u32, &'a [u8]),
    /// It opens like a frame and ends before the id does.
    Torn,
    /// Something else.
    Bare,
}

/// What the bytes are.
pub(crate) fn read(payload: &[u8]) -> Payload<'_> {
    let Some(framed) = payload.strip_prefix(&[MAGIC]) else { return Payload::Bare };
    match framed.split_first_chunk() {
        Some((id, body)) => Payload::Framed(u32::from_be_bytes(*id), body),
        None => Payload::Torn,
    }
}

/// Whether the bytes open like a frame: for who has no registry to ask, and wants to say so.
#[must_use]
pub fn is_framed(payload: &[u8]) -> bool {
    read(payload) != Payload::Bare
}

/// The body in the frame of a schema.
pub(crate) fn write(id: u32, body: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(HEADER_BYTES + body.len());
    bytes.put_u8(MAGIC);
    bytes.put_u32(id);
    bytes.put_slice(body);
    bytes.freeze()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bytes_are_what_they_open_like() {
        let cases: [(&[u8], Payload<'_>); 8] = [
            (b"", Payload::Bare),
            (b"\xC3\x01\0\0\0\0\0\0\0\0", Payload::Bare),
            (b"{}", Payload::Bare),
            (b"\0", Payload::Torn),
            (b"\0\0\0\0", Payload::Torn),
            (b"\0\0\0\0\x07", Payload::Framed(7, b"")),
            (b"\0\0\0\x01\x02body", Payload::Framed(258, b"body")),
            (b"\0\xFF\xFF\xFF\xFF\0", Payload::Framed(u32::MAX, b"\0")),
        ];
        for (bytes, expected) in cases {
            assert_eq!(is_framed(bytes), expected != Payload::Bare, "{bytes:?}");
            assert_eq!(read(bytes), expected, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_framed_is_read_back(id: u32, body: Vec<u8>) {
            let frame = write(id, &body);
            prop_assert_eq!(read(&frame), Payload::Framed(id, &body[..]));
        }

        #[test]
        fn what_is_read_as_a_frame_is_written_the_same(bytes: Vec<u8>) {
            let bytes = [&[0], &bytes[..]].concat();
            if let Payload::Framed(id, body) = read(&bytes) {
                prop_assert_eq!(&write(id, body)[..], &bytes[..]);
            }
        }
    }
}
