import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { type Batch, copyPlainFiles } from "./batch.ts";
import type { Outcome } from "./graph.ts";
import { parseOutcomes } from "./outcomes.ts";

const run = promisify(execFile);

const TSC = resolve(import.meta.dirname, "../../node_modules/typescript/bin/tsc");
const MEGABYTES = 1024 * 1024;

/** What the driver's handler gives, as a process of Node.js prints it. */
const START = `process.on("unhandledRejection", () => {}); const { handle } = await import("./driver.mjs"); const given = await handle(JSON.parse(process.argv[1])); process.stdout.write(JSON.stringify(given), () => process.exit());`;

/** Makes of a batch what Node.js runs: TypeScript as tsc compiles it, the rest as it is. */
export async function prepareForNode(node: string, batch: Batch, folder: string): Promise<void> {
  copyPlainFiles(batch, folder);
  const hasTypes = [...batch.graphs.values()].some(({ files }) =>
    Object.keys(files).some((path) => /\.[cm]?ts$/.test(path)),
  );
  if (!hasTypes) return;
  await run(node, [TSC, "-p", batch.folder, "--outDir", folder]).catch((error: unknown) => {
    // tsc complains of what it takes for wrong, and writes it all the same.
    if (!existsSync(folder) || readdirSync(folder).length === 0) throw error;
  });
}

/** Runs entries of a batch in one process of Node.js. */
export async function runInNode(
  node: string,
  folder: string,
  entries: readonly string[],
): Promise<ReadonlyMap<string, Outcome>> {
  const { stdout } = await run(
    node,
    ["--input-type=module", "--no-warnings", "-e", START, JSON.stringify({ entries })],
    {
      cwd: folder,
      env: { PATH: process.env["PATH"], LAMBDA_TASK_ROOT: folder, TZ: ":UTC" },
      maxBuffer: 64 * MEGABYTES,
    },
  );
  return parseOutcomes(JSON.parse(stdout));
}
