import type { Arch } from "../../project/types.ts";
import type { Slice } from "../../support/slices.ts";
import { joinRanges } from "./elf/join-ranges.ts";
import { layOut } from "./elf/lay-out.ts";
import type { AddressRange } from "./elf/pieces.ts";
import { programIn, shellOf } from "./elf/shell.ts";
import { ENGINES } from "../engine/engine-pins.ts";
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

interface ProgramPages {
  /** What a start reads. */
  readonly read: readonly AddressRange[];
  /** What is to come first in the file: that, and what lies between. */
  readonly first: readonly AddressRange[];
}

/** `undefined` if nothing was recorded of the program's engine. */
export function programPages(program: Uint8Array, arch: Arch): ProgramPages | undefined {
  const ofEngine = startPages(arch);
  if (ofEngine === undefined) return undefined;
  const ofBundle = bundlePages(program);
  return { read: [...ofEngine, ...ofBundle], first: [...joinRanges(ofEngine, MOST_RANGES), ...ofBundle] };
}

/** How a program is compiled for a target, and then laid out. */
export interface Layout {
  /** What to give the compiler as the engine. */
  readonly shell: Uint8Array;
  /**
   * Puts the compiled program into the engine, with what a start reads at the beginning, and has that read at once
   * where it isn't in memory yet.
   */
  readonly layOut: (compiled: Uint8Array) => readonly Slice[];
}

/**
 * @param engine its path
 * @returns `undefined` for an engine of which nothing is recorded: the compiled program stays as it is
 */
export function layoutOf(engine: string, target: BuildTarget): Layout | undefined {
  if (target.os !== "linux" || startPages(target.arch) === undefined) return undefined;
  const shell = shellOf(engine);
  return shell && { shell, layOut: (compiled) => layOutBootstrap(compiled, engine, target.arch) };
}

function layOutBootstrap(compiled: Uint8Array, engine: string, arch: Arch): readonly Slice[] {
  const { first = [], read = [] } = programPages(compiled, arch) ?? {};
  const code = arch === "x86_64" ? { code: readAhead(read) } : {};
  const laidOut = layOut(programIn(compiled, engine), { first, ...code });
  if (laidOut === undefined) throw new Error("The engine has no room for headers below it.");
  return laidOut;
}
