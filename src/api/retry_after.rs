use super::Json;

/// How long a server asks to be left alone, in ms: `retry-after-ms`, else `Retry-After` in seconds or as a date.
/// A negative number or a date of the past is 0; nonsense is nothing.
#[must_use]
pub fn retry_after_ms(ms: Option<&str>, after: Option<&str>, now: u64) -> Option<u64> {
    ms.and_then(|text| read_number(text, 1.0)).or_else(|| {
        let after = after?.trim();
        // Only the form of a date that HTTP has: `Date.parse` finds one in almost anything.
        read_number(after, 1000.0).or_else(|| {
            let date = after.strip_suffix(" GMT").and_then(|_| Json::parse_http_date(after))?;
            Some(date.saturating_sub(now))
        })
    })
}

/// Whole and decimal numbers, by hand: the standard library's reader of floats is large.
fn read_number(text: &str, unit: f64) -> Option<u64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    if negative {
        return Some(0);
    }
    let mut value = 0.0;
    for digit in whole.bytes() {
        value = value * 10.0 + f64::from(digit - b'0');
    }
    let mut place = 1.0;
    for digit in fraction.bytes() {
        place /= 10.0;
        value += f64::from(digit - b'0') * place;
    }
    Some((value * unit) as u64)
}
