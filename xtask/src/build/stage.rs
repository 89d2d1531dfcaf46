//! What stands in the package beside `dist/`.

use super::notices;
use crate::project::{copy, read, write, Project};
use anyhow::{ensure, Result};
use std::path::Path;

/// The .wasm's name in `dist/`.
pub const WASM: &str = "midjourney.wasm";

/// package.json with the crate's version, the texts, others' licences, and the .wasm's types.
pub fn texts(project: &Project, staging: &Path) -> Result<()> {
    let manifest = stamped(&read(&project.path("pkg-template/package.json"))?, &project.version()?)?;
    write(&staging.join("package.json"), manifest)?;
    copy(&project.path("pkg-template/README.md"), &staging.join("README.md"))?;
    for name in ["LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md"] {
        copy(&project.path(name), &staging.join(name))?;
    }
    write(&staging.join(notices::FILE), notices::text(project)?)?;
    let types = format!("{WASM}.d.ts");
    copy(&project.path("pkg-template").join(&types), &staging.join("dist").join(&types))
}

/// The template's text with the version put in. Only that: the order of `exports` has a meaning.
fn stamped(template: &str, version: &str) -> Result<String> {
    const PLACEHOLDER: &str = "\"version\": \"0.0.0\"";
    ensure!(
        template.matches(PLACEHOLDER).count() == 1,
        "pkg-template/package.json: expected {PLACEHOLDER} once, to put the crate's version there"
    );
    Ok(template.replace(PLACEHOLDER, &format!("\"version\": \"{version}\"")))
}

#[cfg(test)]
mod tests {
    use super::stamped;

    #[test]
    fn the_version_is_put_in_and_the_order_stays() {
        let template = "{ \"name\": \"b\", \"version\": \"0.0.0\", \"exports\": { \"workerd\": 1, \"import\": 2 } }";
        let expected = template.replace("0.0.0", "1.2.3");
        assert_eq!(stamped(template, "1.2.3").ok(), Some(expected));
    }

    #[test]
    fn a_template_with_a_version_of_its_own_is_refused() {
        assert!(stamped("{ \"version\": \"0.1.0\" }", "1.2.3").is_err());
        assert!(stamped("{ \"version\": \"0.0.0\", \"a\": { \"version\": \"0.0.0\" } }", "1.2.3").is_err());
    }
}
