import { createRequire } from "node:module";
import { dirname, isAbsolute, join, normalize } from "node:path";
import { nodeIn, nodesIn, onlyText, type SyntaxNode } from "../../syntax.ts";
import { readField } from "../../../support/read-field.ts";
import type { Bindings } from "./bindings.ts";

/** Stands for what is known only at run time. No path has it. */
export const HOLE = "\0";

/** What an expression comes to, as far as the code tells. */
export interface PathValue {
  /**
   * `text` is any; the others begin at a place that the build knows, and their text is an absolute path: a `module` is what
   * `require.resolve` found.
   */
  readonly kind: "text" | "path" | "url" | "module";
  /** With holes. */
  readonly text: string;
}

export interface Places {
  /** Absolute path of the module. */
  readonly file: string;
  /** The project's: what is the current folder at run time. `undefined` for a package, whose code means who uses it. */
  readonly root: string | undefined;
  readonly bindings: Bindings;
  /** What variables were found to be given. */
  readonly known: Map<SyntaxNode, PathValue | undefined>;
}

/** Types and brackets around what they are said of. */
const AROUND = /^(?:Parenthesized|TSAs|TSSatisfies|TSNonNull|Chain|Await)Expression$|^TSTypeAssertion$/;
const UNKNOWN: PathValue = { kind: "text", text: HOLE };

/** `undefined` for what isn't even partly known. */
export function evaluatePath(expression: SyntaxNode | undefined, places: Places): PathValue | undefined {
  if (expression === undefined) return undefined;
  const evaluate = (node: SyntaxNode | undefined): PathValue | undefined => evaluatePath(node, places);
  if (AROUND.test(expression.type)) return evaluate(nodeIn(expression, "expression") ?? nodeIn(expression, "argument"));
  switch (expression.type) {
    case "Literal":
      return literal(expression["value"]);
    case "TemplateLiteral":
      return concatenated(templateParts(expression, evaluate));
    case "BinaryExpression":
      return expression["operator"] === "+"
        ? concatenated([evaluate(nodeIn(expression, "left")), evaluate(nodeIn(expression, "right"))])
        : undefined;
    case "Identifier":
      return named(expression, places);
    case "MemberExpression":
      return member(expression, places, evaluate);
    case "CallExpression":
      return called(expression, places, evaluate);
    case "NewExpression":
      return calleeName(expression) === "URL" ? fileUrl(nodesIn(expression, "arguments"), evaluate) : undefined;
    case "ConditionalExpression":
      return placed(evaluate(nodeIn(expression, "consequent")), evaluate(nodeIn(expression, "alternate")));
    case "LogicalExpression":
      return placed(evaluate(nodeIn(expression, "left")), evaluate(nodeIn(expression, "right")));
    default:
      return undefined;
  }
}

type Evaluate = (node: SyntaxNode | undefined) => PathValue | undefined;

function literal(value: unknown): PathValue | undefined {
  return typeof value === "string" || typeof value === "number" ? { kind: "text", text: String(value) } : undefined;
}

function templateParts(node: SyntaxNode, evaluate: Evaluate): readonly (PathValue | undefined)[] {
  const inside = nodesIn(node, "expressions").map(evaluate);
  return nodesIn(node, "quasis").flatMap((quasi, index) => {
    const cooked = readField(quasi["value"], "cooked");
    const text = typeof cooked === "string" ? cooked : HOLE;
    return index < inside.length ? [{ kind: "text" as const, text }, inside[index]] : [{ kind: "text" as const, text }];
  });
}

/** A place in the middle of a text says nothing of where the text leads. */
function concatenated(parts: readonly (PathValue | undefined)[]): PathValue | undefined {
  if (parts.every((part) => part === undefined)) return undefined;
  const [first, ...rest] = parts.filter((part) => part?.text !== "");
  const text = [first, ...rest]
    .map((part) => (part === undefined || part.kind === "text" ? (part?.text ?? HOLE) : part.text))
    .join("");
  if (rest.some((part) => part !== undefined && part.kind !== "text")) return UNKNOWN;
  return first === undefined || first.kind === "text"
    ? { kind: "text", text }
    : { kind: first.kind, text: normalize(text) };
}

function named(node: SyntaxNode, places: Places): PathValue | undefined {
  const name = String(node["name"]);
  const given = places.bindings.valueOf(name, node);
  if (given === "unknown") return undefined;
  if (given !== undefined) {
    // Names that are given each other's values have no end.
    if (!places.known.has(given)) {
      places.known.set(given, undefined);
      places.known.set(given, evaluatePath(given, places));
    }
    return places.known.get(given);
  }
  if (name === "__dirname") return { kind: "path", text: dirname(places.file) };
  return name === "__filename" ? { kind: "path", text: places.file } : undefined;
}

function member(node: SyntaxNode, places: Places, evaluate: Evaluate): PathValue | undefined {
  const object = nodeIn(node, "object");
  const name = nodeIn(node, "property")?.["name"] ?? nodeIn(node, "property")?.["value"];
  if (isMeta(object)) {
    if (name === "url") return { kind: "url", text: places.file };
    if (name === "dirname" || name === "dir") return { kind: "path", text: dirname(places.file) };
    return name === "filename" || name === "path" ? { kind: "path", text: places.file } : undefined;
  }
  if (object?.["name"] === "module" && places.bindings.valueOf("module", node) === undefined) {
    if (name === "filename") return { kind: "path", text: places.file };
    return name === "path" ? { kind: "path", text: dirname(places.file) } : undefined;
  }
  const isEnv = object?.type === "MemberExpression" && nodeIn(object, "property")?.["name"] === "env";
  if (isEnv && name === "LAMBDA_TASK_ROOT" && places.root !== undefined) return { kind: "path", text: places.root };
  if (name !== "href" && name !== "pathname") return undefined;
  const url = evaluate(object);
  return url?.kind !== "url" ? undefined : name === "href" ? url : { kind: "path", text: url.text };
}

function called(node: SyntaxNode, places: Places, evaluate: Evaluate): PathValue | undefined {
  const list = nodesIn(node, "arguments");
  switch (calleeName(node) ?? "") {
    case "join":
      return joined(list.map(evaluate));
    case "resolve":
      return isLookUp(node) ? lookedUp(node, places) : resolved(list.map(evaluate), places);
    case "dirname": {
      const path = evaluate(list[0]);
      return path?.kind === "path" || path?.kind === "module" ? { kind: "path", text: dirname(path.text) } : undefined;
    }
    case "normalize":
    case "String":
    case "realpathSync":
      return evaluate(list[0]);
    case "fileURLToPath": {
      const url = evaluate(list[0]);
      return url?.kind === "url" ? { kind: "path", text: url.text } : undefined;
    }
    case "pathToFileURL": {
      const path = evaluate(list[0]);
      return path?.kind === "path" ? { kind: "url", text: path.text } : undefined;
    }
    case "toString":
      return evaluate(nodeIn(nodeIn(node, "callee"), "object"));
    case "cwd":
      return list.length === 0 && places.root !== undefined ? { kind: "path", text: places.root } : undefined;
    default:
      return undefined;
  }
}

/** `join` of `path.join(…)`, `join(…)` and `(0, path_1.join)(…)`. */
export function calleeName(node: SyntaxNode): string | undefined {
  let callee = nodeIn(node, "callee");
  while (callee !== undefined && AROUND.test(callee.type)) callee = nodeIn(callee, "expression");
  if (callee?.type === "SequenceExpression") callee = nodesIn(callee, "expressions").at(-1);
  const name = callee?.type === "MemberExpression" ? nodeIn(callee, "property")?.["name"] : callee?.["name"];
  return typeof name === "string" ? name : undefined;
}

function joined(parts: readonly (PathValue | undefined)[]): PathValue | undefined {
  const [first, ...rest] = parts;
  if (first === undefined || first.kind === "url") return undefined;
  const text = [first.text, ...rest.map((part) => part?.text ?? HOLE)].join("/");
  return { kind: first.kind, text: normalize(text) };
}

/** From the last part that begins a path on. */
function resolved(parts: readonly (PathValue | undefined)[], { root }: Places): PathValue | undefined {
  const start = parts.findLastIndex((part) => part?.kind === "path");
  if (start >= 0) {
    const after = parts.slice(start + 1);
    return after.some((part) => part !== undefined && isAbsolute(part.text)) ? undefined : joined(parts.slice(start));
  }
  const isKnown = parts[0] !== undefined && !parts[0].text.startsWith(HOLE) && !isAbsolute(parts[0].text);
  return root !== undefined && isKnown ? joined([{ kind: "path", text: root }, ...parts]) : undefined;
}

function fileUrl([relative, base]: readonly SyntaxNode[], evaluate: Evaluate): PathValue | undefined {
  const from = evaluate(base);
  if (base === undefined) {
    const url = evaluate(relative);
    return url?.kind === "url" ? url : undefined;
  }
  if (from?.kind !== "url") return undefined;
  const to = evaluate(relative)?.text ?? HOLE;
  // With a scheme or from the root it is somewhere else.
  if (/^(?:[a-z][\w+.-]*:|\/)/i.test(to)) return undefined;
  const folder = from.text.endsWith("/") ? from.text : dirname(from.text);
  return { kind: "url", text: join(folder, decoded(to.replace(/[?#].*$/, ""))) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // No URL would be either.
    return text;
  }
}

function isMeta(node: SyntaxNode | undefined): boolean {
  return node?.type === "MetaProperty" && nodeIn(node, "meta")?.["name"] === "import";
}

/** `require.resolve` and `import.meta.resolve`. */
function isLookUp(node: SyntaxNode): boolean {
  const object = nodeIn(nodeIn(node, "callee"), "object");
  return object?.["name"] === "require" || isMeta(object);
}

function lookedUp(node: SyntaxNode, { file }: Places): PathValue | undefined {
  const specifier = onlyText(node);
  if (specifier === undefined) return undefined;
  const kind = isMeta(nodeIn(nodeIn(node, "callee"), "object")) ? "url" : "module";
  try {
    const text = createRequire(file).resolve(specifier);
    return isAbsolute(text) ? { kind, text } : undefined;
  } catch {
    // Not installed, or for run time to find.
    return undefined;
  }
}

/** Of two that it can be, the one with a place. */
function placed(one: PathValue | undefined, other: PathValue | undefined): PathValue | undefined {
  return one !== undefined && one.kind !== "text"
    ? one
    : other !== undefined && other.kind !== "text"
      ? other
      : undefined;
}
