/// How long a call that was refused waits before its next try: what the server asked for, else 1 s, 2 s, 4 s … up
/// to 30 s, and up to a second more so that many clients do not come back as one (the API's own advice).
pub(super) fn before_retry(tries: u64, retry_after_ms: Option<u64>, random: f64) -> u64 {
    const FIRST_MS: u64 = 1_000;
    const MOST_MS: u64 = 30_000;
    let doubled = FIRST_MS.checked_shl(u32::try_from(tries).unwrap_or(u32::MAX)).unwrap_or(MOST_MS);
    retry_after_ms.unwrap_or(0).max(doubled.min(MOST_MS) + (1_000.0 * random) as u64)
}

/// A wait that differs by up to a tenth either way.
pub(super) fn jitter(ms: u64, random: f64) -> u64 {
    (ms as f64 * (0.9 + 0.2 * random)) as u64
}
