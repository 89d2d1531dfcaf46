/// Puts quotes round every integer of 16 digits and more that stands bare in JSON text.
///
/// Some documents of this API show a task's id as a bare integer of 16 to 20 digits. A double, and so `JSON.parse`,
/// keeps 15: `14001934816969359` would become `…360`, another task. As text it survives any reader.
#[must_use]
pub fn quote_long_integers(text: &str) -> String {
    const LONG: usize = 16;
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = end_of_string(bytes, at),
            b'-' | b'0'..=b'9' => {
                let start = at;
                while at < bytes.len() && is_of_number(bytes[at]) {
                    at += 1;
                }
                let digits = bytes[start..at].strip_prefix(b"-").unwrap_or(&bytes[start..at]);
                if digits.len() >= LONG && digits.iter().all(u8::is_ascii_digit) {
                    out.push_str(&text[copied..start]);
                    out.push('"');
                    out.push_str(&text[start..at]);
                    out.push('"');
                    copied = at;
                }
            }
            _ => at += 1,
        }
    }
    out.push_str(&text[copied..]);
    out
}

/// The place after the string that opens at `start`.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
}
