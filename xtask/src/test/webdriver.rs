//! What each browser is asked for when a test session starts.

use serde_json::{json, Value};
use std::path::Path;

/// Chromium: nothing but the page. The flags keep it from calling home, and root has no sandbox.
pub fn chromium(program: &Path) -> Value {
    let arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];
    json!({ "goog:chromeOptions": { "binary": program, "args": arguments } })
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
