//! The licences of what others wrote and what is shipped: the crates that are compiled into the .wasm, and the glue's.

use crate::crates::{self, Crate};
use crate::project::{files_below, read, Project};
use anyhow::{ensure, Result};
use std::fmt::Write;

/// The name in the package.
pub const FILE: &str = "LICENSE-THIRD-PARTY";

const HEAD: &str = "\
dist/midjourney.wasm, and what carries it, holds code of the projects below, and of Rust's standard library
(MIT OR Apache-2.0). dist/glue.js is written by wasm-bindgen. Where Apache-2.0 is among a project's licences, that one
is taken, and its text is in LICENSE-APACHE. The texts of the others follow.
";

/// All of them: who, under what, and the text where it is not the package's own.
pub fn text(project: &Project) -> Result<String> {
    let shipped = crates::shipped(project)?;
    let mut list = String::new();
    let mut texts = String::new();
    for one in shipped.others() {
        // Writing to a String does not fail.
        let _ = writeln!(list, "{} {}: {}", one.name, one.version, one.licence);
        if !by_apache_alone(&one.licence) {
            let _ = write!(texts, "\n---- {} {} ----\n\n{}", one.name, one.version, own_texts(one)?);
        }
    }
    Ok(format!("{HEAD}\n{list}{texts}"))
}

/// Whether taking Apache-2.0 is enough.
fn by_apache_alone(licence: &str) -> bool {
    !licence.contains("AND") && licence.split(" OR ").any(|one| one == "Apache-2.0")
}

/// The licence's own words, for a crate that names it and comes without them.
const MIT: &str = include_str!("../../../LICENSE-MIT");

/// The same, with its authors in the place of ours.
fn mit_of(authors: &[String]) -> Option<String> {
    let (_, terms) = MIT.split_once("developers\n")?;
    (!authors.is_empty()).then(|| format!("MIT License\n\nCopyright (c) {}\n\n{}\n", authors.join(", "), terms.trim()))
}

fn own_texts(one: &Crate) -> Result<String> {
    let mut texts = String::new();
    for file in files_below(&one.folder)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let at_top = file.parent() == Some(&one.folder);
        if at_top && name.starts_with("LICENSE") && !name.contains("APACHE") {
            texts.push_str(read(&file)?.trim());
            texts.push('\n');
        }
    }
    if texts.is_empty() && one.licence == "MIT" {
        texts.extend(mit_of(&one.authors));
    }
    ensure!(!texts.is_empty(), "{} {} ({}) comes without its licence's text", one.name, one.version, one.licence);
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::{by_apache_alone, own_texts, Crate};
    use crate::project::{fresh_folder, write};

    #[test]
    fn a_choice_with_apache_needs_no_text_and_all_else_does() {
        assert!(by_apache_alone("MIT OR Apache-2.0"));
        assert!(by_apache_alone("Apache-2.0"));
        assert!(!by_apache_alone("MIT"));
        assert!(!by_apache_alone("(MIT OR Apache-2.0) AND Unicode-3.0"));
    }

    #[test]
    fn the_texts_are_the_crates_own_and_one_without_is_refused() -> anyhow::Result<()> {
        let folder = std::env::temp_dir().join(format!("xtask-notices-{}", std::process::id()));
        fresh_folder(&folder)?;
        let one = Crate { name: "one".into(), folder: folder.clone(), ..Crate::default() };
        write(&folder.join("LICENSE-APACHE"), "Apache")?;
        write(&folder.join("tests/LICENSE"), "of something else")?;
        assert!(own_texts(&one).is_err());
        write(&folder.join("LICENSE.md"), "Copyright one\n")?;
        assert_eq!(own_texts(&one)?, "Copyright one\n");
        std::fs::remove_dir_all(&folder)?;
        Ok(())
    }
}
