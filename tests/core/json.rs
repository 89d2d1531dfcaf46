//! The tests write JSON with `serde_json`; the core has a value of its own.

use cometapi_midjourney::api::Json;
use serde_json::Value;

pub fn json_of(value: impl Into<Value>) -> Json {
    Json::parse(&value.into().to_string()).unwrap_or_default()
}

/// The arguments of a call, as the package packs them: a number that no double holds to its last digit is told apart from an
/// id that came bare.
pub fn arguments_of(value: impl Into<Value>) -> Json {
    Json::parse_arguments(&packed(value.into()).to_string()).unwrap_or_default()
}

fn packed(value: Value) -> Value {
    match value {
        Value::Number(number) if number.as_f64().is_some_and(|number| number.abs() >= 1e15) => {
            format!("\0number:{number}").into()
        }
        Value::Array(items) => items.into_iter().map(packed).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, packed(value))).collect(),
        value => value,
    }
}

/// As `JSON.parse` reads what leaves the core.
pub fn value_of(json: impl Into<Json>) -> Value {
    serde_json::from_str(&json.into().stringify()).unwrap()
}
