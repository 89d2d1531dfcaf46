/// The decimal digits of a number. `format!` does the same for 6 kB of gzipped wasm.
#[must_use]
pub fn digits(mut n: u64) -> String {
    let mut reversed = Vec::new();
    loop {
        reversed.push((b'0' + (n % 10) as u8) as char);
        n /= 10;
        if n == 0 {
            return reversed.iter().rev().collect();
        }
    }
}

/// At most so many characters of a text, with an ellipsis where some were cut.
#[must_use]
pub fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => [&text[..end], "…"].concat(),
        None => text.into(),
    }
}
