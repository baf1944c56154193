//! When are two JSON values the same? When type and value agree, whatever the spelling.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
    /// An array, whose order counts.
    List(Vec<Self>),
    /// An object, whose order does not count.
    Object(BTreeMap<String, Self>),
}

/// A JSON number, with its spelling.
///
/// One without fraction and exponent is an integer of any size. Any other is the binary number of 64 bits
/// nearest to it, as nearly all programs write and read it; too large a one is infinite.
#[derive(Debug, Clone)]
pub struct Number {
    text: String,
    kind: Kind,
}

/// How a number is written.
#[derive(Debug, Clone)]
enum Kind {
    /// Digits, behind a sign perhaps.
    Integer,
    /// With a fraction or an exponent.
    Binary(f64),
}

impl Number {
    /// Reads a number as JSON spells it; `None` when `text` is none.
    pub fn parse(text: &str) -> Option<Self> {
        if !is_number(text) {
            return None;
        }
        let kind = if text.contains(['.', 'e', 'E']) {
            Kind::Binary(text.parse().ok()?)
        } else {
            Kind::Integer
        };
        Some(Self { text: text.to_owned(), kind })
    }

    /// Returns the number as it was spelled.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the sign and the digits of a whole number; `None` when it has a fraction or is infinite.
    fn whole(&self) -> Option<(bool, String)> {
        let text = match self.kind {
            Kind::Integer => self.text.clone(),
            // Without a fraction, all digits of a binary number are written.
            Kind::Binary(number) if number.is_finite() && is_equal(number, number.trunc()) => {
                format!("{number:.0}")
            }
            Kind::Binary(_) => return None,
        };
        let digits = text.trim_start_matches('-');
        Some((text.starts_with('-') && digits != "0", digits.to_owned()))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Binary(left), Kind::Binary(right)) => is_equal(*left, *right),
            (Kind::Integer, _) | (_, Kind::Integer) => {
                let (left, right) = (self.whole(), other.whole());
                left.is_some() && left == right
            }
        }
    }
}

/// Tells whether two binary numbers are the same; both zeros are.
fn is_equal(left: f64, right: f64) -> bool {
    left.partial_cmp(&right) == Some(Ordering::Equal)
}

/// Tells whether `text` is a number by the grammar of RFC 8259, section 6.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Number, Value};

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn numbers_compare_by_what_they_are_worth() {
        for (left, right, want) in [
            ("1", "1.0", true),
            ("1", "1e0", true),
            ("100", "1E2", true),
            ("10000000000000000", "1e16", true),
            ("0", "-0", true),
            ("0", "-0.0", true),
            ("0.0", "-0", true),
            ("0", "1e-400", true),
            ("-1", "1", false),
            ("-1", "-1.0", true),
            ("1", "1.5", false),
            ("0.1", "0.10000000000000001", true),
            ("0.1", "0.2", false),
            ("9007199254740993", "9007199254740993", true),
            ("9007199254740993", "9007199254740992", false),
            ("9007199254740993", "9007199254740993.0", false),
            ("9007199254740992", "9007199254740993.0", true),
            ("1e400", "1e401", true),
            ("1e400", "-1e400", false),
            ("1e400", "1", false),
            ("1e40", "10000000000000000000000000000000000000000", false),
            ("1e40", "10000000000000000303786028427003666890752", true),
            ("5e-324", "0", false),
        ] {
            assert_eq!(number(left) == number(right), want, "{left} and {right}");
            assert_eq!(number(right) == number(left), want, "{right} and {left}");
        }
    }

    #[test]
    fn only_numbers_of_json_are_numbers() {
        for text in ["0", "-0", "10", "1.5", "1e5", "1E+5", "-1.25e-7", "0.0", "0e0"] {
            assert_eq!(number(text).text(), text, "as it was spelled");
        }
        for text in
            ["", "-", "+1", "01", "1.", ".5", "1e", "1e+", "NaN", "Infinity", "inf", "0x1", "1 "]
        {
            assert!(Number::parse(text).is_none(), "{text:?} is no number");
        }
    }

    #[test]
    fn types_are_never_equal_to_others() {
        let all = [
            Value::Null,
            Value::Boolean(false),
            Value::Boolean(true),
            Value::Number(number("0")),
            Value::Number(number("1")),
            Value::Text(String::new()),
            Value::Text("1".into()),
            Value::List(vec![]),
            Value::List(vec![Value::Boolean(true)]),
            Value::List(vec![Value::Number(number("1"))]),
            Value::Object(BTreeMap::new()),
        ];
        for (row, left) in all.iter().enumerate() {
            for (column, right) in all.iter().enumerate() {
                assert_eq!(left == right, row == column, "{left:?} and {right:?}");
            }
        }
    }
}
