import { readFileSync } from "node:fs";

/** What a file with JSON says; `undefined` where there is none, or none that can be read. */
export function readJson(path: string): unknown {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return value;
  } catch {
    // Whoever needs it says so; here it is one place of several to look at.
    return undefined;
  }
}
