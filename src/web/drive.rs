use super::errand::{Errand, Next};
use super::host::Host;
use crate::core::{of_answer, of_step, Error, Machine, Output, Recent, Request, Step};
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
        host.tell(of_step(&step));
        let mut sent = Request::default();
        match &step {
            Step::Send(request) => sent = request.clone(),
            // As of now: its answer may have taken a minute.
            Step::Submitted(output) => RECENT.with_borrow_mut(|recent| recent.add(output, begun)),
            _ => {}
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
                if !sent.url.is_empty() {
                    host.tell(Some(of_answer(&sent, &answer, now - begun)));
                }
                machine.answer(now, &answer);
            }
            Next::Foreign(thrown) => return Err(thrown),
            _ => {}
        }
    }
}
