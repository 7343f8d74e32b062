import { readFileSync } from "node:fs";
import { join } from "node:path";

const EXPORTED = /^export (?=(?:async )?function (\w+)|(?:const|let|var) (\w+))/gm;
const IMPORTED = /^import \{[^}]*\} from "\.[^"]*\/([\w-]+)\.ts";$/gm;

/** What goes to CommonJS that the build writes calls into, by the module's name in the bundle: the last after what it imports. */
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  "runtime/deferred/deferred.cjs": [
    "runtime/deferred/deferred-answers",
    "runtime/deferred/look-up-errors",
    "runtime/deferred/deferred",
  ],
  "runtime/places/module-object.cjs": [
    "protocol/runtime-module",
    "runtime/engine/bun-resolve",
    "runtime/places/module-object",
  ],
  "runtime/places/known-module.cjs": ["runtime/places/task-root", "runtime/places/known-module"],
};

/**
 * Some of the runtime's modules with what they import, as one CommonJS module. Most of the code that calls them is CommonJS, and in a
 * split bundle a `require` of an ES module goes through the engine's loader, which makes a start wait for another chunk.
 * @param sources the folder of Mayfly's sources
 * @param name from there; `undefined` is returned for any other module
 */
export function helperSource(sources: string, name: string): string | undefined {
  const files = Object.hasOwn(SCRIPTS, name) ? SCRIPTS[name] : undefined;
  if (files === undefined) return undefined;
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  const code = files
    .map((file) => transpiler.transformSync(readFileSync(join(sources, `${file}.ts`), "utf8")))
    .join("\n")
    .replaceAll(IMPORTED, (line, imported) => (files.some((file) => file.endsWith(`/${imported}`)) ? "" : line));
  const names = [...code.matchAll(EXPORTED)].map(([, made, declared]) => made ?? declared);
  const script = code.replaceAll(EXPORTED, "");
  if (/^(?:import|export)\b/m.test(script)) throw new Error(`${name} imports or exports in a way of its own`);
  return `${script}\nmodule.exports = { ${names.join(", ")} };\n`;
}
