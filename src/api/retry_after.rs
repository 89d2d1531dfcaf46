use super::Json;
use std::time::UNIX_EPOCH;

/// How long a server asks to be left alone, in ms: `retry-after-ms`, else `retry-after` in seconds or as a date.
/// A negative number or a date of the past is 0; nonsense is NaN.
#[must_use]
pub fn retry_after_ms(headers: &Json, now: f64) -> f64 {
    let after = headers.text("retry-after");
    let mut ms = Json::parse_number(&headers.text("retry-after-ms"));
    if ms.is_nan() {
        ms = Json::parse_number(&after) * 1000.0;
    }
    if ms.is_nan() && after.ends_with(" GMT") {
        ms = http_date_ms(&after) - now;
    }
    if ms < 0.0 {
        0.0
    } else {
        ms
    }
}

/// A date in the form that HTTP headers have, in Unix ms; NaN where it is none.
fn http_date_ms(text: &str) -> f64 {
    let since = httpdate::parse_http_date(text).ok().and_then(|date| date.duration_since(UNIX_EPOCH).ok());
    since.map_or(f64::NAN, |since| since.as_secs_f64() * 1000.0)
}
