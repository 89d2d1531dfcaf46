use crate::core::{Known, Memory, MemoryStore, MOST_REMEMBERED};
use js_sys::{Array, Map, Reflect, Symbol};
use wasm_bindgen::prelude::*;

thread_local! {
    /// Of every client in this instance.
    pub static MEMORY: Memory = Memory::of(Shared(map()));
}

/// What the process knows of tasks: a `Map` in JavaScript, so that it outlives an instance that trapped, and every copy of
/// the package in the process (as a module, as CommonJS) has the same one. The key is an address and an id, the value both
/// times.
struct Shared(Map);

fn map() -> Map {
    let name = Symbol::for_("cometapi-midjourney.memory");
    let global = js_sys::global();
    if let Some(map) = Reflect::get(&global, &name).ok().and_then(|known| known.dyn_into().ok()) {
        return map;
    }
    let map = Map::new();
    // Where a realm is frozen, the instance has its own.
    let _ = Reflect::set(&global, &name, &map);
    map
}

impl MemoryStore for Shared {
    fn get(&self, key: &str) -> Option<Known> {
        let times: Array = self.0.get(&key.into()).dyn_into().ok()?;
        let time = |at| times.get(at).as_f64().unwrap_or(f64::NAN);
        Some(Known { submitted_at: time(0), modal_at: time(1) })
    }

    fn set(&self, key: &str, known: Known) {
        self.0.set(&key.into(), &Array::of2(&known.submitted_at.into(), &known.modal_at.into()));
        if self.0.size() as usize > MOST_REMEMBERED {
            if let Ok(oldest) = self.0.keys().next() {
                self.0.delete(&oldest.value());
            }
        }
    }
}
