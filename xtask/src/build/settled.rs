//! What some imports come to is settled when the package is built: the .wasm gets that in their place, wasm-opt takes
//! away what can't be reached then, and the glue needs no function for them.

use anyhow::{bail, ensure, Context, Result};
use walrus::{Module, ValType};

#[derive(Clone, Copy)]
enum Outcome {
    /// Returns the handle of nothing.
    Nothing,
    /// Is never called. Should it be, that is a trap, like a panic.
    Never,
}

/// The glue's lines that make such an import, and what it comes to.
///
/// js-sys looks for the global object in four places, `self` first, `globalThis` after `window`. Every engine has
/// `globalThis`, and a server that renders pages may have a `self` that is another object: so the glue (see `glue.rs`)
/// answers the first question with that, and no other place is asked.
///
/// serde-wasm-bindgen makes plain objects of records, whose names are texts, of which it makes no error. What wasm-bindgen
/// throws by itself is what it panics with.
const SETTLED: [(&str, Outcome); 5] = [
    ("const ret = typeof window === 'undefined' ? undefined : window;", Outcome::Nothing),
    ("const ret = typeof globalThis === 'undefined' ? undefined : globalThis;", Outcome::Nothing),
    ("const ret = typeof global === 'undefined' ? undefined : global;", Outcome::Nothing),
    ("const ret = Error(getStringFromWasm0(arg0, arg1));", Outcome::Never),
    ("throw new Error(getStringFromWasm0(arg0, arg1));", Outcome::Never),
];

/// Puts what is settled into the module. Returns the glue without it.
pub fn settle(module: &mut Module, glue: &str) -> Result<String> {
    let mut glue = glue.to_owned();
    for (line, outcome) in SETTLED {
        // What the crate has no use for is not there.
        let Some(name) = function_with(&glue, line)?.map(str::to_owned) else { continue };
        let import = module.imports.iter().find(|import| import.name == name);
        let Some(&walrus::ImportKind::Function(function)) = import.map(|import| &import.kind) else {
            bail!("the .wasm imports no function {name}");
        };
        let results = module.types.get(module.funcs.get(function).ty()).results();
        let returns = match outcome {
            Outcome::Nothing => results == [ValType::I32],
            Outcome::Never => true,
        };
        ensure!(returns, "{name} returns something else than a handle");
        module.replace_imported_func(function, |(body, _)| {
            match outcome {
                Outcome::Nothing => body.i32_const(0),
                Outcome::Never => body.unreachable(),
            };
        })?;
        glue = without(&glue, &name)?;
    }
    Ok(glue)
}

/// The glue without an exported function.
pub fn without(glue: &str, name: &str) -> Result<String> {
    let start =
        glue.find(&format!("export function {name}(")).with_context(|| format!("the glue exports no {name}"))?;
    let end = start + end(&glue[start..]).with_context(|| format!("{name} has no end"))?;
    Ok([&glue[..start], &glue[end..]].concat())
}

/// The exported function that holds a line.
fn function_with<'a>(glue: &'a str, line: &str) -> Result<Option<&'a str>> {
    let Some(at) = glue.find(line) else { return Ok(None) };
    ensure!(glue.matches(line).count() == 1, "the glue holds this more than once: {line}");
    let function = glue[..at].rfind("\nexport function ").map(|start| &glue[start + "\nexport function ".len()..]);
    let function = function.with_context(|| format!("in no function: {line}"))?;
    ensure!(end(function).is_some_and(|end| function[..end].contains(line)), "in no exported function: {line}");
    Ok(function.find('(').map(|end| &function[..end]))
}

/// Where a function ends, with its line's end: at the first brace that is not indented.
fn end(function: &str) -> Option<usize> {
    let brace = function.find("\n}")?;
    Some(function[brace + 1..].find('\n').map_or(function.len(), |end| brace + 1 + end + 1))
}

#[cfg(test)]
mod tests {
    use super::{settle, without};
    use walrus::{FunctionBuilder, Module, ValType};

    const ERROR: &str =
        "export function __wbg_Error_1() {\n    const ret = Error(getStringFromWasm0(arg0, arg1));\n    return addHeapObject(ret);\n}\n";
    const WINDOW: &str = "export function __wbg_window_2() {\n    const ret = typeof window === 'undefined' ? undefined : window;\n    return isLikeNone(ret) ? 0 : addHeapObject(ret);\n}\n";
    const REST: &str = "export function other() { return handleError(function () {\n    f();\n}, arguments); }\n";

    /// Calls an import that returns a handle.
    fn module(name: &str) -> Module {
        let mut module = Module::default();
        let ty = module.types.add(&[], &[ValType::I32]);
        let (import, _) = module.add_import_func("./glue.js", name, ty);
        let mut caller = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
        caller.func_body().call(import);
        let caller = caller.finish(vec![], &mut module.funcs);
        module.exports.add("caller", caller);
        module
    }

    #[test]
    fn what_is_settled_is_imported_no_more() {
        for (name, function) in [("__wbg_Error_1", ERROR), ("__wbg_window_2", WINDOW)] {
            let mut module = module(name);
            let glue = ["let wasm;\n", function, REST].concat();
            assert_eq!(settle(&mut module, &glue).ok().as_deref(), Some(["let wasm;\n", REST].concat().as_str()));
            assert_eq!(module.imports.iter().count(), 0);
        }
    }

    #[test]
    fn what_is_not_as_expected_is_refused() {
        let start = "let wasm;\n";
        assert!(settle(&mut module("another"), &[start, ERROR].concat()).is_err(), "not imported");
        let twice = [start, ERROR, &ERROR.replace("_1", "_2")].concat();
        assert!(settle(&mut module("__wbg_Error_1"), &twice).is_err(), "two of them");
        let hidden =
            [start, REST, "function f() {\n    const ret = Error(getStringFromWasm0(arg0, arg1));\n}\n"].concat();
        assert!(settle(&mut module("__wbg_Error_1"), &hidden).is_err(), "not exported");
    }

    #[test]
    fn a_function_goes_with_all_its_lines() {
        let glue = [ERROR, REST, WINDOW].concat();
        assert_eq!(without(&glue, "other").ok(), Some([ERROR, WINDOW].concat()));
        assert_eq!(without(&glue, "__wbg_window_2").ok(), Some([ERROR, REST].concat()));
        assert!(without(&glue, "nowhere").is_err());
    }
}
