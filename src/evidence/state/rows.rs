//! How is a row of a table written as JSON, so that different values never look alike?

use rusqlite::types::ValueRef;
use serde_json::json;

use crate::fingerprint::hexadecimal;

/// Writes a value: texts and numbers as such, bytes as `{"hex": …}`, a text that is not UTF-8 as `{"text_hex": …}`.
pub(super) fn value(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => real(number),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => json!(text).to_string(),
            Err(_) => json!({ "text_hex": hexadecimal(bytes) }).to_string(),
        },
        ValueRef::Blob(bytes) => json!({ "hex": hexadecimal(bytes) }).to_string(),
    }
}

/// Writes a number with a fraction or an exponent, so that it is read as the same binary number.
fn real(number: f64) -> String {
    if number.is_finite() {
        format!("{number:?}")
    } else {
        // JSON has no word for it, but a number that is too large is infinite.
        format!("{}1e999", if number.is_sign_negative() { "-" } else { "" })
    }
}

/// Writes a key: of one column its text or number, of more a JSON list of them.
pub(super) fn key(columns: &[ValueRef<'_>]) -> String {
    match columns {
        [ValueRef::Text(bytes)] => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => value(ValueRef::Text(bytes)),
        },
        [one] => value(*one),
        several => {
            let several: Vec<_> = several.iter().map(|column| value(*column)).collect();
            format!("[{}]", several.join(","))
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::types::ValueRef;

    use super::{key, value};
    use crate::evidence::state::json;

    #[test]
    fn values_are_json_and_stay_apart() {
        let all = [
            (ValueRef::Null, "null"),
            (ValueRef::Integer(i64::MIN), "-9223372036854775808"),
            (ValueRef::Real(1.0), "1.0"),
            (ValueRef::Real(0.1), "0.1"),
            (ValueRef::Real(1e300), "1e300"),
            (ValueRef::Real(f64::NEG_INFINITY), "-1e999"),
            (ValueRef::Text(b"1"), r#""1""#),
            (ValueRef::Text(b"a\"\n"), r#""a\"\n""#),
            (ValueRef::Text(b"\xff"), r#"{"text_hex":"ff"}"#),
            (ValueRef::Blob(b"1"), r#"{"hex":"31"}"#),
            (ValueRef::Blob(b""), r#"{"hex":""}"#),
        ];
        for (given, want) in all {
            assert_eq!(value(given), want);
            json::read(want.as_bytes()).unwrap();
        }
    }

    #[test]
    fn keys_of_one_column_are_plain() {
        for (columns, want) in [
            (&[ValueRef::Text(b"order 7")][..], "order 7"),
            (&[ValueRef::Integer(7)], "7"),
            (&[ValueRef::Text(b"a"), ValueRef::Integer(2)], r#"["a",2]"#),
            (&[ValueRef::Blob(b"\x01")], r#"{"hex":"01"}"#),
        ] {
            assert_eq!(key(columns), want);
        }
    }
}
