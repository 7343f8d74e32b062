import { realpathSync } from "node:fs";
import { join } from "node:path";
import { installedPackage } from "../../project/installed-package.ts";
import { isFields, readField } from "../../support/read-field.ts";
import { readJson } from "../../support/read-json.ts";
import { lockedPackage } from "../bundle/beside/locked-package.ts";
import { folderOfPackage } from "../bundle/beside/package-folder.ts";
import { integrityHash } from "./integrity-hash.ts";
import { licenseTexts } from "./license-files.ts";
import { type Part, type PartHash, purlOf } from "./part.ts";

export interface NpmParts {
  /** By name and version; a package that is installed twice in one version is one. */
  readonly parts: readonly Part[];
  /** Purls of those that the project itself asks for, in its package.json or in one above it. */
  readonly direct: readonly string[];
}

/** What a package says that it imports; of these, those in the package count. */
const DEPENDENCIES = ["dependencies", "optionalDependencies", "peerDependencies"];

/**
 * The npm packages that files are of. Those of a workspace, which node_modules only links to, are the user's own.
 * @param files absolute paths of all that goes into a package
 */
export function npmParts(root: string, files: readonly string[]): NpmParts {
  const found = new Map<string, FoundPackage>();
  for (const folder of new Set(files.flatMap((file) => folderOfPackage(file) ?? []))) {
    const one = readPackage(folder);
    if (one !== undefined) found.set(one.folder, one);
  }
  const isIn = (name: string, from: string): readonly string[] => {
    const other = installedPackage(name, from);
    const target = other === undefined ? undefined : found.get(other.folder);
    return target === undefined ? [] : [target.purl];
  };
  const parts = new Map<string, Part>();
  for (const { folder, manifest, name, version, purl } of found.values()) {
    const needs = dependenciesOf(manifest, DEPENDENCIES).flatMap((other) => isIn(other, folder));
    const before = parts.get(purl);
    parts.set(purl, {
      name,
      version,
      license: licenseOf(manifest),
      source: sourceOf(manifest),
      purl,
      text: licenseTexts(folder),
      note: undefined,
      hash: lockedHash(root, name, version),
      needs: sortedOnce([...(before?.needs ?? []), ...needs]),
    });
  }
  const asked = dependenciesOf(readJson(join(root, "package.json")), [...DEPENDENCIES, "devDependencies"]);
  return {
    parts: [...parts.values()].toSorted((a, b) => (a.purl < b.purl ? -1 : 1)),
    direct: sortedOnce([...asked.flatMap((name) => isIn(name, root)), ...neededByNone([...parts.values()])]),
  };
}

interface FoundPackage {
  readonly name: string;
  readonly version: string | undefined;
  readonly folder: string;
  readonly manifest: unknown;
  readonly purl: string;
}

function lockedHash(root: string, name: string, version: string | undefined): PartHash | undefined {
  const locked = version === undefined ? undefined : lockedPackage(root, name, version);
  return locked === undefined ? undefined : integrityHash(locked.integrity);
}

function readPackage(place: string): FoundPackage | undefined {
  const manifest = readJson(join(place, "package.json"));
  const name = readField(manifest, "name");
  // Mayfly's own sources, which only seem to lie there, and folders that are no package.
  if (typeof name !== "string" || name === "mayfly") return undefined;
  const given = readField(manifest, "version");
  const version = typeof given === "string" ? given : undefined;
  return { name, version, folder: realpathSync(place), manifest, purl: purlOf("npm", name, version) };
}

function dependenciesOf(manifest: unknown, fields: readonly string[]): readonly string[] {
  return sortedOnce(fields.flatMap((field) => Object.keys(readField(manifest, field) ?? {})));
}

/** An SPDX expression, or what older packages have in its place. */
function licenseOf(manifest: unknown): string | undefined {
  const license = readField(manifest, "license");
  const older: unknown = readField(manifest, "licenses");
  const several: readonly unknown[] = Array.isArray(older) ? older : [];
  const named = [license, ...several].flatMap((one) => {
    const text = isFields(one) ? readField(one, "type") : one;
    return typeof text === "string" && text.trim() !== "" ? [text.trim()] : [];
  });
  return named.length === 0 ? undefined : named.join(" OR ");
}

function sourceOf(manifest: unknown): string | undefined {
  const repository = readField(manifest, "repository");
  const given = typeof repository === "string" ? repository : readField(repository, "url");
  const url = typeof given === "string" ? given : readField(manifest, "homepage");
  if (typeof url !== "string") return undefined;
  const plain = url.replace(/^git\+/, "").replace(/\.git$/, "");
  return /^[\w.-]+\/[\w.-]+$/.test(plain)
    ? `https://github.com/${plain}`
    : plain.replace(/^(?:git|ssh):\/\/(?:git@)?/, "https://").replace(/^github:/, "https://github.com/");
}

function neededByNone(parts: readonly Part[]): readonly string[] {
  const needed = new Set(parts.flatMap(({ needs }) => needs));
  return parts.flatMap(({ purl }) => (needed.has(purl) ? [] : [purl]));
}

function sortedOnce(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted();
}
