//! What does a JSON text hold? Taken apart without changing a digit or a letter of it.
//!
//! Numbers keep their digits and strings their escapes, so that nothing is lost that a digest must tell apart.
//! Half of a surrogate pair is part of a string as well; `NaN` and `Infinity` are no JSON.

pub mod canonical;
mod string;

pub use string::Text;

/// How deep lists and objects may lie in each other.
pub const DEEPEST: usize = 500;

/// The most digits of a whole number.
const DIGITS: usize = 4300;

/// A JSON value, borrowed from its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'text> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(&'text str),
    /// A string.
    Text(Text<'text>),
    /// A list.
    List(Vec<Self>),
    /// An object: its members as they are written, of which some may have the same name.
    Object(Vec<(Text<'text>, Self)>),
}

impl<'text> Value<'text> {
    /// Returns the member of an object called `name`; of several, the last.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        let member = members.iter().rev().find(|(key, _)| *key.decoded() == *name.as_bytes());
        member.map(|(_, value)| value)
    }

    /// Returns the text of a string.
    pub fn text(&self) -> Option<String> {
        if let Self::Text(text) = self { Some(text.shown()) } else { None }
    }

    /// Returns a number that is written without a fraction or an exponent.
    pub fn integer(&self) -> Option<&'text str> {
        let Self::Number(digits) = self else { return None };
        (!is_float(digits)).then_some(*digits)
    }
}

/// Tells whether a number is written with a fraction or an exponent.
fn is_float(number: &str) -> bool {
    number.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
}

/// Reads `text`; `None` when it is not exactly one JSON value, or nested deeper than [`DEEPEST`].
pub fn parse(text: &str) -> Option<Value<'_>> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = reader.value()?;
    reader.skip_blank();
    (reader.at == text.len()).then_some(value)
}

/// Where the reading of a text stands.
struct Reader<'text> {
    text: &'text str,
    at: usize,
    depth: usize,
}

impl<'text> Reader<'text> {
    fn rest(&self) -> &'text str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Reads `byte` if it is next.
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn value(&mut self) -> Option<Value<'text>> {
        self.skip_blank();
        match self.peek()? {
            b'"' => self.string().map(Value::Text),
            b'[' => self.nested(Self::list),
            b'{' => self.nested(Self::object),
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.word(),
        }
    }

    /// Reads one of the three words that are values.
    fn word(&mut self) -> Option<Value<'text>> {
        let words =
            [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))];
        let (word, value) = words.into_iter().find(|(word, _)| self.rest().starts_with(word))?;
        self.at += word.len();
        Some(value)
    }

    /// Reads a list or an object, which begins with the next byte.
    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Option<Value<'text>>,
    ) -> Option<Value<'text>> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn list(&mut self) -> Option<Value<'text>> {
        let mut entries = Vec::new();
        self.skip_blank();
        if self.take(b']') {
            return Some(Value::List(entries));
        }
        loop {
            entries.push(self.value()?);
            self.skip_blank();
            if self.take(b']') {
                return Some(Value::List(entries));
            }
            self.take(b',').then_some(())?;
        }
    }

    fn object(&mut self) -> Option<Value<'text>> {
        let mut members = Vec::new();
        self.skip_blank();
        if self.take(b'}') {
            return Some(Value::Object(members));
        }
        loop {
            self.skip_blank();
            let key = self.string()?;
            self.skip_blank();
            self.take(b':').then_some(())?;
            members.push((key, self.value()?));
            self.skip_blank();
            if self.take(b'}') {
                return Some(Value::Object(members));
            }
            self.take(b',').then_some(())?;
        }
    }

    fn string(&mut self) -> Option<Text<'text>> {
        self.take(b'"').then_some(())?;
        let text = string::read(self.rest())?;
        self.at += text.written().len() + 1;
        Some(text)
    }

    fn digits(&mut self) -> usize {
        let rest = self.rest().as_bytes();
        let count = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        self.at += count;
        count
    }

    fn number(&mut self) -> Option<Value<'text>> {
        let start = self.at;
        self.take(b'-');
        let whole = if self.take(b'0') { 1 } else { self.digits() };
        let mut is_whole = true;
        if self.take(b'.') {
            is_whole = false;
            (self.digits() > 0).then_some(())?;
        }
        if self.take(b'e') || self.take(b'E') {
            is_whole = false;
            if !self.take(b'+') {
                self.take(b'-');
            }
            (self.digits() > 0).then_some(())?;
        }
        let is_read = whole > 0 && !(is_whole && whole > DIGITS);
        let number = self.text.get(start..self.at)?;
        is_read.then_some(Value::Number(number))
    }
}

#[cfg(test)]
mod tests {
    use super::{DEEPEST, DIGITS, Value, parse};

    #[test]
    fn only_json_is_read() {
        for text in [
            "",
            " ",
            "nul",
            "tru",
            "01",
            "1.",
            ".5",
            "-",
            "+1",
            "1e",
            "1e+",
            "--1",
            "NaN",
            "-Infinity",
            "[1,]",
            "[,]",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{'a':1}",
            "\"",
            "\"a\nb\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\\u12\"",
            "\"\\",
            "1 2",
            "{}{}",
            "\u{feff}1",
            "\u{a0}1",
            "[",
            "{",
            "[}",
            "\"\u{1f}\"",
        ] {
            assert_eq!(parse(text), None, "{text:?} is no JSON");
        }
        for text in [
            "0",
            "-0",
            "1.5E-3",
            " \t\r\n[1 , {\"a\" : null}] ",
            "\"\\ud800\"",
            "\"\u{7f}\u{2028}\"",
            "[]",
            "{}",
            "1e400",
        ] {
            assert!(parse(text).is_some(), "{text:?} is JSON");
        }
    }

    #[test]
    fn depth_and_digits_have_an_end() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(&nested(DEEPEST)).is_some());
        assert_eq!(parse(&nested(DEEPEST + 1)), None, "one too deep");
        assert_eq!(parse(&"[".repeat(1_000_000)), None, "and no recursion without an end");
        assert_eq!(parse(&"{\"a\":".repeat(1_000_000)), None);
        assert!(parse(&format!("-{}", "9".repeat(DIGITS))).is_some());
        assert_eq!(parse(&"9".repeat(DIGITS + 1)), None, "one too many");
        assert!(parse(&format!("{}.0", "9".repeat(DIGITS + 1))).is_some(), "a float is rounded");
    }

    #[test]
    fn of_members_with_the_same_name_the_last_counts() {
        let value = parse(r#"{"a":1,"\u0061":"x\n","b":[]}"#).unwrap();
        assert_eq!(value.get("a").and_then(Value::text).as_deref(), Some("x\n"));
        assert_eq!(value.get("c"), None);
        assert_eq!(Value::Null.get("a"), None, "no object");
    }
}
