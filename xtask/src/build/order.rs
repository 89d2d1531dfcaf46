//! The functions' order in the .wasm. Deflate spends the fewer bits on a repetition the nearer it is, so each function
//! stands behind those that it has most in common with.

use anyhow::{ensure, Context, Result};
use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use wasm_encoder::reencode::{utils, Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

/// How long the parts are that functions may have in common.
const LENGTH: usize = 4;

/// Nearer than this, a repetition is as near as can be; as far away as that, nothing is gained. In bytes.
const NEAR: usize = 64;
const FAR: f64 = 1024.0;

/// The same module with its functions in another order.
pub fn by_likeness(wasm: &[u8]) -> Result<Vec<u8>> {
    let (imported, bodies) = functions(wasm)?;
    let mut reorder = Reorder { imported, order: order(&bodies), indices: Vec::new() };
    reorder.indices = reorder.order.clone();
    for (new, &old) in reorder.order.iter().enumerate() {
        reorder.indices[old] = new;
    }
    let mut module = Module::new();
    utils::parse_core_module(&mut reorder, &mut module, Parser::new(0), wasm)
        .context("cannot encode the .wasm anew")?;
    let ordered = module.finish();
    let count = functions(&ordered)?.1.len();
    ensure!(count == bodies.len(), "of {} functions, {count} are left", bodies.len());
    Ok(ordered)
}

/// How many functions are imported, and the bodies of the module's own.
fn functions(wasm: &[u8]) -> Result<(usize, Vec<&[u8]>)> {
    let mut imported = 0;
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.context("cannot read the .wasm")? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += usize::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    Ok((imported, bodies))
}

/// The largest first, and behind it, one by one, those whose parts were seen last, on average.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let parts = parts(bodies);
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut order = Vec::with_capacity(bodies.len());
    // Where each part was seen last, and where the next function begins.
    let mut seen = vec![None; parts.iter().flatten().max().map_or(0, |last| last + 1)];
    let mut end = 0;
    loop {
        let saved = |function: &usize| {
            let parts = &parts[*function];
            let bits = parts.iter().filter_map(|&part| seen[part]).map(|at| saved_bits(end - at));
            bits.sum::<f64>() / parts.len().max(1) as f64
        };
        let candidates = left.iter().map(|function| (saved(function), bodies[*function].len())).enumerate();
        let best = candidates.max_by(|(_, one), (_, other)| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let Some((best, _)) = best else { return order };
        let function = left.remove(best);
        order.push(function);
        end += bodies[function].len();
        for &part in &parts[function] {
            seen[part] = Some(end);
        }
    }
}

/// The different parts of each, as numbers.
fn parts(bodies: &[&[u8]]) -> Vec<Vec<usize>> {
    let mut numbers = HashMap::new();
    let mut parts = Vec::with_capacity(bodies.len());
    for body in bodies {
        let own: BTreeSet<&[u8]> = body.windows(LENGTH).collect();
        parts.push(
            own.into_iter()
                .map(|part| {
                    let next = numbers.len();
                    *numbers.entry(part).or_insert(next)
                })
                .collect(),
        );
    }
    parts
}

fn saved_bits(distance: usize) -> f64 {
    (FAR / distance.max(NEAR) as f64).log2().max(0.0)
}

struct Reorder {
    imported: usize,
    /// The old numbers of the module's own functions.
    order: Vec<usize>,
    /// The new number of each.
    indices: Vec<usize>,
}

impl Reencode for Reorder {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        let Some(own) = (function as usize).checked_sub(self.imported) else { return Ok(function) };
        Ok((self.imported + self.indices[own]) as u32)
    }

    fn parse_function_section(
        &mut self,
        section: &mut FunctionSection,
        types: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types = types.into_iter().collect::<Result<Vec<_>, _>>()?;
        for &function in &self.order {
            section.function(types[function]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        section: &mut CodeSection,
        bodies: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies = bodies.into_iter().collect::<Result<Vec<_>, _>>()?;
        for function in self.order.clone() {
            self.parse_function_body(section, bodies[function].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{by_likeness, order};
    use walrus::ir::Instr;
    use walrus::{ExportItem, FunctionBuilder, FunctionId, Module};

    #[test]
    fn like_stands_beside_like() {
        let bodies: [&[u8]; 4] = [b"0123456789", b"abcdefghijklm", b"01234567", b"bcdefghij"];
        assert_eq!(order(&bodies), [1, 3, 0, 2]);
        assert!(order(&[]).is_empty());
    }

    /// Functions of the given lengths, each of which calls the one before it; the first calls an import.
    fn chain(lengths: &[usize]) -> Vec<u8> {
        let mut module = Module::default();
        let ty = module.types.add(&[], &[]);
        let (mut last, _) = module.add_import_func("a", "b", ty);
        for (index, length) in lengths.iter().enumerate() {
            let mut function = FunctionBuilder::new(&mut module.types, &[], &[]);
            let mut body = function.func_body();
            body.call(last);
            for number in 0..*length {
                body.i32_const(number as i32).drop();
            }
            last = function.finish(vec![], &mut module.funcs);
            module.exports.add(&index.to_string(), last);
        }
        module.emit_wasm()
    }

    fn called(module: &Module, caller: FunctionId) -> Option<FunctionId> {
        let function = module.funcs.get(caller).kind.unwrap_local();
        function.block(function.entry_block()).instrs.iter().find_map(|(instruction, _)| match instruction {
            Instr::Call(call) => Some(call.func),
            _ => None,
        })
    }

    #[test]
    fn whoever_was_called_is_called() {
        let lengths = [3, 90, 1, 40, 17];
        let ordered = by_likeness(&chain(&lengths)).unwrap_or_default();
        let Ok(module) = Module::from_buffer(&ordered) else { panic!("no module") };
        let mut last = module.imports.iter().find_map(|import| match import.kind {
            walrus::ImportKind::Function(function) => Some(function),
            _ => None,
        });
        for index in 0..lengths.len() {
            let function =
                module.exports.iter().find(|export| export.name == index.to_string()).map(|export| export.item);
            let Some(ExportItem::Function(function)) = function else { panic!("no export {index}") };
            assert_eq!(called(&module, function), last);
            last = Some(function);
        }
    }

    #[test]
    fn what_is_no_module_is_an_error() {
        assert!(by_likeness(b"\0asm").is_err());
    }
}
