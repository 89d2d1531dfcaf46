//! The tarball's package.json: the version that all others name too, and nothing that an install would run or fetch.

use super::Release;
use crate::lock::{self, Locked};
use crate::project::NAME;
use crate::summary::Verdict;
use anyhow::{ensure, Context, Result};
use semver::Version;
use serde_json::Value;

const LOCKS: [&str; 2] = ["Cargo.lock", "fuzz/Cargo.lock"];

/// What makes an install run scripts or fetch other packages, or keeps npm from publishing.
const FORBIDDEN: [&str; 8] = [
    "scripts",
    "dependencies",
    "peerDependencies",
    "optionalDependencies",
    "bundleDependencies",
    "bundledDependencies",
    "private",
    "publishConfig",
];

pub fn check(release: &Release) -> Result<Verdict> {
    check_version(&release.version)?;
    check_manifest(&release.manifest, &release.version)?;
    for file in LOCKS {
        check_lock(&lock::packages(release.project, file)?, &release.version)
            .with_context(|| format!("{file} is not Cargo.toml's: build once, and commit it"))?;
    }
    Ok(Verdict::Holds)
}

fn check_version(version: &str) -> Result<()> {
    let parsed = Version::parse(version).with_context(|| format!("Cargo.toml: {version} is no semantic version"))?;
    // npm leaves it out when it compares, so that two packages would have one version.
    ensure!(parsed.build.is_empty(), "Cargo.toml: npm knows no build metadata, and {version} has some");
    Ok(())
}

fn check_manifest(manifest: &Value, version: &str) -> Result<()> {
    ensure!(manifest["name"] == NAME, "package.json: the name is {}, not {NAME}", manifest["name"]);
    ensure!(manifest["version"] == version, "package.json has {}, Cargo.toml {version}", manifest["version"]);
    let found: Vec<_> = FORBIDDEN.into_iter().filter(|&key| manifest.get(key).is_some()).collect();
    ensure!(found.is_empty(), "package.json shall not have {}", found.join(", "));
    Ok(())
}

fn check_lock(packages: &[Locked], version: &str) -> Result<()> {
    let own = packages.iter().find(|package| package.name == NAME).with_context(|| format!("it has no {NAME}"))?;
    ensure!(own.version == version, "it has {NAME} {}, not {version}", own.version);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{check_lock, check_manifest, check_version, Locked, FORBIDDEN};
    use crate::project::NAME;
    use serde_json::json;

    #[test]
    fn the_version_is_semantic() {
        for version in ["0.1.0", "1.0.0-beta.2"] {
            assert!(check_version(version).is_ok(), "{version}");
        }
        for version in ["1.0", "v1.0.0", "01.0.0", "1.0.0+build", ""] {
            assert!(check_version(version).is_err(), "{version}");
        }
    }

    #[test]
    fn the_same_version_is_everywhere() {
        let manifest = json!({ "name": NAME, "version": "1.2.3" });
        assert!(check_manifest(&manifest, "1.2.3").is_ok());
        assert!(check_manifest(&manifest, "1.2.4").is_err());
        let locked = [Locked { name: NAME.into(), version: "1.2.3".into(), checksum: None }];
        assert!(check_lock(&locked, "1.2.3").is_ok());
        assert!(check_lock(&locked, "1.2.4").is_err());
        assert!(check_lock(&[], "1.2.3").is_err());
    }

    #[test]
    fn an_install_runs_and_fetches_nothing() {
        for key in FORBIDDEN {
            let mut manifest = json!({ "name": NAME, "version": "1.2.3" });
            manifest[key] = json!({});
            assert!(check_manifest(&manifest, "1.2.3").is_err_and(|error| error.to_string().contains(key)), "{key}");
        }
    }
}
