import { copyFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyPackages, packageSize } from "../package-folder.ts";
import { type Peers, source } from "../peers.ts";
import { runCommand } from "../run-command.ts";
import type { Workload } from "../workloads.ts";
import type { Case, Place } from "./case.ts";
import type { RuntimeName } from "./runtimes.ts";

/** Plain Bun running the TypeScript as it is, through a loop of a few lines. */
export function bunCase(workload: Workload, place: Place, peers: Peers): Case {
  const folder = sources("bun", workload, place, peers);
  // A file of its own: pages of the one that runs the benchmark never leave the page cache.
  copyFileSync(process.execPath, join(folder, "bun"));
  return {
    workload,
    runtime: "bun",
    command: ["./bun", "peers/loop.mjs"],
    folder,
    environment: { _HANDLER: handler(folder, workload) },
    ...packageSize(folder),
    concurrent: false,
  };
}

/** Deno with the same files. Its cache of compiled TypeScript is filled beforehand, as if it were in the package. */
export function denoCase(workload: Workload, place: Place, peers: Peers, deno: string): Case {
  const folder = sources("deno", workload, place, peers);
  copyFileSync(deno, join(folder, "deno"));
  const environment = { DENO_DIR: join(folder, "deno-cache"), DENO_NO_UPDATE_CHECK: "1" };
  const flags = ["--no-lock", "--cached-only", "--node-modules-dir=manual"];
  const file =
    workload.adapter.others === undefined
      ? `workloads/${workload.handler.file}.ts`
      : `peers/${workload.adapter.others}.mjs`;
  runCommand("./deno", ["cache", "--no-lock", "--node-modules-dir=manual", "peers/loop.mjs", file], {
    cwd: folder,
    environment,
  });
  return {
    workload,
    runtime: "deno",
    command: ["./deno", "run", "--allow-all", ...flags, "peers/loop.mjs"],
    folder,
    environment: { ...environment, _HANDLER: handler(folder, workload) },
    ...packageSize(folder),
    concurrent: false,
  };
}

/** LLRT takes one bundled ES module and brings its own loop. */
export function llrtCase(workload: Workload, { folder: parent, root }: Place, peers: Peers, llrt: string): Case {
  const folder = join(parent, `llrt-${workload.name}`);
  mkdirSync(folder);
  const args = ["--bundle", "--minify", "--platform=browser", "--target=es2023", "--format=esm", "--external:node:*"];
  const outfile = `--outfile=${join(folder, "index.mjs")}`;
  runCommand(peers.esbuild, [...args, source(root, workload, workload.adapter.others), outfile], {
    environment: peers.resolution,
  });
  copyFileSync(llrt, join(folder, "bootstrap"));
  return {
    workload,
    runtime: "llrt",
    command: ["./bootstrap"],
    folder,
    environment: { _HANDLER: "index.handle" },
    ...packageSize(folder),
    concurrent: false,
  };
}

function sources(runtime: RuntimeName, workload: Workload, { folder: parent, root }: Place, peers: Peers): string {
  const folder = join(parent, `${runtime}-${workload.name}`);
  const { others } = workload.adapter;
  const files = [
    `workloads/${workload.handler.file}.ts`,
    "peers/loop.mjs",
    ...(others === undefined ? [] : [`peers/${others}.mjs`]),
  ];
  for (const file of files) cpSync(join(root, "benchmarks", file), join(folder, file), { recursive: true });
  copyPackages([...workload.packages, ...workload.adapterPackages], [root, peers.folder], folder);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}\n');
  return folder;
}

function handler(folder: string, { handler: { file, export: name }, adapter: { others } }: Workload): string {
  return others === undefined
    ? `${join(folder, "workloads", file)}.ts#${name}`
    : `${join(folder, "peers", others)}.mjs#handle`;
}
