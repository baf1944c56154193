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

/// The same for an id that may be absent, which is written as `null`.
pub(crate) mod optional {
    use gix::ObjectId;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    /// Writes the id's text or `null`.
    #[expect(clippy::ref_option, reason = "the signature is serde's")]
    pub(crate) fn serialize<S: Serializer>(
        id: &Option<ObjectId>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        id.map(|id| id.to_string()).serialize(serializer)
    }

    /// Reads an id, or `null`.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<ObjectId>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| ObjectId::from_hex(text.as_bytes()))
            .transpose()
            .map_err(serde::de::Error::custom)
    }
}

/// The same for a list of ids.
pub(crate) mod several {
    use gix::ObjectId;
    use serde::{Deserialize as _, Deserializer, Serializer};

    /// Writes the ids' texts.
    pub(crate) fn serialize<S: Serializer>(
        ids: &[ObjectId],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(ids.iter().map(ToString::to_string))
    }

    /// Reads ids; any other text among them is an error.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<ObjectId>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let ids = texts.iter().map(|text| ObjectId::from_hex(text.as_bytes()));
        ids.collect::<Result<_, _>>().map_err(serde::de::Error::custom)
    }
}
