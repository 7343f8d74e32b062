import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { ScriptedRuntimeApi } from "../contract/runtime-api.ts";
import { startProcess } from "../contract/runtime-process.ts";
import { testProject } from "./test-project.ts";

/** Files by name, the first of which exports by default a result, or a function that gives it. */
export type SmallProgram = Readonly<Record<string, string>>;

/** What a program has come to, as text: its result or its error. Plain JavaScript, for Node.js too. */
const OUTCOME = `
const shown = (_, value) =>
  value === undefined ? "undefined" : typeof value === "function" ? "function " + value.name : value instanceof Error ? String(value) : value;
export const outcome = async (load) => {
  try {
    const result = (await load()).default;
    return JSON.stringify(await (typeof result === "function" ? result() : result), shown);
  } catch (error) {
    return "thrown " + error;
  }
};`;

interface Outcome {
  readonly name: string;
  readonly outcome: unknown;
}

/** By Node.js, each in a thread of its own: a world as new as a process, in a third of the time. */
const BY_NODE = `
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { outcome } from "./outcome.mjs";
if (isMainThread) {
  const outcomes = [];
  for (const main of process.argv.slice(2)) {
    const thread = new Worker(new URL(import.meta.url), { workerData: main });
    outcomes.push(await new Promise((resolve, reject) => thread.once("message", resolve).once("error", reject)));
    await thread.terminate();
  }
  console.log(JSON.stringify(outcomes));
} else {
  parentPort.postMessage(await outcome(() => import(workerData)));
}`;

/** Runs each program in a world of its own, by Node.js as it is and in one package as built. */
export async function runEachAlone(
  programs: Readonly<Record<string, SmallProgram>>,
): Promise<{ readonly byNode: readonly Outcome[]; readonly built: readonly Outcome[] }> {
  const names = Object.keys(programs);
  const mains = names.map((name) => `./programs/${name}/${Object.keys(programs[name] ?? {})[0]}`);
  const loaders = names.map((name, index) => `${JSON.stringify(name)}: () => import("${mains[index]}"),`).join("\n");
  using project = testProject({
    "outcome.mjs": OUTCOME,
    "all.mjs": `import { outcome } from "./outcome.mjs";\nconst loaders = {\n${loaders}\n};\nexport const handle = ({ name }) => outcome(loaders[name]);\n`,
    "by-node.mjs": BY_NODE,
    ...Object.fromEntries(
      names.flatMap((name) =>
        Object.entries(programs[name] ?? {}).map(([file, text]) => [`programs/${name}/${file}`, text]),
      ),
    ),
  });
  const { code, stderr } = await project.mayfly(["build", "all.mjs", "--host"]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const outcomes = await byNodeItself(project.folder, mains);
  const built: Outcome[] = [];
  for (const name of names) built.push({ name, outcome: await asBuilt(project.folder, name) });
  return { byNode: names.map((name, index) => ({ name, outcome: outcomes[index] })), built };
}

async function byNodeItself(folder: string, mains: readonly string[]): Promise<readonly unknown[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", "by-node.mjs", ...mains], {
    cwd: folder,
    env: { ...process.env, LAMBDA_TASK_ROOT: folder },
  });
  const outcomes: unknown = JSON.parse(stdout);
  return Array.isArray(outcomes) ? outcomes : [];
}

async function asBuilt(folder: string, name: string): Promise<unknown> {
  const api = await ScriptedRuntimeApi.start();
  const runtime = startProcess(api.address, {
    bootstrap: join(folder, "bootstrap"),
    handler: "all.handle",
    environment: { LAMBDA_TASK_ROOT: folder },
  });
  try {
    return (await api.invoke({ name })).json();
  } finally {
    runtime.kill();
    await runtime.exited;
    await api.stop();
  }
}
