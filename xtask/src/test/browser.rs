//! The wasm side's tests in headless browsers, against the simulator on this machine.

use super::browsers::{Browser, Browsers};
use super::checks::cargo;
use super::{webdriver, Context};
use crate::node;
use crate::process::{self, Server};
use crate::project::{fresh_folder, write, NAME};
use crate::summary::Summary;
use anyhow::Result;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// The address that the tests are compiled with: always the same, so that nothing is compiled anew.
pub const SIMULATOR: (&str, &str) = ("SIMULATOR_URL", "http://127.0.0.1:38917");

/// One run, with the compilation that the first one needs.
const LIMIT: Duration = Duration::from_secs(10 * 60);

/// Where the tests run inside the browser.
const PAGE: (&str, &str) = ("page", "WASM_BINDGEN_USE_BROWSER");
const WORKERS: [(&str, &str); 3] = [
    ("dedicated worker", "WASM_BINDGEN_USE_DEDICATED_WORKER"),
    ("shared worker", "WASM_BINDGEN_USE_SHARED_WORKER"),
    ("service worker", "WASM_BINDGEN_USE_SERVICE_WORKER"),
];

struct Run<'a> {
    name: String,
    mode: &'static str,
    /// The variable by which the test runner is told the driver, and so the kind of browser.
    driver_variable: &'static str,
    browser: &'a Browser,
    capabilities: Option<serde_json::Value>,
    /// In a virtual X server.
    in_xvfb: bool,
}

pub fn run(context: &Context, summary: &mut Summary) -> Result<()> {
    context.tarball()?;
    let server = simulator(context)?;
    let browsers = context.browsers();
    browsers.chromium()?;
    let mut failed = Vec::new();
    for run in runs(browsers)? {
        eprintln!("\n-- {} --", run.name);
        if !summary.step(&run.name, |_| once(context, &run, &server.address)) {
            failed.push(run.name.clone());
        }
    }
    for (name, missing) in [("firefox", browsers.firefox.as_ref().err()), ("webkit", browsers.webkit.as_ref().err())] {
        if let Some(reason) = missing {
            summary.not_run(&format!("browser: {name} page"), reason);
        }
    }
    anyhow::ensure!(failed.is_empty(), "failed in: {}", failed.join(", "));
    Ok(())
}

fn runs(browsers: &Browsers) -> Result<Vec<Run<'_>>> {
    let mut runs = Vec::new();
    if let Ok(browser) = &browsers.chromium {
        for (place, mode) in std::iter::once(PAGE).chain(WORKERS) {
            let capabilities = Some(webdriver::chromium(&browser.program)?);
            let name = format!("browser: chromium {place}");
            runs.push(Run { name, mode, driver_variable: "CHROMEDRIVER", browser, capabilities, in_xvfb: false });
        }
    }
    if let Ok(browser) = &browsers.firefox {
        let capabilities = Some(webdriver::firefox(&browser.program)?);
        let name = "browser: firefox page".to_owned();
        runs.push(Run { name, mode: PAGE.1, driver_variable: "GECKODRIVER", browser, capabilities, in_xvfb: false });
    }
    if let Ok(browser) = &browsers.webkit {
        // The runner knows Safari's driver, which speaks as WebKitGTK's does and is asked for nothing.
        let name = "browser: webkit page".to_owned();
        runs.push(Run {
            name,
            mode: PAGE.1,
            driver_variable: "SAFARIDRIVER",
            browser,
            capabilities: None,
            in_xvfb: true,
        });
    }
    Ok(runs)
}

fn simulator(context: &Context) -> Result<Server> {
    let port = if fixed_port_is_free() { SIMULATOR.1.rsplit(':').next().unwrap_or("0") } else { "0" };
    let mut node = node::node(context.project);
    node.args(["tests/support/serve-simulator.mjs", "--port", port]);
    process::serve(&mut node, "Simulator: ", Duration::from_secs(20))
}

fn fixed_port_is_free() -> bool {
    TcpListener::bind(SIMULATOR.1.trim_start_matches("http://")).is_ok()
}

fn once(context: &Context, run: &Run, simulator: &str) -> Result<()> {
    let arguments = ["test", "--target", "wasm32-unknown-unknown", "--package", NAME, "--test", "browser"];
    let mut command = cargo(context.project, &arguments);
    if run.in_xvfb {
        let mut wrapped = Command::new(&run.browser.program);
        wrapped.arg("--auto-servernum").arg("cargo").args(arguments).current_dir(context.project.root());
        command = wrapped;
    }
    for variable in ["CHROMEDRIVER", "GECKODRIVER", "SAFARIDRIVER"] {
        command.env_remove(variable).env_remove(format!("{variable}_REMOTE")).env_remove(format!("{variable}_ARGS"));
    }
    command.env(SIMULATOR.0, simulator);
    command.env(run.mode, "1").env(run.driver_variable, &run.browser.driver);
    command.env("WASM_BINDGEN_TEST_TIMEOUT", "180");
    // Drivers are stopped, not closed, and leave their browsers' profiles.
    let scratch = std::env::temp_dir().join(format!("xtask-browser-{}", std::process::id()));
    fresh_folder(&scratch)?;
    command.env("TMPDIR", &scratch);
    command.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities_file(context, run)?);
    let result = process::run_tests(&mut command, LIMIT, &context.canary()?);
    // It is only untidy if it stays.
    let _ = std::fs::remove_dir_all(&scratch);
    result
}

fn capabilities_file(context: &Context, run: &Run) -> Result<PathBuf> {
    let file = context.project.path("target/test").join(format!("{}.json", run.driver_variable.to_lowercase()));
    let capabilities = run.capabilities.clone().unwrap_or_else(|| serde_json::json!({}));
    write(&file, capabilities.to_string())?;
    Ok(file)
}
