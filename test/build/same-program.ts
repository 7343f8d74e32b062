import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { invokePackage } from "../support/invoke-package.ts";
import { testProject } from "./test-project.ts";

/** The files of a small program by their paths; `main.mjs` is imported. What it does it tells by `say(…)`. */
export type Program = Readonly<Record<string, string>>;

/** What programs said, by their names, and at the end with what error the import of `main.mjs` failed. */
export type Said = Readonly<Record<string, readonly unknown[]>>;

/** The handler imports one program after the other. */
function driver(names: readonly string[]): string {
  const loads = names.map((name, index) => `  ${JSON.stringify(name)}: () => import("./p${index}/main.mjs"),\n`);
  return `
    let said;
    globalThis.say = (...what) => said.push(...what);
    const programs = {\n${loads.join("")}};
    export const handle = async () => {
      const all = {};
      for (const [name, load] of Object.entries(programs)) {
        said = all[name] = [];
        try { await load(); } catch (error) { said.push("failed: " + (error?.name ?? error)); }
      }
      return all;
    };`;
}

/** Runs programs under Node.js and as one handler that was built. */
export async function runBothWays(
  programs: Readonly<Record<string, Program>>,
): Promise<{ readonly node: Said; readonly built: Said }> {
  const names = Object.keys(programs);
  const files = Object.values(programs).flatMap((program, index) =>
    Object.entries(program).map(([path, text]) => [`p${index}/${path}`, text] as const),
  );
  using project = testProject({
    "package.json": `{ "type": "module" }`,
    "driver.mjs": driver(names),
    ...Object.fromEntries(files),
  });
  const code = `import { handle } from "./driver.mjs"; console.log(JSON.stringify(await handle()));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", "--input-type=module", "-e", code], {
    cwd: project.folder,
  });
  const folder = join(project.folder, "package");
  mkdirSync(folder);
  const { code: exit, stderr } = await project.mayfly(["build", "driver.mjs", "-o", folder, "--host"]);
  expect({ exit, stderr }).toMatchObject({ exit: 0 });
  const built = asSaid(await invokePackage(folder, "driver.handle", null));
  return { node: asSaid(JSON.parse(stdout)), built };
}

function asSaid(answer: unknown): Said {
  const said: Record<string, readonly unknown[]> = {};
  for (const [name, value] of Object.entries(answer ?? {})) said[name] = Array.isArray(value) ? value : [value];
  return said;
}
