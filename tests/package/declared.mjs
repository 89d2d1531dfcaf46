/**
 * What the package's types say, read by TypeScript itself, and values held against it.
 *
 *   const types = declared("index.d.ts");
 *   types.observe(value, types.named("Task"));   // throws where it is not as declared
 *   types.unseen("TaskBase")                      // what of the type no value has shown so far
 */

import assert from "node:assert/strict";
import ts from "typescript";
import { app } from "./app.mjs";

const OPTIONS = { strict: true, exactOptionalPropertyTypes: true, lib: ["lib.es2022.d.ts", "lib.dom.d.ts"], types: [], noEmit: true };
const LITERAL = ts.TypeFlags.StringLiteral | ts.TypeFlags.NumberLiteral;
const ANYTHING = ts.TypeFlags.Any | ts.TypeFlags.Unknown;
const NOTHING = ts.TypeFlags.Undefined | ts.TypeFlags.Void;

export function declared(file) {
  const path = app.packaged("dist", file);
  const program = ts.createProgram([path], OPTIONS);
  const checker = program.getTypeChecker();
  const exported = new Map();
  for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(path)))) {
    exported.set(symbol.name, symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  }
  /** By the interface or class that declares it: each member's declaration, and how often values had it or not. */
  const seen = new Map();

  const exportsOf = (kind) => [...exported].filter(([, { flags }]) => flags & kind).map(([name]) => name).sort();
  const named = (name) => checker.getDeclaredTypeOfSymbol(exported.get(name) ?? assert.fail(`there is no type ${name}`));
  const typeOf = (property) => checker.getTypeOfSymbol(property);
  const isOptional = (property) => (property.flags & ts.SymbolFlags.Optional) !== 0;
  const parts = (type) => (type.isUnion() ? type.types : [type]).filter((part) => !(part.flags & NOTHING));
  const nameOf = (type) => checker.typeToString(type);

  /** The interface or class; `PollStep 2` for the second member of a union without names. */
  function ownerOf(property) {
    const { parent } = property.declarations[0];
    if (parent.name) return parent.name.text;
    let alias = parent;
    while (!ts.isTypeAliasDeclaration(alias)) alias = alias.parent;
    return `${alias.name.text} ${alias.type.types.indexOf(parent) + 1}`;
  }

  function memberOf(property) {
    const owner = ownerOf(property);
    const members = seen.get(owner) ?? new Map();
    seen.set(owner, members);
    const member = members.get(property.name) ?? { property, present: 0, absent: 0, values: new Set() };
    members.set(property.name, member);
    return member;
  }

  /** Throws where a value is not what its type says. `member` remembers which of a union it was. */
  function observe(value, type, path = nameOf(type), member) {
    if (type.flags & ANYTHING) return;
    const fits = parts(type).filter((part) => isOf(value, part));
    assert.equal(fits.length, 1, `${path}: ${JSON.stringify(value)} is not of ${nameOf(type)}`);
    const [part] = fits;
    member?.values.add(nameOf(part));
    if (checker.isArrayType(part)) {
      const [item] = checker.getTypeArguments(part);
      value.forEach((one, at) => observe(one, item, `${path}[${at}]`));
    } else if (part.flags & ts.TypeFlags.Object) {
      observeMembers(value, part, path);
    }
  }

  function observeMembers(value, type, path) {
    const properties = checker.getPropertiesOfType(type);
    const any = checker.getIndexTypeOfType(type, ts.IndexKind.String);
    for (const property of properties) {
      const { name } = property;
      if (name === "stack") continue;
      const member = memberOf(property);
      if (name in value) {
        member.present++;
        observe(value[name], typeOf(property), `${path}.${name}`, member);
      } else {
        member.absent++;
        assert.ok(isOptional(property), `${path}.${name} is missing in ${JSON.stringify(value)}`);
      }
    }
    const known = new Set(["stack", ...properties.map(({ name }) => name)]);
    for (const name of Object.getOwnPropertyNames(value)) {
      assert.ok(any || known.has(name), `${path} has a ${name}, of which ${nameOf(type)} says nothing`);
    }
  }

  /** Told apart by literals, as users do. */
  function isOf(value, type) {
    if (type.flags & LITERAL) return value === type.value;
    if (type.flags & ts.TypeFlags.BooleanLiteral) return String(value) === nameOf(type);
    if (type.flags & ts.TypeFlags.Null) return value === null;
    if (type.flags & ts.TypeFlags.String) return typeof value === "string";
    if (type.flags & ts.TypeFlags.Number) return typeof value === "number" && !Number.isNaN(value);
    if (checker.isArrayType(type)) return Array.isArray(value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    return checker.getPropertiesOfType(type).every((property) => {
      const words = parts(typeOf(property));
      if (isOptional(property) || !words.every((word) => word.flags & (LITERAL | ts.TypeFlags.BooleanLiteral))) return true;
      return words.some((word) => isOf(value[property.name], word));
    });
  }

  const callOf = (type, method) => {
    const property = type.getProperty(method);
    return checker.getSignaturesOfType(typeOf(property), ts.SignatureKind.Call)[0];
  };

  return {
    named,
    observe,
    /** The names of the exports that are values, and of those that are interfaces or classes. */
    values: exportsOf(ts.SymbolFlags.Value),
    interfaces: exportsOf(ts.SymbolFlags.Interface | ts.SymbolFlags.Class),
    /** The names of all members; of a union, of all that are in it. */
    members(type) {
      const names = parts(type).flatMap((part) => checker.getPropertiesOfType(part).map(({ name }) => name));
      return [...new Set(names)].filter((name) => !name.startsWith("__#") && !name.startsWith("#")).sort();
    },
    /** What a call gives: of a promise, what it comes to. */
    resultOf: (type, method) => checker.getAwaitedType(callOf(type, method).getReturnType()),
    /** What a call takes, by its parameter's name; undefined where there is none. */
    parameterOf(type, method, name) {
      const parameter = callOf(type, method).getParameters().find((parameter) => parameter.name === name);
      return parameter && checker.getNonNullableType(typeOf(parameter));
    },
    /** The words of a union of literals. */
    words: (type, name) => parts(type).flatMap((part) => parts(typeOf(part.getProperty(name)))).map(({ value }) => value),
    /** The words in code quotes of a member's comment. */
    quoted(type, name) {
      const text = ts.displayPartsToString(type.getProperty(name).getDocumentationComment(checker));
      return [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word);
    },
    /** The names of all types that values were held against. */
    owners: () => [...seen.keys()],
    /** What is declared of it, and was in no value, or in each though it may be absent, and which of a union none was. */
    unseen(owner) {
      const lacks = [];
      for (const [name, { property, present, absent, values }] of seen.get(owner) ?? assert.fail(`no ${owner} was seen`)) {
        if (!present) lacks.push(`${name} is in none`);
        if (isOptional(property) && !absent) lacks.push(`${name} is in each: it is not optional`);
        if (typeOf(property).flags & ANYTHING || !present) continue;
        const words = parts(typeOf(property)).filter((part) => !(part.flags & ts.TypeFlags.Object));
        const rest = words.map(nameOf).filter((word) => !values.has(word));
        if (rest.length) lacks.push(`${name} is never ${rest.join(", ")}`);
      }
      return lacks;
    },
  };
}
