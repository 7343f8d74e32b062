import type { Plugin } from "rolldown";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { isEngineModule } from "../engine-modules.ts";
import { lookUp } from "./look-up.ts";
import { parseFile, type Placed, type SyntaxNode, nodeIn, nodesIn, onlyText, usedName, walk } from "../../syntax.ts";

/** What a module calls the function that it keeps of `createRequire` where that is called `require`. */
const OTHER_NAME = "$mayfly_require";

/**
 * Bundles what ES modules require through `createRequire(import.meta.url)`, as bundlers of libraries write it. What
 * can't be found stays a question for the time when it runs.
 */
export function createdRequires(): Plugin {
  return {
    name: "mayfly-create-require",
    transform: {
      filter: { id: /\.m?[jt]sx?$/, code: /\bcreateRequire\b/ },
      async handler(code, id) {
        const found = findCreatedRequires(code, id);
        if (found === undefined) return undefined;
        const bundled: Edit[] = [];
        for (const { specifier, edit } of found.calls) {
          if (isEngineModule(specifier) || (await lookUp(this, specifier, id, "require-call")) === null) continue;
          bundled.push(edit);
        }
        return bundled.length === 0 ? undefined : { code: applyEdits(code, [...bundled, ...found.renames]), map: null };
      },
    },
  };
}

interface CreatedRequires {
  /** Each turns a call of the function into one that the bundler understands. */
  readonly calls: readonly { readonly specifier: string; readonly edit: Edit }[];
  /** What has to be called otherwise where such a call is changed. */
  readonly renames: readonly Edit[];
}

function findCreatedRequires(code: string, path: string): CreatedRequires | undefined {
  const program = parseFile(path, code);
  if (program === undefined) return undefined;
  const nodes = [...walk(program)];
  const makers = new Set(nodes.flatMap(({ node }) => makerName(node) ?? []));
  if (makers.size === 0) return undefined;
  const declarators = nodes.filter(({ node }) => node.type === "VariableDeclarator" && isMade(node, makers));
  const names = new Set(declarators.flatMap(({ node }) => identifier(nodeIn(node, "id")) ?? []));
  const calls = nodes.flatMap(({ node }) => {
    const callee = node.type === "CallExpression" ? nodeIn(node, "callee") : undefined;
    const specifier = onlyText(node);
    if (callee === undefined || specifier === undefined || !names.has(identifier(callee) ?? "")) return [];
    return [{ specifier, edit: { start: callee.start, end: callee.end, text: "require" } }];
  });
  const renames = nodes.filter((one) => usedName(one) === "require" && names.has("require")).map(rename);
  return { calls, renames };
}

function rename({ node, ancestors }: Placed): Edit {
  const isShort = ancestors.at(-1)?.["shorthand"] === true;
  return { start: node.start, end: node.end, text: isShort ? `require: ${OTHER_NAME}` : OTHER_NAME };
}

/** What a module calls `createRequire` of `node:module`. */
function makerName(node: SyntaxNode): string | undefined {
  if (node.type !== "ImportDeclaration") return undefined;
  const source = nodeIn(node, "source")?.["value"];
  if (source !== "node:module" && source !== "module") return undefined;
  const specifier = nodesIn(node, "specifiers").find((one) => identifier(nodeIn(one, "imported")) === "createRequire");
  return identifier(nodeIn(specifier, "local"));
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
