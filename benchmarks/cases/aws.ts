import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageSize, copyPackages } from "../package-folder.ts";
import { type Peers, source } from "../peers.ts";
import { runCommand } from "../run-command.ts";
import type { Workload } from "../workloads.ts";
import type { Case, Place } from "./case.ts";

/**
 * AWS's runtime interface client on the Node.js that nodejs24.x runs. The package is the handler alone: Lambda brings
 * the rest.
 * - bundled: by esbuild into one minified CommonJS file, as CDK and SAM do with everything bundled
 * - not bundled: the handler compiled, its packages in node_modules
 */
export function awsCase(workload: Workload, bundled: boolean, { folder: parent, root }: Place, peers: Peers): Case {
  const runtime = bundled ? "aws" : "aws-unbundled";
  const folder = join(parent, `${runtime}-${workload.name}`);
  mkdirSync(folder);
  const common = ["--bundle", "--platform=node", "--target=node24", source(root, workload, workload.adapter.aws)];
  if (bundled) {
    runCommand(peers.esbuild, [...common, "--minify", "--format=cjs", `--outfile=${join(folder, "index.js")}`], {
      environment: peers.resolution,
    });
  } else {
    runCommand(peers.esbuild, [
      ...common,
      "--packages=external",
      "--format=esm",
      `--outfile=${join(folder, "index.mjs")}`,
    ]);
    const adapters = workload.adapter.aws === undefined ? [] : workload.adapterPackages;
    copyPackages([...workload.packages, ...adapters], [root, peers.folder], folder);
    writeFileSync(join(folder, "package.json"), '{"type":"module"}\n');
  }
  return {
    workload,
    runtime,
    command: [peers.node, peers.runtimeClient, "index.handle"],
    folder,
    environment: { _HANDLER: "index.handle" },
    ...packageSize(folder),
    concurrent: true,
  };
}
