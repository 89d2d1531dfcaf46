use crate::api::Record;
use js_sys::{Array, Reflect, JSON};
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;
use web_sys::Headers;

/// A JavaScript value, read like JSON. Getters that throw read as missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Json(pub JsValue);

impl Json {
    /// Reads JSON text; long integers should have been quoted before.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        JSON::parse(text).ok().map(Self)
    }

    /// `null`
    #[must_use]
    pub fn null() -> Self {
        Self(JsValue::NULL)
    }

    /// An array.
    #[must_use]
    pub fn list(items: impl Iterator<Item = Self>) -> Self {
        let list = Array::new();
        for item in items {
            list.push(&item.0);
        }
        Self(list.into())
    }

    /// JSON text.
    #[must_use]
    pub fn stringify(&self) -> String {
        JSON::stringify(&self.0).ok().and_then(|text| text.as_string()).unwrap_or_default()
    }

    /// A member as it is; undefined of what has no members.
    pub(super) fn member(&self, name: &str) -> JsValue {
        Reflect::get(&self.0, &name.into()).unwrap_or(JsValue::UNDEFINED)
    }

    /// A member of an object; none where it is missing or null.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Self> {
        let value = self.member(name);
        (!value.is_undefined() && !value.is_null()).then_some(Self(value))
    }

    /// Whether the member is there and null.
    #[must_use]
    pub fn is_null_at(&self, name: &str) -> bool {
        self.member(name).is_null()
    }

    /// Whether this is an object, and no array.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.0.is_object() && !Array::is_array(&self.0)
    }

    /// The text, where it is text.
    #[must_use]
    pub fn as_text(&self) -> Option<String> {
        self.0.as_string()
    }

    /// The number, where it is one.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        self.0.as_f64()
    }

    /// The truth value, where it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        self.0.as_bool()
    }

    /// The items of an array; none where it is no array.
    #[must_use]
    pub fn items(&self) -> Option<Vec<Self>> {
        let array = self.0.dyn_ref::<Array>()?;
        Some(array.iter().map(Self).collect())
    }

    /// A header, of a `Headers`.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.0.unchecked_ref::<Headers>().get(name).ok().flatten()
    }

    /// A decimal number that is all of the text.
    #[must_use]
    pub fn parse_number(text: &str) -> Option<f64> {
        // JavaScript also reads "" (0), "0x10" and "1e3": none of them is sent.
        Some(parse_number(text)).filter(|n| n.is_finite() && !text.is_empty())
    }

    /// A date in the form that HTTP headers have, in Unix ms.
    #[must_use]
    pub fn parse_http_date(text: &str) -> Option<f64> {
        Some(js_sys::Date::parse(text)).filter(|ms| ms.is_finite())
    }

    /// An address by its parts (`protocol`, `hostname`, `username`, …). A path alone is one of the page's origin,
    /// where there is a page.
    #[must_use]
    pub fn parse_url(text: &str) -> Option<Self> {
        let base = match text.starts_with('/') {
            true => Json(super::host::global().member("location")).text("href")?,
            false => String::new(),
        };
        URL::new(text, Some(base).filter(|base| !base.is_empty())).ok().map(|url| Self(url.into()))
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Number)]
    fn parse_number(text: &str) -> f64;
    type URL;
    #[wasm_bindgen(constructor, catch, js_class = URL)]
    fn new(text: &str, base: Option<String>) -> Result<URL, JsValue>;
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<f64> for Json {
    fn from(number: f64) -> Self {
        Self(number.into())
    }
}

impl From<bool> for Json {
    fn from(flag: bool) -> Self {
        Self(flag.into())
    }
}

impl From<Record> for Json {
    fn from(record: Record) -> Self {
        Self(record.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED))
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_wasm_bindgen::preserve::serialize(&self.0, serializer)
    }
}
