import type { AnyNode, ClassBody, ClassExpression, Expression, Pattern, Program, Property, SpreadElement } from "acorn";

/** What a name of a module or function body stands for, as far as reading the code can tell. */
export type Binding =
  | { readonly kind: "function" }
  | { readonly kind: "class"; readonly body: ClassBody; readonly superClass: Expression | null | undefined }
  | { readonly kind: "value"; readonly node: Expression }
  | { readonly kind: "import"; readonly source: string; readonly imported: string }
  /** A namespace object that the bundler made: getters by export name. */
  | { readonly kind: "namespace"; readonly getters: readonly (Property | SpreadElement)[] }
  | { readonly kind: "unknown" };

export type Scope = ReadonlyMap<string, Binding>;

/** Collects the names that statements declare, with what is first given to them. */
export function readScope(body: Program["body"], outer: Scope = new Map()): Scope {
  const scope = new Map(outer);
  for (const statement of body) {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the other statements declare nothing
    switch (statement.type) {
      case "FunctionDeclaration":
        scope.set(statement.id.name, { kind: "function" });
        break;
      case "ClassDeclaration":
        scope.set(statement.id.name, classBinding(statement));
        break;
      case "VariableDeclaration":
        for (const { id, init } of statement.declarations) {
          if (id.type === "Identifier") {
            // Without a value it waits for an assignment below; an enum never gets one.
            if (init) scope.set(id.name, readNamespace(init) ?? valueBinding(init));
          } else {
            for (const name of patternNames(id)) scope.set(name, { kind: "unknown" });
          }
        }
        break;
      case "ImportDeclaration":
        for (const specifier of statement.specifiers) {
          scope.set(specifier.local.name, {
            kind: "import",
            source: String(statement.source.value),
            imported: specifier.type === "ImportSpecifier" ? exportedName(specifier.imported) : "*",
          });
        }
        break;
      case "ExpressionStatement": {
        const { expression } = statement;
        if (expression.type === "AssignmentExpression" && expression.operator === "=") {
          const { left, right } = expression;
          if (left.type === "Identifier" && !scope.has(left.name)) scope.set(left.name, valueBinding(right));
        }
        break;
      }
      default:
        break;
    }
  }
  return scope;
}

function valueBinding(node: Expression): Binding {
  return node.type === "ClassExpression" ? classBinding(node) : { kind: "value", node };
}

function classBinding({ body, superClass }: Pick<ClassExpression, "body" | "superClass">): Binding {
  return { kind: "class", body, superClass };
}

/** An import's or export's name, which may be written as a string. */
export function exportedName(node: AnyNode): string {
  if (node.type === "Identifier") return node.name;
  return node.type === "Literal" ? String(node.value) : "";
}

/** `__exportAll({ a: () => a })`: how the bundler writes `export * as ns`. */
function readNamespace(node: Expression): Binding | undefined {
  if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return undefined;
  const [getters] = node.arguments;
  if (node.callee.name !== "__exportAll" || getters?.type !== "ObjectExpression") return undefined;
  return { kind: "namespace", getters: getters.properties };
}

/** The names that a pattern gives values to. */
export function patternNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        patternNames(property.type === "RestElement" ? property.argument : property.value),
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element ? patternNames(element) : []));
    case "AssignmentPattern":
      return patternNames(pattern.left);
    case "RestElement":
      return patternNames(pattern.argument);
    case "MemberExpression":
      return [];
  }
}
