//! `glue.js`: wasm-bindgen's module as a factory. A trap ends an instance for good, and a fresh one needs fresh glue:
//! late callbacks of the old one would otherwise run into the new one with old pointers.

use super::names::Imports;
use anyhow::{bail, ensure, Context, Result};

/// The export by which the glue is given its instance's exports.
const SETTER: &str = "__wbg_set_wasm";

/// The globals that the loader gives to the glue: the first three so that it can end what a dead instance had begun, the
/// others since a test may replace a global, and a test's page may lack some.
const PARAMETERS: &str = "setTimeout, clearTimeout, AbortController, queueMicrotask, TextEncoder, TextDecoder";

/// What the shipped glue shall not hold: a Content-Security-Policy forbids the first three, and a worker has no window.
const FORBIDDEN: [&str; 4] = ["new Function(", "eval(", "import(", "window"];

/// What of the glue is more than this module needs.
const REPLACED: [(&str, &str); 4] = [
    // Of the places where js-sys looks for the global object, this alone is asked (`settled.rs` has the others).
    ("const ret = typeof self === 'undefined' ? undefined : self;", "const ret = globalThis;"),
    // Rust drops its closures itself: none is handed over for JavaScript to keep.
    (
        "const CLOSURE_DTORS = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(state => wasm.__wbindgen_destroy_closure(state.a, state.b));
",
        "",
    ),
    ("            CLOSURE_DTORS.unregister(state);\n", ""),
    ("    CLOSURE_DTORS.register(real, state, state);\n", ""),
];

/// Makes wasm-bindgen's text shorter. Each of the places is there once, or wasm-bindgen has changed.
pub fn simplified(module: &str) -> Result<String> {
    let mut module = module.to_owned();
    for (found, replacement) in REPLACED {
        ensure!(module.matches(found).count() == 1, "the glue does not hold this once: {found}");
        module = module.replace(found, replacement);
    }
    Ok(module)
}

/// Turns a module of plain exports into `export function createGlue(…) { …; return { every export } }`, in which what
/// the .wasm imports has the names by which it does.
pub fn factory(module: &str, imports: &Imports) -> Result<String> {
    let mut body = String::with_capacity(module.len());
    let mut names = Vec::new();
    for line in module.lines() {
        ensure!(!line.starts_with("import"), "the glue imports something: {line}");
        match line.strip_prefix("export ") {
            Some(declaration) => {
                names
                    .push(declared_name(declaration).with_context(|| format!("an export of an unknown form: {line}"))?);
                body.push_str(declaration);
            }
            None => body.push_str(line),
        }
        body.push('\n');
    }
    ensure!(names.contains(&SETTER), "the glue exports no {SETTER}");
    ensure!(names.len() > 1, "the glue exports nothing but {SETTER}");
    for forbidden in FORBIDDEN {
        if body.contains(forbidden) {
            bail!("the glue holds `{forbidden}`");
        }
    }
    if let Some(missing) = imports.keys().find(|import| !names.contains(&import.as_str())) {
        bail!("the .wasm imports {missing}, which the glue does not export");
    }
    let members: Vec<_> = names
        .iter()
        .map(|&name| imports.get(name).map_or_else(|| name.to_owned(), |short| format!("{short}: {name}")))
        .collect();
    if let Some(name) = imports.values().find(|short| names.contains(&short.as_str())) {
        bail!("{name} is the name of two things");
    }
    Ok(format!("export function createGlue({PARAMETERS}) {{\n{body}return {{ {} }};\n}}\n", members.join(", ")))
}

/// The name in `function name(`, `class Name {`, `const name =`.
fn declared_name(declaration: &str) -> Option<&str> {
    let rest = ["function ", "async function ", "class ", "const ", "let "]
        .iter()
        .find_map(|word| declaration.strip_prefix(word))?;
    let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || letter == '$'))?;
    (end > 0).then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::Imports;

    fn factory(module: &str) -> anyhow::Result<String> {
        super::factory(module, &Imports::new())
    }

    const SETTER: &str = "let wasm;\nexport function __wbg_set_wasm(val) {\n    wasm = val;\n}\n";

    fn with(text: &str) -> String {
        format!("{text}\n{SETTER}")
    }

    #[test]
    fn every_export_is_returned() {
        let module =
            with("export class Client {\n}\nexport function greet(name) {\n}\nexport const Kind = Object.freeze({});");
        let expected = "export function createGlue(setTimeout, clearTimeout, AbortController, queueMicrotask, TextEncoder, TextDecoder) {\nclass Client {\n}\nfunction greet(name) {\n}\n\
                        const Kind = Object.freeze({});\nlet wasm;\nfunction __wbg_set_wasm(val) {\n    wasm = val;\n}\n\
                        return { Client, greet, Kind, __wbg_set_wasm };\n}\n";
        assert_eq!(factory(&module).ok().as_deref(), Some(expected));
    }

    #[test]
    fn a_module_that_is_not_as_expected_is_refused() {
        let unexpected = [
            "import { a } from './snippet.js';\nexport function b() {\n}",
            "export { a };",
            "export * from './a.js';",
            "export default 1;",
            "",
        ];
        for text in unexpected {
            assert!(factory(&with(text)).is_err(), "{text}");
        }
        assert!(factory("export function greet() {\n}\n").is_err(), "without the setter");
    }

    #[test]
    fn code_that_a_content_security_policy_forbids_is_refused() {
        for text in ["new Function('return 1')", "eval('1')", "import('./a.js')", "window.fetch()"] {
            assert!(factory(&with(&format!("export function f() {{\n    {text};\n}}"))).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_made_shorter_is_there_just_once() {
        let text: String = super::REPLACED.iter().map(|(found, _)| format!("{found}\n")).collect();
        let shorter = super::simplified(&text).unwrap_or_default();
        for (found, replacement) in super::REPLACED {
            assert!(!shorter.contains(found) && shorter.contains(replacement), "{found}");
            assert!(super::simplified(&text.replacen(found, "", 1)).is_err(), "{found} is not there");
            assert!(super::simplified(&format!("{text}{found}")).is_err(), "{found} is there twice");
        }
    }

    #[test]
    fn what_the_wasm_imports_has_the_name_by_which_it_does() {
        let imports = Imports::from([("__wbg_fetch_0f".to_owned(), "a".to_owned())]);
        let module = with("export function __wbg_fetch_0f() {\n}\nexport function greet() {\n}");
        let glue = super::factory(&module, &imports).unwrap_or_default();
        assert!(glue.ends_with("return { a: __wbg_fetch_0f, greet, __wbg_set_wasm };\n}\n"), "{glue}");
        assert!(super::factory(&with("export function greet() {\n}"), &imports).is_err(), "it is not there");
        let taken = with("export function __wbg_fetch_0f() {\n}\nexport function a() {\n}");
        assert!(super::factory(&taken, &imports).is_err(), "the short name is taken");
    }
}
