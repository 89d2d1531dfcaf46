use super::host::global;
use crate::api::Record;
use js_sys::{Array, JSON};
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;

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

    /// JSON text; empty for what can be none.
    #[must_use]
    pub fn stringify(&self) -> String {
        stringify(&self.0).unwrap_or_default()
    }

    /// A member of an object; undefined, which is as good as null, where it is missing.
    #[must_use]
    pub fn at(&self, name: &str) -> Self {
        Self(member(&self.0, name).unwrap_or(JsValue::UNDEFINED))
    }

    /// Sets a member of an object of our own making.
    pub fn put(&mut self, name: &str, value: Self) {
        let _ = js_sys::Reflect::set(&self.0, &name.into(), &value.0);
    }

    /// Whether this is null, or undefined.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.0.loose_eq(&JsValue::NULL)
    }

    /// Whether the member is there and null, where a missing one means something else.
    #[must_use]
    pub fn is_null_at(&self, name: &str) -> bool {
        self.at(name).0.is_null()
    }

    /// Whether this is an object, and no array.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.0.is_object() && !Array::is_array(&self.0)
    }

    /// Whether this is `true` or `false`.
    #[must_use]
    pub fn is_bool(&self) -> bool {
        self.0.as_bool().is_some()
    }

    /// Whether this is `true`.
    #[must_use]
    pub fn is_true(&self) -> bool {
        self.0.as_bool() == Some(true)
    }

    /// Whether this is text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.0.is_string()
    }

    /// The text; empty where it is none.
    #[must_use]
    pub fn as_text(&self) -> String {
        self.0.as_string().unwrap_or_default()
    }

    /// The number; NaN where it is none.
    #[must_use]
    pub fn as_number(&self) -> f64 {
        self.0.as_f64().unwrap_or(f64::NAN)
    }

    /// How many items an array has; 0 where it is none.
    #[must_use]
    pub fn items(&self) -> u32 {
        if Array::is_array(&self.0) {
            self.0.unchecked_ref::<Array>().length()
        } else {
            0
        }
    }

    /// An item of an array; null past its end.
    #[must_use]
    pub fn item(&self, at: u32) -> Self {
        Self(self.0.unchecked_ref::<Array>().get(at))
    }

    /// The decimal digits of a whole number.
    #[must_use]
    pub fn digits(number: f64) -> String {
        show(number.trunc())
    }

    /// The number that a decimal text says.
    #[must_use]
    pub(crate) fn number_of(text: &str) -> f64 {
        number_of(text)
    }

    /// A date in the form that HTTP headers have, in Unix ms; NaN where it is none.
    #[must_use]
    pub fn parse_http_date(text: &str) -> f64 {
        js_sys::Date::parse(text)
    }

    /// Whether a text fits a regular expression (of what JavaScript's and the `regex` crate's have in common).
    #[must_use]
    pub fn matches(text: &str, pattern: &str) -> bool {
        !find(text, pattern).is_null()
    }

    /// What the first group of a regular expression holds of a text; empty where it does not fit.
    #[must_use]
    pub fn capture(text: &str, pattern: &str) -> String {
        Self(find(text, pattern)).text("1")
    }

    /// A text with every occurrence of a part replaced.
    #[must_use]
    pub fn replace(text: &str, part: &str, with: &str) -> String {
        replace_all(&text.into(), part, with)
    }

    /// Whether a path alone is an address here: in a page and its workers.
    #[must_use]
    pub fn has_origin() -> bool {
        global().has("location")
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Number)]
    fn number_of(text: &str) -> f64;
    #[wasm_bindgen(js_namespace = JSON, catch)]
    fn stringify(value: &JsValue) -> Result<String, JsValue>;
    #[wasm_bindgen(js_namespace = ["String", "prototype", "match"], js_name = call)]
    fn find(text: &str, pattern: &str) -> JsValue;
    #[wasm_bindgen(js_name = String)]
    fn show(number: f64) -> String;
    #[wasm_bindgen(js_namespace = Reflect, js_name = get, catch)]
    fn member(of: &JsValue, name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = ["String", "prototype", "replaceAll"], js_name = call)]
    fn replace_all(text: &JsValue, part: &str, with: &str) -> String;
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
