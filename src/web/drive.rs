use super::errand::{Errand, Next};
use super::host::Host;
use crate::api::Json;
use crate::core::{cleaned, of_answer, of_step, Error, Machine, Output, Purpose, Step};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Carries out a machine's steps until it is done. What ends it otherwise is not ours: an abort's reason, or what
/// one of the caller's functions threw that are told of the call.
pub async fn drive(machine: &mut dyn Machine, host: &Host) -> Result<Result<Output, Error>, JsValue> {
    let mut begun = f64::NAN;
    loop {
        // What of the client's own functions fails ends the call, as an error that says what is known of its tasks.
        let failed = |machine: &dyn Machine, name: &str, thrown: &JsValue, now: f64| {
            let thrown = cleaned(&host.facts(thrown), &host.own_secret());
            Ok(Err(Error::of_function(name, &thrown, machine.known(now))))
        };
        begun = match host.now() {
            Ok(now) => now,
            Err(thrown) => return failed(machine, "now", &thrown, begun),
        };
        let random = match host.random() {
            Ok(random) => random,
            Err(thrown) => return failed(machine, "random", &thrown, begun),
        };
        let step = machine.step(begun, random);
        host.tell(|| of_step(&step));
        note(host, machine, &step, begun);
        let mut errand = match Errand::begin(host, step)? {
            Errand::Done(result) => return Ok(result),
            Errand::Nothing => continue,
            Errand::Work(errand) => errand,
        };
        let mut next = errand.start();
        while let Next::Wait(promise) = next {
            next = errand.proceed(JsFuture::from(promise).await);
        }
        match next {
            Next::Answer(answer) => {
                let now = match host.now() {
                    Ok(now) => now,
                    // It may be the answer to a submit: what it says must not be lost.
                    Err(thrown) => {
                        machine.answer(begun, &answer);
                        return failed(machine, "now", &thrown, begun);
                    }
                };
                host.tell(|| errand.sent().map(|request| of_answer(request, &answer, now - begun)));
                machine.answer(now, &answer);
            }
            Next::Failed(name, thrown) => return failed(machine, name, &thrown, begun),
            Next::Foreign(thrown) => return Err(thrown),
            Next::Wait(_) | Next::Over => {}
        }
    }
}

/// Before a submit goes out, and once a task is known: should the module fail, the call's error says so.
fn note(host: &Host, machine: &dyn Machine, step: &Step, now: f64) {
    let maybe_accepted = match step {
        Step::Send(request) if request.purpose == Purpose::Submit => true,
        Step::Submitted(_) => false,
        _ => return,
    };
    let mut known = machine.known(now);
    known.set("maybeAccepted", maybe_accepted);
    host.js.note(&Json::from(known).stringify());
}
