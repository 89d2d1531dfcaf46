//! wasm32 only: drives the core with `fetch`, timers and `AbortSignal`, and exports it to JavaScript.
//!
//! Nothing here decides: a call's arguments go to the core as they are, the core's steps are carried out, and what it
//! ends with leaves as a plain object. The exports hold nothing between calls and take no `&mut`, so any number
//! of calls run side by side and nothing has to be freed.
//!
//! A promise resolves with `{ value }` or `{ error }`; it rejects only with what is not ours: an abort's
//! reason, or what a function of the caller's threw.

mod drive;
mod errand;
mod host;
mod json;
mod memory;
mod stop;
#[cfg(feature = "trap")]
mod trap;

pub use json::Json;

use crate::api::Record;
use crate::core::{look as look_at, outcome, start, Error, Method};
use host::Host;
use js_sys::Promise;
use memory::MEMORY;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Calls a method by its name, with `ClientOptions` and its two arguments. What is known of the call's tasks is put into
/// `about`.
#[wasm_bindgen]
pub fn call(method: &str, client: JsValue, subject: JsValue, options: JsValue, about: JsValue) -> Promise {
    let host = Host { client: Json(client), call: Json(options) };
    future_to_promise(run(Method::read(method), host, Json(subject), about))
}

/// Calls what needs no waiting, by its name, with its two arguments: `{ value }` or `{ error }`.
#[wasm_bindgen]
pub fn look(method: &str, subject: JsValue, selector: JsValue) -> JsValue {
    outcome(look_at(method, &Json(subject), &Json(selector))).0
}

/// One call from its arguments to its outcome.
async fn run(method: Method, host: Host, subject: Json, about: JsValue) -> Result<JsValue, JsValue> {
    #[cfg(feature = "trap")]
    trap::spring(&host.call.text("trap"));
    let memory = MEMORY.with(Clone::clone);
    let result = match host.now() {
        Ok(now) => match start(method, &host.client, &subject, &host.call, &memory, now) {
            Ok(mut machine) => drive::drive(&mut *machine, &host, &about).await?,
            Err(error) => Err(error),
        },
        Err(thrown) => {
            let thrown = errand::without_key_in_error(thrown, &host.own_secret());
            Err(Error::of_function("now", &thrown, Record::new()))
        }
    };
    Ok(outcome(result.map(|output| output.view)).0)
}
