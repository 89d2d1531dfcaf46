/**
 * The other side of xtask/src/build/pack.rs, where everything is explained. The same steps in the same order: one bit
 * of difference, and all that follows is noise.
 *
 * A generator, so that a page can do something else between its steps.
 */
export function* unpack(text: string, length: number): Generator<undefined, Uint8Array<ArrayBuffer>> {
  const contexts = [1, 3, 6, 2, 0, 74, 5, 25];
  const count = 8;
  const squash = (x: number) => {
    x = 1 - x / 256;
    for (let k = 8; k--; ) x *= x;
    return 1 / (1 + x);
  };
  const clamp = (x: number, least: number, most: number) => Math.min(Math.max(x, least), most);
  const stretch = new Float64Array(4096).fill(12);
  for (let step = -3072, at = 0; step < 3072; step++) {
    while (at <= squash(step / 256) * 4096 && at < 4096) stretch[at++] = step / 256;
  }
  const chances = new Float32Array(count << 18).fill(0.5);
  const seen = new Uint8Array(count << 18);
  const weights = new Float64Array(512 * count).fill(0.2);
  const hashes = new Int32Array(count);
  const slots = new Int32Array(count);
  const inputs = new Float64Array(count);
  const out = new Uint8Array(length);
  const coded = atob(text);
  let read = 0;
  let code = 0;
  let low = 0;
  let high = -1 >>> 0;
  const shift = () => (code = ((code << 8) | (coded.charCodeAt(read++) || 0)) >>> 0);
  for (let k = 4; k--; ) shift();
  for (let at = 0; at < length; at++) {
    if (!(at & 4095)) yield;
    const last = (256 + (out[at - 1] ?? 0)) * count;
    for (let k = 0; k < count; k++) {
      let hash = 0;
      for (let back = 0; back < 8; back++) {
        if ((contexts[k]! >> back) & 1) {
          hash = Math.imul(hash + (out[at - 1 - back] ?? 0) + 1, 0x2f0b4c47);
          hash ^= hash >>> 15;
        }
      }
      hashes[k] = hash;
    }
    let partial = 1;
    while (partial < 256) {
      const row = partial * count;
      let sum = 0;
      for (let k = 0; k < count; k++) {
        const slot = (slots[k] =
          (k << 18) | (Math.imul(hashes[k]! + Math.imul(partial, 0x9e3779b1), 0x85ebca6b) >>> 14));
        const times = seen[slot]!;
        const input = (inputs[k] = (stretch[(chances[slot]! * 4096) | 0]! * times) / (times + 0.15));
        sum += (weights[row + k]! + weights[last + k]!) * input;
      }
      const chance = clamp(squash(clamp(sum / 2, -12, 12)), 1 / 8192, 1 - 1 / 8192);
      const middle = low + Math.floor((high - low) * chance);
      const bit = +(code <= middle);
      if (bit) high = middle;
      else low = middle + 1;
      const step = (bit - chance) * 0.008;
      for (let k = 0; k < count; k++) {
        weights[row + k]! += step * inputs[k]!;
        weights[last + k]! += step * inputs[k]!;
        const slot = slots[k]!;
        const before = chances[slot]!;
        chances[slot] = clamp(before + (bit - before) / (seen[slot]! + 1.2), 0.0003, 1 - 0.0003);
        if (seen[slot]! < 16) seen[slot]!++;
      }
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
