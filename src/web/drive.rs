use super::host::Host;
use super::send::send;
use super::stop::{Ended, Stop};
use crate::core::{Error, Machine, Output, Step};
use js_sys::Function;
use wasm_bindgen::prelude::*;

/// Carries out a machine's steps until it is done. What ends it otherwise is not ours: an abort's reason, or what
/// one of the caller's functions threw.
pub async fn drive(machine: &mut dyn Machine, host: &Host) -> Result<Result<Output, Error>, JsValue> {
    loop {
        let carried_out = match machine.step(host.now()?, host.random()?) {
            Step::Done(result) => return Ok(result),
            Step::Send(request) => match send(host, &request).await {
                Ok(answer) => {
                    machine.answer(host.now()?, answer);
                    Ok(())
                }
                Err(ended) => Err(ended),
            },
            step => pass(host, step).await,
        };
        match carried_out {
            Ok(()) | Err(Ended::TimedOut) => {}
            Err(Ended::Aborted(thrown) | Ended::Threw(thrown)) => return Err(thrown),
        }
    }
}

/// Lets a wait or the caller's `onProgress` go by. A promise that the callback gives is waited for, as long as the
/// call has time.
async fn pass(host: &Host, step: Step) -> Result<(), Ended> {
    let sleep = host.function("sleep");
    let (limit, callback, first, second) = match step {
        Step::Wait(ms) if sleep.is_none() => (ms, None, JsValue::UNDEFINED, JsValue::UNDEFINED),
        Step::Wait(ms) => (f64::INFINITY, sleep, ms.into(), JsValue::UNDEFINED),
        Step::Report { task, info, left_ms } => {
            let callback = host.call.at("onProgress").0.dyn_into::<Function>().ok();
            (left_ms, Some(callback.unwrap_or_default()), task.0, info.0)
        }
        _ => return Ok(()),
    };
    let stop = Stop::new(host.signal(), limit)?;
    let work = match callback {
        None => stop.stopped(),
        Some(callback) => {
            let second = if second.is_undefined() { stop.signal().into() } else { second };
            callback.call2(&JsValue::UNDEFINED, &first, &second).map_err(Ended::Threw)?
        }
    };
    stop.race(&work).await.map(drop)
}
