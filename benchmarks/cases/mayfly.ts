import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzip } from "../../src/local/package/unzip.ts";
import { runCommand } from "../run-command.ts";
import type { Workload } from "../workloads.ts";
import type { Case, Place } from "./case.ts";

/** What `mayfly build --zip` makes of the workload's file, for this machine: on Linux the bytes that Lambda would get. */
export async function mayflyCase(
  workload: Workload,
  { folder, root }: Place,
  flags: readonly string[] = [],
): Promise<Case> {
  const outdir = join(folder, `mayfly-${workload.name}`);
  const { file, export: name } = workload.handler;
  const source = join(root, "benchmarks/workloads", `${file}.ts`);
  const args = [join(root, "bin/mayfly.js"), "build", source, "--zip", "--host", "--outdir", outdir, ...flags];
  runCommand("node", args, { cwd: root });
  const unpacked = join(outdir, "package");
  mkdirSync(unpacked);
  await unzip(join(outdir, "lambda.zip"), unpacked);
  return {
    workload,
    runtime: "mayfly",
    command: ["./bootstrap"],
    folder: unpacked,
    environment: { _HANDLER: `${file}.${name}` },
    zippedBytes: statSync(join(outdir, "lambda.zip")).size,
    unzippedBytes: statSync(join(unpacked, "bootstrap")).size,
    concurrent: true,
  };
}

/** The floor: an empty program compiled by the same engine. */
export function emptyProgram({ folder }: Place): string {
  const place = join(folder, "empty");
  const program = join(place, "empty");
  mkdirSync(place);
  writeFileSync(join(place, "empty.ts"), "export {};\n");
  const flags = ["build", "--compile", "--bytecode", "--format=esm", "--minify", "--target=bun"];
  runCommand(process.execPath, [...flags, join(place, "empty.ts"), "--outfile", program]);
  return program;
}
