//! The .wasm as text that is a quarter smaller than deflate's: each bit is predicted from the bytes before it, and an
//! arithmetic coder writes down only the surprise. `pkg-template/src/unpack.ts` is the other side; both must compute
//! the same to the last bit, so there is nothing here but what IEEE 754 lays down: no `exp`, no `ln`.

use anyhow::{ensure, Result};
use base64::engine::general_purpose::STANDARD;
use base64::Engine;

/// Which of the bytes before make a context: bit k is the byte k + 1 before. Chosen by search on this .wasm.
const CONTEXTS: [u32; 8] = [1, 3, 6, 2, 0, 74, 5, 25];
/// Slots of a context's table, as a power of two.
const SLOT_BITS: u32 = 18;
const SLOTS: usize = 1 << SLOT_BITS;
/// Steps of the table from a probability to its place on the line on which predictions are added.
const STEPS: usize = 4096;
/// A slot's first guesses count so much less than what is seen.
const HASTE: f64 = 1.2;
/// From so many times on a slot forgets the oldest.
const MEMORY: u8 = 16;
/// A slot that has been seen once is trusted by 1 / (1 + this).
const DOUBT: f64 = 0.15;
const FIRST_WEIGHT: f64 = 0.2;
const LEARNING: f64 = 0.008;
/// Nothing is ever certain.
const LEAST: f64 = 1.0 / 8192.0;
const LEAST_SEEN: f64 = 0.0003;
const FARTHEST: f64 = 12.0;

/// The module that exports the packed .wasm as text, and its length.
pub fn module(wasm: &[u8]) -> Result<String> {
    let packed = pack(wasm);
    ensure!(unpack(&packed, wasm.len()) == wasm, "what was packed unpacks to something else");
    Ok(format!("export const length = {};\nexport default \"{}\";\n", wasm.len(), STANDARD.encode(packed)))
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut model = Model::new();
    let (mut low, mut high) = (0_u32, u32::MAX);
    let mut out = Vec::new();
    for &byte in bytes {
        for at in (0..8).rev() {
            let one = byte >> at & 1 == 1;
            let middle = split(low, high, model.predict());
            if one {
                high = middle;
            } else {
                low = middle + 1;
            }
            model.learn(one);
            while low >> 24 == high >> 24 {
                out.push((high >> 24) as u8);
                low <<= 8;
                high = high << 8 | 255;
            }
        }
    }
    // What follows the end is read as zeros.
    out.push((high >> 24) as u8);
    out
}

fn unpack(packed: &[u8], length: usize) -> Vec<u8> {
    let mut model = Model::new();
    let mut input = packed.iter().copied().chain(std::iter::repeat(0));
    let mut next = move || u32::from(input.next().unwrap_or_default());
    let (mut low, mut high) = (0_u32, u32::MAX);
    let mut code = (0..4).fold(0, |code, _| code << 8 | next());
    let mut out = Vec::with_capacity(length);
    while out.len() < length {
        let mut byte = 0;
        for _ in 0..8 {
            let middle = split(low, high, model.predict());
            let one = code <= middle;
            if one {
                high = middle;
            } else {
                low = middle + 1;
            }
            byte = byte << 1 | u8::from(one);
            model.learn(one);
            while low >> 24 == high >> 24 {
                low <<= 8;
                high = high << 8 | 255;
                code = code << 8 | next();
            }
        }
        out.push(byte);
    }
    out
}

fn split(low: u32, high: u32, chance: f64) -> u32 {
    low + (f64::from(high - low) * chance).floor() as u32
}

/// Predicts the next bit as the mean of what two sets of weights make of the contexts' predictions: one set for the
/// bits of this byte so far, one for the byte before.
struct Model {
    stretch: Vec<f64>,
    /// Of a 1, for each context and slot.
    chances: Vec<f32>,
    /// How often each slot was met.
    seen: Vec<u8>,
    weights: Vec<f64>,
    /// The bytes before, the last one first.
    before: [u32; 8],
    hashes: [u32; CONTEXTS.len()],
    /// The bits of this byte so far, behind a 1.
    partial: u32,
    slots: [usize; CONTEXTS.len()],
    inputs: [f64; CONTEXTS.len()],
    mixed: f64,
}

impl Model {
    fn new() -> Self {
        let mut model = Self {
            stretch: stretch(),
            chances: vec![0.5; CONTEXTS.len() * SLOTS],
            seen: vec![0; CONTEXTS.len() * SLOTS],
            weights: vec![FIRST_WEIGHT; 512 * CONTEXTS.len()],
            before: [0; 8],
            hashes: [0; CONTEXTS.len()],
            partial: 1,
            slots: [0; CONTEXTS.len()],
            inputs: [0.0; CONTEXTS.len()],
            mixed: 0.0,
        };
        model.hash();
        model
    }

    fn hash(&mut self) {
        for (context, hash) in CONTEXTS.iter().zip(&mut self.hashes) {
            *hash = 0;
            for (at, byte) in self.before.iter().enumerate() {
                if context >> at & 1 == 1 {
                    *hash = hash.wrapping_add(byte + 1).wrapping_mul(0x2F0B_4C47);
                    *hash ^= *hash >> 15;
                }
            }
        }
    }

    /// The chance that the next bit is a 1.
    fn predict(&mut self) -> f64 {
        let mut sum = 0.0;
        for k in 0..CONTEXTS.len() {
            let key = self.hashes[k].wrapping_add(self.partial.wrapping_mul(0x9E37_79B1)).wrapping_mul(0x85EB_CA6B);
            let slot = k * SLOTS + (key >> (32 - SLOT_BITS)) as usize;
            let seen = f64::from(self.seen[slot]);
            let place = self.stretch[(f64::from(self.chances[slot]) * STEPS as f64) as usize];
            self.slots[k] = slot;
            self.inputs[k] = place * seen / (seen + DOUBT);
            let [this, last] = self.rows();
            sum += (self.weights[this + k] + self.weights[last + k]) * self.inputs[k];
        }
        self.mixed = squash((sum / 2.0).clamp(-FARTHEST, FARTHEST)).clamp(LEAST, 1.0 - LEAST);
        self.mixed
    }

    /// Where the two sets of weights begin.
    fn rows(&self) -> [usize; 2] {
        [self.partial as usize * CONTEXTS.len(), (256 + self.before[0] as usize) * CONTEXTS.len()]
    }

    fn learn(&mut self, one: bool) {
        let bit = f64::from(u8::from(one));
        let step = (bit - self.mixed) * LEARNING;
        for k in 0..CONTEXTS.len() {
            for row in self.rows() {
                self.weights[row + k] += step * self.inputs[k];
            }
            let slot = self.slots[k];
            let chance = f64::from(self.chances[slot]);
            let moved = chance + (bit - chance) / (f64::from(self.seen[slot]) + HASTE);
            self.chances[slot] = moved.clamp(LEAST_SEEN, 1.0 - LEAST_SEEN) as f32;
            if self.seen[slot] < MEMORY {
                self.seen[slot] += 1;
            }
        }
        self.partial = self.partial * 2 + u32::from(one);
        if self.partial > 255 {
            self.before.rotate_right(1);
            self.before[0] = self.partial & 255;
            self.partial = 1;
            self.hash();
        }
    }
}

/// A place on the line as a chance: (1 - x/256)^256 in place of e^-x.
fn squash(x: f64) -> f64 {
    let mut power = 1.0 - x / 256.0;
    for _ in 0..8 {
        power *= power;
    }
    1.0 / (1.0 + power)
}

/// The other way round, as a table.
fn stretch() -> Vec<f64> {
    let mut table = Vec::with_capacity(STEPS);
    for step in -3072..3072 {
        let place = f64::from(step) / 256.0;
        while table.len() as f64 <= squash(place) * STEPS as f64 && table.len() < STEPS {
            table.push(place);
        }
    }
    table.resize(STEPS, FARTHEST);
    table
}

#[cfg(test)]
mod tests {
    use super::{module, pack, unpack};

    #[test]
    fn what_is_packed_unpacks_to_itself() {
        let noise: Vec<u8> = (0_u32..3000).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for bytes in [&b""[..], b"\0", b"\xff\xff\xff\xff\xff\xff", b"\0asm\x01\0\0\0\0asm\x01\0\0\0", &noise] {
            assert_eq!(unpack(&pack(bytes), bytes.len()), bytes);
        }
    }

    #[test]
    fn what_repeats_becomes_small() {
        assert!(pack(&b"(module (func (export \"f\")))".repeat(100)).len() < 120);
    }

    #[test]
    fn the_text_is_one_plain_string_literal() {
        let module = module(b"\0asm\x01\0\0\0").unwrap_or_default();
        let text = module.strip_prefix("export const length = 8;\nexport default \"");
        let text = text.and_then(|rest| rest.strip_suffix("\";\n"));
        assert!(
            text.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)))
        );
    }
}
