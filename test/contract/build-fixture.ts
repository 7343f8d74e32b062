import { join } from "node:path";
import { sharedBuild } from "../support/shared.ts";

/** Each is a module of handlers; what one does when it is loaded concerns none of the others. */
const CONTRACT = [
  "broken",
  "contract",
  "environment",
  "exits",
  "faults",
  "fetches-first",
  "leaves-faults",
  "never-settles",
  "shutdown",
  "stacks",
  "streams",
  "web-types",
];

/** The bootstrap with all handlers of the contract. */
export function buildContract(): Promise<string> {
  return buildFixture([...CONTRACT.map((name) => `src/${name}.ts`), "src/callbacks.cjs"]);
}

/** Builds entries of the fixture project with the real command line; returns the bootstrap's path. */
export async function buildFixture(entries: readonly string[]): Promise<string> {
  return join(await sharedBuild({ cwd: join(import.meta.dirname, "typescript"), entries }), "bootstrap");
}
