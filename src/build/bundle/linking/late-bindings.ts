import type { Edit } from "../defer/edits.ts";
import { nodeIn, nodesIn, parseFile, type SyntaxNode } from "../../syntax.ts";

/** What a module declares so that nobody can read it before, as far as the bundler writes it otherwise. */
export interface LateNames {
  readonly classes: ReadonlySet<string>;
  /** Whether what is exported as default has no name and is no function. */
  readonly unnamed: boolean;
}

export interface LateBindings {
  readonly edits: readonly Edit[];
  /** What is to be done in front of all modules: namespaces, and names that the bundler gives to functions. */
  readonly hoisted: readonly SyntaxNode[];
}

/** @param source of the module */
export function lateNames(path: string, source: string): LateNames {
  const classes = new Set<string>();
  let unnamed = false;
  for (const statement of nodesIn(parseFile(path, source), "body")) {
    const isDefault = statement.type === "ExportDefaultDeclaration";
    const isExport = isDefault || statement.type === "ExportNamedDeclaration";
    const declared = isExport ? nodeIn(statement, "declaration") : statement;
    const name = nodeIn(declared, "id")?.["name"];
    if (declared?.type === "ClassDeclaration" && typeof name === "string") classes.add(name);
    else if (isDefault && declared?.type !== "FunctionDeclaration") unnamed = true;
  }
  return { classes, unnamed };
}

/** What the bundler's helpers are called; `undefined` for those that aren't used. */
export interface Helpers {
  /** Makes a namespace. */
  readonly namespace: string | undefined;
  /** Gives a function its name. */
  readonly name: string | undefined;
}

/**
 * Makes declarations of a module's text, as the bundler has written it, such that reading them before is an error. The
 * bundler makes variables of classes, and the engine's compiler of `let` and `const`; classes it leaves as they are, and
 * what a class is called can be given another value. So `const a = b` becomes `var $0 = b; class a {} a = $0`.
 * @param isSeen whether another module can read a name
 * @param fresh a name that nothing else has
 */
export function lateBindings(
  text: string,
  { classes, unnamed }: LateNames,
  isSeen: (name: string) => boolean,
  fresh: () => string,
  helpers: Helpers,
): LateBindings {
  const edits: Edit[] = [];
  const hoisted: SyntaxNode[] = [];
  const statements = nodesIn(parseFile("rendered.js", text), "body");
  const functions = new Set(statements.map((one) => one.type === "FunctionDeclaration" && nodeIn(one, "id")?.["name"]));
  for (const statement of statements) {
    const call = nodeIn(statement, "expression");
    if (isCall(call, helpers.name) && functions.has(nodesIn(call, "arguments")[0]?.["name"])) hoisted.push(statement);
    if (statement.type !== "VariableDeclaration") continue;
    const declarators = nodesIn(statement, "declarations");
    const [first] = declarators;
    const name = nodeIn(first, "id")?.["name"];
    const value = nodeIn(first, "init");
    if (first === undefined || !declarators.flatMap(declaredNames).some(isSeen)) continue;
    if (isCall(value, helpers.namespace)) {
      hoisted.push(statement);
      continue;
    }
    if (statement["kind"] === "var") {
      if (typeof name !== "string" || value === undefined) continue;
      // Where another module has the same name, a number is put behind it.
      const isClass = value.type === "ClassExpression" && classes.has(name.replace(/\$\d+$/, ""));
      if (!isClass && !(unnamed && /_default(?:\$\d+)?$/.test(name))) continue;
      const declaration = isClass ? asDeclaration(statement, name, value) : undefined;
      if (declaration !== undefined) {
        edits.push(declaration);
        continue;
      }
    }
    edits.push({ start: statement.start, end: first.start, text: "" });
    for (const [index, declarator] of declarators.entries()) {
      edits.push(...asClasses(text, declarator, fresh));
      const next = declarators[index + 1];
      if (next !== undefined) edits.push({ start: declarator.end, end: next.start, text: "; " });
    }
  }
  return { edits, hoisted };
}

function isCall(node: SyntaxNode | undefined, name: string | undefined): boolean {
  return name !== undefined && node?.type === "CallExpression" && nodeIn(node, "callee")?.["name"] === name;
}

/** `var A = class` as `class A`, no shorter, so that what follows stays where it is. */
function asDeclaration(statement: SyntaxNode, name: string, value: SyntaxNode): Edit | undefined {
  const { start } = statement;
  const end = value.start + "class".length;
  const own = nodeIn(value, "id")?.["name"];
  if (own === undefined) return { start, end, text: `class ${name}`.padEnd(end - start) };
  return own === name ? { start, end, text: "class".padStart(end - start) } : undefined;
}

function asClasses(text: string, declarator: SyntaxNode, fresh: () => string): readonly Edit[] {
  const pattern = nodeIn(declarator, "id");
  const value = nodeIn(declarator, "init");
  if (pattern === undefined) return [];
  const classes = declaredNames(declarator).map((name) => `class ${name} {} `);
  const name = pattern["name"];
  if (value === undefined) {
    const written = `${classes.join("")}${String(name)} = void 0`;
    return [{ start: declarator.start, end: declarator.end, text: written }];
  }
  // What has no name of its own is called as what it is given to.
  const isNameless = /^(?:Arrow)?Function|^Class/.test(value.type) && nodeIn(value, "id") === undefined;
  if (isNameless) return [{ start: declarator.start, end: declarator.start, text: classes.join("") }];
  const kept = fresh();
  const target = text.slice(pattern.start, pattern.end);
  const given = typeof name === "string" ? `${name} = ${kept}` : `(${target.replaceAll(/\s*\n\s*/g, " ")} = ${kept})`;
  return [
    { start: declarator.start, end: value.start, text: `var ${kept} = ` },
    { start: declarator.end, end: declarator.end, text: `; ${classes.join("")}${given}` },
  ];
}

/** The names that a declarator declares. */
function declaredNames(declarator: SyntaxNode): readonly string[] {
  const pattern = nodeIn(declarator, "id");
  return pattern === undefined ? [] : patternNames(pattern);
}

function patternNames(pattern: SyntaxNode): readonly string[] {
  switch (pattern.type) {
    case "Identifier":
      return typeof pattern["name"] === "string" ? [pattern["name"]] : [];
    case "AssignmentPattern":
      return inField(pattern, "left");
    case "RestElement":
      return inField(pattern, "argument");
    case "ArrayPattern":
      return nodesIn(pattern, "elements").flatMap(patternNames);
    case "ObjectPattern":
      return nodesIn(pattern, "properties").flatMap((one) =>
        one.type === "Property" ? inField(one, "value") : patternNames(one),
      );
    default:
      return [];
  }
}

function inField(node: SyntaxNode, field: string): readonly string[] {
  const inner = nodeIn(node, field);
  return inner === undefined ? [] : patternNames(inner);
}
