import { builtinModules } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { shortChain } from "../bench/advice.ts";
import { chainTo, type ModuleGraph, type ModuleNode, readGraph } from "../bench/module-graph.ts";
import { isEngineModule } from "../build/bundle/engine-modules.ts";
import type { LeftOut } from "../build/bundle/absent/left-out.ts";
import type { Linked } from "../build/bundle/linking/link.ts";
import { packageName } from "../support/package-name.ts";
import { readField } from "../support/read-field.ts";
import { readJson } from "../support/read-json.ts";
import type { BundledPackage, DoctorReport, LeftOutImport } from "./report.ts";

/**
 * What a bundle is made of.
 * @param entries absolute paths
 */
export function readBundle(root: string, linked: Linked, entries: readonly string[]): DoctorReport["bundle"] {
  const nameOf = (file: string): string => relative(root, file).split(sep).join("/");
  const graph = readGraph(linked, nameOf, (name) => builtinModules.includes(name));
  const modules = [...graph.modules.values()].filter(({ bytes }) => bytes > 0);
  const bytesOf = (origin: ModuleNode["origin"]): number => sum(modules.filter((one) => one.origin === origin));
  return {
    bytes: sum(modules),
    own: bytesOf("own"),
    runtime: bytesOf("runtime"),
    packages: packagesOf(root, modules, graph, entries.map(nameOf)),
    modules: modules
      .filter(({ origin }) => origin !== "runtime")
      .map(({ name, package: from, bytes }) => ({ name, package: from ?? null, bytes }))
      .toSorted((a, b) => b.bytes - a.bytes),
  };
}

function packagesOf(
  root: string,
  modules: readonly ModuleNode[],
  graph: ModuleGraph,
  entries: readonly string[],
): readonly BundledPackage[] {
  const names = [...new Set(modules.flatMap((one) => one.package ?? []))];
  return names
    .map((name) => {
      const own = modules.filter((one) => one.package === name);
      const chains = own.map((one) => chainTo(graph, entries, one.name)).filter((chain) => chain.length > 0);
      const why = chains.toSorted((a, b) => a.length - b.length)[0] ?? [];
      return { name, versions: versionsOf(root, own), bytes: sum(own), modules: own.length, why: shortChain(why) };
    })
    .toSorted((a, b) => b.bytes - a.bytes);
}

function versionsOf(root: string, modules: readonly ModuleNode[]): readonly string[] {
  const folders = new Set(modules.map(({ name }) => packageFolder(name)));
  const versions = [...folders].map((folder) => readField(readJson(join(root, folder, "package.json")), "version"));
  return [...new Set(versions.filter((one) => typeof one === "string"))].toSorted();
}

/** `node_modules/a/node_modules/@b/c` of a file in there. */
function packageFolder(name: string): string {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? dirname(name);
}

const WHYS: Readonly<Record<LeftOut["why"], string>> = {
  declared: "not installed, and optional to its importer",
  tried: "not found, and its importer does without",
  later: "not found, and no start needs it",
};

/** @param packed names of packages that lie beside the program */
export function readLeftOut(
  root: string,
  linked: Linked,
  external: readonly string[],
  packed: ReadonlySet<string>,
): readonly LeftOutImport[] {
  const isExternal = (specifier: string): boolean =>
    external.some((one) => specifier === one || specifier.startsWith(`${one}/`));
  const absent = [...linked.leftOut, ...triedImports(linked)].filter(
    ({ specifier }) => !isExternal(specifier) && !packed.has(packageName(specifier)),
  );
  const specifiers = [...new Set(absent.map(({ specifier }) => specifier))].toSorted();
  return [
    ...external.map((specifier) => ({ specifier, importers: [], why: "--external" })),
    ...specifiers.map((specifier) => {
      const those = absent.filter((one) => one.specifier === specifier);
      const importers = [...new Set(those.map(({ importer }) => relative(root, importer).split(sep).join("/")))];
      return { specifier, importers: importers.toSorted(), why: WHYS[those[0]?.why ?? "later"] };
    }),
  ];
}

/** What the bundler itself leaves as it is: a `require` in a `try` that finds nothing. */
function triedImports({ modules }: Linked): readonly Pick<LeftOut, "specifier" | "importer" | "why">[] {
  return [...modules].flatMap(([importer, { outside }]) =>
    outside
      .filter((specifier) => !isEngineModule(specifier) && !importer.startsWith("\0") && !OWN.test(specifier))
      .map((specifier) => ({ specifier, importer, why: "tried" }) as const),
  );
}

/** Of the build's own. */
const OWN = /^(?:mayfly[:-]|\0)/;

function sum(modules: readonly ModuleNode[]): number {
  return modules.reduce((total, { bytes }) => total + bytes, 0);
}
