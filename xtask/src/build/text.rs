//! The .wasm as text in the code: letters and digits alone, so that no bundler, minifier or page has to escape one.
//!
//! A frequent byte is one sign, a rare one two. So the text repeats itself where the bytes do, and the compression that
//! every web server applies makes both equally small; base64, whose signs fall across bytes, would be a quarter larger.
//! `pkg-template/src/decode.ts` reads it.

use anyhow::{ensure, Result};

const SIGNS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// How many byte values are one sign. Each sign that is left stands before another one and skips so many values: the
/// four of them reach the other 198.
const FREQUENT: usize = 58;

/// The module that exports the text, the frequent values and the .wasm's length.
pub fn module(wasm: &[u8]) -> Result<String> {
    let values = values(wasm);
    let text = encode(wasm, &values);
    ensure!(decode(&text, &values) == wasm, "the text does not read as the .wasm");
    let frequent = serde_json::json!(values[..FREQUENT]);
    Ok(format!(
        "export const frequent = {frequent};\nexport const length = {};\nexport default \"{text}\";\n",
        wasm.len()
    ))
}

/// All byte values: the frequent ones, then the others, each in ascending order (brotli likes neighbours).
fn values(wasm: &[u8]) -> Vec<u8> {
    let mut counts = [0_usize; 256];
    for &byte in wasm {
        counts[usize::from(byte)] += 1;
    }
    let mut values: Vec<u8> = (0..=255).collect();
    values.sort_by_key(|&value| std::cmp::Reverse(counts[usize::from(value)]));
    let (frequent, others) = values.split_at_mut(FREQUENT);
    frequent.sort_unstable();
    others.sort_unstable();
    values
}

fn encode(wasm: &[u8], values: &[u8]) -> String {
    let mut places = [0; 256];
    for (place, &value) in values.iter().enumerate() {
        places[usize::from(value)] = place;
    }
    let mut text = String::new();
    for &byte in wasm {
        let (skips, digit) = (places[usize::from(byte)] / FREQUENT, places[usize::from(byte)] % FREQUENT);
        if skips > 0 {
            text.push(char::from(SIGNS[FREQUENT + skips - 1]));
        }
        text.push(char::from(SIGNS[digit]));
    }
    text
}

/// The same steps as in `decode.ts`.
fn decode(text: &str, values: &[u8]) -> Vec<u8> {
    let mut digits = text.bytes().filter_map(|sign| SIGNS.iter().position(|&other| other == sign));
    let mut bytes = Vec::new();
    while let Some(mut place) = digits.next() {
        if place >= FREQUENT {
            place = (place - FREQUENT + 1) * FREQUENT + digits.next().unwrap_or_default();
        }
        bytes.push(values[place]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{decode, encode, module, values, FREQUENT, SIGNS};

    #[test]
    fn the_signs_reach_every_value() {
        assert!(FREQUENT * (SIGNS.len() - FREQUENT + 1) >= 256);
    }

    #[test]
    fn what_is_written_reads_as_itself() {
        let all: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
        for bytes in [&b""[..], b"\0", b"\xff\xff\xff", b"\0asm\x01\0\0\0", &all] {
            let values = values(bytes);
            assert_eq!(decode(&encode(bytes, &values), &values), bytes);
        }
    }

    #[test]
    fn a_frequent_byte_is_one_sign() {
        let bytes: Vec<u8> = (198..=255).chain(198..=255).chain([0]).collect();
        assert_eq!(encode(&bytes, &values(&bytes)).len(), 2 * FREQUENT + 2);
    }

    #[test]
    fn the_text_is_letters_and_digits() {
        let module = module(b"\0asm\x01\0\0\0").unwrap_or_default();
        let text = module.split("export default \"").nth(1).and_then(|rest| rest.strip_suffix("\";\n"));
        assert!(text.is_some_and(|text| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())));
        assert!(module.contains("export const length = 8;\n"));
    }
}
