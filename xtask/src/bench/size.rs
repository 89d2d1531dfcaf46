//! `bench size`: what a page loads for one client, beside what it loads for others' clients, bundled the same way.

use super::measure::{self, Size};
use crate::project::{fresh_folder, write, Project};
use crate::steps::Steps;
use crate::{node, process};
use anyhow::{bail, Result};
use serde_json::json;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// More than this is a failure: bytes of the default entry, wasm inside, minified, gzip -9. What a first request takes
/// counts more than bytes.
const BAR: u64 = 34_000;

/// A client made the way its documentation says, in a page.
struct Entry {
    /// The name in the table.
    name: &'static str,
    /// The name in `node_modules`.
    module: &'static str,
    script: &'static str,
}

const OURS: Entry = Entry {
    name: "ours",
    module: "cometapi-midjourney",
    script: "import { Midjourney } from \"cometapi-midjourney\"; globalThis.m = new Midjourney();",
};

const SLIM: Entry = Entry {
    name: "slim",
    module: "cometapi-midjourney",
    script: "import { Midjourney } from \"cometapi-midjourney/slim\"; globalThis.m = new Midjourney();",
};

const PEERS: [Entry; 6] = [
    Entry {
        name: "replicate",
        module: "replicate",
        script: "import Replicate from \"replicate\"; globalThis.m = new Replicate({ auth: \"k\" });",
    },
    Entry {
        name: "@runwayml/sdk",
        module: "@runwayml/sdk",
        script: "import RunwayML from \"@runwayml/sdk\"; globalThis.m = new RunwayML({ apiKey: \"k\" });",
    },
    Entry {
        name: "@fal-ai/client",
        module: "@fal-ai/client",
        script: "import { createFalClient } from \"@fal-ai/client\"; globalThis.m = createFalClient({});",
    },
    Entry {
        name: "openai",
        module: "openai-6",
        script: "import OpenAI from \"openai-6\"; globalThis.m = new OpenAI({ apiKey: \"k\", dangerouslyAllowBrowser: true });",
    },
    Entry {
        name: "openai",
        module: "openai",
        script: "import OpenAI from \"openai\"; globalThis.m = new OpenAI({ apiKey: \"k\", dangerouslyAllowBrowser: true });",
    },
    Entry {
        name: "cometapi",
        module: "cometapi",
        script: "import * as cometapi from \"cometapi\"; globalThis.m = cometapi;",
    },
];

pub fn run(project: &Project) -> Result<()> {
    let mut steps = Steps::new(2);
    let peers = project.path("tests/peers");
    steps.quiet("npm ci of the peers (only after a change)", || node::install(&peers))?;
    let (ours, slim, wasm, others) = steps.quiet("esbuild, gzip -9, brotli -11", || {
        fresh_folder(&folder(project))?;
        let wasm = measure::file(project, &project.package().join("dist/midjourney.wasm"))?;
        let others = PEERS
            .iter()
            .map(|peer| Ok((format!("{} {}", peer.name, version(&peers, peer.module)), bundled(project, peer)?)))
            .collect::<Result<Vec<_>>>()?;
        Ok((bundled(project, &OURS)?, bundled(project, &SLIM)?, wasm, others))
    })?;

    println!("\n{:38} {:>9} {:>9} {:>9}  gzip, ours : it", "one client in a page, minified", "raw", "gzip", "brotli");
    println!("{}", row("cometapi-midjourney, wasm inside", ours, None));
    println!("{}", row("cometapi-midjourney/slim + its wasm", slim + wasm, None));
    println!("{}", row("  the JavaScript of that", slim, None));
    println!("{}", row("  the wasm of that", wasm, None));
    for (name, size) in &others {
        println!("{}", row(name, *size, Some(ours)));
    }
    let file = project.path("target/bench/size.json");
    write(&file, report(ours, slim, wasm, &others).to_string())?;
    println!("\nThe same as JSON: {}", file.display());
    if ours.gzip > BAR {
        bail!("the default entry has {} bytes gzipped, and the bar is {BAR}", ours.gzip);
    }
    Ok(())
}

fn folder(project: &Project) -> PathBuf {
    project.path("target/bench/size")
}

fn bundled(project: &Project, entry: &Entry) -> Result<Size> {
    let name = format!("{}-{}", entry.name, entry.module).replace(['@', '/'], "-");
    let source = folder(project).join(format!("{name}.source.js"));
    let bundle = folder(project).join(format!("{name}.js"));
    write(&source, entry.script)?;
    let mut modules = OsString::from(project.linked_package()?);
    modules.push(":");
    modules.push(project.path("tests/peers/node_modules"));
    let mut command = node::tool(project, "esbuild");
    command.arg(&source).arg(format!("--outfile={}", bundle.display())).env("NODE_PATH", modules);
    command.args([
        "--bundle",
        "--minify",
        "--target=es2022",
        "--format=esm",
        "--platform=browser",
        "--log-level=error",
    ]);
    process::capture(&mut command)?;
    measure::file(project, &bundle)
}

/// The installed version, for the table's reader.
fn version(peers: &Path, module: &str) -> String {
    let manifest = peers.join("node_modules").join(module).join("package.json");
    let text = std::fs::read_to_string(manifest).unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    manifest["version"].as_str().unwrap_or("?").to_owned()
}

fn row(name: &str, size: Size, ours: Option<Size>) -> String {
    let ratio = ours.map(|ours| format!("  {:.2}", ours.gzip as f64 / size.gzip as f64)).unwrap_or_default();
    format!("{name:38} {:>9} {:>9} {:>9}{ratio}", kilobytes(size.raw), kilobytes(size.gzip), kilobytes(size.brotli))
}

/// Thousands of bytes.
fn kilobytes(bytes: u64) -> String {
    format!("{:.1} kB", bytes as f64 / 1000.0)
}

fn report(ours: Size, slim: Size, wasm: Size, others: &[(String, Size)]) -> serde_json::Value {
    let numbers = |size: Size| json!({ "raw": size.raw, "gzip": size.gzip, "brotli": size.brotli });
    let peers: serde_json::Map<_, _> = others.iter().map(|(name, size)| (name.clone(), numbers(*size))).collect();
    json!({ "bar": BAR, "default": numbers(ours), "slim": numbers(slim), "wasm": numbers(wasm), "peers": peers })
}

#[cfg(test)]
mod tests {
    use super::{row, Size};

    #[test]
    fn the_ratio_is_of_what_travels() {
        let ours = Size { raw: 9, gzip: 12_000, brotli: 1 };
        let row = row("peer 1.0.0", Size { raw: 40_000, gzip: 24_000, brotli: 20_000 }, Some(ours));
        assert!(row.ends_with("40.0 kB   24.0 kB   20.0 kB  0.50"), "{row}");
    }
}
