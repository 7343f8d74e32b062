import { join } from "node:path";
import { ScriptedRuntimeApi } from "../contract/runtime-api.ts";
import { startProcess } from "../contract/runtime-process.ts";
import { runMayfly } from "../support/run-mayfly.ts";
import type { Batch } from "./batch.ts";
import type { Outcome } from "./graph.ts";
import { parseOutcomes } from "./outcomes.ts";

/** The bootstrap of a batch, or what the build said against it. */
export type Built = { readonly bootstrap: string } | { readonly refusal: string };

/** Builds a batch with the real command. */
export async function build({ folder }: Batch, outdir: string, defer: boolean): Promise<Built> {
  // Neither changes what a program means, and both take their time.
  const flags = ["--no-sourcemap", "--no-layout", ...(defer ? [] : ["--no-defer"])];
  const { code, stderr, stdout } = await runMayfly(["build", "driver.mjs", "--host", "--outdir", outdir, ...flags], {
    cwd: folder,
    // The suite runs on the engine too, which can't leave a process with a channel to itself.
    ownProcess: true,
  });
  return code === 0 ? { bootstrap: join(outdir, "bootstrap") } : { refusal: stderr + stdout };
}

const DEADLINE_MS = 600_000;
/** For one entry, and so for a process with one. The driver gives up on one after less. */
const SILENCE_MS = 20_000;

/** What became of entries that share a process, or of each in its own, where that process doesn't answer. */
export async function runBuilt(
  bootstrap: string,
  root: string,
  entries: readonly string[],
): Promise<ReadonlyMap<string, Outcome | string>> {
  try {
    return await runOnce(bootstrap, root, entries);
  } catch (error) {
    if (entries.length === 1) return new Map([[entries[0] ?? "", `dies: ${String(error)}`]]);
    const each = new Map<string, Outcome | string>();
    for (const entry of entries) {
      for (const [id, outcome] of await runBuilt(bootstrap, root, [entry])) each.set(id, outcome);
    }
    return each;
  }
}

async function runOnce(
  bootstrap: string,
  root: string,
  entries: readonly string[],
): Promise<ReadonlyMap<string, Outcome>> {
  const api = await ScriptedRuntimeApi.start();
  const environment = { LAMBDA_TASK_ROOT: root };
  const runtime = startProcess(api.address, { bootstrap, handler: "driver.handle", environment });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = api.invoke({ entries }, { deadlineMs: Date.now() + DEADLINE_MS });
    const died = runtime.exited.then((end): never => {
      throw new Error(`The bootstrap ended: ${JSON.stringify(end)}\n${runtime.lines.slice(-20).join("\n")}`);
    });
    const silent = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("The bootstrap doesn't answer")), SILENCE_MS + entries.length * 4000);
    });
    const posted = await Promise.race([answer, died, silent]);
    if (posted.kind !== "response") throw new Error(`The driver failed: ${posted.body.toString()}`);
    return parseOutcomes(posted.json());
  } finally {
    clearTimeout(timer);
    runtime.kill();
    await runtime.exited;
    await api.stop();
  }
}
