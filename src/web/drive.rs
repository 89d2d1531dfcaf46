use super::host::Host;
use super::json::to_js;
use super::outcome::Outcome;
use super::send::Sender;
use super::stop::{Ended, Stop};
use super::Json;
use crate::core::{Machine, Step};
use wasm_bindgen::prelude::*;

/// Carries out a machine's steps until it is done. What ends it otherwise is not ours: an abort's reason, or what
/// one of the caller's functions threw.
pub async fn drive(
    machine: &mut dyn Machine,
    host: &Host,
    sender: &Sender<'_>,
    call: &Json,
) -> Result<Outcome, JsValue> {
    loop {
        let carried_out = match machine.step(host.now()?, host.random()?) {
            Step::Send(request) => match sender.send(&request).await {
                Ok(answer) => {
                    machine.answer(host.now()?, answer);
                    Ok(())
                }
                Err(ended) => Err(ended),
            },
            Step::Wait(ms) => host.sleep(ms).await,
            Step::Report { task, info, left_ms } => report(host, call, &to_js(&task), &to_js(&info), left_ms).await,
            Step::Done(result) => return Ok(Outcome::from(result)),
        };
        match carried_out {
            Ok(()) | Err(Ended::TimedOut) => {}
            Err(Ended::Aborted(reason)) => return Err(reason),
            Err(Ended::Threw(thrown)) => return Err(thrown),
        }
    }
}

/// Calls `onProgress`. A promise that it gives is waited for, as long as the call has time.
async fn report(host: &Host, call: &Json, task: &JsValue, info: &JsValue, left_ms: Option<u64>) -> Result<(), Ended> {
    let Some(callback) = call.get("onProgress") else {
        return Ok(());
    };
    let callback: js_sys::Function = callback.0.unchecked_into();
    let given = callback.call2(&JsValue::UNDEFINED, task, info).map_err(Ended::Threw)?;
    // Even where nothing is waited for, the callback may have aborted.
    let stop = Stop::new(host.signal.as_ref(), left_ms)?;
    match given.is_object() {
        true => stop.race(&given).await.map(drop),
        false => Ok(()),
    }
}
