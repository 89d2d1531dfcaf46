use super::{Call, Config, Error, Machine, Poll, Recent, Target};
use crate::api::Json;

/// What can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `submitAction(params: SubmitActionParams, options?: RequestOptions)`
    SubmitAction,
    /// `fetchTask(taskId: string, options?: RequestOptions)`
    FetchTask,
    /// `pollUntilDone(target: PollTarget, options?: PollOptions)`
    PollUntilDone,
}

impl Method {
    /// By its name in JavaScript; unknown ones are none that the package's TypeScript calls.
    #[must_use]
    pub fn read(name: &str) -> Self {
        match name {
            "submitAction" => Self::SubmitAction,
            "fetchTask" => Self::FetchTask,
            _ => Self::PollUntilDone,
        }
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
    recent: &Recent,
    now: f64,
) -> Result<Box<dyn Machine>, Error> {
    let signal = options.at("signal");
    if !(signal.is_null() || signal.at("aborted").is_bool()) {
        return Err(Error::invalid(&["signal must be an AbortSignal, such as the signal of an AbortController."]));
    }
    // A wait has a timeoutMs of its own, for all of it: its requests have the client's.
    let request_options = if method == Method::PollUntilDone { &Json::null() } else { options };
    let config = Config::read(client, request_options)?;
    Ok(match method {
        Method::SubmitAction => Box::new(Call::submit_action(&config, subject)?),
        Method::FetchTask => Box::new(Call::fetch_task(&config, subject)?),
        Method::PollUntilDone => Box::new(Poll::new(&config, Target::read(subject, recent, now)?, options, now)?),
    })
}
