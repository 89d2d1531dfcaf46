//! The bill of materials of what ships, in CycloneDX: the npm package, the crates compiled into its .wasm, the standard
//! library, and wasm-bindgen, which wrote the glue. Of the same tarball the same bytes: no time, nothing by chance.

use super::Release;
use crate::crates::{self, Crate, Shipped};
use crate::node;
use crate::process;
use crate::project::{write, NAME};
use crate::summary::Verdict;
use anyhow::{Context, Result};
use serde_json::{json, Value};
use std::path::Path;
use std::process::Command;

/// Node.js has both digests.
const DIGESTS: &str = "
    const { createHash } = require('node:crypto');
    const bytes = require('node:fs').readFileSync(process.argv[1]);
    for (const name of ['sha256', 'sha512']) console.log(createHash(name).update(bytes).digest('hex'));
";

/// The official schema's judgement.
const VALIDATE: &str = "
    const { Spec, Validation } = require('@cyclonedx/cyclonedx-library');
    const text = require('node:fs').readFileSync(process.argv[1], 'utf8');
    new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text).then((error) => {
        if (error !== null) throw new Error(JSON.stringify(error));
    });
";

/// Writes it beside the tarball.
pub fn check(release: &Release) -> Result<Verdict> {
    let file = release.tarball.path.with_extension("cdx.json");
    let digests = Digests::of(release, &release.tarball.path)?;
    let compiler = process::capture(Command::new("rustc").arg("-vV"))?;
    let compiler = Compiler::in_version(&compiler).context("rustc -vV names no release and commit")?;
    let bill = bill(&release.manifest, &digests, &compiler, &crates::shipped(release.project)?);
    write(&file, format!("{bill:#}\n"))?;
    process::capture(node::node(release.project).args(["-e", VALIDATE]).arg(&file))
        .context("the bill of materials is not as CycloneDX has it")?;
    eprintln!("The bill of materials: {}", file.display());
    Ok(Verdict::Holds)
}

/// In hexadecimal digits.
struct Digests {
    sha256: String,
    sha512: String,
}

impl Digests {
    fn of(release: &Release, file: &Path) -> Result<Self> {
        let printed = process::capture(node::node(release.project).args(["-e", DIGESTS]).arg(file))?;
        let mut lines = printed.lines().map(str::to_owned);
        let two = lines.next().zip(lines.next());
        let (sha256, sha512) = two.with_context(|| format!("cannot digest {}", file.display()))?;
        Ok(Self { sha256, sha512 })
    }

    /// The document's own number, made of the tarball's digest: a UUID of version 8, which is for such.
    fn serial_number(&self) -> Option<String> {
        let digits = |range| self.sha256.get(range);
        let parts = [digits(0..8)?, digits(8..12)?, digits(13..16)?, digits(17..20)?, digits(20..32)?];
        let [first, second, third, fourth, fifth] = parts;
        Some(format!("urn:uuid:{first}-{second}-8{third}-8{fourth}-{fifth}"))
    }
}

/// The standard library is compiled along with the crate, from its source.
struct Compiler {
    release: String,
    commit: String,
}

impl Compiler {
    fn in_version(printed: &str) -> Option<Self> {
        let value = |key| printed.lines().find_map(|line| line.strip_prefix(key)).map(str::to_owned);
        Some(Self { release: value("release: ")?, commit: value("commit-hash: ")? })
    }
}

fn bill(manifest: &Value, digests: &Digests, compiler: &Compiler, shipped: &Shipped) -> Value {
    let version = manifest["version"].as_str().unwrap_or_default();
    let package = format!("pkg:npm/{NAME}@{version}");
    let library = format!("pkg:github/rust-lang/rust@{}", compiler.release);
    let mut components: Vec<_> = shipped.linked.values().map(|one| component(one, "compiled into the .wasm")).collect();
    components.push(component(&shipped.glue_writer, "wrote dist/glue.js"));
    components.push(json!({
        "type": "library",
        "bom-ref": library,
        "name": "std",
        "version": compiler.release,
        "description": "Rust's standard library, with the crates that it is made of; compiled into the .wasm",
        "licenses": [{ "expression": "MIT OR Apache-2.0" }],
        "purl": library,
        "externalReferences": [
            { "type": "vcs", "url": format!("https://github.com/rust-lang/rust/tree/{}", compiler.commit) },
        ],
    }));

    let depended = |one: &Crate| -> Vec<String> {
        one.depends_on.iter().filter_map(|id| shipped.linked.get(id)).map(purl).collect()
    };
    let direct = [depended(&shipped.own), vec![purl(&shipped.glue_writer), library.clone()]].concat();
    let mut dependencies = vec![json!({ "ref": package, "dependsOn": sorted(direct) })];
    // Every crate stands on std; it is named once, at the top.
    dependencies
        .extend(shipped.linked.values().map(|one| json!({ "ref": purl(one), "dependsOn": sorted(depended(one)) })));

    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": digests.serial_number(),
        "version": 1,
        "metadata": {
            "lifecycles": [{ "phase": "build" }],
            "component": {
                "type": "library",
                "bom-ref": package,
                "name": NAME,
                "version": version,
                "description": manifest["description"],
                "licenses": [{ "expression": manifest["license"] }],
                "purl": package,
                "hashes": [
                    { "alg": "SHA-256", "content": digests.sha256 },
                    { "alg": "SHA-512", "content": digests.sha512 },
                ],
            },
        },
        "components": components,
        "dependencies": dependencies,
    })
}

fn purl(one: &Crate) -> String {
    format!("pkg:cargo/{}@{}", one.name, one.version)
}

fn component(one: &Crate, role: &str) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": purl(one),
        "name": one.name,
        "version": one.version,
        "description": role,
        "licenses": [{ "expression": one.licence }],
        "purl": purl(one),
    });
    if let Some(checksum) = &one.checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    if let Some(repository) = &one.repository {
        component["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
    }
    component
}

fn sorted(mut references: Vec<String>) -> Vec<String> {
    references.sort();
    references
}

#[cfg(test)]
mod tests {
    use super::{bill, Compiler, Crate, Digests, Shipped};
    use serde_json::json;
    use std::collections::BTreeMap;

    fn one(name: &str, depends_on: &[&str]) -> Crate {
        Crate {
            name: name.into(),
            version: "1.0.0".into(),
            licence: "MIT".into(),
            checksum: Some("0f".repeat(32)),
            depends_on: depends_on.iter().map(|&id| id.to_owned()).collect(),
            ..Crate::default()
        }
    }

    #[test]
    fn all_that_ships_is_named_with_what_it_stands_on() {
        let manifest = json!({ "version": "0.1.0", "license": "MIT OR Apache-2.0", "description": "words" });
        let digests = Digests { sha256: "0123456789abcdef".repeat(4), sha512: "f0".repeat(64) };
        let compiler = Compiler::in_version("rustc 1.95.0\ncommit-hash: 5980\nrelease: 1.95.0\n");
        let linked = BTreeMap::from([("b".to_owned(), one("b", &["c"])), ("c".to_owned(), one("c", &[]))]);
        let shipped = Shipped { own: one("own", &["b"]), linked, glue_writer: one("glue", &["x"]) };
        let Some(compiler) = compiler else { panic!("no compiler") };
        let bill = bill(&manifest, &digests, &compiler, &shipped);

        assert_eq!(bill["serialNumber"], "urn:uuid:01234567-89ab-8def-8123-456789abcdef");
        let root = &bill["metadata"]["component"];
        assert_eq!(root["purl"], "pkg:npm/cometapi-midjourney@0.1.0");
        assert_eq!(root["hashes"][1]["content"], "f0".repeat(64));
        let names: Vec<_> = bill["components"].as_array().into_iter().flatten().map(|one| &one["name"]).collect();
        assert_eq!(names, ["b", "c", "glue", "std"]);
        assert_eq!(bill["components"][0]["hashes"][0]["content"], "0f".repeat(32));
        assert_eq!(
            bill["dependencies"],
            json!([
                { "ref": "pkg:npm/cometapi-midjourney@0.1.0",
                  "dependsOn": ["pkg:cargo/b@1.0.0", "pkg:cargo/glue@1.0.0", "pkg:github/rust-lang/rust@1.95.0"] },
                { "ref": "pkg:cargo/b@1.0.0", "dependsOn": ["pkg:cargo/c@1.0.0"] },
                { "ref": "pkg:cargo/c@1.0.0", "dependsOn": [] },
            ])
        );
    }
}
