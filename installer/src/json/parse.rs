//! Is this text JSON as its standard has it, and where are its values?

use std::fmt;

use super::{Kind, Member, Node};

/// The deepest nesting of arrays and objects that is accepted.
pub const MAXIMUM_DEPTH: usize = 64;

/// The longest text that is accepted, in bytes.
pub const MAXIMUM_BYTES: usize = 4 * 1024 * 1024;

/// A place in a text, both counted from 1; the column counts bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The byte in the line.
    pub column: usize,
}

/// Why a text is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The bytes are not UTF-8 (UTF-16, for one).
    NotUtf8,
    /// The text starts with a byte order mark.
    ByteOrderMark,
    /// There is a comment, which JSON does not have.
    Comment(Place),
    /// There is a comma before a closing bracket.
    TrailingComma(Place),
    /// Anything else that is not JSON.
    Syntax(Place),
    /// The text is larger than [`MAXIMUM_BYTES`] or nested deeper than [`MAXIMUM_DEPTH`].
    TooLarge,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, column {}", self.line, self.column)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 => write!(formatter, "it is not UTF-8 text"),
            Self::ByteOrderMark => write!(formatter, "it starts with a byte order mark"),
            Self::Comment(place) => write!(formatter, "it has a comment at {place}"),
            Self::TrailingComma(place) => write!(formatter, "it has a trailing comma at {place}"),
            Self::Syntax(place) => write!(formatter, "it is not JSON at {place}"),
            Self::TooLarge => write!(
                formatter,
                "it is larger than {MAXIMUM_BYTES} bytes or nested deeper than {MAXIMUM_DEPTH} levels"
            ),
        }
    }
}

/// Parses `bytes` as one JSON value; `None` when there is nothing but white space.
pub fn parse(bytes: &[u8]) -> Result<Option<(&str, Node)>, Fault> {
    if bytes.len() > MAXIMUM_BYTES {
        return Err(Fault::TooLarge);
    }
    let text = str::from_utf8(bytes).map_err(|_| Fault::NotUtf8)?;
    if text.starts_with('\u{feff}') {
        return Err(Fault::ByteOrderMark);
    }
    let mut parser = Parser { bytes, text, at: 0 };
    parser.skip_space()?;
    if parser.peek().is_none() {
        return Ok(None);
    }
    let root = parser.value(0)?;
    parser.skip_space()?;
    match parser.peek() {
        None => Ok(Some((text, root))),
        Some(_) => Err(parser.syntax()),
    }
}

struct Parser<'t> {
    bytes: &'t [u8],
    text: &'t str,
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn place(&self, at: usize) -> Place {
        let before = self.bytes.get(..at).unwrap_or(self.bytes);
        let mut lines = before.split(|byte| *byte == b'\n');
        let last = lines.next_back().unwrap_or_default();
        Place { line: 1 + lines.count(), column: 1 + last.len() }
    }

    fn syntax(&self) -> Fault {
        Fault::Syntax(self.place(self.at))
    }

    /// Moves past white space; a comment is named as such, for people write them.
    fn skip_space(&mut self) -> Result<(), Fault> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
        match self.peek() {
            Some(b'#') => Err(Fault::Comment(self.place(self.at))),
            Some(b'/') if matches!(self.bytes.get(self.at + 1), Some(b'/' | b'*')) => {
                Err(Fault::Comment(self.place(self.at)))
            }
            _ => Ok(()),
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.peek() != Some(byte) {
            return Err(self.syntax());
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Node, Fault> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{' | b'[') if depth >= MAXIMUM_DEPTH => return Err(Fault::TooLarge),
            Some(b'{') => Kind::Object(self.list(b'}', |parser| parser.member(depth + 1))?),
            Some(b'[') => Kind::Array(self.list(b']', |parser| parser.value(depth + 1))?),
            Some(b'"') => Kind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.number()?),
            Some(b't') => self.word("true", Kind::Boolean(true))?,
            Some(b'f') => self.word("false", Kind::Boolean(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            _ => return Err(self.syntax()),
        };
        Ok(Node { span: start..self.at, kind })
    }

    /// Parses what stands between the bracket under the cursor and `close`.
    fn list<T>(
        &mut self,
        close: u8,
        item: impl Fn(&mut Self) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space()?;
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            self.skip_space()?;
            let comma = self.at;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(byte) if byte == close => {
                    self.at += 1;
                    return Ok(items);
                }
                _ => return Err(self.syntax()),
            }
            self.skip_space()?;
            if self.peek() == Some(close) {
                return Err(Fault::TrailingComma(self.place(comma)));
            }
        }
    }

    fn member(&mut self, depth: usize) -> Result<Member, Fault> {
        let start = self.at;
        let name = self.string()?;
        self.skip_space()?;
        self.expect(b':')?;
        self.skip_space()?;
        let value = self.value(depth)?;
        Ok(Member { name, span: start..self.at, value })
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<Kind, Fault> {
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            return Err(self.syntax());
        }
        self.at += word.len();
        Ok(kind)
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { Err(self.syntax()) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<String, Fault> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        self.text.get(start..self.at).map(str::to_owned).ok_or_else(|| self.syntax())
    }

    fn string(&mut self) -> Result<String, Fault> {
        self.expect(b'"')?;
        let mut text = String::new();
        loop {
            let start = self.at;
            while let Some(byte) = self.peek() {
                if matches!(byte, b'"' | b'\\' | 0..=0x1f) {
                    break;
                }
                self.at += 1;
            }
            // Both ends stand at ASCII bytes or at an end of the text, hence on character boundaries.
            text.push_str(self.text.get(start..self.at).ok_or_else(|| self.syntax())?);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(self.syntax()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let character = match self.bytes.get(self.at + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.syntax()),
        };
        self.at += 2;
        Ok(character)
    }

    /// Parses `\uXXXX`, or two of them when they are the halves of one character.
    fn unicode_escape(&mut self) -> Result<char, Fault> {
        let first = self.code_unit()?;
        let mut units = vec![first];
        if (0xd800..0xdc00).contains(&first) {
            units.push(self.code_unit()?);
        }
        match char::decode_utf16(units).next() {
            Some(Ok(character)) => Ok(character),
            _ => Err(self.syntax()),
        }
    }

    fn code_unit(&mut self) -> Result<u16, Fault> {
        let digits = self
            .text
            .get(self.at..self.at + 6)
            .and_then(|escape| escape.strip_prefix("\\u"))
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or_else(|| self.syntax())?;
        self.at += 6;
        Ok(unit)
    }
}
