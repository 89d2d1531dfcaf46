use super::error::known;
use super::poll::Options;
use super::submit::states;
use super::Target;
use super::{
    find_button, params, Answer, ApiMemory, Call, Config, Error, Machine, Method, Output, Poll, PollAll, Step,
};
use crate::api::{Json, Record};

/// Waits for what one submit made, which it can press the button for before.
///
/// ```text
///  act ─► Call (fetch the task anew) ─► Call (press the button) ─┐
///                                                                ▼
///  wait ──────────────────────────────────────────────► Poll, or PollAll where there are several tasks ─► Done
/// ```
pub struct Act {
    config: Config,
    memory: ApiMemory,
    options: Options,
    stage: Stage,
}

enum Stage {
    /// Looks at the task before its button is pressed. With `ActOptions`, and the `ButtonSelector` as their `button`.
    Refresh(Call, Json),
    Press(Call),
    One(Box<Poll>),
    Many(Box<PollAll>),
    Over,
}

impl Act {
    /// Waits for a target with `PollOptions`.
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn wait(config: Config, memory: ApiMemory, target: Target, options: &Json, now: f64) -> Result<Self, Error> {
        let options = Options::read(options)?;
        Ok(Self::of(config, memory, options, target, now))
    }

    /// Polls once, at once, and says what to do next instead of doing it (`PollStep`).
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn once(config: Config, memory: ApiMemory, target: Target, now: f64) -> Result<Self, Error> {
        let mut options = Options::read(&Json::null())?;
        options.once = true;
        Ok(Self::of(config, memory, options, target, now))
    }

    fn of(config: Config, memory: ApiMemory, options: Options, target: Target, now: f64) -> Self {
        let mut act = Self { config, memory, options, stage: Stage::Over };
        act.begin(target, now);
        act
    }

    /// Presses a button of a task and waits for what comes of it, with `ActOptions` and the `ButtonSelector` as their
    /// `button`.
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy: a button that the task does not have, too.
    pub fn press(config: Config, memory: ApiMemory, task: &Json, options: &Json) -> Result<Self, Error> {
        let id = params::task_id(task.at("id"), "The id of the task")?;
        let own = Options::read(options)?;
        let stage = match options.at("refresh").is_true() {
            true => {
                // The caller has seen it.
                memory.saw(&id);
                Stage::Refresh(Call::fetch_task(&config, &memory, task.at("id"))?, options.clone())
            }
            false => Stage::Press(pressed(&config, &memory, task, options)?),
        };
        Ok(Self { config, memory, options: own, stage })
    }

    fn begin(&mut self, target: Target, now: f64) {
        let Target { mut states, resumed } = target;
        let (config, memory, options) = (self.config.clone(), self.memory.clone(), self.options);
        self.stage = match states.pop() {
            Some(state) if states.is_empty() => {
                Stage::One(Box::new(Poll::new(config, memory, state, options, resumed, now)))
            }
            last => {
                states.extend(last);
                Stage::Many(Box::new(PollAll::of_one(config, memory, Target { states, resumed }, options, now)))
            }
        };
    }

    /// Goes on after a call. None where the machine goes on itself.
    fn proceed(&mut self, stage: Stage, result: Result<Output, Error>, now: f64) -> Option<Step> {
        match (stage, result) {
            (Stage::Refresh(_, options), Ok(output)) => {
                match pressed(&self.config, &self.memory, &output.view, &options) {
                    Ok(call) => self.stage = Stage::Press(call),
                    Err(error) => return Some(Step::Done(Err(error))),
                }
                None
            }
            (Stage::Press(_), Ok(output)) => {
                self.begin(Target { states: states(&output.submitted, now), resumed: false }, now);
                None
            }
            // One submit, one outcome.
            (Stage::Many(all), Ok(_)) => Some(Step::Done(all.into_result())),
            (_, result) => Some(Step::Done(result)),
        }
    }
}

fn pressed(config: &Config, memory: &ApiMemory, task: &Json, options: &Json) -> Result<Call, Error> {
    let button = find_button(task, options.at("button"))?;
    let mut params = Record::new();
    params.set("taskId", task.at("id"));
    params.set("customId", button.at("customId"));
    Ok(Call::submit_with(Method::SubmitAction, config, memory, &params.into(), options)?.patient())
}

impl Stage {
    fn machine(&mut self) -> Option<&mut dyn Machine> {
        match self {
            Self::Refresh(call, _) | Self::Press(call) => Some(call),
            Self::One(poll) => Some(&mut **poll),
            Self::Many(all) => Some(&mut **all),
            Self::Over => None,
        }
    }
}

impl Machine for Act {
    fn step(&mut self, now: f64, random: f64) -> Step {
        loop {
            let Some(machine) = self.stage.machine() else { return Step::Idle };
            match machine.step(now, random) {
                Step::Done(result) => {
                    let stage = std::mem::replace(&mut self.stage, Stage::Over);
                    if let Some(step) = self.proceed(stage, result, now) {
                        return step;
                    }
                }
                // It is told as the end.
                Step::Settled { .. } => {}
                Step::Submitted(output) => {
                    // The answer to a modal can make several tasks, too.
                    if let (Stage::One(poll), true) = (&self.stage, output.submitted.len() > 1) {
                        let polls = poll.split(&output.submitted, now).collect();
                        let (config, memory) = (self.config.clone(), self.memory.clone());
                        self.stage = Stage::Many(Box::new(PollAll::of_polls(config, memory, polls, now)));
                    }
                    return Step::Submitted(output);
                }
                step => return step,
            }
        }
    }

    fn answer(&mut self, now: f64, answer: &Answer) {
        if let Some(machine) = self.stage.machine() {
            machine.answer(now, answer);
        }
    }

    fn known(&self, now: f64) -> Record {
        match &self.stage {
            Stage::Refresh(call, _) | Stage::Press(call) => call.known(now),
            Stage::One(poll) => poll.known(now),
            Stage::Many(all) => known(&all.states()),
            Stage::Over => Record::new(),
        }
    }
}
