import { closeSync, openSync, writeSync } from "node:fs";
import { readField } from "../../../support/read-field.ts";
import { readModules } from "../../layout/program-modules.ts";
import type { BuildTarget } from "../../target.ts";
import { encodeEngineMap } from "./engine-map.ts";
import { type BytePatch, mendSignature } from "./mach-o-signature.ts";
import { readMappings, through } from "./mappings.ts";

/** Where code of the bundler seems to come from: stacks leave out what lies there, as all of Mayfly's own. */
const BUNDLERS_OWN = "node_modules/mayfly/bundler";

/** What of a source map is read here. */
export interface PlainMap {
  readonly sources: readonly string[];
  readonly mappings: string;
}

/** @throws Error when the text is no source map */
export function readMap(text: string): PlainMap {
  const value: unknown = JSON.parse(text);
  const [sources, mappings] = [readField(value, "sources"), readField(value, "mappings")];
  const isList = Array.isArray(sources) && sources.every((source: unknown) => typeof source === "string");
  if (!isList || typeof mappings !== "string") throw new Error("The engine's compiler wrote no source map");
  return { sources, mappings };
}

export interface MapPatches {
  /** What to write into the executable, by place. */
  readonly patches: readonly BytePatch[];
  /** By the name of a chunk: how many bytes of room its map lacks. Its map isn't among the patches. */
  readonly lacking: ReadonlyMap<string, number>;
}

/**
 * What makes the source maps of an executable lead to what its chunks were made of: the engine's compiler reads no map
 * of what it is given, and so its own lead to the chunks. They are written over in place, which is possible because they
 * hold the chunks' text, and these hold none.
 * @param compiled by the name of a chunk: the engine's map to it
 * @param linked by the name of a chunk: the bundler's map to the sources
 */
export function patchMaps(
  executable: Buffer,
  compiled: ReadonlyMap<string, PlainMap>,
  linked: ReadonlyMap<string, PlainMap>,
  os: BuildTarget["os"],
): MapPatches {
  const patches: BytePatch[] = [];
  const lacking = new Map<string, number>();
  for (const { name, sourceMap } of readModules(executable)) {
    const [outer, inner] = [compiled.get(name), linked.get(name)];
    if (outer === undefined || inner === undefined || sourceMap.length === 0) continue;
    const mappings = through(readMappings(outer.mappings), readMappings(inner.mappings), inner.sources.length);
    const map = encodeEngineMap([...inner.sources, BUNDLERS_OWN], mappings);
    if (map.length > sourceMap.length) {
      lacking.set(name, map.length - sourceMap.length);
      continue;
    }
    const bytes = Buffer.alloc(sourceMap.length);
    map.copy(bytes);
    patches.push({ offset: sourceMap.offset, bytes });
  }
  return { patches: os === "darwin" ? [...patches, ...patchSignature(executable, patches)] : patches, lacking };
}

/** What keeps the signature of an executable valid that gets `patches`. */
function patchSignature(executable: Buffer, patches: readonly BytePatch[]): readonly BytePatch[] {
  const patched = Buffer.from(executable);
  for (const { offset, bytes } of patches) patched.set(bytes, offset);
  const changed = patches.map(({ offset, bytes }) => ({ offset, length: bytes.length }));
  const mend = mendSignature(patched, changed);
  switch (mend.kind) {
    case "ad-hoc":
      return mend.patches;
    // For x86_64 the engine's compiler leaves the signature of the engine, which what it adds has made invalid.
    case "certified":
    case "unsigned":
      return [];
  }
}

/** Writes into an executable what `patchMaps` found. */
export function writePatches(executable: string, patches: readonly BytePatch[]): void {
  const descriptor = openSync(executable, "r+");
  try {
    for (const { offset, bytes } of patches) writeSync(descriptor, bytes, 0, bytes.length, offset);
  } finally {
    closeSync(descriptor);
  }
}
