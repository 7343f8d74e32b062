import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ownSources, readSources, type Sources } from "./sources.ts";

/** The build writes it, without its import of package.json. */
const WRITTEN_BY_BUILD = "src/version.ts";

interface Loaded {
  readonly own: readonly string[];
  /** Modules of the engine and packages, as `importing file: specifier`. */
  readonly others: readonly string[];
}

/** What `entry` makes the engine load before any of its code runs. */
function loadedAtStart(entry: string, sources: Sources): Loaded {
  const modules = new Map(sources.modules.map((module) => [module.path, module]));
  const own = [entry];
  const others: string[] = [];
  for (const path of own) {
    if (path === WRITTEN_BY_BUILD) continue;
    const source = modules.get(path);
    if (source === undefined) throw new Error(`${path} is no source`);
    for (const { specifier, module, kind } of source.imports) {
      if (kind !== "static") continue;
      if (module === undefined) others.push(`${path}: ${specifier}`);
      else if (!own.includes(module)) own.push(module);
    }
  }
  return { own, others };
}

// Each costs milliseconds of every cold start: what is needed now and then is loaded with `import()` where it is.
test("the runtime loads nothing but its own sources before the first invocation is asked for", () => {
  const { own, others } = loadedAtStart("src/runtime/bootstrap.ts", ownSources());
  expect(own).toContain("src/runtime/engine/bun-socket.ts");
  expect(others).toEqual([]);
});

test("an import is seen in whatever form it is written", () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "mayfly-imports-")));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const sources = {
    "tsconfig.json": '{ "compilerOptions": { "module": "nodenext", "noEmit": true }, "include": ["src"] }',
    "src/entry.ts": [
      'import "node:side"; import whole from "node:default"',
      "import {\n  one,\n  // } from 'node:comment'\n  two,\n} from 'node:lines';",
      'export {\n  three,\n} from "node:exported"; export * from "node:all"; export * as four from "node:namespace";',
      'export {} from "node:nothing"; import "./next.ts";',
      'import type { U } from "node:type"; export type { V } from "node:exported-type";',
      'const text = `\nimport "node:text";\n`; const later = () => import("node:later");',
    ].join("\n"),
    "src/next.ts": 'import "node:next";',
  };
  mkdirSync(join(root, "src"));
  for (const [path, source] of Object.entries(sources)) writeFileSync(join(root, path), source);
  const seen = ["side", "default", "lines", "exported", "all", "namespace", "nothing"];
  using written = readSources(root);
  expect(loadedAtStart("src/entry.ts", written).others).toEqual([
    ...seen.map((name) => `src/entry.ts: node:${name}`),
    "src/next.ts: node:next",
  ]);
});
