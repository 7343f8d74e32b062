import { nodeIn, parseFile, walk, writtenText } from "../../syntax.ts";
import type { Edit } from "../defer/edits.ts";
import type { View } from "./commonjs-views.ts";

/**
 * Has each `import()` of CommonJS give the same namespace, as in Node.js: the bundler makes another one each time.
 * @param commonJs what is imported, by what the module calls it
 * @param view which namespace the module is given
 */
export function leadLoads(
  code: string,
  id: string,
  commonJs: ReadonlyMap<string, string>,
  view: View & ("namespace" | "compiled"),
  viewOf: (view: View, file: string) => string,
): readonly Edit[] {
  const program = parseFile(id, code);
  if (program === undefined) return [];
  return walk(program).flatMap(({ node }): readonly Edit[] => {
    const isPlain = node.type === "ImportExpression" && nodeIn(node, "options") === undefined;
    const source = isPlain ? nodeIn(node, "source") : undefined;
    const file = source === undefined ? undefined : commonJs.get(writtenText(source) ?? "");
    if (source === undefined || file === undefined) return [];
    const named = { start: source.start, end: source.end, text: viewOf(view, file) };
    return view === "namespace"
      ? [named]
      : [named, { start: node.end, end: node.end, text: ".then(({ all }) => all)" }];
  });
}
