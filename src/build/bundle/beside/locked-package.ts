import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readField } from "../../../support/read-field.ts";
import { readJson } from "../../../support/read-json.ts";

/** What a lockfile says of a package. */
export interface LockedPackage {
  /** The lockfile's name. */
  readonly file: string;
  readonly version: string;
  /** `sha512-…` of its archive; several with spaces between. */
  readonly integrity: string;
}

type Locked = Omit<LockedPackage, "file">;

/** Of the nearest folder that has one; Yarn's says nothing that npm's archives could be compared with. */
const LOCKFILES: Readonly<Record<string, (path: string, name: string) => readonly Locked[]>> = {
  "package-lock.json": ofNpm,
  "npm-shrinkwrap.json": ofNpm,
  "pnpm-lock.yaml": ofPnpm,
};

/**
 * What the project's lockfile has for a package. `undefined` without one, or where it has several that could be meant.
 * @param wanted a version, or a range
 */
export function lockedPackage(root: string, name: string, wanted: string): LockedPackage | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const found = Object.entries(LOCKFILES).flatMap(([file, read]) =>
      read(join(folder, file), name).map((one) => ({ ...one, file })),
    );
    const [only, another] = found;
    const exact = found.find(({ version }) => version === wanted);
    if (exact !== undefined) return exact;
    if (only !== undefined) return another === undefined && !/^\d/.test(wanted) ? only : undefined;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Whether an archive is what was locked, by the strongest hash that there is. */
export function isLocked(tarball: Uint8Array, integrity: string): boolean {
  const hashes = integrity.split(/\s+/).map((one) => one.split("-", 2));
  const [kind = "", hash] = hashes.find(([one]) => one === "sha512") ?? hashes[0] ?? [];
  return /^sha(?:1|256|384|512)$/.test(kind) && createHash(kind).update(tarball).digest("base64") === hash;
}

function ofNpm(path: string, name: string): readonly Locked[] {
  const packages = entriesOf(readField(readJson(path), "packages"));
  return packages.flatMap(([key, value]) =>
    key.endsWith(`node_modules/${name}`) ? locked(readField(value, "version"), readField(value, "integrity")) : [],
  );
}

function ofPnpm(path: string, name: string): readonly Locked[] {
  const packages = entriesOf(readField(readYaml(path), "packages"));
  return packages.flatMap(([key, value]) => {
    const id = key.replace(/^\//, "");
    if (!id.startsWith(`${name}@`)) return [];
    return locked(id.slice(name.length + 1), readField(readField(value, "resolution"), "integrity"));
  });
}

function locked(version: unknown, integrity: unknown): readonly Locked[] {
  return typeof version === "string" && typeof integrity === "string" ? [{ version, integrity }] : [];
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function readYaml(path: string): unknown {
  try {
    return Bun.YAML.parse(readFileSync(path, "utf8"));
  } catch {
    // None, or one that its package manager has to tell of.
    return undefined;
  }
}
