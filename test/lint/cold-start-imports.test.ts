import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const runtime = join(import.meta.dirname, "../../src/runtime");

/** Modules that the engine has loaded anyway. Others cost milliseconds of each cold start: load them with `import()`. */
const CHEAP = ["node:async_hooks", "node:util"];

/** A static import or re-export that is more than types. The formatter keeps the keyword at the start of a line. */
const STATIC_IMPORT = /^(?:import|export)\s+(?!type\b)(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm;

/** What `entry` makes the engine load before any of its code runs, as `importing file: specifier`. */
function loadedAtStart(entry: string): { readonly files: readonly string[]; readonly modules: readonly string[] } {
  const files = [entry];
  const modules: string[] = [];
  for (const file of files) {
    for (const [, specifier = ""] of readFileSync(file, "utf8").matchAll(STATIC_IMPORT)) {
      if (!specifier.startsWith(".")) modules.push(`${relative(runtime, file)}: ${specifier}`);
      else if (!files.includes(join(dirname(file), specifier))) files.push(join(dirname(file), specifier));
    }
  }
  return { files, modules };
}

test("the runtime loads no costly module before the first invocation is asked for", () => {
  const { files, modules } = loadedAtStart(join(runtime, "bootstrap.ts"));
  expect(files.every((file) => existsSync(file))).toBe(true);
  expect(files.length).toBeGreaterThan(3);
  expect(modules.filter((module) => !CHEAP.some((cheap) => module.endsWith(`: ${cheap}`)))).toEqual([]);
});
