use super::host::Host;
use super::send::send;
use super::stop::{Ended, Stop};
use crate::api::Json;
use crate::core::{Error, Machine, Output, Step};
use wasm_bindgen::prelude::*;

/// Carries out a machine's steps until it is done. What ends it otherwise is not ours: an abort's reason, or what
/// one of the caller's functions threw.
pub async fn drive(machine: &mut dyn Machine, host: &Host) -> Result<Result<Output, Error>, JsValue> {
    loop {
        let carried_out = match machine.step(host.now()?, host.random()?) {
            Step::Send(request) => match send(host, &request).await {
                Ok(answer) => {
                    machine.answer(host.now()?, answer);
                    Ok(())
                }
                Err(ended) => Err(ended),
            },
            Step::Wait(ms) => host.sleep(ms).await,
            Step::Report { task, info, left_ms } => report(host, &task.view, &info.to_json(), left_ms).await,
            Step::Done(result) => return Ok(result),
            Step::Idle => Ok(()),
        };
        match carried_out {
            Ok(()) | Err(Ended::TimedOut) => {}
            Err(Ended::Aborted(thrown) | Ended::Threw(thrown)) => return Err(thrown),
        }
    }
}

/// Calls `onProgress`. A promise that it gives is waited for, as long as the call has time.
async fn report(host: &Host, task: &Json, info: &Json, left_ms: Option<u64>) -> Result<(), Ended> {
    let Some(callback) = host.call.get("onProgress") else { return Ok(()) };
    let callback: js_sys::Function = callback.0.unchecked_into();
    let given = callback.call2(&JsValue::UNDEFINED, &task.0, &info.0).map_err(Ended::Threw)?;
    // Even where there is nothing to wait for: the callback may have aborted.
    Stop::new(host.signal(), left_ms)?.race(&given).await.map(drop)
}
