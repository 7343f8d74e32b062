import type { AnyNode, AssignmentExpression, Program } from "acorn";
import { childrenOf } from "../defer/references.ts";
import type { Edit } from "../defer/edits.ts";
import { isStrictCode } from "./sloppy-reasons.ts";

const REQUIRED = /\brequire\(\s*["']([^"']+)["']\s*\)/g;
const GETTER = /\bget\s+([A-Za-z_$][\w$]*)\s*\(\s*\)/g;
const SETTER = /\bset\s+([A-Za-z_$][\w$]*)\s*\(/g;

/** A statement that gives a value to a property of what another object holds: `this.style.parent = rule`. */
export interface DeepWrite {
  readonly name: string;
  readonly edits: readonly Edit[];
}

/**
 * Finds what sloppy code can write without success and without a word: properties that have a getter only, of objects of
 * other modules. In strict code that is an error. jsdom's style sheets do it.
 */
export function deepWrites(program: Program): readonly DeepWrite[] {
  const found: DeepWrite[] = [];
  const visit = (node: AnyNode): void => {
    if (isStrictCode(node)) return;
    if (node.type === "ExpressionStatement" && node.expression.type === "AssignmentExpression")
      found.push(...deepWrite(node.expression));
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
  return found;
}

function deepWrite({ operator, left, right }: AssignmentExpression): readonly DeepWrite[] {
  if (operator !== "=" || left.type !== "MemberExpression" || left.computed) return [];
  const { object, property } = left;
  if (object.type !== "MemberExpression" || property.type !== "Identifier") return [];
  const held = object.property.type === "Identifier" ? object.property.name : "";
  if (held === "prototype" || held === "exports") return [];
  const edits = [
    { start: object.start, end: object.start, text: "globalThis.Reflect.set(" },
    { start: object.end, end: right.start, text: `, ${JSON.stringify(property.name)}, ` },
    { start: right.end, end: right.end, text: ")" },
  ];
  return [{ name: property.name, edits }];
}

/** What a module requires by name. */
export function requiredNames(code: string): ReadonlySet<string> {
  return new Set(Array.from(code.matchAll(REQUIRED), ([, name = ""]) => name));
}

/** The properties that have a getter and no setter, anywhere in a module. */
export function readOnlyNames(code: string): ReadonlySet<string> {
  const names = new Set(Array.from(code.matchAll(GETTER), ([, name = ""]) => name));
  for (const [, name = ""] of code.matchAll(SETTER)) names.delete(name);
  return names;
}
