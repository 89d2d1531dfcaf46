//! A way to kill the instance from outside, for tests of how that is survived. Not in the module that is shipped.

use std::hint::black_box;

/// Traps as a defect would: `panic`, `stack` (its end) or `memory` (its end). Anything else does nothing.
pub fn spring(kind: &str) {
    match kind {
        "panic" => panic!("on demand"),
        "stack" => drop(sink(1)),
        "memory" => exhaust(),
        _ => {}
    }
}

fn sink(depth: u64) -> u64 {
    let ballast = black_box([depth; 64]);
    if black_box(depth) == 0 {
        return 0;
    }
    sink(depth + 1) + ballast[0]
}

fn exhaust() -> ! {
    const CHUNK: usize = 1 << 26;
    loop {
        std::mem::forget(black_box(Vec::<u8>::with_capacity(CHUNK)));
    }
}
