//! A JSON value: read from text, made of records, written as text. The same in wasm and in a native build.
//!
//! What is missing reads as empty text, as NaN, as `null`: the wire means nothing by the difference, and each
//! `Option` on the way would be more code in the wasm.

mod number;
mod read;
mod text;
mod write;

pub use number::digits;
pub use text::Text;

use super::Record;
use number::decimal;
use serde::{Serialize, Serializer};
use std::rc::Rc;

/// From here on a double no longer tells neighbouring integers apart.
const FIRST_UNSAFE_INTEGER: f64 = 9_007_199_254_740_992.0;

/// A JSON value. A clone shares what the value consists of. One pointer: a value is handed on in a thousand places, and
/// each copy of more is code.
#[derive(Clone, Debug, Default)]
pub struct Json(Option<Rc<Value>>);

/// What a value is; `null` is none of these.
#[derive(Debug)]
enum Value {
    /// `true`, `false`
    Bool(bool),
    /// A number, as its text.
    Number(Text),
    /// A text. An integer of 16 digits and more is one, too: a double would change its last digits, and it is an id.
    Text(Text),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Record),
    /// In a call's arguments: a text that is too long to enter, such as a picture.
    Long(Long),
    /// In a call's arguments: a function. It stays in JavaScript.
    Function,
    /// In a call's arguments: something else that is no JSON, such as a symbol.
    Foreign,
}

/// What is missing.
pub(super) const NULL: &Json = &Json(None);

/// A text that stays in JavaScript.
#[derive(Clone, Debug, PartialEq)]
pub struct Long {
    /// Its place among the call's long texts.
    pub index: u32,
    /// How many UTF-16 units it has.
    pub length: f64,
    /// Its first characters.
    pub head: Text,
}

impl Json {
    /// Reads JSON text, in time linear in its length. None where it is none, or nested deeper than 128 levels.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        read::json(text, read::Source::Answer)
    }

    /// Reads the arguments of a call, as `pack.ts` of the package writes them.
    #[must_use]
    pub fn parse_arguments(text: &str) -> Option<Self> {
        read::json(text, read::Source::Arguments)
    }

    /// `null`
    #[must_use]
    pub const fn null() -> Self {
        Self(None)
    }

    fn of(value: Value) -> Self {
        Self(Some(Rc::new(value)))
    }

    fn value(&self) -> Option<&Value> {
        self.0.as_deref()
    }

    /// The object that this is, if it is one.
    #[must_use]
    pub fn as_record(&self) -> Option<&Record> {
        match self.value() {
            Some(Value::Object(record)) => Some(record),
            _ => None,
        }
    }

    /// The same with other texts.
    #[must_use]
    pub fn map_texts(&self, change: &dyn Fn(&str) -> String) -> Self {
        match self.value() {
            Some(Value::Text(text)) => (&*change(text)).into(),
            Some(Value::List(items)) => Self::list(items.iter().map(|item| item.map_texts(change))),
            Some(Value::Object(record)) => record.map(|value| value.map_texts(change)).into(),
            _ => self.clone(),
        }
    }

    /// An array.
    #[must_use]
    pub fn list(items: impl Iterator<Item = Self>) -> Self {
        Self::of(Value::List(items.collect()))
    }

    /// A list of texts.
    #[must_use]
    pub fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::list(texts.into_iter().map(|text| Self::from(text.as_ref())))
    }

    /// A number, or null for NaN.
    #[must_use]
    pub fn number_or_null(number: f64) -> Self {
        if number.is_nan() {
            Self::null()
        } else {
            number.into()
        }
    }

    /// JSON text. A [`Long`] stands in it as its index between two U+0000, which no other text has.
    #[must_use]
    pub fn stringify(&self) -> String {
        let mut text = String::new();
        write::json(self, &mut text);
        text
    }

    /// The same, of what is rather long: a task has some 6 kB, and growing to that by and by copies it several times.
    #[must_use]
    pub fn stringify_long(&self) -> String {
        const USUAL: usize = 8_192;
        let mut text = String::with_capacity(USUAL);
        write::json(self, &mut text);
        text
    }

    /// A member of an object; null where it is missing. Of two with one name, the last.
    #[must_use]
    pub fn at(&self, name: &str) -> &Self {
        self.as_record().map_or(NULL, |record| record.get(name))
    }

    /// Sets a member of an object of our own making.
    pub fn put(&mut self, name: &'static str, value: Self) {
        if let Some(record) = self.as_record() {
            let mut record = record.clone();
            record.put(name, value);
            *self = record.into();
        }
    }

    /// Whether this is null, or missing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the member is there and null, where a missing one means something else.
    #[must_use]
    pub fn is_null_at(&self, name: &str) -> bool {
        self.as_record().and_then(|record| record.find(name)).is_some_and(Self::is_null)
    }

    /// Whether this is an object, and no array.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.as_record().is_some()
    }

    /// Whether this is `true` or `false`.
    #[must_use]
    pub fn is_bool(&self) -> bool {
        matches!(self.value(), Some(Value::Bool(_)))
    }

    /// Whether this is `true`.
    #[must_use]
    pub fn is_true(&self) -> bool {
        matches!(self.value(), Some(Value::Bool(true)))
    }

    /// Whether this is text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self.value(), Some(Value::Text(_) | Value::Long(_)))
    }

    /// Whether this is a function of the caller's.
    #[must_use]
    pub fn is_function(&self) -> bool {
        matches!(self.value(), Some(Value::Function))
    }

    /// The text; empty where it is none. Of a long one its first characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self.value() {
            Some(Value::Text(text)) => text,
            Some(Value::Long(long)) => &long.head,
            _ => "",
        }
    }

    /// The number; NaN where it is none.
    #[must_use]
    pub fn as_number(&self) -> f64 {
        match self.value() {
            Some(Value::Number(text)) => decimal(text),
            _ => f64::NAN,
        }
    }

    /// How many items an array has; 0 where it is none.
    #[must_use]
    pub fn items(&self) -> usize {
        self.slice().len()
    }

    /// Whether this is an array without items.
    #[must_use]
    pub fn is_empty_list(&self) -> bool {
        matches!(self.value(), Some(Value::List(items)) if items.is_empty())
    }

    /// The items of an array; none where it is none.
    pub fn each(&self) -> std::slice::Iter<'_, Self> {
        self.slice().iter()
    }

    fn slice(&self) -> &[Self] {
        match self.value() {
            Some(Value::List(items)) => items,
            _ => &[],
        }
    }

    /// The member as text; empty where it is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.at(name).as_str()
    }

    /// The member as a number; NaN where it is none.
    #[must_use]
    pub fn number(&self, name: &str) -> f64 {
        self.at(name).as_number()
    }

    /// Whether there is more than null at the member.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        !self.at(name).is_null()
    }

    /// The member as the exact text of an identifier, whether it came quoted or not; empty where it is none.
    #[must_use]
    pub fn id(&self, name: &str) -> String {
        let number = self.count(name);
        if number.is_nan() {
            self.text(name).into()
        } else {
            digits(number)
        }
    }

    /// The member as a number of milliseconds or of times: whole, not negative, exact; NaN where it is none.
    #[must_use]
    pub fn count(&self, name: &str) -> f64 {
        self.at(name).as_count()
    }

    /// This as a whole number that is not negative and exact; NaN where it is none.
    #[must_use]
    pub fn as_count(&self) -> f64 {
        let number = self.as_number();
        if (0.0..FIRST_UNSAFE_INTEGER).contains(&number) && number.trunc() == number {
            number
        } else {
            f64::NAN
        }
    }

    /// A code that may come as a number or as its digits; NaN where it is none.
    #[must_use]
    pub fn code(&self, name: &str) -> f64 {
        let code = self.at(name);
        let number = code.as_number();
        if number.is_nan() {
            Self::parse_number(code.as_str())
        } else {
            number
        }
    }

    /// A decimal number that is all of the text, but for blanks around it; NaN where it is none.
    #[must_use]
    pub fn parse_number(text: &str) -> f64 {
        let text = text.trim();
        let is_plain = !text.bytes().any(|byte| byte.eq_ignore_ascii_case(&b'e'));
        let number = if is_plain { decimal(text) } else { f64::NAN };
        if number.is_finite() {
            number
        } else {
            f64::NAN
        }
    }

    /// `properties` of a task or a submission as they are, `{}` where there are none.
    #[must_use]
    pub fn properties(&self) -> Self {
        let properties = self.at("properties");
        if properties.is_object() {
            properties.clone()
        } else {
            Record::new().into()
        }
    }
}

impl PartialEq for Json {
    /// As values: `1` is `1.0`, and an object's members have no order.
    fn eq(&self, other: &Self) -> bool {
        match (self.value(), other.value()) {
            (None, None) => true,
            (Some(one), Some(other)) => one == other,
            _ => false,
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Function, Self::Function) | (Self::Foreign, Self::Foreign) => true,
            (Self::Bool(one), Self::Bool(two)) => one == two,
            (Self::Number(one), Self::Number(two)) => one == two || decimal(one) == decimal(two),
            (Self::Text(one), Self::Text(two)) => one == two,
            (Self::List(one), Self::List(two)) => one == two,
            (Self::Object(one), Self::Object(two)) => one == two,
            (Self::Long(one), Self::Long(two)) => one == two,
            _ => false,
        }
    }
}

impl From<&Json> for Json {
    fn from(json: &Json) -> Self {
        json.clone()
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::of(Value::Text(text.into()))
    }
}

impl From<f64> for Json {
    fn from(number: f64) -> Self {
        Self::of(Value::Number((&*number::shown(number)).into()))
    }
}

impl From<bool> for Json {
    fn from(flag: bool) -> Self {
        Self::of(Value::Bool(flag))
    }
}

impl From<Record> for Json {
    fn from(record: Record) -> Self {
        Self::of(Value::Object(record))
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value() {
            Some(Value::Bool(flag)) => serializer.serialize_bool(*flag),
            Some(Value::Number(_)) => serializer.serialize_f64(self.as_number()),
            Some(Value::Text(text)) => serializer.serialize_str(text),
            Some(Value::List(items)) => serializer.collect_seq(items),
            Some(Value::Object(record)) => record.serialize(serializer),
            None | Some(Value::Long(_) | Value::Function | Value::Foreign) => serializer.serialize_unit(),
        }
    }
}
