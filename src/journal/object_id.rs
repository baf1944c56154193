//! How is an object id written in a journal? As its full hexadecimal text.

use gix::ObjectId;
use serde::{Deserialize as _, Deserializer, Serializer};

/// Writes `id` as hexadecimal text of its full length (40 or 64 digits).
pub(crate) fn serialize<S: Serializer>(id: &ObjectId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

/// Reads an id from hexadecimal text; any other text is an error.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<ObjectId, D::Error> {
    let text = String::deserialize(deserializer)?;
    ObjectId::from_hex(text.as_bytes()).map_err(serde::de::Error::custom)
}
