import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engine } from "../../../../test/local/support/engine.ts";
import { readModules } from "../../layout/program-modules.ts";
import { patchMaps, readMap } from "./executable-maps.ts";

/** Where each chunk fails, and what it was made of. The second one's map takes more than the engine's does. */
const LONG = Array.from({ length: 3_000 }, (_, index) => `src/some/folder/file-${index * 7919}.ts`);
const CHUNKS = [
  {
    fileName: "main.js",
    code: `import { fail } from "./long.js";\ntry { fail(); } catch (error) { console.log(error.stack); }\n`,
    map: { sources: ["src/first.ts"], mappings: ";AAEA" },
  },
  {
    fileName: "long.js",
    code: `export function fail() {\n  throw new Error("here");\n}\n`,
    map: { sources: LONG, mappings: "AAmDA;A+FUE" },
  },
];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mayfly-maps-"));
  const script = `
    import { compileChunks } from ${JSON.stringify(join(import.meta.dirname, "../compile.ts"))};
    const target = { os: process.platform, arch: process.arch === "arm64" ? "arm64" : "x86_64", lambda: false };
    const request = { root: ".", chunks: ${JSON.stringify(CHUNKS)}, sourcemap: true, files: new Map(), jitDelay: false, target };
    await compileChunks({ ...request, root: process.cwd(), outfile: process.cwd() + "/program" });`;
  execFileSync(engine, ["-e", script], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the maps in an executable", () => {
  test("lead to what the chunks were made of, and are given the room that they lack", () => {
    const { stdout } = spawnSync(join(folder, "program"), { encoding: "utf8" });
    expect(stdout.trim().split(/\n +/)).toEqual([
      "Error: here",
      `at fail (${LONG[95]}:62:3)`,
      expect.stringMatching(/^at src\/first\.ts:3\b/),
    ]);
  });

  test("are left as they are where a chunk has none, and not written where they don't fit", () => {
    const program = readFileSync(join(folder, "program"));
    const [main, long] = ["program", "long.js"].map((name) => readModules(program).find((one) => one.name === name));
    const compiled = new Map(
      ["program", "long.js", "other.js"].map((name) => [name, { sources: ["x.js"], mappings: "AAAA" }]),
    );
    const none = { sources: [], mappings: "" };
    const tooLong = { sources: ["x".repeat(1_000_000)], mappings: "AAAA" };
    expect(patchMaps(program, compiled, new Map(), "linux")).toEqual({ patches: [], lacking: new Map() });
    const { patches, lacking } = patchMaps(
      program,
      compiled,
      new Map([
        ["program", none],
        ["long.js", tooLong],
      ]),
      "linux",
    );
    expect(patches.map(({ offset, bytes }) => [offset, bytes.length])).toEqual([
      [main?.sourceMap.offset, main?.sourceMap.length],
    ]);
    expect([...lacking.keys()]).toEqual(["long.js"]);
    expect(lacking.get("long.js")).toBeGreaterThan(1_000_000 - (long?.sourceMap.length ?? 0));
  });
});

test.each([`{ "mappings": "" }`, `{ "sources": [1], "mappings": "" }`, `{ "sources": [] }`, "[]"])(
  "%s is no source map of the engine",
  (text) => {
    expect(() => readMap(text)).toThrow("The engine's compiler wrote no source map");
  },
);
