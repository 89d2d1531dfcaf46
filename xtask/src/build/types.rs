//! The package's types: one self-contained file an entry, bundled from the TypeScript sources, doc comments kept.

use super::ENTRIES;
use crate::node;
use crate::process;
use crate::project::{copy, read, Project};
use anyhow::{ensure, Result};
use std::path::Path;

pub fn bundle(project: &Project, dist: &Path) -> Result<()> {
    let others = ENTRIES.map(|name| (format!("{name}/index.ts"), name));
    for (entry, name) in std::iter::once(("index.ts".to_owned(), "index")).chain(others) {
        let types = dist.join(format!("{name}.d.ts"));
        let mut command = node::tool(project, "rollup");
        command.arg("--input").arg(project.path("pkg-template/src").join(entry));
        command.args(["--plugin", "dts={tsconfig:'pkg-template/tsconfig.json'}", "--format", "es", "--silent"]);
        command.arg("--file").arg(&types);
        process::capture(&mut command)?;
        let text = read(&types)?;
        let imported = text.lines().find(|line| imports(line));
        ensure!(imported.is_none(), "{} is not self-contained: {}", types.display(), imported.unwrap_or_default());
        // The same text says the same of the CommonJS twin.
        copy(&types, &dist.join(format!("cjs/{name}.d.cts")))?;
    }
    Ok(())
}

/// Whether a line of types needs another file. (Examples in doc comments may.)
fn imports(line: &str) -> bool {
    line.starts_with("import ") || (line.starts_with("export ") && line.contains(" from "))
}

#[cfg(test)]
mod tests {
    use super::imports;

    #[test]
    fn an_example_in_a_comment_is_no_import() {
        assert!(imports("import { a } from './a.js';"));
        assert!(imports("export * from \"./a.js\";"));
        assert!(!imports(" * import { Midjourney } from \"cometapi-midjourney\";"));
        assert!(!imports("export { a, b };"));
    }
}
