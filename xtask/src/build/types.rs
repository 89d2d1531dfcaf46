//! The package's types: one self-contained file an entry, bundled from the TypeScript sources, doc comments kept.

use crate::node;
use crate::process;
use crate::project::{copy, read, Project};
use anyhow::{ensure, Result};
use std::path::Path;

pub fn bundle(project: &Project, dist: &Path) -> Result<()> {
    for (entry, name) in [("index.ts", "index"), ("testing/index.ts", "testing")] {
        let types = dist.join(format!("{name}.d.ts"));
        let mut command = node::tool(project, "rollup");
        command.arg("--input").arg(project.path("pkg-template/src").join(entry));
        command.args(["--plugin", "dts={tsconfig:'pkg-template/tsconfig.json'}", "--format", "es", "--silent"]);
        command.arg("--file").arg(&types);
        process::capture(&mut command)?;
        let text = read(&types)?;
        ensure!(!text.contains(" from '") && !text.contains(" from \""), "{} is not self-contained", types.display());
        // The same text says the same of the CommonJS twin.
        copy(&types, &dist.join(format!("cjs/{name}.d.cts")))?;
    }
    Ok(())
}
