import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";
import { expect, onTestFinished, test } from "vitest";
import { readField } from "../../../support/read-field.ts";
import { linkOptions } from "./link-options.ts";
import { TwoBuilds, twoBuilds } from "./two-builds.ts";

/** A package of two builds, which say which one they are. */
const both = (name: string, manifest: Readonly<Record<string, unknown>> = {}): Record<string, string> => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ main: "lib/main", module: "./es/module.js", ...manifest }),
  [`node_modules/${name}/lib/main.js`]: `exports.build = "${name} as main";`,
  [`node_modules/${name}/es/module.js`]: `export const build = "${name} as module";`,
});

/** Which builds are in the program, and in how many rounds that was found. */
async function bundle(files: Readonly<Record<string, string>>): Promise<{ builds: readonly string[]; rounds: number }> {
  const root = mkdtempSync(join(tmpdir(), "mayfly-two-builds-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const plugin = twoBuilds();
  for (let rounds = 1; rounds < 6; rounds++) {
    const bundler = await rolldown({
      ...linkOptions({ root, entry: join(root, "main.js"), external: [] }),
      plugins: [plugin],
    });
    try {
      const { output } = await bundler.generate({ format: "esm" });
      const code = output.map((one) => (one.type === "chunk" ? one.code : "")).join("\n");
      return { builds: [...code.matchAll(/"(\S+ as \w+)"/g)].map(([, build = ""]) => build).toSorted(), rounds };
    } catch (cause) {
      const errors: unknown = readField(cause, "errors");
      if (!Array.isArray(errors) || !errors.some((error) => error instanceof TwoBuilds)) throw cause;
    } finally {
      await bundler.close();
    }
  }
  throw new Error("It never ends");
}

const IMPORTS = `import { build } from "p";\nconsole.log(build);\n`;
const REQUIRES = `console.log(require("p").build);\n`;

test("who imports a package gets its module, who requires it its main", async () => {
  expect(await bundle({ ...both("p"), "main.js": IMPORTS })).toEqual({ builds: ["p as module"], rounds: 1 });
  expect(await bundle({ ...both("p"), "main.js": REQUIRES })).toEqual({ builds: ["p as main"], rounds: 1 });
  expect(await bundle({ ...both("@s/p"), "main.js": IMPORTS.replace(`"p"`, `"@s/p"`) })).toMatchObject({ rounds: 1 });
});

test.each([
  ["before", `import "./requires.cjs";\n${IMPORTS}`],
  ["behind", `${IMPORTS}import "./requires.cjs";\n`],
  ["later", `${IMPORTS}export const later = () => import("./requires.cjs");\n`],
])("where both happen all get its main, whoever comes first: %s", async (_, main) => {
  const { builds, rounds } = await bundle({ ...both("p"), "main.js": main, "requires.cjs": REQUIRES });
  expect(builds).toEqual(["p as main"]);
  expect(rounds).toBeLessThanOrEqual(2);
});

test("what a main requires of others is their main too, and all is begun again for that", async () => {
  const files = {
    ...both("p"),
    ...both("q"),
    "node_modules/p/lib/main.js": `exports.build = "p as main" + require("q").build;`,
    "main.js": `${IMPORTS}import { build as other } from "q";\nconsole.log(other);\nimport "./requires.cjs";\n`,
    "requires.cjs": REQUIRES,
  };
  const { builds, rounds } = await bundle(files);
  expect(builds).toEqual(["p as main", "q as main"]);
  expect(rounds).toBeGreaterThan(1);
});

test("a package that says by itself which build is for whom is left to that", async () => {
  const exports = { import: "./es/module.js", require: "./lib/main.js" };
  const files = {
    ...both("p", { exports }),
    "main.js": `${IMPORTS}import "./requires.cjs";\n`,
    "requires.cjs": REQUIRES,
  };
  expect(await bundle(files)).toEqual({ builds: ["p as main", "p as module"], rounds: 1 });
});

test("a package without a main is what it is", async () => {
  const files = { ...both("p", { main: "not-there.js" }), "main.js": REQUIRES };
  expect(await bundle(files)).toEqual({ builds: ["p as module"], rounds: 1 });
});
