// What the package does before it calls the module, as short as it can be: `pack.ts`, `host.ts` and `thrown.ts` of
// pkg-template/src, which tests/package holds to the letter. `given` is [client, subject, options].
(() => {
  const [client, , options] = given;
  // The loader's own controllers have it.
  AbortController.prototype.done ??= () => {};
  const longTexts = [];
  const pack = (value) =>
    JSON.stringify(value, function (key, member) {
      if (typeof member === "string" && member.length > 4096) {
        const index = longTexts.push(JSON.stringify(member)) - 1;
        return `\0long:${index}:${member.length}:${member.slice(0, 256)}`;
      }
      if (typeof member === "number" && Math.abs(member) >= 1e15) return `\0number:${member}`;
      if (typeof member === "function") return "\0function";
      if (key === "signal" && this[key]) return { aborted: this[key].aborted };
      return member;
    }) ?? "null";
  const functionOf = (of, name) => (typeof of?.[name] === "function" ? of[name] : undefined);
  const factsOf = (thrown, depth) => {
    if (typeof thrown !== "object" || !thrown) return { thrown: String(thrown), message: String(thrown) };
    const { name, message, code, cause } = thrown;
    return { name, message, code, ...(cause && depth ? { cause: factsOf(cause, depth - 1) } : {}) };
  };
  const host = {
    noted: undefined,
    signal: options?.signal,
    clientFunction: (name) => functionOf(client, name),
    callFunction: (name) => functionOf(options, name),
    pack,
    unpack: (text) => text.split("\0").map((part, at) => (at % 2 ? longTexts[Number(part)] : part)).join(""),
    note: (known) => (host.noted = known),
    tell: (event) => client.onEvent(event),
    describe: (thrown) => JSON.stringify(factsOf(thrown, 4)),
  };
  const hasOrigin = globalThis.location != null;
  return { text: pack([{ ...client, hasOrigin }, ...given.slice(1)]), host };
})()
