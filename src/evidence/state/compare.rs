//! What differs between two states, and what became of one key?

use gix::error::{Result, ResultExt as _, message};

use super::json::{self, Members};
use crate::verdict::effect::change::{Change, Delta, Sides};
use crate::verdict::effect::pointer::Pointer;
use crate::verdict::token;

/// Which part of a state is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The key; white space around it counts only where a state has such a key.
    pub key: String,
    /// The part of its value.
    pub pointer: Pointer,
}

/// What was seen of two states.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// What is asked for, on both sides.
    pub sides: Sides,
    /// All keys that differ.
    pub delta: Delta,
    /// A key that a state has more than once; its last value counts.
    pub repeated: Option<String>,
}

/// The text of a JSON object, and how errors call it.
#[derive(Debug, Clone, Copy)]
pub struct Named<'text> {
    /// The name, such as the path of its file.
    pub name: &'text str,
    /// The text.
    pub text: &'text [u8],
}

/// Compares two states.
///
/// Errors when one cannot be read: that is never an empty state.
pub fn texts(before: Named<'_>, after: Named<'_>, target: &Target) -> Result<Seen> {
    let read = |side: Named<'_>| message!("{} is no snapshot", side.name);
    let old = Members::read(before.text).or_raise(|| read(before))?;
    let new = Members::read(after.text).or_raise(|| read(after))?;
    let sides = sides(&old, &new, target)?;
    let delta = delta(&old, &new)?;
    Ok(Seen { sides, delta, repeated: old.repeated.or(new.repeated) })
}

/// Returns what is asked for, in both states.
fn sides(old: &Members<'_>, new: &Members<'_>, target: &Target) -> Result<Sides> {
    let exists = |key: &&str| old.get(key).is_some() || new.get(key).is_some();
    let spellings = [target.key.as_str(), token::strip(&target.key)];
    let Some(key) = spellings.into_iter().find(exists) else { return Ok(Sides::default()) };
    let part = |members: &Members<'_>| {
        let value = members.get(key).map(json::value).transpose();
        let value = value.or_raise(|| message!("Could not read the value of '{key}'"))?;
        Ok::<_, gix::Error>(value.and_then(|value| target.pointer.find(&value).cloned()))
    };
    Ok(Sides { before: part(old)?, after: part(new)? })
}

/// Returns the keys that differ.
fn delta(old: &Members<'_>, new: &Members<'_>) -> Result<Delta> {
    let mut delta = Delta::default();
    for (key, before) in old.iter() {
        let change = match new.get(key) {
            None => Change::Deleted,
            // What is written alike is alike; only the rest needs to be taken apart.
            Some(after) if after == before => Change::Unchanged,
            Some(after) => {
                let value = |raw| {
                    json::value(raw).or_raise(|| message!("Could not read the value of '{key}'"))
                };
                Sides { before: Some(value(before)?), after: Some(value(after)?) }.change()
            }
        };
        delta.add(key, change);
    }
    for (key, _) in new.iter().filter(|(key, _)| old.get(key).is_none()) {
        delta.add(key, Change::Inserted);
    }
    Ok(delta)
}

#[cfg(test)]
mod tests {
    use super::{Named, Target, texts};
    use crate::verdict::effect::change::{Change, Delta};
    use crate::verdict::effect::pointer::Pointer;

    fn named(text: &str) -> Named<'_> {
        Named { name: "it", text: text.as_bytes() }
    }

    fn target(key: &str, pointer: &str) -> Target {
        Target { key: key.to_owned(), pointer: Pointer::parse(pointer).unwrap() }
    }

    #[test]
    fn two_states_are_compared_by_value() {
        let before = r#"{"same":{"x":1,"y":2},"was":1,"type":true,"new value":[1]}"#;
        let after = r#"{"same":{"y":2.0,"x":1},"is":1,"type":1,"new value":[2]}"#;
        let seen = texts(named(before), named(after), &target("type", "")).unwrap();
        assert_eq!(seen.sides.change(), Change::Updated, "true is not 1");
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        let want = Delta {
            inserted: keys(&["is"]),
            updated: keys(&["new value", "type"]),
            deleted: keys(&["was"]),
        };
        assert_eq!(seen.delta, want, "spelling does not matter, types do");
    }

    #[test]
    fn a_key_is_found_as_it_is_written_and_else_without_white_space() {
        let change = |key: &str, before: &str, after: &str| {
            texts(named(before), named(after), &target(key, "")).unwrap().sides.change()
        };
        assert_eq!(change(" c ", "{}", r#"{"c":1}"#), Change::Inserted);
        assert_eq!(change(" c ", r#"{"c":1}"#, r#"{" c ":1}"#), Change::Inserted);
        assert_eq!(change("c", "{}", r#"{" c ":1}"#), Change::Missing);
    }

    #[test]
    fn a_part_of_a_value_is_found() {
        let (before, after) = (r#"{"a":{"b":[1,2]}}"#, r#"{"a":{"b":[1,3],"c":0}}"#);
        for (pointer, want) in [
            ("/b/0", Change::Unchanged),
            ("/b/1", Change::Updated),
            ("/c", Change::Inserted),
            ("/d", Change::Missing),
            ("", Change::Updated),
        ] {
            let seen = texts(named(before), named(after), &target("a", pointer)).unwrap();
            assert_eq!(seen.sides.change(), want, "{pointer}");
        }
    }
}
