/// The longest that timers take. Longer ones fire at once.
pub(super) const LONGEST_TIMER_MS: f64 = i32::MAX as f64;

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

/// A caller's `random` may be anything.
#[allow(clippy::manual_clamp)]
fn fraction(random: f64) -> f64 {
    // Not `clamp`: that leaves NaN as it is.
    random.max(0.0).min(1.0)
}

/// A wait that differs by up to a tenth either way.
pub(super) fn jitter(ms: f64, random: f64) -> f64 {
    (ms * (0.9 + 0.2 * fraction(random))).floor()
}
