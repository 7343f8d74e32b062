import type { Edit } from "../defer/edits.ts";
import type { ModuleReferences, Reference } from "../defer/references.ts";
import { isStrictCode } from "./sloppy-reasons.ts";

/** What Node.js gives a CommonJS module besides the globals. */
const GIVEN: ReadonlySet<string> = new Set(["module", "exports", "require", "__filename", "__dirname"]);

/** A value that is given to a name that nobody declares makes it a global: so it is written as what it means. */
export function globalsMade({ free, bindings }: ModuleReferences): readonly Edit[] {
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
  return writes && !ancestors.some(isStrictCode);
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
