use super::errand::{Errand, Next};
use super::host::Host;
use crate::core::{of_answer, of_step, Error, Machine, Output, Recent, Step};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

thread_local! {
    /// Of every client in this instance: a task's id is unique.
    pub static RECENT: RefCell<Recent> = const { RefCell::new(Recent::new()) };
}

/// Carries out a machine's steps until it is done. What ends it otherwise is not ours: an abort's reason, or what
/// one of the caller's functions threw.
pub async fn drive(machine: &mut dyn Machine, host: &Host) -> Result<Result<Output, Error>, JsValue> {
    loop {
        let begun = host.now()?;
        let step = machine.step(begun, host.random()?);
        host.tell(|| of_step(&step));
        if let Step::Submitted(output) = &step {
            // As of now: its answer may have taken a minute.
            RECENT.with_borrow_mut(|recent| recent.add(output, begun));
        }
        let (mut errand, mut next) = match step {
            Step::Done(result) => return Ok(result),
            step => Errand::begin(host, step)?,
        };
        while let Next::Wait(promise) = next {
            next = errand.proceed(JsFuture::from(promise).await);
        }
        match next {
            Next::Answer(answer) => {
                let now = host.now()?;
                host.tell(|| errand.sent().map(|request| of_answer(request, &answer, now - begun)));
                machine.answer(now, &answer);
            }
            Next::Foreign(thrown) => return Err(thrown),
            _ => {}
        }
    }
}
