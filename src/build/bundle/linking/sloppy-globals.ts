import type { AnyNode } from "acorn";
import type { Plugin } from "rolldown";
import { parseCommonJs } from "../../parse-commonjs.ts";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { readReferences, type Reference } from "../defer/references.ts";

/** What Node.js gives a CommonJS module besides the globals. */
const GIVEN: ReadonlySet<string> = new Set(["module", "exports", "require", "__filename", "__dirname"]);
const STRICT = /^(?:\s|\/\/.*|\/\*[^]*?\*\/|#!.*)*["']use strict["']/;

/** An ES module is strict by itself, and parsing each of them once more takes a third of a build's time. */
const ES_MODULE = /^(?:import\s*[\w$*{"']|export\s*[\w{*])/m;
const COMMONJS = /\b(?:module\.exports|exports\.|require\s*\()/;

/**
 * CommonJS without `"use strict"` may give a value to a name that nobody declares, which makes it a global. All code is
 * strict in the bundle, where that is an error: so it is written as what it means.
 */
export function sloppyGlobals(): Plugin {
  // The bundler begins again where packages are both imported and required (two-builds.ts).
  const known = new Map<string, readonly Edit[]>();
  return {
    name: "mayfly-sloppy",
    transform: {
      filter: { id: /^[^\0].*\.c?js$/ },
      handler(code) {
        if (STRICT.test(code) || (ES_MODULE.test(code) && !COMMONJS.test(code))) return undefined;
        const edits = known.get(code) ?? globalsMade(code);
        known.set(code, edits);
        return edits.length === 0 ? undefined : { code: applyEdits(code, edits), map: null };
      },
    },
  };
}

function globalsMade(code: string): readonly Edit[] {
  const program = parseCommonJs(code);
  if (program === undefined) return [];
  const { free, bindings } = readReferences(program);
  if (bindings.has("globalThis")) return [];
  return [...free].flatMap(([name, references]) =>
    GIVEN.has(name) || Object.hasOwn(globalThis, name)
      ? []
      : references.filter(makesGlobal).map((reference) => asProperty(name, reference)),
  );
}

function makesGlobal({ ancestors, writes }: Reference): boolean {
  const parent = ancestors.findLast(({ type }) => type !== "ParenthesizedExpression");
  // It needs a value before: without one that is an error in all code.
  if (parent?.type === "UpdateExpression" || (parent?.type === "AssignmentExpression" && parent.operator !== "="))
    return false;
  return writes && !ancestors.some(isStrict);
}

function isStrict(node: AnyNode): boolean {
  if (node.type === "ClassBody") return true;
  const isFunction = /Function/.test(node.type);
  if (!isFunction || !("body" in node) || !node.body || !("type" in node.body)) return false;
  const [first] = node.body.type === "BlockStatement" ? node.body.body : [];
  return first?.type === "ExpressionStatement" && first.directive === "use strict";
}

function asProperty(name: string, { node, ancestors }: Reference): Edit {
  const text = `globalThis.${name}`;
  const [around, parent] = [ancestors.at(-2), ancestors.at(-1)];
  const pattern = parent?.type === "AssignmentPattern" ? around : parent;
  const isShort =
    pattern?.type === "ObjectPattern" &&
    pattern.properties.some((one) => one.type === "Property" && one.shorthand && one.value.start === node.start);
  return { start: node.start, end: node.end, text: isShort ? `${name}: ${text}` : text };
}
