//! The .wasm as text that is a quarter smaller than deflate's: each bit is predicted from the bytes before it, and an
//! arithmetic coder writes down only the surprise. `pkg-template/src/unpack.ts` is the other side; both must compute
//! the same to the last bit, so there is nothing here but what IEEE 754 lays down: no `exp`, no `ln`.

use anyhow::{ensure, Result};
use base64::engine::general_purpose::STANDARD;
use base64::Engine;

/// Which of the bytes before make a context: bit k is the byte k + 1 before. Chosen by search on this .wasm. By the last
/// one nothing is predicted: it finds the place where the same bytes were met before.
const CONTEXTS: [u32; 9] = [1, 2, 0, 3, 6, 74, 5, 9, 7];
/// What predicts: a context each, and the bytes that followed at that place.
const INPUTS: usize = 9;
/// Slots of the one table of all contexts, as a power of two.
const SLOT_BITS: u32 = 21;
/// Steps of the table from a probability to its place on the line on which predictions are added.
const STEPS: usize = 4096;
/// A slot's first guesses count so much less than what is seen.
const HASTE: f64 = 1.15;
/// From so many times on a slot forgets the oldest.
const MEMORY: f32 = 5.0;
/// A slot that has been seen once is trusted by 1 / (1 + this).
const DOUBT: f64 = 0.2;
const FIRST_WEIGHT: f64 = 0.2;
const LEARNING: f64 = 0.006;
/// The ends of that line, and how near to them the sum may come: nothing is ever certain.
const FARTHEST: f64 = 8.0;
const FAR: f64 = 8.0;
/// What is thought of a repetition, by its length, and how fast it changes.
const FIRST_HIT: f64 = 0.9;
const HIT_LEARNING: f64 = 0.03;
const LONGEST: usize = 31;

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

/// Predicts the next bit as the mean of what three sets of weights make of the predictions: one set for the bits of
/// this byte so far, one for each of the two bytes before.
struct Model {
    stretch: Vec<f64>,
    /// Of each slot the chance of a 1, less a half, and how often it was met.
    slots: Vec<[f32; 2]>,
    weights: Vec<[f64; INPUTS]>,
    bytes: Vec<u8>,
    hashes: [u32; CONTEXTS.len()],
    /// The bits of this byte so far, behind a 1.
    partial: u32,
    /// Where each key was met last.
    places: Vec<usize>,
    /// The byte that is expected next, and for how many bytes it has gone well.
    place: usize,
    length: usize,
    hits: [f64; LONGEST + 1],
    /// Of the bit under way.
    met: [usize; INPUTS - 1],
    inputs: [f64; INPUTS],
    mixed: f64,
}

impl Model {
    fn new() -> Self {
        let mut model = Self {
            stretch: stretch(),
            slots: vec![[0.0; 2]; 1 << SLOT_BITS],
            weights: vec![[FIRST_WEIGHT; INPUTS]; 768],
            bytes: Vec::new(),
            hashes: [0; CONTEXTS.len()],
            partial: 1,
            places: vec![0; 1 << 16],
            place: 0,
            length: 0,
            hits: [FIRST_HIT; LONGEST + 1],
            met: [0; INPUTS - 1],
            inputs: [0.0; INPUTS],
            mixed: 0.0,
        };
        model.begin();
        model
    }

    fn before(&self, back: usize) -> u32 {
        self.bytes.len().checked_sub(back + 1).map_or(0, |at| u32::from(self.bytes[at]))
    }

    /// A byte begins.
    fn begin(&mut self) {
        self.partial = 1;
        for (k, context) in (0_u32..).zip(CONTEXTS) {
            let mut hash = k << 20;
            for back in (0..8).filter(|back| context >> back & 1 == 1) {
                hash = hash.wrapping_add(self.before(back) + 1).wrapping_mul(0x2F0B_4C47);
                hash ^= hash >> 15;
            }
            self.hashes[k as usize] = hash;
        }
        if self.length > 0 && u32::from(self.bytes[self.place]) == self.before(0) {
            self.place += 1;
            self.length = LONGEST.min(self.length + 1);
        } else {
            self.length = 0;
        }
        let key = (self.hashes[CONTEXTS.len() - 1] >> 16) as usize;
        if self.length == 0 && self.places[key] > 0 {
            self.place = self.places[key];
            self.length = 1;
        }
        self.places[key] = self.bytes.len();
    }

    /// Where the sets of weights begin.
    fn rows(&self) -> [usize; 3] {
        [self.partial as usize, 256 + self.before(0) as usize, 512 + self.before(1) as usize]
    }

    /// The bit that a repetition would have here, where there is one and it has not broken within this byte.
    fn expected(&self) -> Option<bool> {
        let byte = u32::from(*self.bytes.get(self.place)?) | 256;
        let left = self.partial.leading_zeros() - 23;
        (self.length > 0 && byte >> left == self.partial).then(|| byte >> (left - 1) & 1 == 1)
    }

    /// The chance that the next bit is a 1.
    fn predict(&mut self) -> f64 {
        for k in 0..INPUTS - 1 {
            let key = self.hashes[k].wrapping_add(self.partial.wrapping_mul(0x9E37_79B1)).wrapping_mul(0x85EB_CA6B);
            self.met[k] = (key >> (32 - SLOT_BITS)) as usize;
            let [chance, times] = self.slots[self.met[k]].map(f64::from);
            self.inputs[k] = self.stretch[((chance + 0.5) * STEPS as f64) as usize] * times / (times + DOUBT);
        }
        let hit = self.stretch[(self.hits[self.length] * STEPS as f64) as usize];
        self.inputs[INPUTS - 1] = match self.expected() {
            Some(true) => hit,
            Some(false) => -hit,
            None => 0.0,
        };
        let mut sum = 0.0;
        for k in 0..INPUTS {
            let [this, last, other] = self.rows().map(|row| self.weights[row][k]);
            sum += (this + last + other) * self.inputs[k];
        }
        self.mixed = squash((sum / 3.0).clamp(-FAR, FAR));
        self.mixed
    }

    fn learn(&mut self, one: bool) {
        let bit = f64::from(u8::from(one));
        for k in 0..INPUTS {
            let step = (bit - self.mixed) * LEARNING * self.inputs[k];
            for row in self.rows() {
                self.weights[row][k] += step;
            }
        }
        for slot in self.met {
            let [chance, times] = &mut self.slots[slot];
            let before = f64::from(*chance) + 0.5;
            let after = before + (bit - before) / (f64::from(*times) + HASTE);
            *chance = (after - 0.5) as f32;
            *times = MEMORY.min(*times + 1.0);
        }
        if let Some(expected) = self.expected() {
            let hit = &mut self.hits[self.length];
            *hit += (f64::from(u8::from(expected == one)) - *hit) * HIT_LEARNING;
        }
        self.partial = self.partial * 2 + u32::from(one);
        if self.partial > 255 {
            self.bytes.push(self.partial as u8);
            self.begin();
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
    let mut table = Vec::with_capacity(STEPS + 1);
    for step in -2048..2048 {
        let place = f64::from(step) / 256.0;
        while table.len() as f64 <= squash(place) * STEPS as f64 && table.len() < STEPS {
            table.push(place);
        }
    }
    table.resize(STEPS + 1, FARTHEST);
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
