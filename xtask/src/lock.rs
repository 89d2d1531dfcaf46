//! A Cargo.lock: the packages in it.

use crate::project::{read, Project};
use anyhow::Result;

#[derive(Debug, Default, PartialEq)]
pub struct Locked {
    pub name: String,
    pub version: String,
    /// The SHA-256 of what crates.io sent; this project's own packages have none.
    pub checksum: Option<String>,
}

pub fn packages(project: &Project, file: &str) -> Result<Vec<Locked>> {
    Ok(packages_in(&read(&project.path(file))?))
}

/// Cargo writes it one way only: a key a line.
fn packages_in(text: &str) -> Vec<Locked> {
    let sections = text.split("[[package]]").skip(1);
    sections
        .map(|section| {
            let value = |key: &str| {
                let mut lines = section.lines();
                lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'))
            };
            let text = |key| value(key).unwrap_or_default().to_owned();
            Locked { name: text("name"), version: text("version"), checksum: value("checksum").map(str::to_owned) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{packages_in, Locked};

    #[test]
    fn each_package_has_its_own_keys() {
        let text = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.2.3\"\nsource = \"registry\"\nchecksum = \
                    \"0f\"\ndependencies = [\n \"b\",\n]\n\n[[package]]\nname = \"b\"\nversion = \"0.1.0\"\n";
        let a = Locked { name: "a".into(), version: "1.2.3".into(), checksum: Some("0f".into()) };
        let b = Locked { name: "b".into(), version: "0.1.0".into(), checksum: None };
        assert_eq!(packages_in(text), [a, b]);
    }
}
