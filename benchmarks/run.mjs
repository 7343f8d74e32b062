// `npm run bench [http|local|soak|elixir|pages|report] [options]`: the benchmarks are TypeScript and run on the engine that npm installed
// for this machine.
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
const args =
  first === "http"
    ? ["http.ts", ...rest]
    : first === "local"
      ? ["local.ts", ...rest]
      : first === "soak"
        ? ["soak.ts", ...rest]
        : first === "pages"
          ? ["record-pages.ts"]
          : first === "elixir"
            ? ["main.ts", "--workload", "elixir", ...rest]
            : ["main.ts", ...process.argv.slice(2)];
const { status } = spawnSync(engine, args.with(0, join(here, args[0])), { stdio: "inherit" });
process.exitCode = status ?? 1;
