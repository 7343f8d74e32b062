import { type Options, parse, type Program } from "acorn";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { readReferences, type Reference } from "../defer/references.ts";
import type { LinkedChunk } from "./helpers-in-start.ts";

const MODULE: Options = { ecmaVersion: "latest", sourceType: "module", allowAwaitOutsideFunction: true };
const DECLARED = /(?:\b(?:class|function\*?|var|let|const)\s+|,\s*)([A-Za-z_$][\w$]*)/g;
/** Not to be had as `globalThis.name`, or what nobody declares. */
const OTHERS: ReadonlySet<string> = new Set([
  "globalThis",
  "undefined",
  "eval",
  "arguments",
  "require",
  "module",
  "exports",
]);

/**
 * Names globals as members of `globalThis` where something else in the chunk has the same name: the engine's compiler calls
 * that `Response2` where the code names the global, and so do errors, logs and whoever asks a class for its name.
 */
export function withHiddenGlobals(chunk: LinkedChunk): LinkedChunk {
  const { code } = chunk;
  const names = new Set<string>();
  for (const [, name = ""] of code.matchAll(DECLARED))
    if (!OTHERS.has(name) && Object.hasOwn(globalThis, name)) names.add(name);
  const program = names.size === 0 ? undefined : parseModule(code);
  if (program === undefined) return chunk;
  const { free, bindings } = readReferences(program);
  if (bindings.has("globalThis")) return chunk;
  const edits = [...names].flatMap((name) => (free.get(name) ?? []).map((one) => asMember(name, one)));
  return edits.length === 0 ? chunk : { ...chunk, code: applyEdits(code, edits) };
}

function asMember(name: string, { node, ancestors }: Reference): Edit {
  const parent = ancestors.at(-1);
  const member = `globalThis.${name}`;
  const { start, end } = node;
  if (parent?.type === "Property" && parent.shorthand) return { start, end, text: `${name}: ${member}` };
  // It would have the global object as its `this`.
  const isCalled = parent?.type === "CallExpression" && parent.callee === node;
  return { start, end, text: isCalled ? `(0, ${member})` : member };
}

/** `undefined` for syntax that the parser doesn't know. */
function parseModule(code: string): Program | undefined {
  try {
    return parse(code, MODULE);
  } catch {
    return undefined;
  }
}
