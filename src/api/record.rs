use super::Json;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A plain object on its way out, member by member: a result, an error, a request's body.
///
/// One dynamic shape for all of them: a derived `Serialize` for each would double the size of the wasm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record(Vec<(&'static str, Field)>);

/// A member's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// `null`
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A value from outside, as it is.
    Json(Json),
    /// An object of ours.
    Record(Record),
    /// An array of objects of ours.
    Records(Vec<Record>),
}

impl Record {
    /// `{}`
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a member.
    pub fn set(&mut self, name: &'static str, value: Field) {
        self.0.push((name, value));
    }

    /// Adds a text.
    pub fn set_text(&mut self, name: &'static str, value: impl Into<String>) {
        self.set(name, Field::Text(value.into()));
    }

    /// Adds a number, where there is one.
    pub fn set_number(&mut self, name: &'static str, value: Option<f64>) {
        if let Some(number) = value {
            self.set(name, Field::Number(number));
        }
    }

    /// Adds a text that is not empty.
    pub fn set_some_text(&mut self, name: &'static str, value: Option<String>) {
        if let Some(text) = value.filter(|text| !text.is_empty()) {
            self.set(name, Field::Text(text));
        }
    }

    /// Adds all members of another.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Null => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Json(json) => json.serialize(serializer),
            Self::Record(record) => record.serialize(serializer),
            Self::Records(records) => serializer.collect_seq(records),
        }
    }
}
