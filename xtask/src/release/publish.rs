//! Publishing, by npm's trusted publishing: the registry trusts the release workflow of one repository, so that there
//! is no key to keep.

use super::Release;
use crate::process;
use crate::project::NAME;
use crate::summary::Verdict;
use anyhow::{bail, ensure, Context, Result};
use semver::Version;
use serde_json::Value;
use std::env;
use std::process::Command;

/// The first npm that can do it.
const OLDEST_NPM: Version = Version::new(11, 5, 1);

/// There only where a workflow may ask GitHub to say who it is.
const IDENTITY: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";

/// Says at once if nothing could be published from here.
pub fn ready(version: &str) -> Result<()> {
    let workflow = env::var_os("GITHUB_ACTIONS").is_some() && env::var_os(IDENTITY).is_some();
    ensure!(
        workflow,
        "a release is published by .github/workflows/release.yml alone: `git tag v{version} && git push origin \
         v{version}` starts it; `cargo xtask release --dry-run` runs its checks here"
    );
    let printed = process::capture(Command::new("npm").arg("--version"))?;
    let npm = Version::parse(printed.trim()).with_context(|| format!("npm calls itself {}", printed.trim()))?;
    ensure!(npm >= OLDEST_NPM, "npm is {npm}: trusted publishing needs {OLDEST_NPM} or newer");
    Ok(())
}

/// Publishes the tarball as it was checked.
pub fn run(release: &Release) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.arg("publish").arg(&release.tarball.path).args(["--provenance", "--access", "public", "--ignore-scripts"]);
    npm.args(["--tag", channel(&release.version)]);
    process::run(npm.current_dir(release.project.root()))
}

/// `npm install` without a version gives `latest`: never one that is to be tried first.
fn channel(version: &str) -> &'static str {
    if version.contains('-') {
        "next"
    } else {
        "latest"
    }
}

/// A version can be published once.
pub fn check_unpublished(release: &Release) -> Result<Verdict> {
    let mut npm = Command::new("npm");
    npm.args(["view", &format!("{NAME}@{}", release.version), "version", "--loglevel=error"]);
    let outcome = process::outcome(npm.current_dir(release.project.root()))?;
    unpublished(&outcome)
}

fn unpublished(outcome: &process::Outcome) -> Result<Verdict> {
    // npm says nothing of a version that a known package does not have, or that there is none.
    if outcome.stderr.contains("E404") || (outcome.success && outcome.stdout.trim().is_empty()) {
        return Ok(Verdict::Holds);
    }
    if outcome.success {
        bail!("{} is published: raise the version in Cargo.toml", outcome.stdout.trim());
    }
    let reason = outcome.stderr.lines().next().unwrap_or("npm view failed");
    Ok(Verdict::Open(format!("the registry did not answer: {reason}")))
}

/// npm takes provenance only if package.json names the repository that it tells of.
pub fn check_repository(release: &Release) -> Result<Verdict> {
    let here = env::var("GITHUB_SERVER_URL").ok().zip(env::var("GITHUB_REPOSITORY").ok());
    repository(&release.manifest, here.map(|(server, name)| format!("{server}/{name}")).as_deref())
}

fn repository(manifest: &Value, here: Option<&str>) -> Result<Verdict> {
    const FILE: &str = "pkg-template/package.json";
    let Some(url) = manifest["repository"]["url"].as_str() else {
        return Ok(Verdict::Open(format!(
            "{FILE} has no \"repository\": {{ \"type\": \"git\", \"url\": \"git+https://github.com/….git\" }}, \
             which provenance needs"
        )));
    };
    let address = url.trim_start_matches("git+").trim_end_matches(".git");
    if let Some(here) = here {
        ensure!(address.eq_ignore_ascii_case(here), "{FILE} names the repository {address}, and this is {here}");
    }
    Ok(Verdict::Holds)
}

#[cfg(test)]
mod tests {
    use super::{channel, repository, unpublished, Verdict};
    use crate::process::Outcome;
    use serde_json::json;

    fn answered(success: bool, stdout: &str, stderr: &str) -> anyhow::Result<Verdict> {
        unpublished(&Outcome { success, stdout: stdout.into(), stderr: stderr.into() })
    }

    #[test]
    fn a_version_is_published_once() {
        assert!(answered(true, "0.1.0\n", "").is_err());
        assert!(matches!(answered(true, "", ""), Ok(Verdict::Holds)));
        assert!(matches!(answered(false, "", "npm error code E404\nnpm error 404 …"), Ok(Verdict::Holds)));
        assert!(
            matches!(answered(false, "", "npm error code ENOTFOUND\n"), Ok(Verdict::Open(reason)) if reason.contains("ENOTFOUND"))
        );
    }

    #[test]
    fn the_repository_is_the_one_that_publishes() {
        let manifest = json!({ "repository": { "type": "git", "url": "git+https://github.com/a/b.git" } });
        for here in [None, Some("https://github.com/a/b"), Some("https://github.com/A/b")] {
            assert!(matches!(repository(&manifest, here), Ok(Verdict::Holds)), "{here:?}");
        }
        assert!(repository(&manifest, Some("https://github.com/fork/b")).is_err());
        assert!(matches!(repository(&json!({}), None), Ok(Verdict::Open(_))));
    }

    #[test]
    fn a_version_to_be_tried_first_is_not_the_latest() {
        assert_eq!(channel("1.0.0"), "latest");
        assert_eq!(channel("1.0.0-beta.1"), "next");
    }
}
