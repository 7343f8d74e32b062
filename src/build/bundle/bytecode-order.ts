import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Entry } from "../../project/types.ts";

/** Beside the profile, with a file for each recorded entry: `src/orders` as `src/orders.order`. */
const ORDER_FOLDER = "mayfly.profile";

/** A variable of the engine: where it writes, when the process ends by itself, which functions it used in which order. */
export const ORDER_VARIABLE = "BUN_BYTECODE_ORDER_OUT";

/**
 * What was recorded for these entries. The files are the engine's: hashes of the syntax of functions, good for every
 * target and, as far as the code hasn't changed, for later versions of it.
 */
export function orderFiles(root: string, entries: readonly Entry[]): readonly string[] {
  return entries.map(({ module }) => orderFile(root, module)).filter((path) => existsSync(path));
}

/** Keeps what the engine recorded for one entry. `false` if it recorded nothing: it does so only when a process ends. */
export function keepOrder(root: string, module: string, recorded: string): boolean {
  if (!existsSync(recorded)) return false;
  const path = orderFile(root, module);
  mkdirSync(dirname(path), { recursive: true });
  // Not copied: the engine's own file is for its owner alone.
  writeFileSync(path, readFileSync(recorded));
  return true;
}

function orderFile(root: string, module: string): string {
  return join(root, ORDER_FOLDER, `${module}.order`);
}
