import type { AnyNode, Identifier, Program } from "acorn";
import { patternNames } from "../../module-scope.ts";

/** One place where code names a binding of the module. */
export interface Reference {
  readonly node: Identifier;
  /** From the program down to the parent of `node`. */
  readonly ancestors: readonly AnyNode[];
  /** Whether it gets another value there. */
  readonly writes: boolean;
}

export interface ModuleBinding {
  /** What declares it: a declarator, a function, a class; `undefined` for a name from a pattern of another kind. */
  readonly declarations: readonly AnyNode[];
  readonly references: readonly Reference[];
}

export interface ModuleReferences {
  /** By name: what the outermost scope declares. */
  readonly bindings: ReadonlyMap<string, ModuleBinding>;
  /** By name: what is declared nowhere in the module. */
  readonly free: ReadonlyMap<string, readonly Reference[]>;
  /** Whether names can be reached in ways that reading the code can't see: `with`, direct `eval`. */
  readonly dynamic: boolean;
}

type Names = ReadonlySet<string>;

type FunctionNode = Extract<
  AnyNode,
  { type: "FunctionDeclaration" | "FunctionExpression" | "ArrowFunctionExpression" }
>;

const known = new WeakMap<Program, ModuleReferences>();

/** Resolves every name in a module (for CommonJS: the body of its wrapper function) to the scope that declares it. */
export function readReferences(program: Program): ModuleReferences {
  const references = known.get(program) ?? findReferences(program);
  known.set(program, references);
  return references;
}

function findReferences(program: Program): ModuleReferences {
  const declared = new Map<string, AnyNode[]>();
  for (const [name, node] of declarationsOf(program.body, true))
    declared.set(name, [...(declared.get(name) ?? []), node]);
  const found = new Map<string, Reference[]>();
  const free = new Map<string, Reference[]>();
  const inner: Names[] = [];
  const ancestors: AnyNode[] = [];
  let dynamic = false;

  const note = (node: Identifier, writes: boolean): void => {
    if (inner.some((names) => names.has(node.name))) return;
    const all = declared.has(node.name) ? found : free;
    const list = all.get(node.name);
    const reference = { node, ancestors: [...ancestors], writes };
    if (list === undefined) all.set(node.name, [reference]);
    else list.push(reference);
  };
  const within = (names: Names, body: () => void): void => {
    inner.push(names);
    body();
    inner.pop();
  };
  const visitAll = (nodes: readonly (AnyNode | null | undefined)[]): void => {
    for (const node of nodes) if (node) visit(node);
  };
  const visit = (node: AnyNode): void => {
    if (node.type === "Identifier") return note(node, false);
    ancestors.push(node);
    visitInside(node);
    ancestors.pop();
  };
  /** The names in a pattern are written, or declared; defaults and computed keys in it are ordinary code. */
  const visitPattern = (pattern: AnyNode, declares: boolean): void => {
    if (pattern.type === "Identifier") {
      if (!declares) note(pattern, true);
      return;
    }
    ancestors.push(pattern);
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- nothing else is given a value
    switch (pattern.type) {
      case "ParenthesizedExpression":
        visitPattern(pattern.expression, declares);
        break;
      case "MemberExpression":
        visitInside(pattern);
        break;
      case "ObjectPattern":
        for (const property of pattern.properties) {
          if (property.type === "RestElement") visitPattern(property.argument, declares);
          else {
            if (property.computed) visit(property.key);
            visitPattern(property.value, declares);
          }
        }
        break;
      case "ArrayPattern":
        for (const element of pattern.elements) if (element) visitPattern(element, declares);
        break;
      case "AssignmentPattern":
        visitPattern(pattern.left, declares);
        visit(pattern.right);
        break;
      case "RestElement":
        visitPattern(pattern.argument, declares);
        break;
    }
    ancestors.pop();
  };
  const visitFunction = (node: FunctionNode): void => {
    const names = new Set(node.params.flatMap(patternNames));
    if (node.type !== "ArrowFunctionExpression") names.add("arguments");
    if (node.type === "FunctionExpression" && node.id) names.add(node.id.name);
    if (node.body.type === "BlockStatement") for (const [name] of declarationsOf(node.body.body, true)) names.add(name);
    within(names, () => {
      for (const param of node.params) visitPattern(param, true);
      if (node.body.type === "BlockStatement") visitAll(node.body.body);
      else visit(node.body);
    });
  };
  const visitInside = (node: AnyNode): void => {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the others have nothing but code in them
    switch (node.type) {
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        return visitFunction(node);
      case "ClassDeclaration":
      case "ClassExpression":
        return within(new Set(node.id ? [node.id.name] : []), () => visitAll([node.superClass, node.body]));
      case "BlockStatement":
      case "StaticBlock":
        return within(namesOf(node.body, node.type === "StaticBlock"), () => visitAll(node.body));
      case "SwitchStatement":
        visit(node.discriminant);
        return within(
          namesOf(
            node.cases.flatMap(({ consequent }) => consequent),
            false,
          ),
          () => visitAll(node.cases),
        );
      case "CatchClause":
        return within(new Set(node.param ? patternNames(node.param) : []), () => {
          if (node.param) visitPattern(node.param, true);
          visit(node.body);
        });
      case "ForStatement":
        return within(namesOf(node.init ? [node.init] : [], false), () =>
          visitAll([node.init, node.test, node.update, node.body]),
        );
      case "ForInStatement":
      case "ForOfStatement":
        return within(namesOf([node.left], false), () => {
          if (node.left.type === "VariableDeclaration") visit(node.left);
          else visitPattern(node.left, false);
          visitAll([node.right, node.body]);
        });
      case "VariableDeclaration":
        for (const declarator of node.declarations) visit(declarator);
        return;
      case "VariableDeclarator":
        visitPattern(node.id, true);
        if (node.init) visit(node.init);
        return;
      case "AssignmentExpression":
        visitPattern(node.left, false);
        return visit(node.right);
      case "UpdateExpression":
        return visitPattern(node.argument, false);
      case "CallExpression":
        if (node.callee.type === "Identifier" && node.callee.name === "eval") dynamic = true;
        return visitAll([node.callee, ...node.arguments]);
      case "WithStatement":
        dynamic = true;
        return visitAll([node.object, node.body]);
      case "MemberExpression":
        visit(node.object);
        if (node.computed) visit(node.property);
        return;
      case "Property":
      case "MethodDefinition":
      case "PropertyDefinition":
        if (node.computed) visit(node.key);
        if (node.value) visit(node.value);
        return;
      case "LabeledStatement":
        return visit(node.body);
      case "BreakStatement":
      case "ContinueStatement":
      case "MetaProperty":
      case "ImportDeclaration":
        return;
      case "ExportNamedDeclaration":
        if (node.declaration) visit(node.declaration);
        if (!node.source) for (const { local } of node.specifiers) if (local.type === "Identifier") note(local, false);
        return;
      default:
        return visitAll(childrenOf(node));
    }
  };

  visitAll(program.body);
  const bindings = new Map(
    [...declared].map(([name, declarations]) => [name, { declarations, references: found.get(name) ?? [] }]),
  );
  return { bindings, free, dynamic };
}

/** Every node directly below this one. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  const values: readonly unknown[] = Object.values(node);
  for (const value of values) {
    if (isNode(value)) children.push(value);
    else if (Array.isArray(value)) children.push(...value.filter(isNode));
  }
  return children;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function namesOf(statements: readonly AnyNode[], hoisted: boolean): Names {
  return new Set(declarationsOf(statements, hoisted).map(([name]) => name));
}

/** What statements declare for the scope they are in; `hoisted`: with the `var` of the blocks inside, as a function. */
function declarationsOf(statements: readonly AnyNode[], hoisted: boolean): [string, AnyNode][] {
  const found: [string, AnyNode][] = [];
  const declare = (statement: AnyNode, nested: boolean): void => {
    if (statement.type === "VariableDeclaration") {
      if (statement.kind === "var" ? !hoisted : nested) return;
      for (const declarator of statement.declarations)
        for (const name of patternNames(declarator.id)) found.push([name, declarator]);
    } else if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") {
      // Sloppy code sees a function of a block outside of it too.
      if (statement.id && (!nested || statement.type === "FunctionDeclaration"))
        found.push([statement.id.name, statement]);
    } else if (statement.type === "ImportDeclaration") {
      for (const specifier of statement.specifiers) found.push([specifier.local.name, specifier]);
    } else if (statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration") {
      if (statement.declaration) declare(statement.declaration, nested);
    }
    if (hoisted && isBlockLike(statement)) for (const child of childrenOf(statement)) declare(child, true);
  };
  for (const statement of statements) declare(statement, false);
  return found;
}

/** Statements that can hold a `var` of the function around them. */
function isBlockLike({ type }: AnyNode): boolean {
  return /^(?:Block|If|For|ForIn|ForOf|While|DoWhile|Try|Switch|Labeled|With)Statement$|^(?:SwitchCase|CatchClause)$/.test(
    type,
  );
}
