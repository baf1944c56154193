//! The frames in which git's programs talk over a connection: four digits of length, then the content (gitprotocol-common(5)).

use std::io::{self, Read};

/// One frame, with its length in front.
pub struct Packet(pub Vec<u8>);

impl Packet {
    /// Reads the next frame; `None` at the end.
    pub fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut head = [0; 4];
        if let Err(error) = from.read_exact(&mut head) {
            let ended = error.kind() == io::ErrorKind::UnexpectedEof;
            return if ended { Ok(None) } else { Err(error) };
        }
        let digits = std::str::from_utf8(&head).map_err(io::Error::other)?;
        let length = usize::from_str_radix(digits, 16).map_err(io::Error::other)?;
        let mut frame = head.to_vec();
        frame.resize(length.max(head.len()), 0);
        from.read_exact(&mut frame[head.len()..])?;
        Ok(Some(Self(frame)))
    }

    /// Tells whether it ends a list of frames.
    pub fn is_flush(&self) -> bool {
        self.0 == b"0000"
    }
}
