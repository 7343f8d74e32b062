import { type AnyNode, type Options, parse, type Program } from "acorn";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { readReferences, type Reference } from "../defer/references.ts";
import type { LinkedChunk } from "./helpers-in-start.ts";

const MODULE: Options = { ecmaVersion: "latest", sourceType: "module", allowAwaitOutsideFunction: true };
/** What may be the name of a class or function: nothing else's is seen. */
const NAMED = /\b(?:class|function\*?)\s+([A-Za-z_$][\w$]*)|(?<![.\w$])([A-Za-z_$][\w$]*)\s*=(?![=>])/g;
const DECLARED = /\b(?:class|function\*?|var|let|const)\s+([A-Za-z_$][\w$]*)/g;
/** Mayfly's own modules name nothing like a global. */
const OWN = /[\\/]node_modules[\\/]mayfly[\\/]src[\\/]|^\0|[\\/]\.mayfly-entry\.ts$/;
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
  const { code, moduleIds } = chunk;
  if (moduleIds.every((id) => OWN.test(id))) return chunk;
  const names = new Set<string>();
  for (const [, declared, assigned] of code.matchAll(NAMED)) {
    const name = declared ?? assigned ?? "";
    if (isKnown(name)) names.add(name);
  }
  // Others may be there when it runs: classes of a browser that a package brings, beside code that asks for them.
  for (const [, name = ""] of code.matchAll(DECLARED)) if (!OTHERS.has(name)) names.add(name);
  const program = names.size === 0 ? undefined : parseModule(code);
  if (program === undefined) return chunk;
  const { free, bindings } = readReferences(program);
  if (bindings.has("globalThis")) return chunk;
  const edits = [...free].flatMap(([name, all]) =>
    names.has(name) ? all.flatMap((one) => (isKnown(name) || !one.writes ? asMember(name, one) : [])) : [],
  );
  for (const [name, { declarations, references }] of bindings) {
    const [declared] = declarations;
    if (declared !== undefined && /^Import\w*Specifier$/.test(declared.type) && names.has(name))
      edits.push(...importedAs(freshName(name, code), declared, references));
  }
  return edits.length === 0 ? chunk : { ...chunk, code: applyEdits(code, edits) };
}

/** Calls what a chunk imports otherwise than what a function inside declares: that would be `Response2` too. */
function importedAs(fresh: string, specifier: AnyNode, references: readonly Reference[]): readonly Edit[] {
  const isSame = specifier.type === "ImportSpecifier" && specifier.imported.start === specifier.local.start;
  const local = "local" in specifier ? specifier.local : specifier;
  const text = isSame ? `${specifier.local.name} as ${fresh}` : fresh;
  return [
    { start: local.start, end: local.end, text },
    ...references.map(({ node, ancestors }): Edit => {
      const parent = ancestors.at(-1);
      const { start, end, name } = node;
      if (parent?.type === "Property" && parent.shorthand) return { start, end, text: `${name}: ${fresh}` };
      const isExported =
        parent?.type === "ExportNamedDeclaration" &&
        parent.specifiers.some((one) => one.local.start === start && one.exported.start === start);
      return { start, end, text: isExported ? `${fresh} as ${name}` : fresh };
    }),
  ];
}

function freshName(name: string, code: string): string {
  let fresh = `${name}$`;
  while (code.includes(fresh)) fresh += "$";
  return fresh;
}

function isKnown(name: string): boolean {
  return !OTHERS.has(name) && Object.hasOwn(globalThis, name);
}

function asMember(name: string, { node, ancestors }: Reference): Edit {
  const parent = ancestors.at(-1);
  const isAsked = parent?.type === "UnaryExpression" && parent.operator === "typeof";
  const plain = `globalThis.${name}`;
  // What isn't there has to fail as it does anywhere.
  const member = isKnown(name) || isAsked ? plain : `("${name}" in globalThis ? ${plain} : (0, eval)("${name}"))`;
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
