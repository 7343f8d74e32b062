import { readFileSync } from "node:fs";
import { join } from "node:path";

const EXPORTED = /^export (?=(?:async )?function (\w+)|(?:const|let|var) (\w+))/gm;

/**
 * runtime/deferred/deferred.ts and what it imports, as one CommonJS module. Most of the code that calls it is CommonJS, and in a
 * split bundle a `require` of an ES module goes through the engine's loader, which makes a start wait for another chunk.
 * @param runtime the folder of these sources
 */
export function helperSource(runtime: string): string {
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  const code = ["deferred-answers.ts", "look-up-errors.ts", "deferred.ts"]
    .map((name) => transpiler.transformSync(readFileSync(join(runtime, name), "utf8")))
    .join("\n")
    .replaceAll(/^import \{[^}]*\} from "\.\/[\w-]+\.ts";$/gm, "");
  const names = [...code.matchAll(EXPORTED)].map(([, made, declared]) => made ?? declared);
  const script = code.replaceAll(EXPORTED, "");
  if (/^(?:import|export)\b/m.test(script))
    throw new Error("runtime/deferred/deferred.ts imports or exports in a way of its own");
  return `${script}\nmodule.exports = { ${names.join(", ")} };\n`;
}
