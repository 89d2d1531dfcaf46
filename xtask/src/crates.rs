//! The crates of which the package is made: those that are compiled into the .wasm, and the one that wrote its glue.

use crate::lock::{self, Locked};
use crate::process;
use crate::project::{Project, NAME};
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Its words are in `dist/glue.js`.
const GLUE_WRITER: &str = "wasm-bindgen-cli-support";

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crate {
    pub name: String,
    pub version: String,
    /// An SPDX expression.
    pub licence: String,
    pub authors: Vec<String>,
    pub repository: Option<String>,
    /// The SHA-256 of what crates.io sent.
    pub checksum: Option<String>,
    /// Its source, as cargo unpacked it.
    pub folder: PathBuf,
    /// Ids of the crates that it calls.
    pub depends_on: Vec<String>,
}

pub struct Shipped {
    pub own: Crate,
    /// By cargo's ids, which are in the order of the names.
    pub linked: BTreeMap<String, Crate>,
    pub glue_writer: Crate,
}

impl Shipped {
    pub fn others(&self) -> impl Iterator<Item = &Crate> {
        self.linked.values().chain(std::iter::once(&self.glue_writer))
    }
}

pub fn shipped(project: &Project) -> Result<Shipped> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--locked", "--format-version", "1", "--filter-platform", "wasm32-unknown-unknown"]);
    let metadata = serde_json::from_str(&process::capture(cargo.current_dir(project.root()))?)?;
    in_metadata(&metadata, &lock::packages(project, "Cargo.lock")?).context("cargo metadata is not as it was")
}

fn in_metadata(metadata: &Value, locked: &[Locked]) -> Option<Shipped> {
    let packages = metadata["packages"].as_array()?;
    let package = |id: &Value| packages.iter().find(|package| package["id"] == *id);
    let by_name = |name: &str| packages.iter().find(|package| package["name"] == name);
    let nodes = metadata["resolve"]["nodes"].as_array()?;
    // What macros and build scripts are made of runs at build time only.
    let is_linked = |dependency: &&Value| {
        let normal = |kinds: &Vec<Value>| kinds.iter().any(|kind| kind["kind"].is_null());
        dependency["dep_kinds"].as_array().is_some_and(normal)
            && package(&dependency["pkg"]).is_some_and(|package| !is_macro(package))
    };
    let described = |package: &Value| {
        let node = nodes.iter().find(|node| node["id"] == package["id"])?;
        let dependencies = node["deps"].as_array()?.iter().filter(is_linked);
        let mut found = described(package, locked)?;
        found.depends_on = dependencies.filter_map(|one| Some(one["pkg"].as_str()?.to_owned())).collect();
        Some(found)
    };

    let own = described(by_name(NAME)?)?;
    let mut linked = BTreeMap::new();
    let mut ids = own.depends_on.clone();
    while let Some(id) = ids.pop() {
        let one = described(package(&Value::from(id.as_str()))?)?;
        let further = one.depends_on.clone();
        if linked.insert(id, one).is_none() {
            ids.extend(further);
        }
    }
    Some(Shipped { own, linked, glue_writer: self::described(by_name(GLUE_WRITER)?, locked)? })
}

fn is_macro(package: &Value) -> bool {
    let kinds = package["targets"].as_array().into_iter().flatten().flat_map(|target| target["kind"].as_array());
    kinds.flatten().any(|kind| kind == "proc-macro")
}

fn described(package: &Value, locked: &[Locked]) -> Option<Crate> {
    let text = |key: &str| package[key].as_str().map(str::to_owned);
    let (name, version) = (text("name")?, text("version")?);
    let checksum = locked.iter().find(|one| one.name == name && one.version == version)?.checksum.clone();
    // Cargo's old way to say "or".
    let licence = text("license").unwrap_or_default().replace('/', " OR ");
    let folder = Path::new(package["manifest_path"].as_str()?).parent()?.to_path_buf();
    let authors = package["authors"].as_array().into_iter().flatten().filter_map(|one| Some(one.as_str()?.to_owned()));
    let (authors, repository) = (authors.collect(), text("repository"));
    Some(Crate { name, version, licence, authors, repository, checksum, folder, depends_on: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::{in_metadata, Locked, GLUE_WRITER};
    use crate::project::NAME;
    use serde_json::{json, Value};

    fn package(name: &str, kind: &str) -> Value {
        json!({ "id": name, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0", "repository": null,
                "manifest_path": format!("/crates/{name}/Cargo.toml"),
                "targets": [{ "kind": [kind] }] })
    }

    fn node(name: &str, dependencies: &[(&str, Option<&str>)]) -> Value {
        let dependencies: Vec<_> = dependencies
            .iter()
            .map(|(name, kind)| json!({ "pkg": name, "dep_kinds": [{ "kind": kind, "target": null }] }))
            .collect();
        json!({ "id": name, "deps": dependencies })
    }

    #[test]
    fn what_is_linked_is_found_through_others_and_what_runs_at_build_time_is_not() {
        let names = [NAME, "direct", "indirect", "macro", "of-the-macro", "build", "dev", GLUE_WRITER];
        let kind = |name| if name == "macro" { "proc-macro" } else { "lib" };
        let metadata = json!({
            "packages": names.map(|name| package(name, kind(name))),
            "resolve": { "nodes": [
                node(NAME, &[("direct", None), ("dev", Some("dev")), ("macro", None)]),
                node("direct", &[("indirect", None), ("build", Some("build"))]),
                node("indirect", &[]),
                node("macro", &[("of-the-macro", None)]),
            ] },
        });
        let locked = names.map(|name| Locked {
            name: name.into(),
            version: "1.0.0".into(),
            checksum: Some(format!("sum of {name}")),
        });
        let shipped = in_metadata(&metadata, &locked);
        let shipped = shipped.as_ref();
        assert_eq!(shipped.map(|all| all.own.depends_on.clone()), Some(vec!["direct".to_owned()]));
        let linked: Option<Vec<_>> = shipped.map(|all| all.linked.keys().map(String::as_str).collect());
        assert_eq!(linked, Some(vec!["direct", "indirect"]));
        let direct = shipped.and_then(|all| all.linked.get("direct"));
        assert_eq!(direct.map(|one| one.licence.as_str()), Some("MIT OR Apache-2.0"));
        assert_eq!(direct.and_then(|one| one.checksum.as_deref()), Some("sum of direct"));
        assert_eq!(shipped.map(|all| all.glue_writer.name.as_str()), Some(GLUE_WRITER));
    }
}
