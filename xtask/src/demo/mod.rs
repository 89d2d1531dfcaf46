//! `cargo xtask demo`: the demo page, built and served.

mod bundle;
mod files;
mod server;

use crate::build;
use crate::project::Project;
use anyhow::{ensure, Result};
use std::io::Write;

pub struct Options {
    /// 0 is any free port.
    pub port: u16,
    pub build: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { port: 8080, build: true }
    }
}

/// Bundles the page with the package that was built last.
pub fn bundle(project: &Project) -> Result<()> {
    bundle::run(project)
}

/// Serves until it is stopped.
pub fn run(project: &Project, options: Options) -> Result<()> {
    if options.build {
        build::run(project)?;
        bundle::run(project)?;
    }
    let folder = bundle::folder(project);
    ensure!(
        folder.join("index.html").is_file(),
        "there is no demo page yet: run `cargo xtask demo` without --no-build"
    );
    let listener = server::listen(options.port)?;
    println!("Demo: {}", server::address(&listener)?);
    std::io::stdout().flush()?;
    server::serve(&listener, &folder);
    Ok(())
}
