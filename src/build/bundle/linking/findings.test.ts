import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Plugin, rolldown } from "rolldown";
import { expect, onTestFinished, test } from "vitest";
import { ENTRY_NAME, FINDINGS_PLACE } from "../mayfly-sources.ts";
import { codeFindings } from "./findings.ts";
import { linkOptions } from "./link-options.ts";

/** What is found in modules by their paths: the entry imports all of them, and prints it. */
async function findingsIn(
  files: Readonly<Record<string, string>>,
  external: readonly string[] = [],
  rounds = 1,
): Promise<unknown> {
  const root = mkdtempSync(join(tmpdir(), "mayfly-findings-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const entry = join(root, ENTRY_NAME);
  const findings = join(root, "node_modules/mayfly/src/findings.ts");
  const imports = [findings, ...Object.keys(files).map((path) => join(root, path))];
  const all = new Map([
    ...Object.entries(files).map(([path, code]) => [join(root, path), code] as const),
    [
      entry,
      `${imports.map((path) => `import ${JSON.stringify(path)};`).join("\n")}\nrequire("of no interest");`,
    ] as const,
    [findings, `console.log(${FINDINGS_PLACE}, Response);`] as const,
  ]);
  const given: Plugin = {
    name: "given",
    resolveId: (id) => (all.has(id) ? id : undefined),
    load: (id) => all.get(id),
    // What other plugins write isn't what the code says.
    transform: (code) => ({ code: `${code}\nnew Response();`, map: null }),
  };
  const plugins = [given, codeFindings(root, () => external.length > 0)];
  for (let round = 1; ; round++) {
    const bundler = await rolldown({
      ...linkOptions({ root, entry, external: ["of no interest", ...external] }),
      plugins,
    });
    const { output } = await bundler.generate({ format: "esm" });
    await bundler.close();
    const code = output.map((one) => (one.type === "chunk" ? one.code : "")).join("\n");
    expect(code).not.toContain(FINDINGS_PLACE);
    if (round === rounds) return JSON.parse(/console\.log\((\{[^}]*\}), Response/.exec(code)?.[1] ?? "null");
    // As the bundler begins again with other modules.
    for (const path of Object.keys(files)) all.set(join(root, path), "console.log(1);");
  }
}

test("nothing is found where nothing is named, whatever else is in the program", async () => {
  const found = await findingsIn({ "a.js": "export const responses = 1;" });
  expect(Object.values(found as Record<string, boolean>)).not.toContain(true);
  expect(found).toHaveProperty("webTypes");
});

test.each([
  ["webTypes", "export const answer = () => new Response();"],
  ["webTypes", "export const ask = (url) => fetch(url);"],
  ["lookUps", "export const load = (name) => import(name);"],
  ["lookUps", "exports.load = (name) => require(name);"],
  ["ownSockets", "export const give = (response, socket) => response.assignSocket(socket);"],
])("%s: %s", async (name, code) => {
  for (const path of ["src/a.js", "node_modules/p/index.js"]) {
    expect(await findingsIn({ [path]: code, "b.js": "export {};" })).toMatchObject({ [name]: true });
  }
});

test("what isn't read may name anything", async () => {
  const found = await findingsIn({ "a.js": "export {};" }, ["elsewhere"]);
  expect(Object.values(found as Record<string, boolean>)).not.toContain(false);
});

test("what a round before found isn't found any more", async () => {
  expect(await findingsIn({ "a.js": "fetch('');" }, [], 2)).toMatchObject({ webTypes: false });
});
