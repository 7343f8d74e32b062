import { nodeIn, nodesIn, parseFile, type SyntaxNode, walk, writtenText } from "../../syntax.ts";
import { isName, readBindings } from "./bindings.ts";
import { valuesByCallers } from "./caller-values.ts";
import { calleeName, evaluatePath, HOLE, type PathValue, type Places } from "./path-values.ts";

/** A path that a module says. */
export interface CodePath {
  /** Absolute, with holes. */
  readonly path: string;
  /** What is called with it: `readFileSync`. */
  readonly taker: string | undefined;
  readonly line: number;
}

/** An `import()` or `require` of what isn't one text. */
export interface VariableImport {
  readonly node: SyntaxNode;
  /** What is imported. */
  readonly argument: SyntaxNode;
  readonly kind: "import" | "require";
  /** With holes, unless what isn't written as one text comes to one; nothing but a hole where nothing is known. */
  readonly value: PathValue;
  /** Whether what isn't known is a path by what it is called. */
  readonly isPath: boolean;
  readonly line: number;
}

export interface CodePaths {
  readonly paths: readonly CodePath[];
  readonly imports: readonly VariableImport[];
  /** Texts that can be names of files with data, where the module asks where it is. */
  readonly names: readonly string[];
  /** Whether it is an ES module by its syntax. */
  readonly isModule: boolean;
  /** Where its first statement begins that is more than a directive. */
  readonly start: number;
}

/** What is called with a path from the current folder. */
const TAKES_FILES =
  /^(?:(?:readFile|readdir|open|opendir|createReadStream|readJson|readJSON)(?:Sync)?|sendFile|Worker|fork|file)$/;

/** Given code, which runs apart from the program. */
export const RUNS: RegExp = /^(?:Worker|fork)$/;
const CODE = /\.[cm]?[jt]sx?$/;

const ASKS = /\b__(?:dirname|filename)\b|\bimport\.meta\b/;
const DATA =
  /^[\w@.-]+(?:\/[\w@.-]+)*\.(?:wasm|data|mem|dat|bin|br|gz|zip|icc|afm|ttf|otf|woff2?|txt|pem|crt|proto|sql)$/;

const PATH = /path|file|folder|dir|url|href/i;

const VALUE =
  /^(?:Identifier|TemplateLiteral|BinaryExpression|MemberExpression|CallExpression|NewExpression|ConditionalExpression|LogicalExpression|Literal)$/;

/**
 * The places in the package that a module names, as bundlers find them: by `__dirname`, `import.meta` and what is put
 * together with these.
 * @param root the project's, for its own modules: what they name from the current folder
 */
export function readCodePaths(file: string, code: string, root: string | undefined): CodePaths | undefined {
  const program = parseFile(file, code);
  if (program === undefined) return undefined;
  const nodes = walk(program);
  const places: Places = { file, root, bindings: readBindings(nodes), known: new Map() };
  const lineOf = (at: number): number => code.slice(0, at).split("\n").length;
  const paths: CodePath[] = [];
  const imports: VariableImport[] = [];
  let told: SyntaxNode | undefined;
  for (const { node, ancestors } of nodes) {
    const variable = variableImport(node, places);
    if (variable !== undefined) imports.push({ ...variable, line: lineOf(node.start) });
    // A part of what was told.
    if (told !== undefined && node.start >= told.start && node.end <= told.end) continue;
    const parent = ancestors.at(-1);
    if (!VALUE.test(node.type) || (parent !== undefined && isName(node, parent))) continue;
    const value = evaluatePath(node, places);
    if (value === undefined) continue;
    const taker = takerOf(node, ancestors);
    const path = placeOfValue(value, taker, root);
    if (path === undefined) continue;
    told = node;
    const line = lineOf(node.start);
    const given =
      taker !== undefined && path.includes(HOLE) ? valuesByCallers({ node, ancestors }, nodes, places) : undefined;
    for (const one of given?.values ?? []) {
      const meant = placeOfValue(one, taker, root);
      if (meant !== undefined) paths.push({ path: meant, taker, line });
    }
    if (given?.complete !== true) paths.push({ path, taker, line });
  }
  const isModule = nodes.some(
    ({ node }) => /^(?:Import|Export)\w*Declaration$/.test(node.type) || node.type === "MetaProperty",
  );
  const first = nodesIn(program, "body").find((one) => typeof one["directive"] !== "string");
  const names = ASKS.test(code) ? nodes.flatMap(({ node }) => dataName(node) ?? []) : [];
  return { paths, imports, names, isModule, start: first?.start ?? code.length };
}

function dataName(node: SyntaxNode): string | undefined {
  const text = node.type === "Literal" ? node["value"] : undefined;
  return typeof text === "string" && DATA.test(text) && !text.startsWith("..") ? text : undefined;
}

function variableImport(node: SyntaxNode, places: Places): Omit<VariableImport, "line"> | undefined {
  const isImport = node.type === "ImportExpression";
  const argument = isImport ? nodeIn(node, "source") : nodesIn(node, "arguments")[0];
  if (argument === undefined || (!isImport && !isRequire(node, places))) return undefined;
  if (writtenText(argument) !== undefined) return undefined;
  const value = evaluatePath(argument, places) ?? { kind: "text", text: HOLE };
  const isPath = PATH.test(calleeName(argument) ?? nameIn(argument) ?? "");
  return { node, argument, kind: isImport ? "import" : "require", value, isPath };
}

function nameIn(node: SyntaxNode): string | undefined {
  const name = node.type === "MemberExpression" ? nodeIn(node, "property")?.["name"] : node["name"];
  return typeof name === "string" ? name : undefined;
}

/** The module's own. */
function isRequire(node: SyntaxNode, { bindings }: Places): boolean {
  if (node.type !== "CallExpression" || nodeIn(node, "callee")?.["name"] !== "require") return false;
  return nodesIn(node, "arguments").length === 1 && bindings.valueOf("require", node) === undefined;
}

function takerOf(node: SyntaxNode, ancestors: readonly SyntaxNode[]): string | undefined {
  const [call, parent] = [ancestors.at(-2), ancestors.at(-1)];
  // `spawn(process.execPath, [script])` is what `fork` does.
  if (call !== undefined && parent?.type === "ArrayExpression" && isEngineStarted(call, parent)) {
    const isFlag = writtenText(node)?.startsWith("-") === true;
    return nodesIn(parent, "elements")[0] === node && !isFlag ? "fork" : undefined;
  }
  const isCall = parent?.type === "CallExpression" || parent?.type === "NewExpression";
  if (!isCall || nodesIn(parent, "arguments")[0] !== node) return undefined;
  const taker = calleeName(parent);
  return taker === "Worker" && isCode(nodesIn(parent, "arguments")[1]) ? undefined : taker;
}

/** `{ eval: true }`: what the worker is given is its code. */
function isCode(options: SyntaxNode | undefined): boolean {
  const properties = options?.type === "ObjectExpression" ? nodesIn(options, "properties") : [];
  return properties.some((one) => nodeIn(one, "key")?.["name"] === "eval" && nodeIn(one, "value")?.["value"] !== false);
}

function isEngineStarted(call: SyntaxNode, list: SyntaxNode): boolean {
  const [program, args] = nodesIn(call, "arguments");
  const isExec = program?.type === "MemberExpression" && nameIn(program) === "execPath";
  return isExec && args === list && /^(?:spawn|execFile)(?:Sync)?$/.test(calleeName(call) ?? "");
}

/** A text counts where a file is taken: then it is a path from the current folder, which is the project's root. */
function placeOfValue(value: PathValue, taker: string | undefined, root: string | undefined): string | undefined {
  // Where a module is says nothing of who reads it.
  if (value.kind === "module" && CODE.test(value.text) && !RUNS.test(taker ?? "")) return undefined;
  if (value.kind !== "text") return value.text;
  const isTaken = taker !== undefined && TAKES_FILES.test(taker) && root !== undefined;
  const isRelative = /^(?!\.\.|[a-z]+:)[^/\0]/i.test(value.text);
  return isTaken && isRelative ? `${root}/${value.text.replace(/^(?:\.\/)+/, "")}` : undefined;
}
