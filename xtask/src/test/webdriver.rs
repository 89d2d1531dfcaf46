//! What each browser is asked for when a test session starts.

use anyhow::{Context, Result};
use serde_json::{json, Value};
use std::path::Path;

/// The same as Playwright's in tests/support/chromium.mjs.
const CHROMIUM_FLAGS: &str = include_str!("../../../tests/support/chromium-flags.json");

/// Chromium: nothing but the page. The flags keep it from calling home, and root has no sandbox.
pub fn chromium(program: &Path) -> Result<Value> {
    let arguments: Value = serde_json::from_str(CHROMIUM_FLAGS).context("chromium-flags.json")?;
    Ok(json!({ "goog:chromeOptions": { "binary": program, "args": arguments } }))
}

/// Firefox: the same by preferences.
pub fn firefox(program: &Path) -> Value {
    let off = [
        "app.normandy.enabled",
        "app.update.enabled",
        "browser.safebrowsing.malware.enabled",
        "browser.safebrowsing.phishing.enabled",
        "datareporting.policy.dataSubmissionEnabled",
        "extensions.getAddons.cache.enabled",
        "network.captive-portal-service.enabled",
        "network.connectivity-service.enabled",
        "services.settings.enabled",
    ];
    let preferences: serde_json::Map<String, Value> = off.iter().map(|&name| (name.to_owned(), json!(false))).collect();
    json!({ "moz:firefoxOptions": { "binary": program, "prefs": preferences } })
}
