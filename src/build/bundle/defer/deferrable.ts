import { createHash, getHashes } from "node:crypto";
import type { AnyNode, ClassBody, Expression } from "acorn";
import { type BuiltinPath, builtinValue, deferrableBuiltin } from "./builtins.ts";
import { childrenOf, type ModuleReferences } from "./references.ts";

/** What is known of the names that have been deferred so far; `undefined` inside for what comes from elsewhere. */
export type DeferredNames = ReadonlyMap<string, BuiltinPath | undefined>;

/** How compilers mark a `require` whose result they adapt. */
const INTEROP = /^(?:__importDefault|__importStar|__toESM|_interop\w*|_?interopRequire(?:Default|Wildcard))$/;
/** Those whose result has nothing but `default`. */
const DEFAULT_ONLY = /^(?:__importDefault|_?interopRequireDefault|_interopDefault\w+)$/;

/** In the place of a name: of such a result, which is no module. */
const ONLY_DEFAULT = "";

/** Without the parentheses around it. */
export function bare(node: AnyNode): AnyNode {
  return node.type === "ParenthesizedExpression" ? bare(node.expression) : node;
}

/** The deferrable module that `require("…")` names. */
export function requiredBuiltin(node: AnyNode): string | undefined {
  const specifier = requiredSpecifier(node);
  return specifier === undefined ? undefined : deferrableBuiltin(specifier);
}

export function requiredSpecifier(node: AnyNode): string | undefined {
  if (node.type !== "CallExpression" || node.callee.type !== "Identifier" || node.callee.name !== "require")
    return undefined;
  const [specifier, ...more] = node.arguments;
  return specifier?.type === "Literal" && typeof specifier.value === "string" && more.length === 0
    ? specifier.value
    : undefined;
}

/** Judges expressions of one module: which name the engine's modules, and which can as well be evaluated later. */
export class Judge {
  readonly #references: ModuleReferences;
  readonly #deferred: DeferredNames;

  constructor(references: ModuleReferences, deferred: DeferredNames) {
    this.#references = references;
    this.#deferred = deferred;
  }

  /** Whether the name means the same value from its declaration on. */
  isStable(name: string): boolean {
    const binding = this.#references.bindings.get(name);
    return binding?.declarations.length === 1 && binding.references.every(({ writes }) => !writes);
  }

  /** What of the engine an expression names. */
  builtinOf(expression: AnyNode): BuiltinPath | undefined {
    const node = bare(expression);
    const required = requiredBuiltin(node);
    if (required !== undefined) return { builtin: required, path: [] };
    if (node.type === "Identifier") return this.#deferred.get(node.name);
    const adapter = adaptedRequire(node);
    if (adapter !== undefined) {
      return { builtin: adapter.builtin, path: DEFAULT_ONLY.test(adapter.name) ? [ONLY_DEFAULT] : [], adapted: true };
    }
    if (node.type !== "MemberExpression" || node.computed || node.property.type !== "Identifier") return undefined;
    const object = this.builtinOf(node.object);
    if (object === undefined) return undefined;
    const { name } = node.property;
    const [first, ...more] = object.path;
    if (object.adapted === true && name === "default" && more.length === 0 && (first ?? ONLY_DEFAULT) === ONLY_DEFAULT)
      return { ...object, path: [] };
    return first === ONLY_DEFAULT ? undefined : { ...object, path: [...object.path, name] };
  }

  /**
   * Whether nobody can tell when the expression is evaluated, if it is only once and after `at`, and what it reads of the
   * engine's modules is read in time.
   * @param params of the function that it is in, which may be called at any time
   */
  isDeferrable(expression: AnyNode, at: number, params?: readonly string[]): boolean {
    const node = bare(expression);
    const all = (...parts: (AnyNode | null | undefined)[]): boolean =>
      parts.every((part) => !part || this.isDeferrable(part, at, params));
    if (this.builtinOf(node) !== undefined) return params === undefined || node.type === "Identifier";
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- any other kind may have an effect
    switch (node.type) {
      case "Literal":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        return true;
      case "Identifier":
        return node.name === "undefined" || params?.includes(node.name) === true || this.#isSettled(node.name, at);
      case "UnaryExpression":
        return (node.operator === "!" || node.operator === "typeof" || node.operator === "void") && all(node.argument);
      case "LogicalExpression":
        return all(node.left, node.right);
      case "ConditionalExpression":
        return all(node.test, node.consequent, node.alternate);
      case "BinaryExpression":
        return /^[!=]==$/.test(node.operator) && node.left.type !== "PrivateIdentifier" && all(node.left, node.right);
      case "ObjectExpression":
        return node.properties.every(
          (property) =>
            property.type === "Property" && !property.computed && property.kind === "init" && all(property.value),
        );
      case "ArrayExpression":
        return node.elements.every((element) => element?.type !== "SpreadElement" && all(element));
      case "ClassExpression":
      case "ClassDeclaration":
        return all(node.superClass) && this.#hasPlainBody(node.body, at, params);
      case "CallExpression":
        return !node.optional && this.#isHarmless(node.callee) && all(...node.arguments);
      default:
        return false;
    }
  }

  /** `(() => { try { createHash("md5"); return true } catch { return false } })()`: the engine's answer is known. */
  isKnownProbe(expression: AnyNode): boolean {
    const node = bare(expression);
    if (node.type !== "CallExpression" || node.arguments.length > 0) return false;
    const probe = bare(node.callee);
    if (probe.type !== "ArrowFunctionExpression" && probe.type !== "FunctionExpression") return false;
    if (probe.async || probe.generator || probe.params.length > 0 || probe.body.type !== "BlockStatement") return false;
    const [attempt, ...more] = probe.body.body;
    if (attempt?.type !== "TryStatement" || attempt.finalizer || more.length > 0) return false;
    const [call, answer, ...rest] = attempt.block.body;
    if (call?.type !== "ExpressionStatement" || answer?.type !== "ReturnStatement" || rest.length > 0) return false;
    return answer.argument?.type === "Literal" && answer.argument.value === true && this.#isKnownHash(call.expression);
  }

  #isKnownHash(call: Expression): boolean {
    if (call.type !== "CallExpression" || call.arguments.length !== 1) return false;
    const target = this.builtinOf(call.callee);
    const [algorithm] = call.arguments;
    if (target?.builtin !== "crypto" || target.path.join(".") !== "createHash" || algorithm?.type !== "Literal")
      return false;
    const { value } = algorithm;
    return typeof value === "string" && getHashes().includes(value) && createHash(value) !== undefined;
  }

  /** A name whose value is there before `at` and stays. */
  #isSettled(name: string, at: number): boolean {
    if (this.#deferred.has(name)) return true;
    if (!this.isStable(name)) return false;
    const declaration = this.#references.bindings.get(name)?.declarations[0];
    if (declaration?.type === "FunctionDeclaration") return true;
    return (
      (declaration?.type === "ClassDeclaration" ||
        (declaration?.type === "VariableDeclarator" && !!declaration.init)) &&
      declaration.end <= at
    );
  }

  /** A class whose evaluation runs none of its code. */
  #hasPlainBody({ body }: ClassBody, at: number, params?: readonly string[]): boolean {
    return body.every((element) => {
      if (element.type === "StaticBlock" || element.computed) return false;
      if (element.type === "MethodDefinition" || !element.static || !element.value) return true;
      return this.isDeferrable(element.value, at, params);
    });
  }

  #isHarmless(callee: AnyNode): boolean {
    const target = this.builtinOf(callee);
    if (target !== undefined) return target.builtin === "util" && target.path.join(".") === "promisify";
    if (callee.type !== "Identifier" || !this.isStable(callee.name)) return false;
    const declaration = this.#references.bindings.get(callee.name)?.declarations[0];
    return declaration?.type === "FunctionDeclaration" && this.#makesOnlyAClass(declaration);
  }

  /** `function build(native) { return class { … } }`, also with a choice by what the engine has. */
  #makesOnlyAClass(made: AnyNode & { readonly type: "FunctionDeclaration" }): boolean {
    if (made.async || made.generator) return false;
    const params = made.params.flatMap((param) => (param.type === "Identifier" ? [param.name] : []));
    return params.length === made.params.length && this.#returnsOnlyAClass(made.body, made.start, params);
  }

  #returnsOnlyAClass(statement: AnyNode, at: number, params: readonly string[]): boolean {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- any other kind may have an effect
    switch (statement.type) {
      case "BlockStatement":
        return statement.body.every((inner) => this.#returnsOnlyAClass(inner, at, params));
      case "IfStatement":
        return (
          this.#asksWhatThereIs(statement.test) &&
          this.#returnsOnlyAClass(statement.consequent, at, params) &&
          (!statement.alternate || this.#returnsOnlyAClass(statement.alternate, at, params))
        );
      case "ReturnStatement": {
        const value = statement.argument ? bare(statement.argument) : undefined;
        return value !== undefined && /Class|Function/.test(value.type) && this.isDeferrable(value, at, params);
      }
      default:
        return false;
    }
  }

  /** `typeof crypto !== "undefined" && typeof crypto.randomUUID === "function"` */
  #asksWhatThereIs(test: AnyNode): boolean {
    const node = bare(test);
    if (node.type === "LogicalExpression") return this.#asksWhatThereIs(node.left) && this.#asksWhatThereIs(node.right);
    if (node.type !== "BinaryExpression" || !/^[!=]==?$/.test(node.operator)) return false;
    const { left, right } = node;
    if (left.type !== "UnaryExpression" || left.operator !== "typeof" || right.type !== "Literal") return false;
    const asked = bare(left.argument);
    if (asked.type === "Identifier") return !this.#deferred.has(asked.name);
    if (asked.type !== "MemberExpression" || asked.computed || asked.object.type !== "Identifier") return false;
    return !this.#deferred.has(asked.object.name);
  }
}

/** `__importStar(require("fs"))` */
function adaptedRequire(node: AnyNode): { readonly name: string; readonly builtin: string } | undefined {
  if (node.type !== "CallExpression" || node.arguments[0] === undefined) return undefined;
  const name = calledName(node.callee);
  const builtin = requiredBuiltin(node.arguments[0]);
  return name !== undefined && builtin !== undefined && INTEROP.test(name) ? { name, builtin } : undefined;
}

function calledName(callee: AnyNode): string | undefined {
  if (callee.type === "Identifier") return callee.name;
  return callee.type === "MemberExpression" && !callee.computed && callee.property.type === "Identifier"
    ? callee.property.name
    : undefined;
}

/** Of the nodes around one, those whose evaluation evaluates it too: up to the body of a function. */
export function runningWith(ancestors: readonly AnyNode[]): readonly AnyNode[] {
  const end = ancestors.findLastIndex((node, index) => {
    if (/Function/.test(node.type)) return true;
    // A field's value is evaluated for each instance, or, if static, with the class.
    return node.type === "PropertyDefinition" && !node.static && ancestors[index + 1] !== node.key;
  });
  return ancestors.slice(end + 1);
}

/** `typeof zlib.crc32`: what the engine has is known. */
export function knownFunction({ builtin, path }: BuiltinPath): boolean {
  return path.length > 0 && typeof builtinValue(builtin, path) === "function";
}

/** All nodes below and including `node`. */
export function* descendants(node: AnyNode): Generator<AnyNode> {
  yield node;
  for (const child of childrenOf(node)) yield* descendants(child);
}
