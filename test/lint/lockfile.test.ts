import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

interface Entry {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
}

const root = join(import.meta.dirname, "../..");

function entries(lockfile: string): Readonly<Record<string, Entry>> {
  const parsed = JSON.parse(readFileSync(join(root, lockfile), "utf8")) as { packages: Record<string, Entry> };
  return parsed.packages;
}

describe.each([
  "package-lock.json",
  "test/outside/package-lock.json",
  "test/outside/deferred/package-lock.json",
  "benchmarks/peers/package-lock.json",
])("%s", (lockfile) => {
  const packages = entries(lockfile);

  // npm leaves them out without a word when the registry hasn't got them, and `npm ci` then fails everywhere.
  test("has the packages for every platform, not only for the one it was written on", () => {
    const locked = new Set(Object.keys(packages).map((path) => path.split("node_modules/").at(-1)));
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !locked.has(name))
        .map((name) => `${path || "the root"}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test("names no registry, so that it serves with any", () => {
    expect(Object.entries(packages).filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
  });
});
