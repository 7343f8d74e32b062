import { basename, join } from "node:path";
import { isFile } from "../support/files.ts";
import type { ResolvedFunction } from "./types.ts";

/** What makes a folder an Elixir project. */
export const MIX_FILE = "mix.exs";

export function hasMixProject(root: string): boolean {
  return isFile(join(root, MIX_FILE));
}

/** Whether a function runs in the BEAM: its entry is the project's mix.exs. */
export function isElixir(one: ResolvedFunction): boolean {
  return basename(one.entry.file) === MIX_FILE;
}
