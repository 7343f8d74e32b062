import type { AnyNode, Program } from "acorn";
import type { Plugin } from "rolldown";
import { parseCommonJs } from "../../parse-commonjs.ts";
import { requiredSpecifier } from "../defer/deferrable.ts";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { readReferences, type Reference } from "../defer/references.ts";
import { COMMONJS } from "./sloppy-text.ts";

const MAYBE = /\brequire\b(?!\s*\(\s*["'`])|\bmodule\b(?!\s*\.\s*exports\b)/;
const HELPER = "$mayfly_commonjs";
const REQUIRE = "$mayfly_require";

/**
 * Gives CommonJS modules that ask for it what Node.js gives them besides their exports: `module.parent`, `module.paths`,
 * `require.main`, `require.cache`, and a `require` of names that are known only when it runs, which looks from where the module is.
 */
export function moduleObjects(): Plugin {
  return {
    name: "mayfly-module-objects",
    transform: {
      filter: { id: /^[^\0].*\.c?js$/, code: MAYBE },
      handler(code) {
        const written = withObjects(code);
        return written === undefined ? undefined : { code: written, map: null };
      },
    },
  };
}

function withObjects(code: string): string | undefined {
  const program = parseCommonJs(code);
  if (program === undefined || code.includes(REQUIRE)) return undefined;
  const { free, dynamic } = readReferences(program);
  const requires = free.get("require") ?? [];
  const modules = free.get("module") ?? [];
  if (dynamic || [...requires, ...modules].some(({ writes }) => writes)) return undefined;
  const asked = requires.filter((one) => !isPlainRequire(one));
  const described = modules.some((one) => !isPlainModule(one));
  if (asked.length === 0 && !described) return undefined;
  const edits = asked.map((one) => asOwn(one));
  const own = `const ${HELPER} = require("${COMMONJS}"), ${REQUIRE} = ${HELPER}.requireOf(__filename, require); `;
  const text = own + (described ? `${HELPER}.describeModule(module, __filename, ${REQUIRE}); ` : "");
  const start = afterDirectives(program);
  return applyEdits(code, [{ start, end: start, text }, ...edits]);
}

/** What the bundler, or the engine, answers as Node.js does. */
function isPlainRequire({ node, ancestors }: Reference): boolean {
  const [outer, parent] = ancestors.slice(-2);
  if (parent === undefined || isTypeOf(parent)) return true;
  if (parent.type === "CallExpression" && parent.callee === node) {
    const [argument, ...more] = parent.arguments;
    const isText = argument?.type === "TemplateLiteral" && argument.expressions.length === 0;
    return requiredSpecifier(parent) !== undefined || (isText && more.length === 0);
  }
  if (!isMemberOf(parent, node, "resolve") || outer?.type !== "CallExpression" || outer.callee !== parent) return false;
  // Of what is known only when it runs the engine tells where it has the program.
  return outer.arguments[0]?.type === "Literal" || outer.arguments[0]?.type === "TemplateLiteral";
}

/** `module.exports`, and questions whether there is a `module`. */
function isPlainModule({ node, ancestors }: Reference): boolean {
  const parent = ancestors.at(-1);
  if (parent === undefined || isTypeOf(parent) || isMemberOf(parent, node, "exports")) return true;
  if (parent.type === "UnaryExpression" && parent.operator === "!") return true;
  if (parent.type === "BinaryExpression") return parent.right.type === "Literal" || parent.left.type === "Literal";
  if (parent.type === "LogicalExpression") return parent.left === node;
  return (parent.type === "IfStatement" || parent.type === "ConditionalExpression") && parent.test === node;
}

function isTypeOf(node: AnyNode): boolean {
  return node.type === "UnaryExpression" && node.operator === "typeof";
}

function isMemberOf(node: AnyNode, object: AnyNode, name: string): boolean {
  if (node.type !== "MemberExpression" || node.object !== object) return false;
  const { property } = node;
  return node.computed
    ? property.type === "Literal" && property.value === name
    : property.type === "Identifier" && property.name === name;
}

function asOwn({ node, ancestors }: Reference): Edit {
  const parent = ancestors.at(-1);
  const isShort = parent?.type === "Property" && parent.shorthand;
  return { start: node.start, end: node.end, text: isShort ? `${node.name}: ${REQUIRE}` : REQUIRE };
}

/** Where the first statement begins that is more than text. */
function afterDirectives({ body, end }: Program): number {
  return body.find((node) => node.type !== "ExpressionStatement" || node.directive === undefined)?.start ?? end;
}
