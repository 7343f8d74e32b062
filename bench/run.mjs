// `npm run bench [elixir] [rounds]`: the benchmarks are TypeScript and run on the engine that npm installed for this machine.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const engines = join(here, "..", "node_modules", "@oven");
const engine = readdirSync(engines)
  .map((name) => join(engines, name, "bin", "bun"))
  .find((path) => existsSync(path));
if (engine === undefined) throw new Error("No engine is installed: run npm ci");

const [first, ...rest] = process.argv.slice(2);
const [file, args] = first === "elixir" ? ["elixir.ts", rest] : ["first-next.ts", process.argv.slice(2)];
const { status } = spawnSync(engine, [join(here, file), ...args], { stdio: "inherit" });
process.exitCode = status ?? 1;
