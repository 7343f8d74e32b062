import type { OutputChunk, PluginContext } from "rolldown";
import { nodeIn, parseFile, walk, writtenText } from "../../syntax.ts";
import type { Edit } from "../defer/edits.ts";
import type { CommonJsViews } from "./commonjs-views.ts";

/** What is said in place of a module that is loaded. It is nothing of the program's for the bundler. */
const LOAD = "mayfly-load:";
export const STANDS_FOR: RegExp = /^mayfly-load:/;
const LOADED = "\0mayfly-loaded:";

/** What the module with the load becomes. */
const WRITTEN = /\bload\s*=\s*\(\)\s*=>\s*(import\(.*\))\s*;?\s*export\b/s;
const STOOD_IN = /\bimport\(\s*(["'`])mayfly-load:(.*?)\1\s*\)/g;

/**
 * `import()` of ES modules in modules that the bundler wraps in functions: CommonJS, and what that requires. The bundler
 * would wrap what they load as well, with all that it imports, and so evaluate it in another order, with names that are
 * `undefined` where they should fail. So each such `import()` is of a name outside of the program, and what it should load
 * is loaded by a module of its own that nothing wraps. What the bundler writes for that is put in place at the end.
 * @param targets files or views to be loaded, by what the module calls them
 */
export function standIns(
  context: PluginContext,
  code: string,
  id: string,
  targets: ReadonlyMap<string, string>,
  views: CommonJsViews,
): readonly Edit[] {
  const program = parseFile(id, code);
  const edits: Edit[] = [];
  if (program === undefined) return edits;
  for (const { node } of walk(program)) {
    const isPlain = node.type === "ImportExpression" && nodeIn(node, "options") === undefined;
    const source = isPlain ? nodeIn(node, "source") : undefined;
    const file = source === undefined ? undefined : targets.get(writtenText(source) ?? "");
    if (source === undefined || file === undefined) continue;
    const loaded = views.id("loaded", file);
    context.emitFile({ type: "chunk", id: loaded, name: "mayfly-load" });
    const name = LOAD + loaded.slice(LOADED.length);
    edits.push({ start: source.start, end: source.end, text: JSON.stringify(name) });
  }
  return edits;
}

export function isStandIn(id: string): boolean {
  return id.startsWith(LOADED);
}

/** The module that does an `import()` which a name stands for. */
export function standInOf(name: string): string | undefined {
  return name.startsWith(LOAD) ? LOADED + name.slice(LOAD.length) : undefined;
}

/**
 * Puts loads in place of what stands for them.
 * @throws Error when the bundler writes them in another way than the known one
 */
export function putLoadsBack(chunks: readonly OutputChunk[]): readonly OutputChunk[] {
  const loads = new Map<string, string>();
  for (const { facadeModuleId, code } of chunks) {
    if (facadeModuleId === null || !isStandIn(facadeModuleId)) continue;
    const written = WRITTEN.exec(code)?.[1];
    if (written === undefined) throw new Error(`The bundler's loads have another form than the known one:\n${code}`);
    loads.set(facadeModuleId.slice(LOADED.length), written.replaceAll(/\s*\n\s*/g, " "));
  }
  if (loads.size === 0) return chunks;
  return chunks
    .filter(({ facadeModuleId }) => facadeModuleId === null || !isStandIn(facadeModuleId))
    .map((chunk) => {
      const code = chunk.code.replaceAll(STOOD_IN, (stood, _, place: string) => loads.get(place) ?? stood);
      return code === chunk.code ? chunk : { ...chunk, code };
    });
}
