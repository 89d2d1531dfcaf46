use super::{digits, Json, Text, Value};

/// Adds a value as JSON text.
pub(super) fn json(value: &Json, out: &mut String) {
    let Some(value) = value.value() else { return out.push_str("null") };
    match value {
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        // NaN and the infinities are none of JSON's.
        Value::Number(number) if number.ends_with(['N', 'y']) => out.push_str("null"),
        Value::Number(number) => out.push_str(number),
        Value::Text(text) => string(text, out),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                json(item, out);
            }
            out.push(']');
        }
        Value::Object(record) => {
            out.push('{');
            for (at, (name, member)) in record.members().iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                string(name, out);
                out.push(':');
                json(member, out);
            }
            out.push('}');
        }
        Value::Long(long) => {
            out.push('\0');
            out.push_str(&digits(f64::from(long.index)));
            out.push('\0');
        }
        Value::Function | Value::Foreign => out.push_str("null"),
    }
}

fn string(text: &Text, out: &mut String) {
    out.push('"');
    match text {
        // A name of ours, or what stood in a document without an escape.
        Text::Static(_) | Text::Part { .. } => out.push_str(text),
        Text::Whole(text) => escaped(text, out),
    }
    out.push('"');
}

fn escaped(text: &str, out: &mut String) {
    let mut from = 0;
    // What is escaped is one byte each, so that every cut is between characters.
    for (at, byte) in text.bytes().enumerate() {
        if !matches!(byte, b'"' | b'\\' | 0..=0x1f) {
            continue;
        }
        out.push_str(text.get(from..at).unwrap_or_default());
        from = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            control => {
                out.push_str("\\u00");
                for half in [control >> 4, control & 15] {
                    out.push(char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 }));
                }
            }
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
}
