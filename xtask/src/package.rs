//! `cargo xtask package`: the tarball, once every file in it is one that was meant to be there.

use crate::build;
use crate::node;
use crate::process;
use crate::project::{files_below, Project, NAME};
use crate::steps::Steps;
use anyhow::{bail, ensure, Context, Result};
use std::path::PathBuf;
use std::process::Command;

/// What the package has to have.
const REQUIRED: [&str; 34] = [
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "LICENSE-THIRD-PARTY",
    "README.md",
    "package.json",
    "dist/bytes.js",
    "dist/cjs/index.cjs",
    "dist/cjs/index.d.cts",
    "dist/cjs/mask.cjs",
    "dist/cjs/mask.d.cts",
    "dist/cjs/proxy.cjs",
    "dist/cjs/proxy.d.cts",
    "dist/cjs/store.cjs",
    "dist/cjs/store.d.cts",
    "dist/cjs/testing.cjs",
    "dist/cjs/testing.d.cts",
    "dist/edge-light.js",
    "dist/glue.js",
    "dist/index.d.ts",
    "dist/index.js",
    "dist/inline.js",
    "dist/mask.d.ts",
    "dist/mask/index.js",
    "dist/midjourney.wasm",
    "dist/midjourney.wasm.d.ts",
    "dist/proxy.d.ts",
    "dist/proxy/index.js",
    "dist/slim.js",
    "dist/store.d.ts",
    "dist/store/index.js",
    "dist/testing.d.ts",
    "dist/testing/index.js",
    "dist/workerd.js",
];

/// Builds and packs; returns the tarball's path.
pub fn run(project: &Project) -> Result<PathBuf> {
    build::run(project)?;
    pack(project)
}

/// Packs what was built.
pub fn pack(project: &Project) -> Result<PathBuf> {
    let mut steps = Steps::new(2);
    let package = project.package();
    steps.quiet("the list of files", || {
        let files = files_below(&package)?
            .iter()
            .map(|file| Ok(file.strip_prefix(&package)?.to_string_lossy().into_owned()))
            .collect::<Result<Vec<_>>>()?;
        check_files(&files)
    })?;
    steps.quiet("npm pack", || {
        node::check()?;
        let tarball = project.path("target/npm").join(format!("{NAME}-{}.tgz", project.version()?));
        let mut npm = Command::new("npm");
        npm.args(["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination"])
            .arg(project.path("target/npm"));
        process::capture(npm.current_dir(&package))?;
        ensure!(tarball.is_file(), "npm pack left no {}", tarball.display());
        let bytes = std::fs::metadata(&tarball).context("the tarball")?.len();
        ensure!(bytes < 1_000_000, "the tarball has {bytes} bytes: something is in it that should not be");
        Ok(tarball)
    })
}

/// Every required file is there, and beside them only modules of JavaScript.
pub fn check_files(files: &[String]) -> Result<()> {
    let missing: Vec<_> =
        REQUIRED.iter().filter(|required| !files.iter().any(|file| file == *required)).copied().collect();
    let unknown: Vec<_> = files.iter().filter(|file| !allowed(file)).map(String::as_str).collect();
    if !missing.is_empty() || !unknown.is_empty() {
        bail!("missing: {}; not meant to be there: {}", list(&missing), list(&unknown));
    }
    Ok(())
}

fn allowed(file: &str) -> bool {
    let module = file.strip_prefix("dist/").is_some_and(|rest| {
        let name = rest.strip_suffix(".js").unwrap_or("");
        let plain =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-' || letter == '/';
        !name.is_empty() && !name.starts_with("cjs/") && name.chars().all(plain)
    });
    module || REQUIRED.contains(&file)
}

fn list(names: &[&str]) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{allowed, check_files, REQUIRED};

    fn required() -> Vec<String> {
        REQUIRED.iter().map(|&file| file.to_owned()).collect()
    }

    #[test]
    fn the_required_files_and_further_modules_pass() {
        let mut files = required();
        files.extend(["dist/errors.js", "dist/testing/clock.js", "dist/poll-state.js"].map(str::to_owned));
        assert!(check_files(&files).is_ok());
    }

    #[test]
    fn a_missing_file_is_named() {
        let files: Vec<_> = required().into_iter().filter(|file| file != "dist/slim.js").collect();
        let error = check_files(&files).map_err(|error| error.to_string());
        assert!(error.is_err_and(|text| text.contains("missing: dist/slim.js;")));
    }

    #[test]
    fn what_was_not_meant_to_be_there_is_refused() {
        for file in [
            "dist/glue.js.map",
            ".npmrc",
            ".env",
            "src/core.ts",
            "dist/core.ts",
            "dist/cjs/other.js",
            "dist/../a.js",
            "dist/A.js",
            "build.lock",
        ] {
            assert!(!allowed(file), "{file}");
        }
    }
}
