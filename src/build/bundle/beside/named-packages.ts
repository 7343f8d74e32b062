import type { Plugin } from "rolldown";
import { installedFolder } from "../../../support/installed-folder.ts";
import { readField } from "../../../support/read-field.ts";
import { escapePattern } from "./matching-files.ts";
import { manifestIn, folderOfPackage } from "./package-folder.ts";
import { isNamedFor } from "./platform.ts";
import type { BuildTarget } from "../../target.ts";

/** Any will do: a name says one or none. */
const ANYWHERE: BuildTarget = { os: "linux", arch: "x86_64", lambda: true };

/** In front of a specifier: then it is imported, and the bundler knows. */
const IMPORTED = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*$/;

/**
 * The packages whose names are texts in a project's own code, as for a library that requires what it is told:
 * `{ target: "pino-pretty" }`. Only what the project depends on counts.
 */
export function textNames(root: string): { readonly plugin: Plugin; readonly texts: ReadonlySet<string> } {
  const manifest = manifestIn(root);
  const names = ["dependencies", "optionalDependencies", "peerDependencies"].flatMap((field) =>
    keysOf(manifest, field),
  );
  const texts = new Set<string>();
  if (names.length === 0) return { texts, plugin: { name: "mayfly-text-names" } };
  const pattern = new RegExp(`["'\`]((?:${names.map(escapePattern).join("|")})(?:/[\\w./-]+)?)["'\`]`, "g");
  return {
    texts,
    plugin: {
      name: "mayfly-text-names",
      transform: {
        order: "pre",
        filter: { id: { include: /\.[cm]?[jt]sx?$/, exclude: /[\\/]node_modules[\\/]|^\0/ }, code: pattern },
        handler(code) {
          for (const { 1: name = "", index } of code.matchAll(pattern))
            if (!IMPORTED.test(code.slice(Math.max(0, index - 20), index))) texts.add(name);
        },
      },
    },
  };
}

/**
 * What a package can ask for by a name that it is told, and that is installed: what it names as optional or as its users' to
 * bring. What the project has for its development only isn't there on Lambda.
 */
export function askedNames(file: string, root: string): readonly string[] {
  const folder = folderOfPackage(file);
  if (folder === undefined) return [];
  const manifest = manifestIn(folder);
  const development = new Set(keysOf(manifestIn(root), "devDependencies"));
  const names = ["peerDependencies", "peerDependenciesMeta", "optionalDependencies"].flatMap((field) =>
    keysOf(manifest, field),
  );
  return [...new Set(names)].filter((name) => {
    const isWanted = !development.has(name) && isNamedFor(name, ANYWHERE) === undefined && !name.startsWith("@types/");
    return isWanted && installedFolder(name, folder) !== undefined;
  });
}

function keysOf(manifest: unknown, field: string): readonly string[] {
  const value = readField(manifest, field);
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}
