use super::{Act, Call, Config, Error, Machine, Memory, PollAll, Target};
use crate::api::Json;

/// What can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `submitAction(params: SubmitActionParams, options?: RequestOptions)`
    SubmitAction,
    /// `submitModal(params: SubmitModalParams, options?: RequestOptions)`
    SubmitModal,
    /// `submitImagine(params: SubmitImagineParams, options?: RequestOptions)`
    SubmitImagine,
    /// `fetchTask(taskId: string, options?: RequestOptions)`
    FetchTask,
    /// `listTasks(taskIds: readonly string[], options?: RequestOptions)`
    ListTasks,
    /// `pollAllUntilDone(targets: readonly PollTarget[], options?: PollAllOptions)`
    PollAllUntilDone,
    /// `pollOnce(target: PollTarget, options?: RequestOptions)`
    PollOnce,
    /// `act(task: Task, button: ButtonSelector, options?: ActOptions)`; the button is in the options.
    Act,
    /// `pollUntilDone(target: PollTarget, options?: PollOptions)`
    PollUntilDone,
}

impl Method {
    /// By its name in JavaScript; unknown ones are none that the package's TypeScript calls.
    #[must_use]
    pub fn read(name: &str) -> Self {
        const NAMES: [(&str, Method); 8] = [
            ("submitAction", Method::SubmitAction),
            ("submitModal", Method::SubmitModal),
            ("submitImagine", Method::SubmitImagine),
            ("fetchTask", Method::FetchTask),
            ("listTasks", Method::ListTasks),
            ("pollAllUntilDone", Method::PollAllUntilDone),
            ("pollOnce", Method::PollOnce),
            ("act", Method::Act),
        ];
        NAMES.iter().find(|(known, _)| *known == name).map_or(Self::PollUntilDone, |(_, method)| *method)
    }
}

/// Makes the machine for a call: `client` are the `ClientOptions`, `subject` and `options` the call's arguments.
///
/// # Errors
/// What is wrong with the call, with the remedy; nothing is to be sent.
pub fn start(
    method: Method,
    client: &Json,
    subject: &Json,
    options: &Json,
    memory: &Memory,
    now: f64,
) -> Result<Box<dyn Machine>, Error> {
    let signal = options.at("signal");
    if !(signal.is_null() || signal.at("aborted").is_bool()) {
        return Err(Error::invalid(&["signal must be an AbortSignal, such as the signal of an AbortController."]));
    }
    // A wait has a timeoutMs of its own, for all of it: its requests have the client's.
    let is_wait = matches!(method, Method::Act | Method::PollUntilDone | Method::PollAllUntilDone);
    let nothing = Json::null();
    let (request_options, wait_options) = if is_wait { (&nothing, options) } else { (options, &nothing) };
    let config = Config::read(client, request_options)?;
    let memory = memory.of_api(&config.base_url);
    Ok(match method {
        Method::FetchTask => Box::new(Call::fetch_task(&config, &memory, subject)?),
        Method::PollUntilDone | Method::PollOnce => {
            let target = Target::read(subject, &memory, now)?;
            Box::new(match is_wait {
                true => Act::wait(config, memory, target, wait_options, now)?,
                false => Act::once(config, memory, target, now)?,
            })
        }
        Method::ListTasks => Box::new(Call::list_tasks(&config, &memory, subject)?),
        Method::PollAllUntilDone => Box::new(PollAll::new(config, memory, subject, options, now)?),
        Method::Act => Box::new(Act::press(config, memory, subject, options)?),
        submit => Box::new(Call::submit(submit, &config, &memory, subject)?),
    })
}
