import type { Arch } from "../../project/types.ts";
import { layOut } from "../elf/lay-out.ts";
import type { AddressRange } from "../elf/pieces.ts";
import { ENGINES } from "../engine-pins.ts";
import type { BuildTarget } from "../target.ts";
import { bundlePages } from "./bundle-pages.ts";
import { START_PAGES } from "./start-pages.ts";

const PAGE_BYTES = 4096;

/** What a start reads of the pinned engine; `undefined` if nothing was recorded of it for `arch`. */
export function startPages(arch: Arch): readonly AddressRange[] | undefined {
  const recorded = START_PAGES[arch];
  if (recorded?.engine !== ENGINES[arch].sha256) return undefined;
  return recorded.pages.split(" ").map((range) => {
    const [first = Number.NaN, end = Number.NaN] = range.split("-").map((page) => Number.parseInt(page, 16));
    return { start: first * PAGE_BYTES, end: end * PAGE_BYTES };
  });
}

/**
 * Moves what a start reads to the beginning of a compiled program, so that it is read at once where nothing of the file
 * is in memory yet. Returns the program as it is for an engine of which nothing is recorded.
 */
export function layOutBootstrap(program: Uint8Array, target: BuildTarget): Uint8Array {
  const ofEngine = target.os === "linux" ? startPages(target.arch) : undefined;
  if (ofEngine === undefined) return program;
  return layOut(program, { first: [...ofEngine, ...bundlePages(program)] }) ?? program;
}
