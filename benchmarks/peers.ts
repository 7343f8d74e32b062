import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./run-command.ts";
import type { Workload } from "./workloads.ts";

/** Where the programs are that Mayfly is measured against. All paths absolute. */
export interface Peers {
  /** benchmarks/peers */
  readonly folder: string;
  readonly node: string;
  readonly runtimeClient: string;
  /** Locked for x64 alone. */
  readonly deno: string | undefined;
  readonly esbuild: string;
  /** Lets esbuild find the adapters' packages from everywhere. */
  readonly resolution: { readonly NODE_PATH: string };
  readonly versions: { readonly node: string; readonly runtimeClient: string; readonly deno: string | undefined };
}

/**
 * Installs what benchmarks/peers/package.json names, unless it is there already.
 * @throws Error that says what is missing to do so
 */
export function installPeers(root: string, progress: (step: string) => void): Peers {
  const folder = join(root, "benchmarks/peers");
  const modules = join(folder, "node_modules");
  const arch = process.arch === "arm64" ? "arm64" : "x64";
  const stamp = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex");
  const stampFile = join(modules, ".installed");
  const node = join(modules, `node-linux-${arch}`);
  if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
    if (process.platform !== "linux") {
      throw new Error(
        "AWS's runtime client runs on Linux only. Measure what is left with: npm run bench -- --only mayfly",
      );
    }
    progress("Installing what Mayfly is measured against");
    rmSync(modules, { recursive: true, force: true });
    try {
      runCommand("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
      // Compiled against the headers of the Node.js that it will run on.
      const environment = { npm_config_nodedir: node };
      runCommand("npm", ["rebuild", "aws-lambda-ric", "--ignore-scripts=false"], { cwd: folder, environment });
    } catch (error) {
      throw new Error(
        "AWS's runtime client could not be installed: it needs npm, Python 3, cmake, make, a C++ compiler and xz. " +
          "Measure Mayfly alone with: npm run bench -- --only mayfly",
        { cause: error },
      );
    }
    writeFileSync(stampFile, stamp);
  }
  const runtimeClient = join(modules, "aws-lambda-ric/index.mjs");
  const deno = `@deno/linux-${arch}-glibc`;
  const denoInstalled = existsSync(join(modules, deno));
  const versionOf = (name: string): string => {
    const found = /"version": "([^"]+)"/.exec(readFileSync(join(modules, name, "package.json"), "utf8"));
    return found?.[1] ?? "unknown";
  };
  return {
    folder,
    node: join(node, "bin/node"),
    runtimeClient,
    deno: denoInstalled ? join(modules, deno, "deno") : undefined,
    esbuild: join(modules, `@esbuild/linux-${arch}/bin/esbuild`),
    resolution: { NODE_PATH: `${modules}:${join(root, "node_modules")}` },
    versions: {
      node: versionOf(`node-linux-${arch}`),
      runtimeClient: versionOf("aws-lambda-ric"),
      deno: denoInstalled ? versionOf(deno) : undefined,
    },
  };
}

/** The file that exports the handler: the workload's own, or its adapter for the runtime. */
export function source(root: string, workload: Workload, adapter: string | undefined): string {
  return adapter === undefined
    ? join(root, "benchmarks/workloads", `${workload.handler.file}.ts`)
    : join(root, "benchmarks/peers", `${adapter}.mjs`);
}
