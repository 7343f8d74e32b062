import {
  type AnyNode,
  type ArrowFunctionExpression,
  type Expression,
  type FunctionExpression,
  parse,
  type Program,
} from "acorn";
import { type Candidate, classifyBinding, classifyExpression } from "./classify-export.ts";
import { classMembers } from "./class-members.ts";
import { exportedName, readScope, type Scope } from "../module-scope.ts";
import { messageOf } from "../../support/system-error.ts";

export interface ExportedClass {
  readonly name: string;
  readonly methods: readonly string[];
}

export interface ModuleExports {
  /** Export paths of handlers, such as `handle` or `api.users.list`; sorted. */
  readonly handlers: readonly string[];
  /** Export paths of what may be a handler, or hold some, as far as reading the code can tell; of `handlers` those that are not sure. */
  readonly possible: readonly string[];
  /** Classes, which are no handlers. */
  readonly classes: readonly ExportedClass[];
  /** Whether the module has exports that reading the code can't see, as of a re-exported package. */
  readonly open: boolean;
  /** Why the code can't be read, if it can't: newer syntax than the parser knows. It is `open` then. */
  readonly problem?: string;
}

/**
 * Reads which exports of a bundled module are handlers. Functions are; wrapped functions and values
 * that the code doesn't show are when their name says so, or when there is nothing surer.
 * @param code one ES module in which re-exports are resolved, packages not
 */
export function readExports(code: string): ModuleExports {
  let program: Program;
  try {
    program = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  } catch (cause) {
    return { handlers: [], possible: [], classes: [], open: true, problem: messageOf(cause) };
  }
  const scope = readScope(program.body);
  const candidates = program.body
    .flatMap((statement) => candidatesOf(statement, scope))
    .filter(({ path }) => path.every(isNameable));
  const open = program.body.some((statement) => statement.type === "ExportAllDeclaration");
  const handlers = new Set(choose(candidates).map(exportPath));
  const possible = new Set(candidates.filter(({ certainty }) => certainty !== "function").map(exportPath));
  const classes = program.body.flatMap((statement) => classesOf(statement, scope));
  return { handlers: [...handlers].toSorted(), possible: [...possible].toSorted(), classes, open };
}

function classesOf(statement: Program["body"][number], scope: Scope): readonly ExportedClass[] {
  if (statement.type !== "ExportNamedDeclaration") return [];
  return statement.specifiers.flatMap(({ local, exported }) => {
    const binding = local.type === "Identifier" ? scope.get(local.name) : undefined;
    return binding?.kind === "class"
      ? [{ name: exportedName(exported), methods: classMembers(binding, scope).methods }]
      : [];
  });
}

/** Whether a handler string can have it in it: `"/users"` in a table of routes would be a folder there. */
function isNameable(name: string): boolean {
  return name !== "" && !/[./]/.test(name);
}

function exportPath({ path }: Candidate): string {
  return path.join(".");
}

function candidatesOf(statement: Program["body"][number], scope: Scope): Candidate[] {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the other statements export nothing
  switch (statement.type) {
    case "ExportNamedDeclaration":
      return statement.specifiers.flatMap((specifier) =>
        specifier.local.type === "Identifier"
          ? classifyBinding(scope.get(specifier.local.name), [exportedName(specifier.exported)], scope)
          : [],
      );
    case "ExportDefaultDeclaration":
      return defaultCandidates(statement.declaration, scope);
    default:
      return [];
  }
}

function defaultCandidates(node: AnyNode, scope: Scope): Candidate[] {
  if (node.type === "FunctionDeclaration") return [{ path: ["default"], certainty: "function" }];
  if (node.type !== "CallExpression")
    return node.type === "Identifier" ? classifyExpression(node, ["default"], scope) : [];
  const wrapper = commonJsWrapper(node.callee, scope);
  return wrapper === undefined ? [] : commonJsCandidates(wrapper, scope);
}

/** `require_x` of `var require_x = __commonJSMin((exports, module) => { … })`: how the bundler keeps CommonJS. */
function commonJsWrapper(callee: AnyNode, scope: Scope): FunctionExpression | ArrowFunctionExpression | undefined {
  if (callee.type !== "Identifier") return undefined;
  const binding = scope.get(callee.name);
  if (binding?.kind !== "value" || binding.node.type !== "CallExpression") return undefined;
  const [wrapper] = binding.node.arguments;
  return wrapper?.type === "FunctionExpression" || wrapper?.type === "ArrowFunctionExpression" ? wrapper : undefined;
}

function commonJsCandidates(wrapper: FunctionExpression | ArrowFunctionExpression, outer: Scope): Candidate[] {
  if (wrapper.body.type !== "BlockStatement") return [];
  const scope = readScope(wrapper.body.body, outer);
  const [exportsName, moduleName] = wrapper.params.map((param) => (param.type === "Identifier" ? param.name : ""));
  const exported = new Map<string, Expression>();
  for (const statement of wrapper.body.body) {
    if (statement.type !== "ExpressionStatement" || statement.expression.type !== "AssignmentExpression") continue;
    const { left, right } = statement.expression;
    if (left.type !== "MemberExpression" || left.property.type !== "Identifier") continue;
    const onModule = left.object.type === "Identifier" && left.object.name === moduleName;
    const onExports = left.object.type === "Identifier" && left.object.name === exportsName;
    const onModuleExports = left.object.type === "MemberExpression" && isModuleExports(left.object, moduleName);
    if (onModule && left.property.name === "exports") {
      if (right.type === "ObjectExpression") return commonJsObject(right, scope);
      exported.set("default", right);
    } else if (onExports || onModuleExports) {
      exported.set(left.property.name, right);
    }
  }
  return [...exported].flatMap(([name, value]) => classifyExpression(value, [name], scope));
}

/** The members are exports by their own names; an object with `fetch` is a handler as a whole. */
function commonJsObject(object: Expression, scope: Scope): Candidate[] {
  return classifyExpression(object, ["default"], scope).map(({ path, certainty }) => ({
    path: path.length > 1 ? path.slice(1) : path,
    certainty,
  }));
}

function isModuleExports(node: AnyNode, moduleName: string | undefined): boolean {
  return (
    node.type === "MemberExpression" &&
    node.object.type === "Identifier" &&
    node.object.name === moduleName &&
    node.property.type === "Identifier" &&
    node.property.name === "exports"
  );
}

const TELLING_NAME = /^(default|handle|main)$|handler$/i;
/** What servers and web apps are called, which reading the code can't tell from data. */
const APP_NAME = /^(app|server)$/i;

function choose(all: readonly Candidate[]): readonly Candidate[] {
  const candidates = all.filter(({ certainty }) => certainty !== "hidden");
  // In `app = new Hono(); handler = handle(app)` the app is no handler of its own, beside a function that helps it is.
  const isTelling = ({ path, certainty }: Candidate): boolean =>
    certainty !== "method" && TELLING_NAME.test(path.at(-1) ?? "");
  const hasTellingName = candidates.some(isTelling);
  const sure = candidates.filter(
    (one) => one.certainty === "function" || isTelling(one) || (!hasTellingName && APP_NAME.test(one.path.join("."))),
  );
  if (sure.length > 0) return sure;
  const wrapped = candidates.filter(({ certainty }) => certainty === "wrapped");
  return wrapped.length > 0 ? wrapped : candidates;
}
