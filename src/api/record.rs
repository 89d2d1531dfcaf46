use super::json::NULL;
use super::{Json, Text};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// An object: one that was read, or one on its way out: a result, an error, a request's body.
#[derive(Clone, Debug, Default)]
pub struct Record(Vec<(Text, Json)>);

impl Record {
    /// `{}`
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a member.
    pub fn set(&mut self, name: &'static str, value: impl Into<Json>) {
        self.add(Text::Static(name), value.into());
    }

    /// Adds a member that was read.
    pub(super) fn add(&mut self, name: Text, value: Json) {
        self.0.push((name, value));
    }

    /// Sets a member anew.
    pub fn put(&mut self, name: &'static str, value: Json) {
        self.0.retain(|(known, _)| !known.is(name));
        self.set(name, value);
    }

    /// A member; null where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &Json {
        self.find(name).unwrap_or(NULL)
    }

    /// A member. Of two with one name, the last.
    pub(super) fn find(&self, name: &str) -> Option<&Json> {
        self.0.iter().rev().find(|(known, _)| known.is(name)).map(|(_, value)| value)
    }

    /// The members, in their order.
    #[must_use]
    pub fn members(&self) -> &[(Text, Json)] {
        &self.0
    }

    /// The same members with other values.
    #[must_use]
    pub fn map(&self, value: impl Fn(&Json) -> Json) -> Self {
        Self(self.0.iter().map(|(name, old)| (name.clone(), value(old))).collect())
    }

    /// Adds the members of another; they win over its own.
    pub fn merge(&mut self, other: Self) {
        self.0.retain(|(name, _)| other.find(name).is_none());
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

impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|(name, value)| other.find(name) == Some(value))
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &self.0 {
            map.serialize_entry(&**name, value)?;
        }
        map.end()
    }
}
