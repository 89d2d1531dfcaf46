/// The decimal digits of a number. `format!` does the same for 6 kB of gzipped wasm.
#[must_use]
pub fn digits(mut n: u64) -> String {
    let mut text = String::new();
    loop {
        text.insert(0, (b'0' + (n % 10) as u8) as char);
        n /= 10;
        if n == 0 {
            return text;
        }
    }
}

/// The beginning of a text: at most so many bytes, and whole characters.
#[must_use]
pub fn shorten(text: &str, most: usize) -> &str {
    (0..=most).rev().find_map(|end| text.get(..end.min(text.len()))).unwrap_or_default()
}
