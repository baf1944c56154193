//! What do we write into a settings file? Values whose members keep their order.

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// An object, its members in the order of writing.
    Object(Vec<(String, Self)>),
    /// An array.
    Array(Vec<Self>),
    /// A string.
    String(String),
    /// A whole number.
    Integer(u32),
}

impl Value {
    /// Makes an object of `members`.
    pub fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// Makes a string.
    pub fn string(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }
}

impl From<&Value> for serde_json::Value {
    fn from(value: &Value) -> Self {
        match value {
            Value::Object(members) => Self::Object(
                members.iter().map(|(name, value)| (name.clone(), value.into())).collect(),
            ),
            Value::Array(elements) => Self::Array(elements.iter().map(Into::into).collect()),
            Value::String(text) => Self::String(text.clone()),
            Value::Integer(number) => Self::Number((*number).into()),
        }
    }
}
