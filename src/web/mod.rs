//! wasm32 only: drives the core with `fetch`, timers and `AbortSignal`, and exports it to JavaScript.
//!
//! Nothing here decides: a call's arguments go to the core as they are, the core's steps are carried out, and what it
//! ends with leaves as it is. What crosses is text: the arguments and the outcome are JSON, an answer's body is what came.
//! Functions, signals and long texts stay in JavaScript (`host.ts` of the package). The exports hold nothing between calls
//! and take no `&mut`, so any number of calls run side by side and nothing has to be freed.
//!
//! A promise resolves with `{ value }` or `{ error }`; it rejects only with what is not ours: an abort's
//! reason, or what a function of the caller's threw.

mod drive;
mod errand;
mod host;
mod memory;
mod stop;
#[cfg(feature = "trap")]
mod trap;

use crate::api::{Json, Record};
use crate::core::{cleaned, look as look_at, outcome, start, Error, Method};
use host::{Host, JsHost};
use js_sys::Promise;
use memory::MEMORY;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Calls a method by its name. `arguments` are JSON text: `[ClientOptions, subject, options]`. Resolves with JSON text.
#[wasm_bindgen]
pub fn call(method: &str, arguments: &str, js: JsHost) -> Promise {
    let [client, subject, call] = read(arguments);
    future_to_promise(run(Method::read(method), subject, Host { client, call, js }))
}

/// Calls what needs no waiting, by its name. `arguments` are JSON text: `[subject, selector]`. Gives JSON text.
#[wasm_bindgen]
pub fn look(method: &str, arguments: &str) -> String {
    let [subject, selector, _] = read(arguments);
    outcome(look_at(method, &subject, &selector)).stringify()
}

fn read(arguments: &str) -> [Json; 3] {
    let all = Json::parse_arguments(arguments).unwrap_or_default();
    let mut each = all.each();
    [(); 3].map(|()| each.next().cloned().unwrap_or_default())
}

/// One call from its arguments to its outcome.
async fn run(method: Method, subject: Json, host: Host) -> Result<JsValue, JsValue> {
    #[cfg(feature = "trap")]
    trap::spring(host.call.text("trap"));
    let memory = MEMORY.with(Clone::clone);
    let result = match host.now() {
        Ok(now) => match start(method, &host.client, &subject, &host.call, &memory, now) {
            Ok(mut machine) => drive::drive(&mut *machine, &host).await?,
            Err(error) => Err(error),
        },
        Err(thrown) => {
            let thrown = cleaned(&host.facts(&thrown), &host.own_secret());
            Err(Error::of_function("now", &thrown, Record::new()))
        }
    };
    Ok(outcome(result.map(|output| output.view)).stringify_long().into())
}
