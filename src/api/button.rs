use super::{Field, Json, Record};

/// A button under a finished task. The gateways declare each of its members as "anything", so any may be null:
/// texts become empty, numbers null.
#[must_use]
pub fn read_button(value: &Json) -> Record {
    let mut button = Record::new();
    for name in ["customId", "label", "emoji"] {
        button.set_text(name, value.text(name).unwrap_or_default());
    }
    for name in ["type", "style"] {
        button.set(name, value.code(name).map_or(Field::Null, Field::Number));
    }
    button
}
