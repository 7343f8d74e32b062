import type { Arch } from "../../project/types.ts";
import { joinRanges } from "../elf/join-ranges.ts";
import { layOut } from "../elf/lay-out.ts";
import type { AddressRange } from "../elf/pieces.ts";
import { ENGINES } from "../engine-pins.ts";
import type { BuildTarget } from "../target.ts";
import { bundlePages } from "./bundle-pages.ts";
import { readAhead } from "./read-ahead.ts";
import { START_PAGES } from "./start-pages.ts";

const PAGE_BYTES = 4096;
/** Each range costs the kernel two more mappings at each start, some 4 µs each; with fewer of them, more comes first. */
const MOST_RANGES = 50;

/** What a start reads of the pinned engine; `undefined` if nothing was recorded of it for `arch`. */
export function startPages(arch: Arch): readonly AddressRange[] | undefined {
  const recorded = START_PAGES[arch];
  if (recorded?.engine !== ENGINES[arch].sha256) return undefined;
  return recorded.pages.split(" ").map((range) => {
    const [first = Number.NaN, end = Number.NaN] = range.split("-").map((page) => Number.parseInt(page, 16));
    return { start: first * PAGE_BYTES, end: end * PAGE_BYTES };
  });
}

/** What is to come first in a program's file; `undefined` if nothing was recorded of its engine. */
export function firstPages(program: Uint8Array, arch: Arch): readonly AddressRange[] | undefined {
  const ofEngine = startPages(arch);
  return ofEngine === undefined ? undefined : [...joinRanges(ofEngine, MOST_RANGES), ...bundlePages(program)];
}

/**
 * Moves what a start reads to the beginning of a compiled program, and has it read at once where it isn't in memory
 * yet. Returns the program as it is for an engine of which nothing is recorded.
 */
export function layOutBootstrap(program: Uint8Array, target: BuildTarget): Uint8Array {
  const first = target.os === "linux" ? firstPages(program, target.arch) : undefined;
  if (first === undefined) return program;
  const wanted = [...(startPages(target.arch) ?? []), ...bundlePages(program)];
  return layOut(program, { first, ...(target.arch === "x86_64" && { code: readAhead(wanted) }) }) ?? program;
}
