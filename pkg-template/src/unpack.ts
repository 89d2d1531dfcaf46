/**
 * The other side of xtask/src/build/pack.rs, where everything is explained. The same steps in the same order: one bit
 * of difference, and all that follows is noise.
 *
 * A generator, so that a page can do something else between its steps.
 */
export function* unpack(text: string, length: number): Generator<undefined, Uint8Array<ArrayBuffer>> {
  const contexts = [1, 2, 0, 3, 6, 74, 5, 9, 7];
  const squash = (x: number) => {
    x = 1 - x / 256;
    for (let k = 8; k--; ) x *= x;
    return 1 / (1 + x);
  };
  const stretch = new Float64Array(4097).fill(8);
  for (let step = -2048, at = 0; step < 2048; step++) {
    while (at <= squash(step / 256) * 4096 && at < 4096) stretch[at++] = step / 256;
  }
  const slots = new Float32Array(1 << 22);
  const weights = new Float64Array(768 * 9).fill(0.2);
  const hashes = new Int32Array(9);
  const met = new Int32Array(8);
  const inputs = new Float64Array(9);
  const places = new Int32Array(65536);
  const hits = new Float64Array(32).fill(0.9);
  const out = new Uint8Array(length);
  const coded = atob(text);
  let place = 0;
  let run = 0;
  let read = 0;
  let code = 0;
  let low = 0;
  let high = -1 >>> 0;
  const shift = () => (code = ((code << 8) | (coded.charCodeAt(read++) || 0)) >>> 0);
  for (let k = 4; k--; ) shift();
  for (let at = 0; at < length; at++) {
    if (!(at & 16383)) yield;
    const before = (back: number) => out[at - 1 - back] ?? 0;
    for (let k = 9; k--; ) {
      let hash = k << 20;
      for (let back = 0; back < 8; back++) {
        if ((contexts[k]! >> back) & 1) {
          hash = Math.imul(hash + before(back) + 1, 0x2f0b4c47);
          hash ^= hash >>> 15;
        }
      }
      hashes[k] = hash;
    }
    if (run && out[place] === before(0)) {
      place++;
      run = Math.min(run + 1, 31);
    } else run = 0;
    const key = hashes[8]! >>> 16;
    if (!run && places[key]) {
      place = places[key]!;
      run = 1;
    }
    places[key] = at;
    const row1 = (256 + before(0)) * 9;
    const row2 = (512 + before(1)) * 9;
    let partial = 1;
    for (let left = 8; left--; ) {
      const row = partial * 9;
      for (let k = 0; k < 8; k++) {
        const slot = (met[k] = (Math.imul(hashes[k]! + Math.imul(partial, 0x9e3779b1), 0x85ebca6b) >>> 11) * 2);
        const times = slots[slot + 1]!;
        inputs[k] = (stretch[((slots[slot]! + 0.5) * 4096) | 0]! * times) / (times + 0.2);
      }
      const byte = out[place]! | 256;
      const repeats = run && byte >> (left + 1) === partial;
      const expected = (byte >> left) & 1;
      const hit = stretch[(hits[run]! * 4096) | 0]!;
      inputs[8] = repeats ? (expected ? hit : -hit) : 0;
      let sum = 0;
      for (let k = 0; k < 9; k++) sum += (weights[row + k]! + weights[row1 + k]! + weights[row2 + k]!) * inputs[k]!;
      const chance = squash(Math.min(Math.max(sum / 3, -8), 8));
      const middle = low + Math.floor((high - low) * chance);
      const bit = +(code <= middle);
      if (bit) high = middle;
      else low = middle + 1;
      for (let k = 0; k < 9; k++) {
        const step = (bit - chance) * 0.006 * inputs[k]!;
        weights[row + k]! += step;
        weights[row1 + k]! += step;
        weights[row2 + k]! += step;
        if (k > 7) break;
        const slot = met[k]!;
        const was = slots[slot]! + 0.5;
        const times = slots[slot + 1]!;
        slots[slot] = was + (bit - was) / (times + 1.15) - 0.5;
        if (times < 5) slots[slot + 1] = times + 1;
      }
      if (repeats) hits[run]! += (+(expected === bit) - hits[run]!) * 0.03;
      partial += partial + bit;
      while (!((low ^ high) >>> 24)) {
        low = (low << 8) >>> 0;
        high = ((high << 8) | 255) >>> 0;
        shift();
      }
    }
    out[at] = partial;
  }
  return out;
}
