import type { AnyNode } from "acorn";
import type { Plugin } from "rolldown";
import { parseCommonJs } from "../../parse-commonjs.ts";
import { descendants } from "../defer/deferrable.ts";
import { applyEdits } from "../defer/edits.ts";
import { readReferences, type Reference } from "../defer/references.ts";

/** A method with `this`, or an export that is made by a function. */
const MAYBE = /\bexports\.[\w$]+\s*=\s*(?:async\s+)?function\b[^]*\bthis\b|(?:^\s|[{>])\s*exports\.[\w$]+\s*=/m;

/**
 * The bundler reads members of what was imported by default, `lib.name`, from a copy of the exports where these are written
 * as `exports.name = …`: what is added later isn't there, and is another `this`. It takes them from the exports themselves
 * where they are written in another way, so where either can be seen they are.
 */
export function liveExports(): Plugin {
  return {
    name: "mayfly-live-exports",
    transform: {
      filter: { id: /^[^\0].*\.c?js$/, code: MAYBE },
      handler(code) {
        const written = throughModule(code);
        return written === undefined ? undefined : { code: written, map: null };
      },
    },
  };
}

function throughModule(code: string): string | undefined {
  const program = parseCommonJs(code);
  if (program === undefined) return undefined;
  const { free } = readReferences(program);
  const all = free.get("exports") ?? [];
  const assigned = all.flatMap((one) => assignment(one) ?? []);
  // Its exports are another object then, or may be.
  const isReplaced = all.some(({ writes }) => writes) || /\bmodule\.exports\s*=[^=]/.test(code);
  if (isReplaced || !isSeen(assigned)) return undefined;
  return applyEdits(
    code,
    assigned.map(({ start }) => ({ start, end: start, text: "module." })),
  );
}

interface Assignment {
  readonly name: string;
  readonly start: number;
  readonly isLater: boolean;
  readonly value: AnyNode;
}

function assignment({ node, ancestors }: Reference): Assignment | undefined {
  const [outer, member] = ancestors.slice(-2);
  if (member?.type !== "MemberExpression" || member.object !== node || member.computed) return undefined;
  if (outer?.type !== "AssignmentExpression" || outer.left !== member || member.property.type !== "Identifier")
    return undefined;
  const isLater = ancestors.some(({ type }) => /Function/.test(type));
  return { name: member.property.name, start: node.start, isLater, value: outer.right };
}

function isSeen(assigned: readonly Assignment[]): boolean {
  const early = new Set(assigned.filter(({ isLater }) => !isLater).map(({ name }) => name));
  return assigned.some(
    ({ name, isLater, value }) =>
      (isLater && !early.has(name)) ||
      (value.type === "FunctionExpression" && [...descendants(value)].some(({ type }) => type === "ThisExpression")),
  );
}
