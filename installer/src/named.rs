//! Is the member of that name in a JSON file as it should be, and what text has it so?
//!
//! For files in which every tool has one member of its own at the top, whatever is in it.

use serde_json::Value as Json;

use crate::groups::{Refusal, once_only, shape};
use crate::json::edit::{Item, append, cut, replace};
use crate::json::{self, Node, Value};
use crate::splice;

/// Returns `bytes` with exactly `value` as the member `name`, and nothing else changed.
pub fn put(bytes: &[u8], name: &str, value: &Value) -> Result<Vec<u8>, Refusal> {
    let old = match json::parse(bytes).map_err(Refusal::Json)? {
        Some(_) => bytes,
        None => b"{}\n",
    };
    let (text, root) = parse(old, name)?;
    let change = match root.member(name) {
        Some(node) if node.is(value) => return Ok(old.to_vec()),
        Some(node) => replace(text, &root, node, value),
        None => append(text, &[&root], Item::Member(name, value)).ok_or(Refusal::NotProven)?,
    };
    let new = change.apply(old).ok_or(Refusal::NotProven)?;
    prove(old, &new, name, Some(value))?;
    Ok(new)
}

/// Returns `bytes` without the member `name`.
pub fn remove(bytes: &[u8], name: &str) -> Result<Vec<u8>, Refusal> {
    if json::parse(bytes).map_err(Refusal::Json)?.is_none() {
        return Ok(bytes.to_vec());
    }
    let (text, root) = parse(bytes, name)?;
    let members = root.members().unwrap_or_default();
    let Some(index) = members.iter().position(|member| member.name == name) else {
        return Ok(bytes.to_vec());
    };
    let change = cut(text, &root, index).ok_or(Refusal::NotProven)?;
    let new = change.apply(bytes).ok_or(Refusal::NotProven)?;
    prove(bytes, &new, name, None)?;
    Ok(new)
}

/// Returns the member `name` of `bytes`, if there is one.
pub fn find(bytes: &[u8], name: &str) -> Result<Option<Node>, Refusal> {
    if json::parse(bytes).map_err(Refusal::Json)?.is_none() {
        return Ok(None);
    }
    Ok(parse(bytes, name)?.1.member(name).cloned())
}

fn parse<'t>(bytes: &'t [u8], name: &str) -> Result<(&'t str, Node), Refusal> {
    let (text, root) = json::parse(bytes).map_err(Refusal::Json)?.ok_or(Refusal::NotProven)?;
    root.members().ok_or_else(|| shape("the file", "an object"))?;
    once_only(&root, |other| other == name)?;
    Ok((text, root))
}

/// Proves that `new` is `old` with `value` as the member `name`: as another parser reads both, and as bytes.
fn prove(old: &[u8], new: &[u8], name: &str, value: Option<&Value>) -> Result<(), Refusal> {
    let read = |bytes| serde_json::from_slice::<Json>(bytes).map_err(|_| Refusal::NotProven);
    let (mut expected, found) = (read(old)?, read(new)?);
    let members = expected.as_object_mut().ok_or(Refusal::NotProven)?;
    match value {
        Some(value) => members.insert(name.to_owned(), value.into()),
        None => members.remove(name),
    };
    let reversible =
        splice::revert(&splice::between(old, new), new).is_some_and(|text| text == old);
    if expected == found && reversible { Ok(()) } else { Err(Refusal::NotProven) }
}

#[cfg(test)]
mod tests {
    use super::{find, put, remove};
    use crate::json::Value;

    fn value(words: &str) -> Value {
        Value::object([("Stop", Value::Array(vec![Value::string(words)]))])
    }

    #[test]
    fn the_member_goes_in_once_and_out_again() {
        for text in [
            "",
            "{}",
            "{}\n",
            "{\"lint\": {\"Stop\": []}}\n",
            "{\r\n\t\"lint\": 1.0,\r\n\t\"x\": [1]\r\n}",
        ] {
            let with = put(text.as_bytes(), "git-dos", &value("one")).unwrap();
            assert!(find(&with, "git-dos").unwrap().unwrap().is(&value("one")), "{text:?}");
            assert_eq!(put(&with, "git-dos", &value("one")).unwrap(), with, "once");
            let other = put(&with, "git-dos", &value("two")).unwrap();
            assert!(find(&other, "git-dos").unwrap().unwrap().is(&value("two")), "in its place");
            let without = remove(&other, "git-dos").unwrap();
            let without = String::from_utf8(without).unwrap();
            let blank = if text.is_empty() { "{}" } else { text };
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(squeezed(&without), squeezed(blank), "{text:?} and out");
        }
    }

    #[test]
    fn what_is_no_object_of_single_names_is_refused() {
        for text in
            ["[]", "{\"git-dos\": 1, \"git-dos\": 2}", "{// c\n}", "\u{feff}{}", "{\"a\": 1,}"]
        {
            assert!(put(text.as_bytes(), "git-dos", &value("one")).is_err(), "{text:?}");
            assert!(remove(text.as_bytes(), "git-dos").is_err(), "{text:?}");
        }
    }
}
