use crate::api::Record;
use regex::Regex;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;

/// A JSON value of a native build.
#[derive(Clone, Debug, PartialEq)]
pub struct Json(pub Value);

impl Json {
    /// Reads JSON text; long integers should have been quoted before.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// `null`
    #[must_use]
    pub fn null() -> Self {
        Self(Value::Null)
    }

    /// An array.
    #[must_use]
    pub fn list(items: impl Iterator<Item = Self>) -> Self {
        Self(items.map(|item| item.0).collect())
    }

    /// JSON text.
    #[must_use]
    pub fn stringify(&self) -> String {
        self.0.to_string()
    }

    /// A member of an object; null where it is missing.
    #[must_use]
    pub fn at(&self, name: &str) -> Self {
        Self(self.0.get(name).cloned().unwrap_or_default())
    }

    /// Sets a member of an object of our own making.
    pub fn put(&mut self, name: &str, value: Self) {
        if let Some(object) = self.0.as_object_mut() {
            object.insert(name.into(), value.0);
        }
    }

    /// Whether this is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.0.is_null()
    }

    /// Whether the member is there and null, where a missing one means something else.
    #[must_use]
    pub fn is_null_at(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(Value::is_null)
    }

    /// Whether this is an object, and no array.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.0.is_object()
    }

    /// Whether this is `true` or `false`.
    #[must_use]
    pub fn is_bool(&self) -> bool {
        self.0.is_boolean()
    }

    /// Whether this is `true`.
    #[must_use]
    pub fn is_true(&self) -> bool {
        self.0 == true
    }

    /// Whether this is text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.0.is_string()
    }

    /// The text; empty where it is none.
    #[must_use]
    pub fn as_text(&self) -> String {
        self.0.as_str().unwrap_or_default().into()
    }

    /// The number; NaN where it is none.
    #[must_use]
    pub fn as_number(&self) -> f64 {
        self.0.as_f64().unwrap_or(f64::NAN)
    }

    /// How many items an array has; 0 where it is none.
    #[must_use]
    pub fn items(&self) -> u32 {
        self.0.as_array().map_or(0, |items| items.len() as u32)
    }

    /// An item of an array; null past its end.
    #[must_use]
    pub fn item(&self, at: u32) -> Self {
        Self(self.0.get(at as usize).cloned().unwrap_or_default())
    }

    /// The decimal digits of a whole number.
    #[must_use]
    pub fn digits(number: f64) -> String {
        number.trunc().to_string()
    }

    /// The number that a decimal text says.
    #[must_use]
    pub(crate) fn number_of(text: &str) -> f64 {
        text.trim().parse().unwrap_or(f64::NAN)
    }

    /// A date in the form that HTTP headers have, in Unix ms; NaN where it is none.
    #[must_use]
    pub fn parse_http_date(text: &str) -> f64 {
        let since = httpdate::parse_http_date(text).ok().map(|date| date.duration_since(std::time::UNIX_EPOCH));
        since.and_then(Result::ok).map_or(f64::NAN, |since| since.as_secs_f64() * 1000.0)
    }

    /// Whether a text fits a regular expression (of what JavaScript's and the `regex` crate's have in common).
    #[must_use]
    pub fn matches(text: &str, pattern: &str) -> bool {
        compiled(pattern).is_some_and(|pattern| pattern.is_match(text))
    }

    /// What the first group of a regular expression holds of a text; empty where it does not fit.
    #[must_use]
    pub fn capture(text: &str, pattern: &str) -> String {
        let found = compiled(pattern).and_then(|pattern| Some(pattern.captures(text)?[1].to_owned()));
        found.unwrap_or_default()
    }

    /// A text with every occurrence of a part replaced.
    #[must_use]
    pub fn replace(text: &str, part: &str, with: &str) -> String {
        text.replace(part, with)
    }

    /// Whether a path alone is an address here: not in a native program.
    #[must_use]
    pub fn has_origin() -> bool {
        false
    }
}

/// Each pattern is compiled once a thread: that takes far longer than a match.
fn compiled(pattern: &str) -> Option<Regex> {
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Option<Regex>>> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|all| match all.get(pattern) {
        Some(known) => known.clone(),
        None => all.entry(pattern.to_owned()).or_insert(Regex::new(pattern).ok()).clone(),
    })
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<f64> for Json {
    /// Whole numbers are written without a point, as JavaScript writes them.
    fn from(number: f64) -> Self {
        match number.trunc() == number && number.abs() < super::FIRST_UNSAFE_INTEGER {
            true => Self((number as i64).into()),
            false => Self(number.into()),
        }
    }
}

impl From<bool> for Json {
    fn from(flag: bool) -> Self {
        Self(flag.into())
    }
}

impl From<Record> for Json {
    fn from(record: Record) -> Self {
        Self(serde_json::to_value(record).unwrap_or_default())
    }
}
