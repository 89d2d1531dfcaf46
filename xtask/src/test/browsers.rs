//! The browsers and their drivers: found, else installed, else a reason.

use crate::process;
use crate::project::Project;
use crate::tools::{cargo_installed, first_of};
use anyhow::{anyhow, ensure, Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The newest one that this was tried with.
const GECKODRIVER: &str = "0.37.1";

/// A browser and the program that drives it.
pub struct Browser {
    pub program: PathBuf,
    pub driver: PathBuf,
}

/// What there is on this machine; where there is none, why.
pub struct Browsers {
    pub chromium: Result<Browser, String>,
    pub firefox: Result<Browser, String>,
    /// Its program is xvfb-run: it has no headless mode of its own.
    pub webkit: Result<Browser, String>,
}

impl Browsers {
    pub fn chromium(&self) -> Result<&Browser> {
        self.chromium.as_ref().map_err(|reason| anyhow!("Chromium is needed: {reason}"))
    }
}

pub fn find_or_install(project: &Project) -> Browsers {
    let tell = |error: anyhow::Error| format!("{error:#}");
    Browsers {
        chromium: chromium().map_err(tell),
        firefox: firefox(project).map_err(tell),
        webkit: webkit().map_err(tell),
    }
}

pub fn chromium() -> Result<Browser> {
    let look = || {
        let program = first_of(&["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"])
            .or_else(|| existing("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"))?;
        Some(Browser { program, driver: first_of(&["chromedriver"])? })
    };
    found_or_installed(look, &["chromium", "chromium-driver"], "install Chromium or Chrome, and chromedriver")
}

fn firefox(project: &Project) -> Result<Browser> {
    let look = || {
        let program = first_of(&["firefox-esr", "firefox"])
            .or_else(|| existing("/Applications/Firefox.app/Contents/MacOS/firefox"))?;
        Some(Browser { program, driver: PathBuf::new() })
    };
    let browser = found_or_installed(look, &["firefox-esr"], "install Firefox")?;
    let driver = match first_of(&["geckodriver"]) {
        Some(driver) => driver,
        None => cargo_installed(project, "geckodriver", GECKODRIVER)?,
    };
    Ok(Browser { driver, ..browser })
}

fn webkit() -> Result<Browser> {
    let look = || Some(Browser { program: first_of(&["xvfb-run"])?, driver: first_of(&["WebKitWebDriver"])? });
    found_or_installed(
        look,
        &["webkit2gtk-driver", "xvfb", "xauth"],
        "install WebKitGTK's WebKitWebDriver, and xvfb-run",
    )
}

fn found_or_installed(look: impl Fn() -> Option<Browser>, packages: &[&str], remedy: &str) -> Result<Browser> {
    if let Some(browser) = look() {
        return Ok(browser);
    }
    let names = packages.join(" ");
    apt_install(packages).with_context(|| format!("not found, and apt-get install {names} did not help: {remedy}"))?;
    look().with_context(|| format!("still not found after apt-get install {names}: {remedy}"))
}

fn apt_install(packages: &[&str]) -> Result<()> {
    ensure!(first_of(&["apt-get"]).is_some(), "this is no Debian-like system");
    let root = rustix::process::geteuid().is_root();
    if !root {
        let outcome = process::outcome(Command::new("sudo").args(["-n", "true"]))?;
        ensure!(outcome.success, "neither root nor sudo without a password");
    }
    eprintln!("apt-get install {} …", packages.join(" "));
    process::capture(&mut apt(root, &["update"]))?;
    process::capture(apt(root, &["install", "--yes", "--no-install-recommends"]).args(packages))?;
    Ok(())
}

fn apt(root: bool, arguments: &[&str]) -> Command {
    let mut command = if root { Command::new("env") } else { Command::new("sudo") };
    if !root {
        command.args(["-n", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]).args(arguments);
    command
}

fn existing(path: &str) -> Option<PathBuf> {
    Some(Path::new(path).to_path_buf()).filter(|path| path.is_file())
}
