//! What does a JSON string say, escapes and all?

use std::borrow::Cow;

/// A string of a JSON text, or a plain text that is to become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'text> {
    written: &'text str,
    has_escapes: bool,
}

/// Reads a string from behind its opening quote; `None` when it has no end, or is not one.
pub(super) fn read(text: &str) -> Option<Text<'_>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut has_escapes = false;
    loop {
        let rest = bytes.get(at..)?;
        at += rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
        match bytes.get(at)? {
            b'"' => return Some(Text { written: text.get(..at)?, has_escapes }),
            b'\\' => {
                has_escapes = true;
                at += escape(bytes.get(at + 1..)?)?;
            }
            _ => return None,
        }
    }
}

/// Returns the length of the escape whose bytes behind the backslash `rest` begins with.
fn escape(rest: &[u8]) -> Option<usize> {
    match rest.first()? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => unit(rest.get(1..5)?).map(|_| 6),
        _ => None,
    }
}

/// Reads four hexadecimal digits.
fn unit(digits: &[u8]) -> Option<u32> {
    let mut unit = 0;
    for digit in digits {
        unit = unit * 16 + char::from(*digit).to_digit(16)?;
    }
    Some(unit)
}

/// How half of a surrogate pair is written.
#[derive(Debug, Clone, Copy)]
enum Half {
    /// As the three bytes that UTF-8 would have for it.
    Bytes,
    /// As a question mark.
    Mark,
}

impl<'text> Text<'text> {
    /// Makes a string that says `text`.
    pub fn plain(text: &'text str) -> Self {
        Self { written: text, has_escapes: false }
    }

    /// Returns the string as it is written, without the quotes.
    pub(super) fn written(&self) -> &'text str {
        self.written
    }

    /// Returns what the string says as UTF-8, in which half of a surrogate pair has three bytes of its own.
    ///
    /// The order of these bytes is the order of the characters.
    pub fn decoded(&self) -> Cow<'text, [u8]> {
        if self.has_escapes {
            Cow::Owned(self.decode(Half::Bytes))
        } else {
            Cow::Borrowed(self.written.as_bytes())
        }
    }

    /// Returns what the string says, with a question mark for half of a surrogate pair.
    pub fn shown(&self) -> String {
        self.said().into_owned()
    }

    /// Returns what the string says as [`shown`](Self::shown) does, without a copy where none is needed.
    pub(super) fn said(&self) -> Cow<'text, str> {
        if !self.has_escapes {
            return Cow::Borrowed(self.written);
        }
        let decoded = String::from_utf8(self.decode(Half::Mark));
        Cow::Owned(decoded.expect("text was cut at ASCII bytes only, and characters were added"))
    }

    fn decode(&self, half: Half) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.written.len());
        let mut rest = self.written;
        while let Some((before, after)) = rest.split_once('\\') {
            bytes.extend_from_slice(before.as_bytes());
            rest = decode_escape(after, half, &mut bytes);
        }
        bytes.extend_from_slice(rest.as_bytes());
        bytes
    }
}

/// Appends what the escape says that `after` its backslash begins with, and returns what follows it.
fn decode_escape<'text>(after: &'text str, half: Half, bytes: &mut Vec<u8>) -> &'text str {
    let (letter, rest) = after.split_at_checked(1).unwrap_or((after, ""));
    let byte = match letter {
        "n" => b'\n',
        "r" => b'\r',
        "t" => b'\t',
        "b" => 0x08,
        "f" => 0x0c,
        "u" => return decode_unit(rest, half, bytes),
        other => {
            bytes.extend_from_slice(other.as_bytes());
            return rest;
        }
    };
    bytes.push(byte);
    rest
}

/// Appends the character whose number `text` begins with, in two parts where it has two.
fn decode_unit<'text>(text: &'text str, half: Half, bytes: &mut Vec<u8>) -> &'text str {
    let (digits, rest) = text.split_at_checked(4).unwrap_or((text, ""));
    let first = unit(digits.as_bytes()).unwrap_or_default();
    let second = rest.strip_prefix("\\u").and_then(|rest| rest.split_at_checked(4));
    let second = second.and_then(|(digits, rest)| Some((unit(digits.as_bytes())?, rest)));
    if let (0xd800..=0xdbff, Some((low @ 0xdc00..=0xdfff, rest))) = (first, second) {
        let number = 0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00);
        push(number, half, bytes);
        return rest;
    }
    push(first, half, bytes);
    rest
}

/// Appends the character with `number`.
fn push(number: u32, half: Half, bytes: &mut Vec<u8>) {
    match (char::from_u32(number), half) {
        (Some(character), _) => {
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        (None, Half::Mark) => bytes.push(b'?'),
        (None, Half::Bytes) => {
            let parts =
                [0xe0 | (number >> 12), 0x80 | (number >> 6 & 0x3f), 0x80 | (number & 0x3f)];
            bytes.extend(parts.into_iter().filter_map(|part| u8::try_from(part).ok()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn escapes_say_what_they_stand_for() {
        for (written, want) in [
            (r"plain \u00e9 \/", "plain \u{e9} /"),
            (r#"\"\\\b\f\n\r\t"#, "\"\\\u{8}\u{c}\n\r\t"),
            (r"\ud83d\ude80\u0041", "\u{1f680}A"),
            (r"\ud83d", "?"),
            (r"\ud83d\u0041", "?A"),
            (r"\ude80\ud83d", "??"),
            (r"\ud83d\ud83d\ude80", "?\u{1f680}"),
            (r"\\u0041", r"\u0041"),
        ] {
            let text = format!("{written}\" and more");
            let text = read(&text).unwrap();
            assert_eq!(text.shown(), want, "{written}");
            assert_eq!(text.written(), written);
        }
        assert_eq!(*read(r#"\ud800""#).unwrap().decoded(), [0xed, 0xa0, 0x80], "half of a pair");
    }
}
