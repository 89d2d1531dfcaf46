//! The demo page's files: `www/src/main.ts` bundled, everything else copied.

use crate::node;
use crate::process;
use crate::project::{copy, files_below, fresh_folder, Project};
use crate::steps::Steps;
use anyhow::Result;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Where the page is served from.
pub fn folder(project: &Project) -> PathBuf {
    project.path("target/demo")
}

pub fn run(project: &Project) -> Result<()> {
    let folder = folder(project);
    let mut steps = Steps::new(2);
    steps.quiet("esbuild: the demo page's script", || {
        fresh_folder(&folder)?;
        let mut command = node::tool(project, "esbuild");
        command.arg(project.path("www/src/main.ts")).arg(format!("--outdir={}", folder.display()));
        command.args(["--bundle", "--minify", "--sourcemap", "--format=esm", "--target=es2022", "--log-level=warning"]);
        command.env("NODE_PATH", project.linked_package()?);
        process::capture(&mut command)?;
        Ok(())
    })?;
    steps.quiet("the demo page's other files", || copy_rest(&project.path("www"), &folder))
}

/// The page's HTML, style and pictures; not its sources and what checks them.
fn copy_rest(www: &Path, folder: &Path) -> Result<()> {
    for file in files_below(www)? {
        let relative = file.strip_prefix(www)?;
        let source = relative.starts_with("src") || relative.starts_with("node_modules");
        if !source && file.extension() != Some(OsStr::new("json")) && file.extension() != Some(OsStr::new("md")) {
            copy(&file, &folder.join(relative))?;
        }
    }
    Ok(())
}
