import type { AnyNode, Identifier, Program } from "acorn";
import { childrenOf } from "../defer/references.ts";

/** What strict code may not call anything, and `await`, which modules may not. */
const RESERVED: ReadonlySet<string> = new Set(
  "implements interface let package private protected public static yield await".split(" "),
);
const CONSTANT: ReadonlySet<string> = new Set(["undefined", "NaN", "Infinity"]);
const CHANGING: ReadonlySet<string> = new Set("shift unshift pop push splice sort reverse fill copyWithin".split(" "));
/** What makes writes fail, which sloppy code doesn't notice. */
const FIXING: ReadonlySet<string> = new Set(["freeze", "seal", "preventExtensions"]);

type FunctionNode = Extract<AnyNode, { type: "FunctionDeclaration" | "FunctionExpression" }>;

/** What is found of a function that isn't strict. */
interface Found {
  readonly node: FunctionNode;
  /** Where a parameter gets another value. */
  readonly written: number[];
  /** Where `arguments` is asked for more than its length. */
  readonly asked: number[];
  /** Whether what is asked first may be seen again: loops, functions inside, other names for `arguments`. */
  isAskedAgain: boolean;
  isChanged: boolean;
  readonly inBlocks: { readonly name: string; readonly block: AnyNode }[];
  readonly names: Identifier[];
}

/**
 * Whether CommonJS has something that means another thing, or is an error, where all code is strict, as it is in ES modules.
 * Left out is what can be written otherwise: `this` of functions, and names that nobody declares.
 */
export function needsSloppy(program: Program): boolean {
  return new SloppyReasons(program).found;
}

class SloppyReasons {
  found = false;
  readonly #functionNames = new Set<string>();
  /** What can't be written, and what is: variables, and properties such as `a.b`. */
  readonly #fixed: { readonly name: string; readonly otherwise: AnyNode | undefined }[] = [];
  readonly #assigned = new Map<string, number[]>();
  readonly #functions: Found[] = [];
  #loops = 0;

  constructor(program: Program) {
    for (const node of program.body) this.#visit(node, [program], startsStrict(program.body));
    this.found ||= this.#fixed.some(({ name, otherwise }) =>
      this.#assigned.get(name)?.some((at) => !otherwise || at < otherwise.start || at >= otherwise.end),
    );
  }

  #visit(node: AnyNode, ancestors: readonly AnyNode[], strict: boolean): void {
    if (this.found) return;
    const inside = [...ancestors, node];
    if (node.type === "ClassDeclaration" || node.type === "ClassExpression") {
      for (const child of childrenOf(node)) this.#visit(child, inside, true);
    } else if (node.type === "FunctionDeclaration" || node.type === "FunctionExpression") {
      this.#function(node, inside, strict);
    } else {
      if (!strict) this.#sloppy(node, ancestors);
      this.#anywhere(node);
      const isLoop = /^(?:For|While|DoWhile)/.test(node.type);
      if (isLoop) this.#loops++;
      const isStrict = strict || (node.type === "ArrowFunctionExpression" && hasStrictBody(node.body));
      for (const child of childrenOf(node)) this.#visit(child, inside, isStrict);
      if (isLoop) this.#loops--;
    }
  }

  #function(node: FunctionNode, inside: readonly AnyNode[], strict: boolean): void {
    if (node.type === "FunctionDeclaration" && node.id) this.#functionNames.add(node.id.name);
    if (strict || hasStrictBody(node.body)) {
      for (const child of childrenOf(node)) this.#visit(child, inside, true);
      return;
    }
    this.#inBlock(node, inside);
    const names = node.params.flatMap((param) => (param.type === "Identifier" ? [param.name] : []));
    this.found ||= new Set(names).size < names.length || node.params.some(hasThis);
    const found: Found = {
      node,
      written: [],
      asked: [],
      isAskedAgain: false,
      isChanged: false,
      inBlocks: [],
      names: [],
    };
    this.#functions.push(found);
    const loops = this.#loops;
    this.#loops = 0;
    for (const child of childrenOf(node)) this.#visit(child, inside, false);
    this.#loops = loops;
    this.#functions.pop();
    this.found ||= isAliased(found) || found.inBlocks.some((one) => isNamedOutside(one, found.names));
    for (const name of found.names) this.#functions.at(-1)?.names.push(name);
  }

  /** Sloppy code sees a function of a block outside of it too. */
  #inBlock(node: FunctionNode, inside: readonly AnyNode[]): void {
    const [outer, block] = inside.slice(-3, -1);
    if (node.type !== "FunctionDeclaration" || !node.id || node.async || node.generator || block === undefined) return;
    this.found ||= block.type === "IfStatement" || block.type === "LabeledStatement";
    const isBody = /Function/.test(outer?.type ?? "");
    if (block.type !== "SwitchCase" && (block.type !== "BlockStatement" || isBody)) return;
    const around = this.#functions.at(-1);
    // At the top of a module there is no function to look at: anything may name it.
    if (around === undefined) this.found = true;
    else around.inBlocks.push({ name: node.id.name, block });
  }

  /** What is looked for in strict code too. */
  #anywhere(node: AnyNode): void {
    // Names that it reads are others in a bundle, and there is no `require`.
    if (node.type !== "CallExpression" || node.callee.type !== "Identifier" || node.callee.name !== "eval") return;
    const [argument] = node.arguments;
    this.found ||= !(argument?.type === "Literal" && argument.value === "require");
  }

  #sloppy(node: AnyNode, ancestors: readonly AnyNode[]): void {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the others mean the same in strict code
    switch (node.type) {
      case "WithStatement":
        this.found = true;
        return;
      case "UnaryExpression":
        this.found ||= node.operator === "delete" && node.argument.type === "Identifier";
        return;
      case "Literal":
        this.found ||=
          (typeof node.value === "number" && /^0\d/.test(node.raw ?? "")) ||
          (typeof node.value === "string" && /(?:^|[^\\])(?:\\\\)*\\(?:[1-9]|0\d)/.test(node.raw ?? ""));
        return;
      case "Identifier":
        return this.#identifier(node, ancestors);
      case "MemberExpression":
        return this.#member(node, ancestors.at(-1));
      case "Property":
        if (node.kind === "get") this.#fixProperty(holderOf(ancestors), node.key, ancestors);
        return;
      case "CallExpression":
        return this.#call(node, ancestors);
      default:
        return;
    }
  }

  #identifier(node: Identifier, ancestors: readonly AnyNode[]): void {
    const parent = ancestors.at(-1);
    if (isOnlyKey(node, parent)) return;
    const written = isWritten(node, ancestors);
    this.found ||=
      RESERVED.has(node.name) || (written && (CONSTANT.has(node.name) || /^(?:eval|arguments)$/.test(node.name)));
    const around = this.#functions.at(-1);
    if (around === undefined) return;
    around.names.push(node);
    if (node.name === "arguments") this.#arguments(around, node, ancestors);
    if (!written) return;
    this.#written(node, ancestors.at(-1)?.type === "VariableDeclarator");
  }

  #written(node: Identifier, isDeclared: boolean): void {
    // A function inside may write what is a parameter outside.
    let inside: FunctionNode | undefined;
    for (const one of this.#functions.toReversed()) {
      const isOwn = one.node.params.some((param) => param.type === "Identifier" && param.name === node.name);
      if (isOwn) one.written.push(inside === undefined ? node.start : writesFrom(inside));
      inside = one.node;
      if (isOwn || isDeclared) return;
      // The name of an expression is a constant, of which sloppy code hears nothing.
      this.found ||= one.node.type === "FunctionExpression" && one.node.id?.name === node.name;
    }
  }

  #arguments(around: Found, node: Identifier, ancestors: readonly AnyNode[]): void {
    const parent = ancestors.at(-1);
    const outer = ancestors.at(-2);
    if (parent?.type === "MemberExpression" && parent.object === node) {
      if (!parent.computed && parent.property.type === "Identifier" && parent.property.name === "length") return;
      around.isChanged ||=
        (outer?.type === "AssignmentExpression" && outer.left === parent) || outer?.type === "UpdateExpression";
    } else if (parent?.type === "CallExpression" && parent.callee !== node) {
      const { callee } = parent;
      const method =
        callee.type === "MemberExpression" && callee.object.type === "MemberExpression"
          ? callee.object.property
          : undefined;
      around.isChanged ||= method?.type === "Identifier" && CHANGING.has(method.name);
    } else if (parent?.type !== "UnaryExpression") {
      around.isAskedAgain = true;
    }
    around.isAskedAgain ||=
      this.#loops > 0 ||
      ancestors.some((one) => one.type === "ArrowFunctionExpression" && one.start > around.node.start);
    around.asked.push(node.start);
  }

  #member(node: AnyNode & { readonly type: "MemberExpression" }, parent: AnyNode | undefined): void {
    if (node.computed || node.property.type !== "Identifier") return;
    const { name } = node.property;
    const of = node.object.type === "Identifier" ? node.object.name : undefined;
    const isChanged =
      parent?.type === "UpdateExpression" ||
      (parent?.type === "UnaryExpression" && parent.operator === "delete") ||
      (parent?.type === "AssignmentExpression" && parent.left === node);
    if (isChanged) {
      const holder = nameOf(node.object);
      for (const one of holder === undefined ? [] : [holder, `${holder}.${name}`])
        this.#assigned.set(one, [...(this.#assigned.get(one) ?? []), node.start]);
      if (/^(?:name|length)$/.test(name)) this.found ||= of !== undefined && this.#functionNames.has(of);
    }
    this.found ||= of === "arguments" && name === "callee";
    this.found ||= /^(?:caller|arguments)$/.test(name) && of !== undefined && this.#functionNames.has(of);
  }

  /** `Object.freeze(a)`, `a = Object.freeze({})`, `Object.defineProperty(a, "b", { value })` */
  #call(node: AnyNode & { readonly type: "CallExpression" }, ancestors: readonly AnyNode[]): void {
    const { callee } = node;
    if (callee.type !== "MemberExpression" || callee.computed || callee.property.type !== "Identifier") return;
    if (!/^(?:Object|Reflect)$/.test(nameOf(callee.object) ?? "")) return;
    const [of, key, descriptor] = node.arguments;
    const holder = of === undefined ? undefined : nameOf(of);
    if (FIXING.has(callee.property.name)) {
      for (const name of [holder, holderOf([...ancestors, node])]) this.#fix(name, ancestors);
    }
    if (callee.property.name !== "defineProperty" || descriptor?.type !== "ObjectExpression" || !key) return;
    const says = descriptor.properties.flatMap((one) => (one.type === "Property" ? (nameOf(one.key) ?? []) : []));
    if (!says.includes("set") && !says.includes("writable")) this.#fixProperty(holder, key, ancestors);
  }

  #fixProperty(holder: string | undefined, key: AnyNode, ancestors: readonly AnyNode[]): void {
    const name = key.type === "Literal" ? String(key.value) : nameOf(key);
    if (holder !== undefined && name !== undefined) this.#fix(`${holder}.${name}`, ancestors);
  }

  #fix(name: string | undefined, ancestors: readonly AnyNode[]): void {
    if (name === undefined) return;
    // `if (Object.defineProperty) … else a.b = c`
    const choice = ancestors.findLast((one) => one.type === "IfStatement" || one.type === "ConditionalExpression");
    this.#fixed.push({ name, otherwise: choice?.alternate ?? undefined });
  }
}

/** Of a variable, or `this`. */
function nameOf(node: AnyNode): string | undefined {
  if (node.type === "ThisExpression") return "this";
  return node.type === "Identifier" ? node.name : undefined;
}

/** What a value is given to: `a` of `a = …` and `var a = …`. */
function holderOf(ancestors: readonly AnyNode[]): string | undefined {
  const given = ancestors.at(-2);
  if (given?.type === "VariableDeclarator") return nameOf(given.id);
  return given?.type === "AssignmentExpression" ? nameOf(given.left) : undefined;
}

/** From where on what a function writes can be written: declarations can be called before they stand. */
function writesFrom({ type, start }: FunctionNode): number {
  return type === "FunctionDeclaration" ? 0 : start;
}

/** Whether changing a parameter could show in `arguments`, or the other way round. */
function isAliased({ node, written, asked, isAskedAgain, isChanged }: Found): boolean {
  if (node.params.length === 0 || node.params.some(({ type }) => type !== "Identifier")) return false;
  if (isChanged) return true;
  return asked.length > 0 && written.length > 0 && (isAskedAgain || Math.max(...asked) > Math.min(...written));
}

function isNamedOutside({ name, block }: { name: string; block: AnyNode }, names: readonly Identifier[]): boolean {
  return names.some((one) => one.name === name && (one.start < block.start || one.start >= block.end));
}

function isWritten(node: AnyNode, ancestors: readonly AnyNode[]): boolean {
  const parent = ancestors.at(-1);
  if (parent?.type === "UpdateExpression") return true;
  if (parent?.type === "AssignmentExpression") return parent.left === node;
  if (parent?.type === "ForInStatement" || parent?.type === "ForOfStatement") return parent.left === node;
  if (parent?.type === "VariableDeclarator") return parent.id === node && parent.init !== null;
  const isPattern =
    parent?.type === "ArrayPattern" || parent?.type === "AssignmentPattern" || parent?.type === "RestElement";
  return (
    (isPattern || parent?.type === "Property") &&
    ancestors.some(({ type }) => type === "ObjectPattern" || type === "ArrayPattern")
  );
}

/** Whether it is no name of a value: `x.name`, `{ name: 1 }`. */
function isOnlyKey(node: AnyNode, parent: AnyNode | undefined): boolean {
  if (parent?.type === "MemberExpression") return parent.property === node && !parent.computed;
  if (parent?.type === "Property") return parent.key === node && !parent.computed && !parent.shorthand;
  return /^(?:LabeledStatement|BreakStatement|ContinueStatement|MetaProperty)$/.test(parent?.type ?? "");
}

function hasThis(node: AnyNode): boolean {
  if (node.type === "ThisExpression") return true;
  return !/^(?:Function|Class)/.test(node.type) && childrenOf(node).some(hasThis);
}

function hasStrictBody(body: AnyNode): boolean {
  return body.type === "BlockStatement" && startsStrict(body.body);
}

/** Whether all in a node is strict: a class, or a function that says so. */
export function isStrictCode(node: AnyNode): boolean {
  if (node.type === "ClassBody") return true;
  if (!("body" in node) || !/Function/.test(node.type) || !node.body || !("type" in node.body)) return false;
  return hasStrictBody(node.body);
}

/** Whether code begins with `"use strict"`. */
export function startsStrict(body: readonly AnyNode[]): boolean {
  for (const statement of body) {
    if (statement.type !== "ExpressionStatement" || statement.directive === undefined) return false;
    if (statement.directive === "use strict") return true;
  }
  return false;
}
