import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../../fault.ts";
import { insteadOfFile, isFile } from "../../../support/files.ts";
import { deferrableBuiltin } from "./builtins.ts";

const PROFILE_FILE = "mayfly.profile.json";

/** By entry (`src/orders`): the engine's modules that its start and first invocation load, in that order. */
export type Profile = Readonly<Record<string, readonly string[]>>;

/**
 * What was recorded for the project; empty if nothing was.
 * @throws Fault MAYFLY_PROFILE when the file isn't what `writeProfile` writes
 */
export function readProfile(root: string): Profile {
  const path = join(root, PROFILE_FILE);
  const other = insteadOfFile(path);
  if (other !== undefined) throw invalid(path, `is ${other}, and no file`, undefined);
  if (!isFile(path)) return {};
  const text = readFileSync(path, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(path, "is not JSON", cause);
  }
  const entries = field(value, "entries");
  if (typeof entries !== "object" || entries === null) throw invalid(path, `has no "entries"`, undefined);
  const modules = Object.entries(entries).map(([entry, recorded]: [string, unknown]) => {
    const names = field(recorded, "modules");
    if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
      throw invalid(path, `says no "modules" for "${entry}"`, undefined);
    }
    // One that a later version no longer defers is loaded by its import.
    return [entry, names.filter((name) => deferrableBuiltin(name) === name)] as const;
  });
  return Object.fromEntries(modules);
}

/** Adds what was recorded for one entry. Sorted, so that a recording changes only its own lines. */
export function writeProfile(root: string, entry: string, modules: readonly string[]): void {
  const all = Object.entries({ ...readProfile(root), [entry]: modules }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const entries = Object.fromEntries(all.map(([name, recorded]) => [name, { modules: recorded }]));
  writeFileSync(join(root, PROFILE_FILE), `${JSON.stringify({ entries }, undefined, 2)}\n`);
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function invalid(path: string, problem: string, cause: unknown): Fault {
  return new Fault("MAYFLY_PROFILE", `${path} ${problem}.`, {
    hint: "Delete it, and record it again with: mayfly build --profile event.json",
    ...(cause !== undefined && { cause }),
  });
}
