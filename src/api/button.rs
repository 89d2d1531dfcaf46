use super::{Json, Record};

/// The buttons under a finished task; none for null. The gateways declare each of a button's members as "anything",
/// so any may be null: texts become empty, numbers null.
#[must_use]
pub fn read_buttons(value: &Json) -> Json {
    Json::list(value.each().filter(|button| button.is_object()).map(read_button))
}

fn read_button(value: &Json) -> Json {
    let mut button = Record::new();
    for name in ["customId", "label", "emoji"] {
        button.set(name, text_or_empty(value.at(name)));
    }
    for name in ["type", "style"] {
        let code = value.at(name);
        let is_number = !code.as_number().is_nan();
        button.set(name, if is_number { code.clone() } else { Json::number_or_null(value.code(name)) });
    }
    button.into()
}

fn text_or_empty(value: &Json) -> Json {
    if value.is_text() {
        value.clone()
    } else {
        Json::from("")
    }
}
