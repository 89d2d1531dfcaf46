//! The package's licence is the crate's, its texts are in the tarball, and all that ships with it says its own. Which
//! licences those may be is cargo-deny's to say.

use super::Release;
use crate::crates;
use crate::project::read;
use crate::summary::Verdict;
use anyhow::{bail, ensure, Result};

const TEXTS: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

pub fn check(release: &Release) -> Result<Verdict> {
    let shipped = crates::shipped(release.project)?;
    let (npm, cargo) = (&release.manifest["license"], &shipped.own.licence);
    ensure!(npm.as_str() == Some(cargo), "package.json says {npm}, Cargo.toml {cargo}");
    for name in TEXTS {
        let text = release.tarball.read(name)?;
        ensure!(!text.trim().is_empty() && text == read(&release.project.path(name))?, "{name} is another's");
    }
    let silent: Vec<_> = shipped.others().filter(|one| one.licence.is_empty()).map(|one| one.name.as_str()).collect();
    if !silent.is_empty() {
        bail!("without a licence: {}", silent.join(", "));
    }
    Ok(Verdict::Holds)
}
