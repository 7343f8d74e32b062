import { Fault } from "../../fault.ts";
import type { Entry } from "../../project/types.ts";
import { handlerMeaning, splitSetting } from "../../protocol/handler-string.ts";

/**
 * The string that names an export of an entry: with the shortest end of the module's path that means
 * this module and no other.
 * @throws Fault MAYFLY_HANDLER_CLASH when not even the whole path does, MAYFLY_HANDLER_NAME when no string can
 */
export function handlerString(entry: Entry, exportPath: string, entries: readonly Entry[]): string {
  const segments = entry.module.split("/");
  const ends = segments.map((_, index) => segments.slice(-1 - index).join("/"));
  return firstMeaning(ends, entry, exportPath, entries);
}

/**
 * The string that names an export of an entry with the whole path of its module.
 * @throws Fault as `handlerString` does
 */
export function wholeHandlerString(entry: Entry, exportPath: string, entries: readonly Entry[]): string {
  return firstMeaning([entry.module], entry, exportPath, entries);
}

function firstMeaning(paths: readonly string[], entry: Entry, exportPath: string, entries: readonly Entry[]): string {
  // "Elixir.handle" is an Elixir function, "./Elixir.handle" is in a file.
  for (const path of [...paths, `./${entry.module}`]) {
    const handler = `${path}.${exportPath}`;
    const [meant, another] = modulesMeant(handler, entries);
    if (meant?.module === entry.module && another === undefined) return handler;
  }
  throw unnamed(entry, exportPath, entries);
}

/** A handler string of an entry with the whole path of its module, as the runtime names it: `src/hello.handle` for `hello.handle`. */
export function wholeHandler(handler: string, entry: Entry): string {
  const exportPath = exportMeant(handler, entry);
  return exportPath === undefined ? handler : `${entry.module}.${exportPath}`;
}

/** The export that a handler string names if it is one of this entry's. */
export function exportMeant(handler: string, { module }: Entry): string | undefined {
  return handlerMeaning(splitSetting(handler), [module])?.exportPath.join(".");
}

/** The modules that a handler string can mean; the runtime wants one. */
export function modulesMeant(handler: string, entries: readonly Entry[]): readonly Entry[] {
  const names = entries.map(({ module }) => module);
  const meant: readonly string[] = handlerMeaning(splitSetting(handler), names)?.modules ?? [];
  return entries.filter(({ module }) => meant.includes(module));
}

function unnamed(entry: Entry, exportPath: string, entries: readonly Entry[]): Fault {
  const whole = `${entry.module}.${exportPath}`;
  const other = modulesMeant(whole, entries).find(({ module }) => module !== entry.module);
  if (other === undefined) {
    return new Fault(
      "MAYFLY_HANDLER_NAME",
      `No handler can be in ${entry.file}: no handler string names such a file.`,
      {
        hint: `Rename it: a name can't begin or end with a dot, and ".." can be nowhere in its path.`,
      },
    );
  }
  return new Fault("MAYFLY_HANDLER_CLASH", `The handler "${whole}" of ${entry.file} could also be in ${other.file}.`, {
    hint: "Rename one of the files.",
  });
}
