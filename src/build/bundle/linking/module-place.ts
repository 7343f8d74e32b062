import type { Plugin } from "rolldown";
import { relative, sep } from "node:path";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { declaredName, parseFile, type SyntaxNode, nodeIn, usedName, walk } from "./syntax.ts";

/** The folder with the function's code, where Lambda says it is. */
const TASK_ROOT = "process.env.LAMBDA_TASK_ROOT";

/**
 * Tells modules where they are: `__dirname`, `import.meta.url` and so on are the module's place below the folder with
 * the function's code, as if it had been uploaded as it is.
 */
export function modulePlaces(root: string): Plugin {
  const own = `${root}${sep}node_modules${sep}mayfly${sep}src${sep}`;
  return {
    name: "mayfly-places",
    transform: {
      filter: {
        id: /\.[cm]?[jt]sx?$/,
        code: /\b__(?:dirname|filename)\b|\bimport\.meta\.(?:url|dirname|filename|dir|path)\b/,
      },
      handler(code, id) {
        if (id.startsWith(own) || id.startsWith("\0")) return undefined;
        const placed = placeModule(code, id, placeOf(root, id));
        return placed === undefined ? undefined : { code: placed, map: null };
      },
    },
  };
}

/** Where a file lies in a package: from the root, or, for what lies outside of it, from where it would be installed. */
export function placeOf(root: string, file: string): string {
  const path = relative(root, file).split(sep).join("/");
  if (!path.startsWith("../")) return path;
  const installed = path.indexOf("node_modules/");
  return installed < 0 ? path.replace(/^(?:\.\.\/)+/, "") : path.slice(installed);
}

/**
 * @param place from the task root, with `/`
 * @returns `undefined` if the module doesn't ask
 */
export function placeModule(code: string, path: string, place: string): string | undefined {
  const program = parseFile(path, code);
  if (program === undefined) return undefined;
  const folder = place.includes("/") ? place.slice(0, place.lastIndexOf("/")) : "";
  const file = `(${TASK_ROOT} + ${JSON.stringify(`/${place}`)})`;
  const directory = folder === "" ? TASK_ROOT : `(${TASK_ROOT} + ${JSON.stringify(`/${folder}`)})`;
  const url = `("file://" + encodeURI(${TASK_ROOT}) + ${JSON.stringify(`/${place.split("/").map(encodeURIComponent).join("/")}`)})`;
  const byName: Readonly<Record<string, string>> = { __dirname: directory, __filename: file };
  const byProperty: Readonly<Record<string, string>> = {
    dirname: directory,
    dir: directory,
    filename: file,
    path: file,
    url,
  };
  const edits: Edit[] = [];
  const nodes = [...walk(program)];
  // Declared in whatever scope: a name is then left alone everywhere.
  const own = new Set(nodes.flatMap((one) => declaredName(one) ?? []));
  for (const one of nodes) {
    const name = usedName(one);
    const text =
      name !== undefined
        ? own.has(name) || !Object.hasOwn(byName, name)
          ? undefined
          : byName[name]
        : metaProperty(one.node, byProperty);
    if (text === undefined) continue;
    const { start, end } = one.node;
    const parent = one.ancestors.at(-1);
    edits.push({ start, end, text: parent?.["shorthand"] === true ? `${name}: ${text}` : text });
  }
  return edits.length === 0 ? undefined : applyEdits(code, edits);
}

function metaProperty(node: SyntaxNode, byProperty: Readonly<Record<string, string>>): string | undefined {
  if (node.type !== "MemberExpression" || node["computed"] === true) return undefined;
  if (nodeIn(node, "object")?.type !== "MetaProperty") return undefined;
  const name = nodeIn(node, "property")?.["name"];
  return typeof name === "string" && Object.hasOwn(byProperty, name) ? byProperty[name] : undefined;
}
