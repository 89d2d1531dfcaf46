use crate::api::Record;
use serde::Serialize;
use serde_json::Value;

/// A JSON value of a native build.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
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

    /// A member of an object; none where it is missing or null.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Self> {
        self.0.get(name).filter(|v| !v.is_null()).cloned().map(Self)
    }

    /// Whether the member is there and null.
    #[must_use]
    pub fn is_null_at(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(Value::is_null)
    }

    /// Whether this is an object, and no array.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.0.is_object()
    }

    /// The text, where it is text.
    #[must_use]
    pub fn as_text(&self) -> Option<String> {
        self.0.as_str().map(Into::into)
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
        let items = self.0.as_array()?;
        Some(items.iter().cloned().map(Self).collect())
    }

    /// A header, of headers kept as an object with names in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.get(name)?.as_text()
    }

    /// A decimal number that is all of the text.
    #[must_use]
    pub fn parse_number(text: &str) -> Option<f64> {
        text.trim_ascii().parse().ok().filter(|n: &f64| n.is_finite())
    }

    /// A date in the form that HTTP headers have, in Unix ms.
    #[must_use]
    pub fn parse_http_date(text: &str) -> Option<f64> {
        let date = httpdate::parse_http_date(text).ok()?;
        let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
        Some(since.as_secs_f64() * 1000.0)
    }

    /// An address by its parts (`protocol`, `hostname`, `username`, …), as JavaScript's `URL` has them. A path
    /// alone is none: a native program has no page that it could be of.
    #[must_use]
    pub fn parse_url(text: &str) -> Option<Self> {
        let url = url::Url::parse(text).ok()?;
        let behind = |mark: &str, part: Option<&str>| part.map(|part| [mark, part].concat()).unwrap_or_default();
        Some(Self(serde_json::json!({
            "protocol": behind("", Some(url.scheme())) + ":",
            "hostname": url.host_str(),
            "username": url.username(),
            "password": url.password(),
            "pathname": url.path(),
            "search": behind("?", url.query()),
            "hash": behind("#", url.fragment()),
        })))
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
        match number.trunc() == number && number.abs() < 1e15 {
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
