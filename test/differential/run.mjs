// `npm run differential -- [--graphs N] [--seed N] [--batch N] [--all] [--apart]`: the suite is TypeScript and runs on the
// engine that npm installed; the Node.js that it compares with is the one that runs this.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const engines = join(here, "../../node_modules/@oven");
const engine = readdirSync(engines)
  .map((name) => join(engines, name, "bin", "bun"))
  .find((path) => existsSync(path));
if (engine === undefined) throw new Error("No engine is installed: run npm ci");

const { status } = spawnSync(engine, [join(here, "main.ts"), "--node", process.execPath, ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
