use super::errand::{Errand, Next};
use super::host::Host;
use crate::core::{Error, Machine, Output, Step};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Carries out a machine's steps until it is done. What ends it otherwise is not ours: an abort's reason, or what
/// one of the caller's functions threw.
pub async fn drive(machine: &mut dyn Machine, host: &Host) -> Result<Result<Output, Error>, JsValue> {
    loop {
        let (mut errand, mut next) = match machine.step(host.now()?, host.random()?) {
            Step::Done(result) => return Ok(result),
            step => Errand::begin(host, step)?,
        };
        while let Next::Wait(promise) = next {
            next = errand.proceed(JsFuture::from(promise).await);
        }
        match next {
            Next::Answer(answer) => machine.answer(host.now()?, answer),
            Next::Foreign(thrown) => return Err(thrown),
            _ => {}
        }
    }
}
