//! Numbers and their texts, as far as this API has them: times, codes, percents. The standard library's own ways are
//! exact for every double and take 20 kB.

/// The number that a decimal text says, with an exponent or without; NaN where it is none. Exact up to 15 digits.
pub(super) fn decimal(text: &str) -> f64 {
    /// Past this a further digit no longer counts.
    const MOST: u64 = 1_000_000_000_000_000_000;
    let (unsigned, sign) = match text.strip_prefix('-') {
        Some(rest) => (rest, -1.0),
        None => (text.strip_prefix('+').unwrap_or(text), 1.0),
    };
    if unsigned == "Infinity" {
        return sign * f64::INFINITY;
    }
    let mut digits: u64 = 0;
    let mut exponent: i32 = 0;
    let mut is_fraction = false;
    let mut has_digit = false;
    for (at, byte) in unsigned.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => {
                has_digit = true;
                let counts = digits < MOST;
                if counts {
                    digits = digits * 10 + u64::from(byte - b'0');
                }
                exponent += i32::from(!counts) - i32::from(is_fraction);
            }
            b'.' if has_digit && !is_fraction => is_fraction = true,
            b'e' | b'E' if has_digit => match power(unsigned.get(at + 1..).unwrap_or_default()) {
                Some(power) => {
                    exponent = exponent.saturating_add(power);
                    break;
                }
                None => return f64::NAN,
            },
            _ => return f64::NAN,
        }
    }
    if has_digit {
        sign * scaled(digits as f64, exponent)
    } else {
        f64::NAN
    }
}

fn power(text: &str) -> Option<i32> {
    let (unsigned, sign) = match text.strip_prefix('-') {
        Some(rest) => (rest, -1),
        None => (text.strip_prefix('+').unwrap_or(text), 1),
    };
    let mut power: i32 = 0;
    for byte in unsigned.bytes() {
        power = if byte.is_ascii_digit() {
            power.saturating_mul(10).saturating_add(i32::from(byte - b'0'))
        } else {
            return None;
        };
    }
    (!unsigned.is_empty()).then_some(sign * power)
}

fn scaled(digits: f64, exponent: i32) -> f64 {
    /// No double is so large, or so small, that more would count.
    const MOST: u32 = 400;
    let mut power = 1.0;
    for _ in 0..exponent.unsigned_abs().min(MOST) {
        power *= 10.0;
    }
    match digits {
        0.0 => 0.0,
        _ if exponent < 0 => digits / power,
        _ => digits * power,
    }
}

/// The decimal digits of a whole number.
#[must_use]
pub fn digits(number: f64) -> String {
    let mut reversed = Vec::new();
    let mut left = number.abs() as u64;
    while left > 0 || reversed.is_empty() {
        reversed.push(char::from(b'0' + (left % 10) as u8));
        left /= 10;
    }
    if number <= -1.0 {
        reversed.push('-');
    }
    reversed.iter().rev().collect()
}

/// A number as JSON has it, to a thousandth; `null` for what JSON does not have.
pub(super) fn shown(number: f64) -> String {
    /// From here on a thousandth does not count: a thousand times the number is no longer exact.
    const MOST: f64 = 1e12;
    if !number.is_finite() {
        return if number.is_nan() {
            "NaN"
        } else if number < 0.0 {
            "-Infinity"
        } else {
            "Infinity"
        }
        .into();
    }
    let size = number.abs();
    let has_fraction = size < MOST;
    let thousandths = (size * 1000.0 + 0.5).floor();
    let whole = if has_fraction { (thousandths / 1000.0).floor() } else { size.floor() };
    let mut text = digits(if number < 0.0 { -whole } else { whole });
    let rest = thousandths - whole * 1000.0;
    if rest >= 1.0 && has_fraction {
        if number < 0.0 && whole < 1.0 {
            text.insert(0, '-');
        }
        text.push('.');
        let padded = digits(1000.0 + rest);
        text.push_str(padded.get(1..).unwrap_or_default().trim_end_matches('0'));
    }
    text
}
