//! Where in a JSON text is what? A tree whose nodes know their bytes.
//!
//! Settings files belong to other programs and to people, so they are edited as text: the tree says where,
//! and nothing outside the edited place is written anew.

pub(crate) mod edit;
mod layout;
mod parse;
mod value;

use std::ops::Range;

pub use parse::{Fault, MAXIMUM_BYTES, MAXIMUM_DEPTH, Place, parse};
pub use value::Value;

/// One value of a JSON text and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The bytes of the value, without the space around it.
    pub span: Range<usize>,
    /// What the value is.
    pub kind: Kind,
}

/// The kinds of JSON values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// An object: its members in text order, repeated names included.
    Object(Vec<Member>),
    /// An array: its elements in order.
    Array(Vec<Node>),
    /// A string, with its escapes resolved.
    String(String),
    /// A number, in the spelling of the text.
    Number(String),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`.
    Null,
}

/// One member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name, with its escapes resolved.
    pub name: String,
    /// The bytes of the whole member, from the name's quote to the end of the value.
    pub span: Range<usize>,
    /// The value.
    pub value: Node,
}

impl Node {
    /// Returns the members of an object.
    pub fn members(&self) -> Option<&[Member]> {
        if let Kind::Object(members) = &self.kind { Some(members) } else { None }
    }

    /// Returns the elements of an array.
    pub fn elements(&self) -> Option<&[Self]> {
        if let Kind::Array(elements) = &self.kind { Some(elements) } else { None }
    }

    /// Returns the text of a string.
    pub fn text(&self) -> Option<&str> {
        if let Kind::String(text) = &self.kind { Some(text) } else { None }
    }

    /// Returns the first member called `name` of an object.
    pub fn member(&self, name: &str) -> Option<&Self> {
        self.members()?.iter().find(|member| member.name == name).map(|member| &member.value)
    }

    /// Tells whether this value and `wanted` are the same: members in any order, numbers by their spelling.
    pub fn is(&self, wanted: &Value) -> bool {
        match (&self.kind, wanted) {
            (Kind::Object(members), Value::Object(wanted)) => {
                members.len() == wanted.len()
                    && wanted.iter().all(|(name, value)| {
                        self.member(name).is_some_and(|member| member.is(value))
                    })
            }
            (Kind::Array(elements), Value::Array(wanted)) => {
                elements.len() == wanted.len()
                    && elements.iter().zip(wanted).all(|(element, value)| element.is(value))
            }
            (Kind::String(text), Value::String(wanted)) => text == wanted,
            (Kind::Number(digits), Value::Integer(wanted)) => *digits == wanted.to_string(),
            _ => false,
        }
    }
}
