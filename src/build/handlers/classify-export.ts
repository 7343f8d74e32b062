import type { CallExpression, Expression, Property, SpreadElement } from "acorn";
import type { Binding, Scope } from "../module-scope.ts";
import { classMembers } from "./class-members.ts";

/** An exported value that is, or may be, callable as a handler. */
export interface Candidate {
  /** Export path: `["api", "users", "list"]`. */
  readonly path: readonly string[];
  /**
   * `function`: certainly callable. `wrapped`: what a call that took a function gave, such as
   * `middy(fn)`. `unknown`: reading the code can't tell. `hidden`: nor can it for this part of an object,
   * which mostly is data, or the object is a handler itself; never listed, but a config may name it. `method`: of an
   * instance or of a class itself; mostly it serves the module's functions.
   */
  readonly certainty: "function" | "wrapped" | "unknown" | "method" | "hidden";
}

/** Deeper nesting is data rather than a table of handlers. */
const MAX_DEPTH = 4;

/** The handlers behind one exported value: itself, or the functions inside an object. Classes and literals are none. */
export function classifyBinding(binding: Binding | undefined, path: readonly string[], scope: Scope): Candidate[] {
  switch (binding?.kind) {
    case "function":
      return [{ path, certainty: "function" }];
    case "value":
      return classifyExpression(binding.node, path, scope);
    case "namespace":
      return binding.getters.flatMap((getter) => classifyGetter(getter, path, scope));
    case "import":
    case "unknown":
      return [{ path, certainty: "unknown" }];
    case "class":
      return classMembers(binding, scope).statics.map((name) => ({ path: [...path, name], certainty: "method" }));
    case undefined:
      return [];
  }
}

/** An instance of a class that the module shows is its methods, or an app if it has `fetch`, or `listen`. */
function classifyInstance(callee: Expression, path: readonly string[], scope: Scope): Candidate[] {
  const binding = callee.type === "Identifier" ? scope.get(callee.name) : undefined;
  if (binding?.kind !== "class") return [{ path, certainty: "unknown" }];
  const { methods, open } = classMembers(binding, scope);
  if (methods.includes("fetch") || methods.includes("listen")) return [{ path, certainty: "function" }];
  const inside = methods.map((name): Candidate => ({ path: [...path, name], certainty: "method" }));
  // It can be given more, which only a config knows of.
  return [{ path, certainty: open || methods.length === 0 ? "unknown" : "hidden" }, ...inside];
}

export function classifyExpression(node: Expression, path: readonly string[], scope: Scope): Candidate[] {
  if (path.length > MAX_DEPTH) return [];
  const same = (inner: Expression): Candidate[] => classifyExpression(inner, path, scope);
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the other expressions are no functions
  switch (node.type) {
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return [{ path, certainty: "function" }];
    case "Identifier":
      return node.name === "undefined" ? [] : classifyBinding(scope.get(node.name), path, without(scope, node.name));
    case "ObjectExpression":
      return classifyObject(node.properties, path, scope);
    case "CallExpression":
      return classifyCall(node, path, scope);
    case "ConditionalExpression":
      return best([same(node.consequent), same(node.alternate)]);
    case "LogicalExpression":
      return best([same(node.left), same(node.right)]);
    case "AssignmentExpression":
      return same(node.right);
    case "ParenthesizedExpression":
    case "ChainExpression":
      return same(node.expression);
    case "SequenceExpression": {
      const last = node.expressions.at(-1);
      return last === undefined ? [] : same(last);
    }
    case "NewExpression":
      return classifyInstance(node.callee, path, scope);
    case "ClassExpression":
      return classifyBinding({ kind: "class", body: node.body, superClass: node.superClass }, path, scope);
    case "AwaitExpression":
    case "MemberExpression":
    case "TaggedTemplateExpression":
    case "ImportExpression":
      return [{ path, certainty: "unknown" }];
    default:
      return [];
  }
}

function classifyObject(
  properties: readonly (Property | SpreadElement)[],
  path: readonly string[],
  scope: Scope,
): Candidate[] {
  const inside = properties.flatMap((property) => {
    if (property.type === "SpreadElement") return [{ path, certainty: "hidden" } as const];
    if (property.computed || property.kind !== "init") return [];
    const { key } = property;
    const name = key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : undefined;
    return name === undefined ? [] : classifyExpression(property.value, [...path, name], scope);
  });
  // `{ fetch(request) … }` is one HTTP handler, the shape that web frameworks export.
  const isFetchHandler = inside.some((found) => found.path.length === path.length + 1 && found.path.at(-1) === "fetch");
  if (isFetchHandler)
    return [{ path, certainty: "function" }, ...inside.map((found) => ({ ...found, certainty: "hidden" as const }))];
  return inside.map((found) =>
    found.certainty === "unknown" || found.certainty === "method" ? { ...found, certainty: "hidden" } : found,
  );
}

function classifyGetter(getter: Property | SpreadElement, path: readonly string[], scope: Scope): Candidate[] {
  if (getter.type === "SpreadElement" || getter.value.type !== "ArrowFunctionExpression") return [];
  const { key, value } = getter;
  const name = key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : undefined;
  if (name === undefined || value.body.type === "BlockStatement") return [];
  return classifyExpression(value.body, [...path, name], scope);
}

function classifyCall(call: CallExpression, path: readonly string[], scope: Scope): Candidate[] {
  const { callee } = call;
  const [first] = call.arguments;
  if (isMayflyHandler(callee, scope) || isStreamifyResponse(callee, scope)) return [{ path, certainty: "function" }];
  if (callee.type === "MemberExpression" && callee.object.type !== "Super") {
    const method = callee.property.type === "Identifier" ? callee.property.name : undefined;
    // fn.bind(this): as callable as fn. middy(fn).use(plugin): what the chain began with.
    const receiver = classifyExpression(callee.object, path, scope).filter(
      (found) => found.path.length === path.length,
    );
    if (method === "bind" || receiver[0]?.certainty === "wrapped") return receiver;
    if (isObject(callee.object)) {
      if (method === "freeze" && first && first.type !== "SpreadElement") return classifyExpression(first, path, scope);
      // Of a function and more it gives the function; of objects, one with the members of all.
      const assigned = method === "assign" ? classifyAssigned(call, path, scope) : [];
      if (assigned.length > 0) return assigned;
    }
  }
  const takesFunction = call.arguments.some(
    (argument) =>
      argument.type !== "SpreadElement" &&
      classifyExpression(argument, path, scope).some(
        (found) => found.path.length === path.length && found.certainty !== "unknown",
      ),
  );
  return [{ path, certainty: takesFunction ? "wrapped" : "unknown" }];
}

function isObject(object: Expression): boolean {
  return object.type === "Identifier" && object.name === "Object";
}

function classifyAssigned(call: CallExpression, path: readonly string[], scope: Scope): Candidate[] {
  const parts = call.arguments.map((part) =>
    part.type === "SpreadElement" ? [] : classifyExpression(part, path, scope),
  );
  // An object with `fetch` counts as one function too, whichever of the parts it was.
  const whole = parts.flat().filter((found) => found.path.length === path.length && found.certainty === "function");
  return whole.slice(0, 1);
}

/** What Mayfly itself makes handlers with: `handler({ event: schema }, fn)`, `batch(fn)`. */
const HANDLER_MAKERS: ReadonlySet<string> = new Set(["handler", "batch", "tumblingWindow"]);

/** `awslambda.streamifyResponse(fn)`: the global object of AWS's Node.js runtime. */
function isStreamifyResponse(callee: CallExpression["callee"], scope: Scope): boolean {
  return (
    callee.type === "MemberExpression" &&
    callee.object.type === "Identifier" &&
    callee.object.name === "awslambda" &&
    !scope.has("awslambda") &&
    callee.property.type === "Identifier" &&
    callee.property.name === "streamifyResponse"
  );
}

function isMayflyHandler(callee: CallExpression["callee"], scope: Scope): boolean {
  const name = callee.type === "MemberExpression" ? callee.object : callee;
  if (name.type !== "Identifier") return false;
  const binding = scope.get(name.name);
  if (binding?.kind !== "import" || binding.source !== "mayfly") return false;
  if (callee.type !== "MemberExpression") return HANDLER_MAKERS.has(binding.imported);
  return callee.property.type === "Identifier" && HANDLER_MAKERS.has(callee.property.name);
}

function best(branches: readonly Candidate[][]): Candidate[] {
  const strength = (found: Candidate[]): number =>
    found.some((one) => one.certainty === "function") ? 2 : found.some((one) => one.certainty === "wrapped") ? 1 : 0;
  return branches.toSorted((a, b) => strength(b) - strength(a))[0] ?? [];
}

/** A name that stands for itself would be followed forever. */
function without(scope: Scope, name: string): Scope {
  const rest = new Map(scope);
  rest.delete(name);
  return rest;
}
