//! `bytes.js`: the .wasm inside a JavaScript string, deflated, so that no bundler has to be told about a second file.

use anyhow::{ensure, Context, Result};
use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use flate2::read::DeflateDecoder;
use std::io::Read;

/// The module that exports the bytes as text.
pub fn module(wasm: &[u8]) -> Result<String> {
    let mut deflated = Vec::new();
    zopfli::compress(zopfli::Options::default(), zopfli::Format::Deflate, wasm, &mut deflated).context("zopfli")?;
    let mut inflated = Vec::new();
    DeflateDecoder::new(deflated.as_slice()).read_to_end(&mut inflated).context("what zopfli made does not inflate")?;
    ensure!(inflated == wasm, "what zopfli made inflates to something else");
    Ok(format!("export default \"{}\";\n", STANDARD.encode(deflated)))
}

#[cfg(test)]
mod tests {
    use super::module;

    #[test]
    fn the_text_is_one_plain_string_literal() {
        let module = module(b"\0asm\x01\0\0\0").unwrap_or_default();
        let text = module.strip_prefix("export default \"").and_then(|rest| rest.strip_suffix("\";\n"));
        assert!(
            text.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)))
        );
    }
}
