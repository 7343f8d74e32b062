import { type AnyNode, type ObjectPattern, type Program, type VariableDeclarator } from "acorn";
import { parseCommonJs } from "../../parse-commonjs.ts";
import { type BuiltinPath, constantText, deferrableBuiltin, isAnswered } from "./builtins.ts";
import {
  bare,
  descendants,
  Judge,
  knownFunction,
  requiredBuiltin,
  requiredSpecifier,
  runningWith,
} from "./deferrable.ts";
import { applyEdits, type Edit } from "./edits.ts";
import { type ModuleReferences, readReferences, type Reference } from "./references.ts";

/** The name that the written calls go through, and what the names of the functions they make begin with. */
const HELPER = "$deferred";
const PREFIX = "$deferred_";

export interface DeferredModule {
  readonly code: string;
  /** Exports that are evaluated when they are first read. */
  readonly lazyExports: ReadonlySet<string>;
}

/**
 * Rewrites a CommonJS module so that what it requires of the engine is loaded when it is first used, and so are its
 * own declarations that need nothing but that, such as a class that extends one of the engine's. Lines stay.
 * @param helper the specifier of the module that the written calls go to
 * @param lazyExportsOf the exports of a required module that are lazy already
 * @returns `undefined` if there is nothing to defer, or if the code can't be judged
 */
export function deferInCommonJs(
  source: string,
  helper: string,
  lazyExportsOf: (specifier: string) => ReadonlySet<string>,
): DeferredModule | undefined {
  if (source.includes(HELPER)) return undefined;
  const program = parseCommonJs(source);
  if (program === undefined) return undefined;
  const references = readReferences(program);
  if (references.dynamic || references.bindings.has("require")) return undefined;
  return new Rewriter(source, program, references, helper, lazyExportsOf).rewrite();
}

class Rewriter {
  readonly #source: string;
  readonly #program: Program;
  readonly #references: ModuleReferences;
  readonly #helper: string;
  readonly #lazyExportsOf: (specifier: string) => ReadonlySet<string>;
  readonly #deferred = new Map<string, BuiltinPath | undefined>();
  /** What evaluates a deferred name when it is evaluated itself. */
  readonly #evaluating = new Set<AnyNode>();
  readonly #judge: Judge;
  readonly #edits: Edit[] = [];
  readonly #lazyExports = new Set<string>();
  /** What is evaluated later than it stands, and how a declaration is written in front of it. */
  readonly #later = new Map<AnyNode, (declaration: string) => string>();
  #keptCount = 0;

  constructor(
    source: string,
    program: Program,
    references: ModuleReferences,
    helper: string,
    lazyExportsOf: (specifier: string) => ReadonlySet<string>,
  ) {
    this.#source = source;
    this.#program = program;
    this.#references = references;
    this.#helper = helper;
    this.#lazyExportsOf = lazyExportsOf;
    this.#judge = new Judge(references, this.#deferred);
  }

  rewrite(): DeferredModule | undefined {
    for (const statement of this.#program.body) {
      if (statement.type === "VariableDeclaration") {
        for (const declarator of statement.declarations) this.#declarator(declarator);
      } else if (statement.type === "ClassDeclaration") {
        this.#classDeclaration(statement, statement.id.name);
      } else if (statement.type === "ExpressionStatement") {
        this.#export(statement.expression);
      }
    }
    for (const name of this.#deferred.keys()) {
      for (const reference of this.#references.bindings.get(name)?.references ?? []) this.#reference(name, reference);
    }
    this.#otherRequires();
    this.#importsLater();
    if (this.#edits.length === 0) return undefined;
    const first = this.#program.body.find(
      (node) => node.type !== "ExpressionStatement" || node.directive === undefined,
    );
    if (first === undefined) return undefined;
    this.#edits.unshift({
      start: first.start,
      end: first.start,
      text: `const ${HELPER} = require(${JSON.stringify(this.#helper)}); `,
    });
    return { code: applyEdits(this.#source, this.#edits), lazyExports: this.#lazyExports };
  }

  #declarator(node: VariableDeclarator): void {
    const { id, init } = node;
    if (!init) return;
    if (id.type === "ObjectPattern") return this.#pattern(id, init, node);
    if (id.type !== "Identifier" || !this.#judge.isStable(id.name)) return;
    if (this.#judge.isKnownProbe(init)) {
      this.#edit(init.start, init.start, `${HELPER}.isUntouched("crypto") || `);
      return;
    }
    const target = this.#judge.builtinOf(init);
    if (target !== undefined) {
      this.#defer(id.name, target);
      if (target.adapted === true) this.#inFunction(node, id.name, keeping(target));
      else this.#edit(node.start, node.end, `${getter(id.name)} = ${reader(target)}`);
    } else if (this.#evaluating.has(node) && this.#judge.isDeferrable(init, node.start)) {
      this.#defer(id.name, undefined);
      this.#later.set(node, (declaration) => `${declaration}, `);
      this.#inFunction(node, id.name, `${HELPER}.lazy(`);
    }
  }

  /** Keeps the declaration, which also names a class after its variable, inside a function that is called once. */
  #inFunction(node: AnyNode, name: string, call: string): void {
    this.#edit(node.start, node.start, `${getter(name)} = ${call}() => { const `);
    this.#edit(node.end, node.end, `; return ${name}; })`);
  }

  #classDeclaration(node: AnyNode, name: string): void {
    if (!this.#judge.isStable(name) || !this.#evaluating.has(node)) return;
    if (!this.#judge.isDeferrable(node, node.start)) return;
    this.#defer(name, undefined);
    this.#later.set(node, (declaration) => `const ${declaration}; `);
    this.#edit(node.start, node.start, `const ${getter(name)} = ${HELPER}.lazy(() => { `);
    this.#edit(node.end, node.end, ` return ${name}; });`);
  }

  /** `const { a, b: c } = require("…")` */
  #pattern(pattern: ObjectPattern, init: AnyNode, node: VariableDeclarator): void {
    const names = plainNames(pattern);
    if (names === undefined || !names.every(({ local }) => this.#judge.isStable(local))) return;
    const from = this.#judge.builtinOf(init);
    if (from !== undefined) {
      const holder = bare(init);
      if (from.adapted === true && holder.type !== "Identifier") return;
      const getters = names.map(({ imported, local }) => {
        const target = { ...from, path: [...from.path, imported] };
        // Of an adapter's result nothing is known but by asking it.
        this.#defer(local, from.adapted === true ? undefined : target);
        const held = holder.type === "Identifier" && from.adapted === true ? holder.name : undefined;
        return `${getter(local)} = ${held === undefined ? reader(target) : `${keeping(from)}() => ${getter(held)}().${imported})`}`;
      });
      if (getters.length > 0) this.#edit(node.start, node.end, getters.join(", "));
      return;
    }
    const specifier = requiredSpecifier(bare(init));
    if (specifier === undefined) return;
    const lazy = this.#lazyExportsOf(specifier);
    const later = names.filter(({ imported }) => lazy.has(imported));
    for (const { local, imported, index } of later) {
      const property = pattern.properties[index];
      if (property === undefined) continue;
      this.#defer(local, undefined);
      this.#edit(property.start, pattern.properties[index + 1]?.start ?? property.end, "");
      this.#edit(
        node.end,
        node.end,
        `, ${getter(local)} = ${HELPER}.lazy(() => require(${JSON.stringify(specifier)}).${imported})`,
      );
    }
  }

  /** `exports.Name = …` */
  #export(node: AnyNode): void {
    if (node.type !== "AssignmentExpression" || node.operator !== "=") return;
    const name = exportedName(node.left);
    if (name === undefined || this.#references.bindings.has("exports") || this.#references.bindings.has("module"))
      return;
    if (!this.#evaluating.has(node) || !this.#judge.isDeferrable(node.right, node.start)) return;
    const exportsReferences = this.#references.free.get("exports") ?? [];
    if (exportsReferences.some(({ writes }) => writes)) return;
    const assigned = [...descendants(this.#program)].filter(
      (other) => other.type === "AssignmentExpression" && exportedName(other.left) === name && !isVoid(other.right),
    );
    if (assigned.length > 1) return;
    this.#lazyExports.add(name);
    this.#later.set(node, (declaration) => `const ${declaration}; `);
    const holder = this.#source.slice(node.left.start, node.left.end - name.length - 1);
    this.#edit(node.start, node.right.start, `${HELPER}.exported(${holder}, ${JSON.stringify(name)}, () => (`);
    this.#edit(node.right.end, node.right.end, "))");
  }

  #defer(name: string, path: BuiltinPath | undefined): void {
    this.#deferred.set(name, path);
    for (const { ancestors } of this.#references.bindings.get(name)?.references ?? []) {
      for (const node of runningWith(ancestors)) this.#evaluating.add(node);
    }
  }

  #reference(name: string, { node, ancestors }: Reference): void {
    const parent = ancestors.at(-1);
    if (parent?.type === "Property" && parent.shorthand) {
      this.#edit(node.start, node.end, `${name}: ${getter(name)}()`);
      return;
    }
    // The whole `a.b.c` that begins with this name.
    let index = ancestors.length - 1;
    let chain: AnyNode = node;
    for (let outer = ancestors[index]; outer !== undefined; outer = ancestors[--index]) {
      const goesOn =
        outer.type === "ParenthesizedExpression" || (outer.type === "MemberExpression" && outer.object === chain);
      if (!goesOn) break;
      chain = outer;
    }
    const user = ancestors[index];
    const target = this.#judge.builtinOf(chain);
    let text = `${getter(name)}()`;
    const later = runningWith(ancestors).find((outer) => this.#later.has(outer));
    if (
      user?.type === "UnaryExpression" &&
      user.operator === "typeof" &&
      target !== undefined &&
      knownFunction(target)
    ) {
      const asked = `${HELPER}.typeOf(${namesOf(target)})`;
      this.#edit(user.start, user.end, later === undefined ? asked : this.#declare(later, asked));
      return;
    }
    if (later !== undefined && target !== undefined && chain !== node) {
      // Its value is the one of now, not the one of the time when it is asked for.
      const rest = this.#source.slice(node.end, chain.end);
      const value = target.adapted === true ? `${keeping(target)}() => ${text}${rest})` : reader(target);
      this.#edit(chain.start, chain.end, `${this.#declare(later, value)}()`);
      return;
    }
    // Through a longer name the function would be called with the module as `this`.
    if (
      user?.type === "CallExpression" &&
      user.callee === node &&
      !user.optional &&
      target !== undefined &&
      isAnswered(target)
    ) {
      text = `${HELPER}.called(${namesOf(target)}, ${getter(name)})`;
    }
    if (user?.type === "NewExpression" && user.callee === chain) {
      const made = target !== undefined && /^https?$/.test(target.builtin) && target.path.join(".") === "Agent";
      const open = this.#source.indexOf("(", user.callee.end);
      if (made && user.arguments.length > 0 && open !== -1 && user.callee.type !== "ParenthesizedExpression") {
        this.#edit(user.start, user.start + "new".length, `${HELPER}.agent(${JSON.stringify(target.builtin)}, () =>`);
        this.#edit(open, open + 1, ", ");
      } else {
        text = `(${text})`;
      }
    }
    if (
      user?.type === "BinaryExpression" &&
      user.operator === "instanceof" &&
      user.right === chain &&
      target !== undefined
    ) {
      this.#edit(user.left.start, user.left.start, `${HELPER}.isInstance(`);
      this.#edit(user.left.end, user.right.start, ", () => ");
      this.#edit(user.right.end, user.right.end, ")");
    }
    this.#edit(node.start, node.end, text);
  }

  /** What a function requires later: it may replace members, which the names taken here must not see. */
  #otherRequires(): void {
    for (const { ancestors } of this.#references.free.get("require") ?? []) {
      const call = ancestors.at(-1);
      const builtin = call === undefined ? undefined : requiredBuiltin(call);
      if (call !== undefined && builtin !== undefined)
        this.#edit(call.start, call.end, `${HELPER}.load(${JSON.stringify(builtin)})`);
    }
  }

  #importsLater(): void {
    for (const node of descendants(this.#program)) {
      const from = node.type === "ImportExpression" && node.source.type === "Literal" ? node.source.value : undefined;
      const builtin = typeof from === "string" ? deferrableBuiltin(from) : undefined;
      if (builtin === undefined) continue;
      this.#edit(node.start, node.start, `${HELPER}.importing(${JSON.stringify(builtin)}, () => `);
      this.#edit(node.end, node.end, ")");
    }
  }

  /** @returns the name of what is declared in front of `later` */
  #declare(later: AnyNode, value: string): string {
    const name = `${PREFIX}${this.#keptCount++}`;
    const text = this.#later.get(later)?.(`${name} = ${value}`) ?? "";
    this.#edits.unshift({ start: later.start, end: later.start, text });
    return name;
  }

  #edit(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text });
  }
}

function getter(name: string): string {
  return `${PREFIX}${name}`;
}

/** What reads something of the engine as it was when its module was loaded. */
function reader(target: BuiltinPath): string {
  const names = namesOf(target);
  const constant = constantText(target);
  if (constant !== undefined) return `${HELPER}.constant(${names}, ${JSON.stringify(constant)})`;
  return target.path.length === 0 ? `${HELPER}.whole(${names})` : `${HELPER}.member(${names})`;
}

/** The beginning of a call that keeps what a function takes. */
function keeping({ builtin }: BuiltinPath): string {
  return `${HELPER}.kept(${JSON.stringify(builtin)}, `;
}

function namesOf({ builtin, path }: BuiltinPath): string {
  return [builtin, ...path].map((name) => JSON.stringify(name)).join(", ");
}

interface PlainName {
  readonly imported: string;
  readonly local: string;
  /** Of the property in the pattern. */
  readonly index: number;
}

/** The names of a pattern without defaults, rest or computed keys; `undefined` for any other. */
function plainNames(pattern: ObjectPattern): readonly PlainName[] | undefined {
  const names: PlainName[] = [];
  for (const [index, property] of pattern.properties.entries()) {
    if (property.type !== "Property" || property.computed || property.key.type !== "Identifier") return undefined;
    if (property.value.type !== "Identifier") return undefined;
    names.push({ imported: property.key.name, local: property.value.name, index });
  }
  return names;
}

function isVoid(node: AnyNode): boolean {
  if (node.type === "AssignmentExpression") return isVoid(node.right);
  return node.type === "UnaryExpression" && node.operator === "void";
}

/** `X` of `exports.X` and `module.exports.X`. */
function exportedName(node: AnyNode): string | undefined {
  if (node.type !== "MemberExpression" || node.computed || node.property.type !== "Identifier") return undefined;
  const { object } = node;
  const onExports = object.type === "Identifier" && object.name === "exports";
  const onModule =
    object.type === "MemberExpression" &&
    !object.computed &&
    object.object.type === "Identifier" &&
    object.object.name === "module" &&
    object.property.type === "Identifier" &&
    object.property.name === "exports";
  return onExports || onModule ? node.property.name : undefined;
}
