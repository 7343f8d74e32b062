import type { AnyNode, Program } from "acorn";
import { childrenOf } from "../defer/references.ts";
import type { Edit } from "../defer/edits.ts";
import { startsStrict } from "./sloppy-reasons.ts";

const THIS = "$mayfly_this";
/** Methods of what is no object: sloppy code has an object of it for `this`. */
const PRIMITIVE = /\b(?:String|Number|Boolean|BigInt|Symbol)\.prototype\b/;

/** Writes `this` of functions that aren't strict as what it is there: never undefined, but the global object. */
export function sloppyThis(program: Program, source: string): readonly Edit[] {
  if (startsStrict(program.body) || !/\bthis\b/.test(source)) return [];
  const value = PRIMITIVE.test(source) ? "Object(this ?? globalThis)" : "this ?? globalThis";
  const edits: Edit[] = [];
  /** @param uses where `this` of the function around is used; `undefined` where it isn't to be changed */
  const visit = (node: AnyNode, uses: AnyNode[] | undefined): void => {
    if (node.type === "ThisExpression") uses?.push(node);
    // All code of a class is strict.
    else if (node.type === "ClassBody") return;
    else if (node.type !== "FunctionDeclaration" && node.type !== "FunctionExpression")
      for (const child of childrenOf(node)) visit(child, uses);
    else if (node.body.type === "BlockStatement" && !startsStrict(node.body.body)) {
      const own: AnyNode[] = [];
      for (const child of childrenOf(node)) visit(child, own);
      if (own.length === 0) return;
      const at = node.body.body.findLast(
        (one) => one.type === "ExpressionStatement" && one.directive !== undefined,
      )?.end;
      const start = at ?? node.body.start + 1;
      edits.push({ start, end: start, text: `; const ${THIS} = ${value};` });
      for (const one of own) edits.push({ start: one.start, end: one.end, text: THIS });
    }
  };
  visit(program, undefined);
  return edits;
}
