use super::{Json, Record};

/// A button under a finished task. The gateways declare each of its members as "anything", so any may be null:
/// texts become empty, numbers null.
#[must_use]
pub fn read_button(value: &Json) -> Json {
    let mut button = Record::new();
    for name in ["customId", "label", "emoji"] {
        button.set(name, value.text(name).unwrap_or_default().as_str());
    }
    for name in ["type", "style"] {
        button.set(name, Json::number_or_null(value.code(name)));
    }
    button.into()
}
