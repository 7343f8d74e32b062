import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { engine } from "../../../../test/local/support/engine.ts";
import { encodeEngineMap } from "./engine-map.ts";
import { readMappings } from "./mappings.ts";

/** In how many lines, columns and sources the engine has its mappings, so that each way to write one occurs. */
const ODD = `
export const wide = ${JSON.stringify("x".repeat(9_000))}; export const behind = [wide.length, wide.at(0)];
/*
${"\n".repeat(300)}
*/
export function far(given) {
      return given.map((one) => ({ one, [one]: one ?? wide }));
}
`;
const MAIN = `
import { behind, far } from "./odd.js";
import { more } from "./more.js";
console.log(far(behind), more);
${Array.from({ length: 150 }, (_, index) => `export const value${index} = () => far([${index}, "\u00fc${"y".repeat(index)}"]);`).join("\n")}
`;

/** What the engine's compiler puts into an executable, and the same as the map that it writes beside it. */
function compiled(): { readonly kept: Buffer; readonly sources: readonly string[]; readonly mappings: string } {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-engine-map-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "main.js"), MAIN);
  writeFileSync(join(folder, "odd.js"), ODD);
  writeFileSync(join(folder, "more.js"), `export const more = [1,\n\n\n2].map((one) => one * 2);\n`);
  const script = `
    import { readFileSync } from "node:fs";
    import { readModules } from ${JSON.stringify(join(import.meta.dirname, "../../layout/program-modules.ts"))};
    const { outputs } = await Bun.build({
      entrypoints: ["./main.js"], target: "bun", sourcemap: "inline", compile: { outfile: "./program" },
    });
    const map = JSON.parse(await outputs.find(({ kind }) => kind === "sourcemap").text());
    const file = readFileSync("./program");
    const [{ sourceMap }] = readModules(file);
    const kept = file.toString("base64", sourceMap.offset, sourceMap.offset + sourceMap.length);
    console.log(JSON.stringify({ kept, sources: map.sources, mappings: map.mappings }));`;
  const answer: unknown = JSON.parse(execFileSync(engine, ["-e", script], { cwd: folder, encoding: "utf8" }));
  const { kept, sources, mappings } = answer as { kept: string; sources: string[]; mappings: string };
  return { kept: Buffer.from(kept, "base64"), sources, mappings };
}

test("mappings are written as the engine writes them", () => {
  const { kept, sources, mappings } = compiled();
  expect(sources).toHaveLength(3);
  const map = encodeEngineMap(sources, readMappings(mappings));
  expect(readMappings(mappings).length).toBeGreaterThan(64 * 10);
  const part = (file: Buffer): Buffer => {
    const begin = 8 + file.readUInt32LE(0) * 16;
    return file.subarray(begin, begin + file.readUInt32LE(4));
  };
  expect(part(map).toString("hex")).toBe(part(kept).toString("hex"));
});

test("sources have a name, and no text", () => {
  const map = encodeEngineMap(["a.ts", "src/\u00fc.ts"], readMappings("AAAA,CCAA"));
  expect(map.readUInt32LE(0)).toBe(2);
  const names = [0, 1].map((index) => {
    const offset = map.readUInt32LE(8 + index * 8);
    return map.toString("utf8", offset, offset + map.readUInt32LE(12 + index * 8));
  });
  expect(names).toEqual(["a.ts", "src/\u00fc.ts"]);
  expect(map.subarray(8 + 16, 8 + 32)).toEqual(Buffer.alloc(16));
});

test("nothing mapped is a map too", () => {
  expect(encodeEngineMap([], [])).toHaveLength(8 + 32 + 1);
});
