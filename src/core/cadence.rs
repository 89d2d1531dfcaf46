//! When to ask again: every delay, growth, jitter and grace of the core, with its reason.
//!
//! A look at a task costs a request, and a look that comes late tells its end late. So looks are dense where the end
//! seems near, and seldom where it does not:
//!
//! ```text
//! first look                     after 6 s
//! the task has got on            0.7 of the time that seems left; as long as it is overdue, once it is
//! it stands where it stood       the same, and 1.5 × the minimum at least
//! nothing can be told            half of its age
//! always                         4 s at least, 15 s at most, ± 10 %
//! ```
//!
//! What seems left follows from `progress` and from when the looks were made, all on the caller's own clock: the work has
//! begun halfway between the last look that showed none and the first that showed some. The task's `startTime` and
//! `submitTime` are not read. They made no look better, and where they are wrong they cost looks.
//!
//! `progress` is a hint. Where it is missing, goes back, or says 100 % of a task that has not ended, the age decides. Where it
//! stands still, looks become ever more seldom once the expected end is over. `cargo xtask bench cadence` measures all of
//! this, and has the rules of others beside it.

use crate::api::{Json, Record};

/// Before the first look. A button's task takes 8 s and more: what looks sooner finds nothing, and pays for it.
pub(super) const FIRST_MS: f64 = 6_000.0;
/// Before the first look of a wait that goes on, where the caller names no shortest wait: time went by already.
pub(super) const RESUMED_MS: f64 = 1_000.0;
/// Between two looks. With 3 s a tenth more requests go out where the gateway changes in steps.
pub(super) const MIN_MS: f64 = 4_000.0;
/// The gateway itself looks at its upstream every 15 s, no oftener.
pub(super) const MAX_MS: f64 = 15_000.0;

/// How much of the time that seems left is waited. Less makes more looks; more is late where the work speeds up.
const REACH: f64 = 0.7;
/// How many of the shortest waits are waited at least for a task that has not got on since the last look: a gateway that
/// changes in steps will not have the next step soon.
const STILL: f64 = 1.5;
/// How much of its age is waited for a task of which nothing else is known: each look comes at 1.5 × the age of the last.
const GROWTH: f64 = 0.5;

/// How long a whole wait may take.
pub(super) const TIMEOUT_MS: f64 = 900_000.0;
/// The last poll goes out so long before the deadline, for its answer to be in time.
pub(super) const LAST_POLL_MS: f64 = 1_000.0;
/// A machine that slept past the deadline polls once more; that answer may take so long.
pub(super) const LATE_POLL_MS: f64 = 10_000.0;
/// How long a button that was pressed too early is left alone, each time. The gateway looks at its upstream every 15 or 30 s:
/// then it knows what it did not.
pub(super) const TOO_EARLY_MS: [f64; 2] = [15_000.0, 30_000.0];
/// The longest that timers take. Longer ones fire at once.
pub(super) const LONGEST_TIMER_MS: f64 = i32::MAX as f64;

/// What the looks at a task have shown of how it gets on. Times are Unix ms of the caller's clock; NaN is not known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// From when its age counts, where that is not from its submit: when its wait began, or its modal was answered.
    pub began_at: f64,
    /// When its work began, as far as looks can tell; before it has, the last look that showed none.
    pub worked_from: f64,
    /// As last seen, whole: from 1 to 99.
    pub percent: f64,
    /// When that was first seen.
    pub percent_at: f64,
}

impl Pace {
    /// Of a task that was never looked at.
    pub(super) const NEW: Self =
        Self { began_at: f64::NAN, worked_from: f64::NAN, percent: f64::NAN, percent_at: f64::NAN };

    /// Of a task whose age counts from now.
    pub(super) fn from(now: f64) -> Self {
        Self { began_at: now.floor(), ..Self::NEW }
    }

    /// Begins a wait. A task that is known to be submitted has its age; a wait that goes on, and whose state has no time,
    /// is as old as its last delay says.
    pub(super) fn begin(&mut self, submitted_at: f64, delay_ms: f64, now: f64) {
        if self.origin(submitted_at).is_nan() {
            self.began_at = (now - delay_ms / GROWTH).max(0.0).floor();
        }
    }

    /// Takes what a look has shown, none after a fault, and says how long the next one has time, ms, without jitter.
    /// `delay_ms` is how long the last one had.
    pub(super) fn next_delay(
        &mut self,
        percent: Option<f64>,
        submitted_at: f64,
        delay_ms: f64,
        now: f64,
        bounds: [f64; 2],
    ) -> f64 {
        let [min_ms, max_ms] = bounds;
        let origin = self.origin(submitted_at);
        let by_progress = percent.and_then(|percent| self.by_progress(percent, origin, now.floor(), min_ms));
        let age = now - origin;
        // A clock that was set back tells no age.
        let by_age = if age >= 0.0 { age * GROWTH } else { delay_ms * (1.0 + GROWTH) };
        by_progress.unwrap_or(by_age).floor().max(min_ms).min(max_ms)
    }

    /// None where `percent` tells nothing.
    fn by_progress(&mut self, percent: f64, origin: f64, now: f64, min_ms: f64) -> Option<f64> {
        if percent >= 100.0 {
            return None;
        }
        if percent.is_nan() || percent <= 0.0 {
            *self = Self { began_at: self.began_at, worked_from: now, ..Self::NEW };
            return None;
        }
        let percent = percent.floor().max(1.0);
        let before = std::mem::replace(&mut self.percent, percent);
        if percent != before {
            self.percent_at = now;
        }
        if before.is_nan() {
            self.worked_from = ((self.worked_from.max(origin) + now) / 2.0).floor();
        }
        if percent < before {
            return None;
        }
        let whole = (self.percent_at - self.worked_from) * 100.0 / percent;
        let left = self.worked_from + whole - now;
        let delay = if left > 0.0 { left * REACH } else { -left };
        Some(if percent == before { delay.max(min_ms * STILL) } else { delay })
    }

    /// From when its age counts. `max` passes over what is not known.
    fn origin(&self, submitted_at: f64) -> f64 {
        self.began_at.max(submitted_at)
    }

    /// Reads what a saved state has of it. It is a hint: what is no such number is not known.
    pub(super) fn read(state: &Json) -> Self {
        let percent = state.count("percent");
        let percent_at = state.count("percentAt");
        let (began_at, worked_from) = (state.count("beganAt"), state.count("workedFrom"));
        let is_seen = percent > 0.0 && percent < 100.0 && !percent_at.is_nan() && !worked_from.is_nan();
        let (percent, percent_at) = if is_seen { (percent, percent_at) } else { (f64::NAN, f64::NAN) };
        Self { began_at, worked_from, percent, percent_at }
    }

    /// Puts it into a state that is saved.
    pub(super) fn save(&self, state: &mut Record) {
        state.set_number("beganAt", self.began_at);
        state.set_number("workedFrom", self.worked_from);
        state.set_number("percent", self.percent);
        state.set_number("percentAt", self.percent_at);
    }
}

/// A wait, made to fit what the deadline leaves, ms: the last look is to land just before it, so the look before that has to
/// leave time for one more.
pub(super) fn before_deadline(ms: f64, left_ms: f64, bounds: [f64; 2]) -> f64 {
    let [min_ms, max_ms] = bounds;
    if left_ms - ms >= min_ms {
        ms
    } else if ms < left_ms && left_ms >= 2.0 * min_ms {
        left_ms - min_ms
    } else if left_ms <= max_ms {
        left_ms
    } else {
        ms
    }
}

/// How long a call that was refused waits before its next try: what the server asked for, else 1 s, 2 s, 4 s … up
/// to 30 s, and up to a second more so that many clients do not come back as one (the API's own advice).
pub(super) fn before_retry(tries: f64, retry_after_ms: f64, random: f64) -> f64 {
    const FIRST_MS: f64 = 1_000.0;
    const MOST_MS: f64 = 30_000.0;
    let doublings = tries.min(5.0) as u32;
    let doubled = FIRST_MS * f64::from(1_u32 << doublings);
    // NaN, where the server asked for nothing, is no maximum.
    (doubled.min(MOST_MS) + 1_000.0 * fraction(random)).max(retry_after_ms).min(LONGEST_TIMER_MS)
}

/// A wait that differs by up to a tenth either way: clients that began together do not stay together.
pub(super) fn jitter(ms: f64, random: f64) -> f64 {
    (ms * (0.9 + 0.2 * fraction(random))).floor()
}

/// A caller's `random` may be anything.
#[allow(clippy::manual_clamp)]
fn fraction(random: f64) -> f64 {
    // Not `clamp`: that leaves NaN as it is.
    random.max(0.0).min(1.0)
}
