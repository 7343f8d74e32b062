import type { Plugin } from "rolldown";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { isEngineModule } from "../engine-modules.ts";
import { knownAnswer } from "../package-place.ts";
import { lookUp } from "./look-up.ts";
import { COMMONJS } from "./sloppy-text.ts";
import { parseFile, type Placed, type SyntaxNode, nodeIn, nodesIn, onlyText, usedName, walk } from "../../syntax.ts";

/** What a module calls the function that it keeps of `createRequire` where that is called `require`. */
const OTHER_NAME = "$mayfly_require";
const HELPER = "$mayfly_commonjs";
const ENGINES = "$mayfly_createRequire";

/**
 * Bundles what ES modules require through `createRequire(import.meta.url)`, as bundlers of libraries write it, and tells what
 * they resolve. What can't be found stays a question for the time when it runs, for a `createRequire` that misses things and
 * has a cache as in Node.js.
 */
export function createdRequires(root: string, external: readonly string[]): Plugin {
  return {
    name: "mayfly-create-require",
    transform: {
      filter: { id: /^[^\0].*\.m?[jt]sx?$/, code: /\bcreateRequire\b/ },
      async handler(code, id) {
        const found = findCreatedRequires(code, id);
        if (found === undefined) return undefined;
        const bundled: Edit[] = [];
        for (const { specifier, edit } of found.calls) {
          if (isEngineModule(specifier) || (await lookUp(this, specifier, id, "require-call")) === null) continue;
          bundled.push(edit);
        }
        const resolved = found.resolves.flatMap(({ specifier, edit }): readonly Edit[] => {
          const answer = knownAnswer(root, id, specifier, external);
          return answer === undefined ? [] : [{ ...edit, text: answer }];
        });
        const renames = bundled.length > 0 ? found.renames : [];
        const edits = [...makerEdits(found), ...bundled, ...resolved, ...renames];
        return { code: applyEdits(code, edits), map: null };
      },
    },
  };
}

interface CreatedRequires {
  /** Each turns a call of the function into one that the bundler understands. */
  readonly calls: readonly { readonly specifier: string; readonly edit: Edit }[];
  /** Calls of its `resolve`. */
  readonly resolves: readonly { readonly specifier: string; readonly edit: Edit }[];
  /** What imports `createRequire`. */
  readonly makers: readonly Maker[];
  /** Where the first statement begins. */
  readonly start: number;
  /** What has to be called otherwise where such a call is changed. */
  readonly renames: readonly Edit[];
}

interface Maker {
  readonly specifier: SyntaxNode;
  /** What the module calls it. */
  readonly name: string;
}

/** Imports it by another name, and declares what is asked instead. */
function makerEdits({ makers, start }: CreatedRequires): readonly Edit[] {
  const renamed = makers.map(({ specifier: { start, end } }, index): Edit => {
    return { start, end, text: `createRequire as ${ENGINES}${index}` };
  });
  const declared = makers.map(
    ({ name }, index) => `const ${name} = ${HELPER}.createRequireOf(() => ${ENGINES}${index}); `,
  );
  const text = `import ${HELPER} from ${JSON.stringify(COMMONJS)}; ${declared.join("")}`;
  return [{ start, end: start, text }, ...renamed];
}

function findCreatedRequires(code: string, path: string): CreatedRequires | undefined {
  const program = parseFile(path, code);
  if (program === undefined) return undefined;
  const nodes = [...walk(program)];
  const makers = nodes.flatMap(({ node }) => makerOf(node) ?? []);
  if (makers.length === 0) return undefined;
  const made = new Set(makers.map(({ name }) => name));
  const declarators = nodes.filter(({ node }) => node.type === "VariableDeclarator" && isMade(node, made));
  const names = new Set(declarators.flatMap(({ node }) => identifier(nodeIn(node, "id")) ?? []));
  const calls = nodes.flatMap(({ node }) => {
    const callee = node.type === "CallExpression" ? nodeIn(node, "callee") : undefined;
    const specifier = onlyText(node);
    if (callee === undefined || specifier === undefined || !names.has(identifier(callee) ?? "")) return [];
    return [{ specifier, edit: { start: callee.start, end: callee.end, text: "require" } }];
  });
  const resolves = nodes.flatMap(({ node }) => {
    const callee = node.type === "CallExpression" ? nodeIn(node, "callee") : undefined;
    const specifier = onlyText(node);
    const isResolve = callee?.type === "MemberExpression" && identifier(nodeIn(callee, "property")) === "resolve";
    if (!isResolve || specifier === undefined || !names.has(identifier(nodeIn(callee, "object")) ?? "")) return [];
    return [{ specifier, edit: { start: node.start, end: node.end, text: "" } }];
  });
  const renames = nodes.filter((one) => usedName(one) === "require" && names.has("require")).map(rename);
  return { calls, resolves, makers, renames, start: nodesIn(program, "body")[0]?.start ?? 0 };
}

function rename({ node, ancestors }: Placed): Edit {
  const isShort = ancestors.at(-1)?.["shorthand"] === true;
  return { start: node.start, end: node.end, text: isShort ? `require: ${OTHER_NAME}` : OTHER_NAME };
}

function makerOf(node: SyntaxNode): Maker | undefined {
  if (node.type !== "ImportDeclaration" || node["importKind"] === "type") return undefined;
  const source = nodeIn(node, "source")?.["value"];
  if (source !== "node:module" && source !== "module") return undefined;
  const specifier = nodesIn(node, "specifiers").find((one) => identifier(nodeIn(one, "imported")) === "createRequire");
  const name = identifier(nodeIn(specifier, "local"));
  return specifier === undefined || name === undefined ? undefined : { specifier, name };
}

/** Whether somewhere in what a variable is given `createRequire` is called for this very module. */
function isMade(declarator: SyntaxNode, makers: ReadonlySet<string>): boolean {
  const init = nodeIn(declarator, "init");
  if (init === undefined) return false;
  return [...walk(init)].some(({ node }) => {
    if (node.type !== "CallExpression" || !makers.has(identifier(nodeIn(node, "callee")) ?? "")) return false;
    return nodesIn(node, "arguments").some((argument) =>
      [...walk(argument)].some((one) => one.node.type === "MetaProperty" || usedName(one) === "__filename"),
    );
  });
}

function identifier(node: SyntaxNode | undefined): string | undefined {
  return node?.type === "Identifier" && typeof node["name"] === "string" ? node["name"] : undefined;
}
