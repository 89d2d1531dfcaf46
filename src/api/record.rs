use super::Json;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A plain object on its way out, member by member: a result, an error, a request's body.
///
/// One dynamic shape for all of them: a derived `Serialize` for each would double the size of the wasm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record(Vec<(&'static str, Json)>);

impl Record {
    /// `{}`
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a member.
    pub fn set(&mut self, name: &'static str, value: impl Into<Json>) {
        self.0.push((name, value.into()));
    }

    /// A member; null where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> Json {
        self.0.iter().find(|(known, _)| *known == name).map_or_else(Json::null, |(_, value)| value.clone())
    }

    /// Adds the members of another; they win over its own.
    pub fn merge(&mut self, other: Self) {
        self.0.retain(|(name, _)| other.0.iter().all(|(new, _)| new != name));
        self.0.extend(other.0);
    }

    /// Adds a text that is not empty.
    pub fn set_text(&mut self, name: &'static str, text: &str) {
        if !text.is_empty() {
            self.set(name, text);
        }
    }

    /// Adds a flag that is set.
    pub fn set_flag(&mut self, name: &'static str, flag: bool) {
        if flag {
            self.set(name, true);
        }
    }

    /// Adds the ids of several tasks; one alone is said by its own member.
    pub fn set_several(&mut self, name: &'static str, ids: &[String]) {
        if ids.len() > 1 {
            self.set(name, Json::texts(ids));
        }
    }

    /// Adds a number that is one.
    pub fn set_number(&mut self, name: &'static str, number: f64) {
        if !number.is_nan() {
            self.set(name, number);
        }
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
