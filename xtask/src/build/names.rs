//! Short names between the .wasm and its glue. wasm-bindgen's end in hashes, which no compression makes smaller, and
//! each stands in both files: a kilobyte in all. Nobody else sees them; the names that the library calls stay.

use super::settled;
use anyhow::{ensure, Context, Result};
use std::collections::BTreeMap;
use std::path::Path;
use walrus::{Module, ModuleConfig};

/// What the loader calls by this name, where there is one.
const START: &str = "__wbindgen_start";

/// The one module from which the .wasm imports; the loader knows it by this name.
const MODULE: &str = "a";

/// Old names of the imports, with the short ones.
pub type Imports = BTreeMap<String, String>;

/// Renames what the .wasm imports and exports, in place. Returns the glue's text with the exports' new names in it,
/// and the imports' new names, by which the glue has to be known.
pub fn shorten(wasm: &Path, glue: &str) -> Result<(String, Imports)> {
    let mut module = ModuleConfig::new()
        .generate_name_section(false)
        .generate_producers_section(false)
        .parse_file(wasm)
        .context("cannot read what wasm-bindgen wrote")?;
    let glue = settled::settle(&mut module, glue)?;

    let mut imports = Imports::new();
    for (index, import) in module.imports.iter_mut().enumerate() {
        let name = short(index);
        ensure!(imports.insert(import.name.clone(), name.clone()).is_none(), "{} is imported twice", import.name);
        import.name = name;
        import.module = MODULE.to_owned();
    }

    let mut exports = BTreeMap::new();
    let used = used_exports(&glue);
    let unused: Vec<_> = module
        .exports
        .iter()
        .filter(|export| !used.contains(&export.name.as_str()))
        .map(|export| export.id())
        .collect();
    for id in unused {
        module.exports.delete(id);
    }
    for (index, export) in module.exports.iter_mut().filter(|export| export.name != START).enumerate() {
        let name = short(index);
        exports.insert(export.name.clone(), name.clone());
        export.name = name;
    }
    let glue = with_short_exports(&glue, &exports)?;
    module.emit_wasm_file(wasm).context("cannot write the renamed .wasm")?;
    Ok((glue, imports))
}

/// Without the imports that wasm-opt found no use for.
pub fn remaining(optimized: &[u8], glue: &str, imports: Imports) -> Result<(String, Imports)> {
    let module = Module::from_buffer(optimized).context("cannot read what wasm-opt wrote")?;
    let mut glue = glue.to_owned();
    let mut remaining = Imports::new();
    for (name, short) in imports {
        if module.imports.iter().any(|import| import.name == short) {
            remaining.insert(name, short);
        } else {
            glue = settled::without(&glue, &name)?;
        }
    }
    Ok((glue, remaining))
}

/// `a`, `b`, … `z`, `A`, … `Z`, `aa`, `ba`, …
fn short(mut index: usize) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut name = String::new();
    loop {
        name.push(char::from(LETTERS[index % LETTERS.len()]));
        index /= LETTERS.len();
        if index == 0 {
            return name;
        }
        index -= 1;
    }
}

fn used_exports(glue: &str) -> Vec<&str> {
    pieces(glue).filter_map(|(_, export)| export).collect()
}

fn with_short_exports(glue: &str, exports: &BTreeMap<String, String>) -> Result<String> {
    let mut text = String::with_capacity(glue.len());
    for (before, export) in pieces(glue) {
        text.push_str(before);
        if let Some(export) = export {
            text.push_str(exports.get(export).with_context(|| format!("the .wasm exports no {export}"))?);
        }
    }
    Ok(text)
}

/// The text up to and with each `wasm.`, and the name that follows; at last the rest, with none.
fn pieces(glue: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    const ACCESS: &str = "wasm.";
    let mut rest = Some(glue);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut from = 0;
        while let Some(found) = text[from..].find(ACCESS) {
            let start = from + found;
            let end = start + ACCESS.len();
            let length = text[end..].find(|letter| !in_name(letter)).unwrap_or(text.len() - end);
            if !text[..start].ends_with(in_name) && length > 0 {
                rest = Some(&text[end + length..]);
                return Some((&text[..end], Some(&text[end..end + length])));
            }
            from = end;
        }
        rest = None;
        Some((text, None))
    })
}

fn in_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == '$'
}

#[cfg(test)]
mod tests {
    use super::{short, used_exports, with_short_exports};
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn short_names_are_short_and_differ() {
        let names: Vec<_> = (0..3000).map(short).collect();
        assert_eq!((names[0].as_str(), names[51].as_str(), names[52].as_str()), ("a", "Z", "aa"));
        assert!(names.iter().all(|name| name.len() <= 3));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    #[test]
    fn what_the_glue_takes_from_the_instance_is_renamed() {
        let glue = "const ret = wasm.client_new(1); wasm.memory.buffer; // my_wasm.memory\nf(wasm.client_new, wasm);";
        let exports =
            BTreeMap::from([("client_new".to_owned(), "a".to_owned()), ("memory".to_owned(), "b".to_owned())]);
        assert_eq!(used_exports(glue), ["client_new", "memory", "client_new"]);
        assert_eq!(
            with_short_exports(glue, &exports).ok().as_deref(),
            Some("const ret = wasm.a(1); wasm.b.buffer; // my_wasm.memory\nf(wasm.a, wasm);")
        );
    }

    #[test]
    fn an_export_that_is_not_there_is_an_error() {
        assert!(with_short_exports("wasm.nowhere()", &BTreeMap::new()).is_err());
    }
}
