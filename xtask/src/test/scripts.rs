//! Tests written in JavaScript: they see the package as its users do.

use super::Context;
use crate::build;
use crate::demo;
use crate::node;
use crate::process;
use crate::project::{files_below, fresh_folder, write};
use anyhow::{ensure, Result};
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// A hanging test is a failure, too.
const LIMIT: Duration = Duration::from_secs(20 * 60);

pub fn simulator(context: &Context) -> Result<()> {
    run(context, "tests/simulator", &[])
}

pub fn runtimes(context: &Context) -> Result<()> {
    // Deno, Bun, the newest Node.js, Vercel's edge: some rules are looked at in each.
    install_apps(context)?;
    let trapping = build::trapping(context.project)?;
    let consumer = consumer(context)?;
    let mut environment = browsers(context);
    environment.extend([("TRAPPING", trapping.as_os_str()), ("CONSUMER", consumer.as_os_str())]);
    run(context, "tests/package", &environment)
}

/// One conformance script in every runtime, browser and bundler, each in an app of its own.
pub fn grid(context: &Context) -> Result<()> {
    let tarball = context.tarball()?;
    install_apps(context)?;
    let mut node = node::node(context.project);
    node.arg("tests/grid/run.mjs").env("TARBALL", tarball).envs(browsers(context));
    process::run_tests(&mut node, LIMIT, &context.canary()?)
}

pub fn examples(context: &Context) -> Result<()> {
    install_apps(context)?;
    run(context, "tests/examples", &browsers(context))
}

/// What users' apps are built and run with.
fn install_apps(context: &Context) -> Result<()> {
    eprintln!("npm ci in tests/apps (only after a change)");
    node::install(&context.project.path("tests/apps")).map(|_| ())
}

/// Where the browsers are, or why they are not.
fn browsers<'a>(context: &'a Context) -> Vec<(&'static str, &'a OsStr)> {
    let mut environment = Vec::new();
    let browsers = context.browsers();
    let found = [
        (&browsers.chromium, "CHROMIUM", "CHROMEDRIVER", "NO_CHROMIUM"),
        (&browsers.firefox, "FIREFOX", "GECKODRIVER", "NO_FIREFOX"),
        (&browsers.webkit, "XVFB_RUN", "WEBKITDRIVER", "NO_WEBKIT"),
    ];
    for (browser, program, driver, missing) in found {
        match browser {
            Ok(browser) => {
                environment.extend([(program, browser.program.as_os_str()), (driver, browser.driver.as_os_str())])
            }
            Err(reason) => environment.push((missing, OsStr::new(reason))),
        }
    }
    environment
}

/// A user's project: an empty folder with the tarball installed. Installed once: each file of tests copies it.
fn consumer(context: &Context) -> Result<PathBuf> {
    let folder = context.project.path("target/test/consumer");
    fresh_folder(&folder)?;
    write(&folder.join("package.json"), r#"{ "name": "consumer", "private": true }"#)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"]).arg(context.tarball()?);
    process::capture(npm.current_dir(&folder))?;
    Ok(folder)
}

pub fn demo(context: &Context) -> Result<()> {
    context.tarball()?;
    demo::bundle(context.project)?;
    let chromium = context.browsers().chromium()?;
    // `DEMO_SERVER demo --no-build --port 0` serves what was just built.
    let environment = [("CHROMIUM", chromium.program.as_os_str()), ("DEMO_SERVER", context.xtask.as_os_str())];
    run(context, "tests/demo", &environment)
}

fn run(context: &Context, folder: &str, environment: &[(&str, &OsStr)]) -> Result<()> {
    let tarball = context.tarball()?;
    let files = test_files(context, folder)?;
    let mut node = node::node(context.project);
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=3"]).args(files);
    node.env("TARBALL", tarball).env("PACKAGE", context.project.package()).envs(environment.iter().copied());
    process::run_tests(&mut node, LIMIT, &context.canary()?)
}

/// Node.js itself takes folders before version 21 only.
fn test_files(context: &Context, folder: &str) -> Result<Vec<PathBuf>> {
    let folder = context.project.path(folder);
    let mut files = files_below(&folder)?;
    files.retain(|file| {
        let name = file.to_string_lossy();
        [".test.mjs", ".test.cjs", ".test.js"].iter().any(|ending| name.ends_with(ending))
            && !name.contains("node_modules")
    });
    ensure!(!files.is_empty(), "{} holds no *.test.mjs", folder.display());
    Ok(files)
}
