use super::Json;
use crate::text::find;

/// How long a server asks to be left alone, in ms: `retry-after-ms`, else `retry-after` in seconds or as a date.
/// A negative number or a date of the past is 0; nonsense is NaN.
#[must_use]
pub fn retry_after_ms(headers: &Json, now: f64) -> f64 {
    let after = headers.text("retry-after");
    let mut ms = Json::parse_number(headers.text("retry-after-ms"));
    if ms.is_nan() {
        ms = Json::parse_number(after) * 1000.0;
    }
    if ms.is_nan() && after.ends_with(" GMT") {
        ms = http_date_ms(after) - now;
    }
    if ms < 0.0 {
        0.0
    } else {
        ms
    }
}

/// A date as HTTP writes it, `Sun, 06 Nov 1994 08:49:37 GMT`, in Unix ms; NaN where it is none. (httpdate, which also knows
/// the two forms that nobody sends any more, is 5 kB.)
fn http_date_ms(text: &str) -> f64 {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const DAY_MS: f64 = 86_400_000.0;
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let number = |at: usize, most: f64| {
        let number = Json::parse_number(part(at, at + 2));
        if number <= most {
            number
        } else {
            f64::NAN
        }
    };
    let is_date = text.len() == 29 && part(3, 5) == ", " && part(25, 29) == " GMT" && part(19, 20) == ":";
    let month = find(MONTHS, part(8, 11)).filter(|at| is_date && at % 3 == 0).map(|at| at as f64 / 3.0);
    let Some(month) = month else { return f64::NAN };
    // Of years that begin in March every month has its place, and a leap day is the last.
    let march = if month < 2.0 { month + 10.0 } else { month - 2.0 };
    let year = Json::parse_number(part(12, 16)) - if month < 2.0 { 1.0 } else { 0.0 };
    let days = 365.0 * year + (year / 4.0).floor() - (year / 100.0).floor()
        + (year / 400.0).floor()
        + ((153.0 * march + 2.0) / 5.0).floor()
        + number(5, 31.0)
        - 719_469.0;
    let seconds = number(17, 23.0) * 3600.0 + number(20, 59.0) * 60.0 + number(23, 60.0);
    days * DAY_MS + seconds * 1000.0
}
