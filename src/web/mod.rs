//! wasm32 only: drives the core with `fetch`, timers and `AbortSignal`, and exports it to JavaScript.
//!
//! Nothing here decides: a call's options go to the core as they are, the core's steps are carried out, and what it
//! ends with leaves as a plain object. No export holds anything between calls and none takes `&mut`, so any number
//! of calls run side by side and nothing has to be freed.
//!
//! Each export's promise resolves with an `Outcome`, `{ value }` or `{ error }`; it rejects only with what is not
//! ours: an abort's reason, or what a callback of the caller's threw.

mod drive;
mod host;
mod json;
mod outcome;
mod send;
mod stop;

pub use json::Json;

use crate::core::{Call, Config, Error, Machine, Output, Poll, Recent, Target};
use drive::drive;
use host::Host;
use json::to_js;
use outcome::Outcome;
use send::Sender;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

thread_local! {
    /// Of every client in this instance: a task's id is unique.
    static RECENT: RefCell<Recent> = const { RefCell::new(Recent::new()) };
}

/// Starts an action. `client`: `ClientOptions`; `params`: `SubmitActionParams`; `options`: `RequestOptions`.
///
/// # Errors
/// An abort's reason; what one of the caller's functions threw.
#[wasm_bindgen(js_name = submitAction)]
pub async fn submit_action(client: JsValue, params: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
    let make = |sender: &Sender, client: &Json, options: &Json, _| {
        let config = Config::read(client, options, sender.place())?;
        Ok(Box::new(Call::submit_action(&config, &Json(params))?) as Box<dyn Machine>)
    };
    run(client, options, Box::new(make)).await
}

/// Looks at a task once. `client`: `ClientOptions`; `task_id`: text; `options`: `RequestOptions`.
///
/// # Errors
/// An abort's reason; what one of the caller's functions threw.
#[wasm_bindgen(js_name = fetchTask)]
pub async fn fetch_task(client: JsValue, task_id: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
    let make = |sender: &Sender, client: &Json, options: &Json, _| {
        let config = Config::read(client, options, sender.place())?;
        Ok(Box::new(Call::fetch_task(&config, &Json(task_id))?) as Box<dyn Machine>)
    };
    run(client, options, Box::new(make)).await
}

/// Waits for a task. `client`: `ClientOptions`; `target`: `PollTarget`; `options`: `PollOptions`.
///
/// # Errors
/// An abort's reason; what one of the caller's functions threw.
#[wasm_bindgen(js_name = pollUntilDone)]
pub async fn poll_until_done(client: JsValue, target: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
    let make = |sender: &Sender, client: &Json, options: &Json, now| {
        // The timeoutMs of these options is the wait's; one request has the client's.
        let config = Config::read(client, &Json::empty(), sender.place())?;
        let target = RECENT.with_borrow(|recent| Target::read(&Json(target), recent, now))?;
        Ok(Box::new(Poll::new(&config, target, options, now)?) as Box<dyn Machine>)
    };
    run(client, options, Box::new(make)).await
}

type Make<'a> = Box<dyn FnOnce(&Sender, &Json, &Json, u64) -> Result<Box<dyn Machine>, Error> + 'a>;

/// One call from its options to its outcome; the same code for all of them.
async fn run(client: JsValue, options: JsValue, make: Make<'_>) -> Result<JsValue, JsValue> {
    let options = Json(options);
    let host = Host::new(client, &options);
    let now = host.now()?;
    let sender = Sender::new(&host, &options);
    let machine = sender.and_then(|sender| Ok((make(&sender, &host.client, &options, now)?, sender)));
    let outcome = match machine {
        Ok((mut machine, sender)) => drive(&mut *machine, &host, &sender, &options).await?,
        Err(error) => Outcome::Error(error),
    };
    if let Outcome::Value(Output::Submitted(result)) = &outcome {
        let now = host.now()?;
        RECENT.with_borrow_mut(|recent| recent.add(&result.task_id, now));
    }
    Ok(to_js(&outcome))
}
