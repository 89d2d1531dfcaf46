//! What each browser is asked for when a test session starts.

use anyhow::{Context, Result};
use serde_json::{json, Value};
use std::path::Path;

/// The same as Playwright's in tests/support/chromium.mjs.
const CHROMIUM_FLAGS: &str = include_str!("../../../tests/support/chromium-flags.json");

/// The same as in tests/support/webdriver.mjs.
const FIREFOX_PREFERENCES: &str = include_str!("../../../tests/support/firefox-preferences.json");

/// Chromium: nothing but the page. The flags keep it from calling home, and root has no sandbox.
pub fn chromium(program: &Path) -> Result<Value> {
    let arguments: Value = serde_json::from_str(CHROMIUM_FLAGS).context("chromium-flags.json")?;
    Ok(json!({ "goog:chromeOptions": { "binary": program, "args": arguments } }))
}

/// Firefox: the same by preferences.
pub fn firefox(program: &Path) -> Result<Value> {
    let preferences: Value = serde_json::from_str(FIREFOX_PREFERENCES).context("firefox-preferences.json")?;
    Ok(json!({ "moz:firefoxOptions": { "binary": program, "prefs": preferences } }))
}
