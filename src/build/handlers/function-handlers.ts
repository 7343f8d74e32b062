import { Fault } from "../../fault.ts";
import { suggest } from "../../support/suggest.ts";
import type { Entry, ResolvedFunction } from "../../project/types.ts";
import { classHint } from "./no-exports.ts";
import { RESPONSE_MODE_VARIABLE } from "../../protocol/program-settings.ts";
import { splitSetting, withoutFolder } from "../../protocol/handler-string.ts";
import { exportMeant, modulesMeant, wholeHandler, wholeHandlerString } from "./handler-string.ts";
import type { FoundHandler, FoundHandlers, PossibleHandler } from "./handlers.ts";

/**
 * The handler string of a function in the config, checked against what its entry exports.
 * @param entries all that go into the package, or into others that are built with it
 * @throws Fault MAYFLY_HANDLER_NOT_FOUND, MAYFLY_HANDLER_UNCLEAR, MAYFLY_HANDLER_CLASH
 */
export function handlerOf(one: ResolvedFunction, found: FoundHandlers, entries: readonly Entry[]): string {
  const own = found.handlers.filter(({ entry }) => entry.file === one.entry.file);
  const isOpen = found.open.some(({ file }) => file === one.entry.file);
  if (one.handler === undefined) return onlyHandler(one, own);

  const alone = withoutFolder(one.handler);
  const possible = found.possible.filter(({ entry }) => entry.file === one.entry.file);
  const ways = exportsMeant(one.handler, one.entry);
  const matchOf = (path: string): string | undefined => own.find(({ exportPath }) => exportPath === path)?.handler;
  for (const path of ways) {
    const match = matchOf(path);
    if (match !== undefined) return match;
    if (isPossible(path, possible)) return wholeHandlerString(one.entry, path, entries);
  }
  // As at run time, the exports of a default export are the module's too, after its own.
  const ofDefault = ways.map((path) => matchOf(`default.${path}`)).find((match) => match !== undefined);
  if (ofDefault !== undefined) return ofDefault;
  const [first] = ways;
  if (isOpen && first !== undefined) {
    const [meant, another] = modulesMeant(alone, entries);
    const isClear = meant?.file === one.entry.file && another === undefined;
    return isClear ? alone : wholeHandlerString(one.entry, first, entries);
  }
  const known = own.flatMap(({ handler, exportPath }) => [handler, exportPath]);
  const near = suggest(alone, known);
  // Not as one of the default export's: it can be of the module itself, which only the runtime sees.
  const hidden = ways.find((path) => isPossible(`default.${path}`, possible));
  if (near === undefined && hidden !== undefined) return wholeHandlerString(one.entry, hidden, entries);
  const ofClass = hintForClass(ways, found, one.entry);
  throw new Fault(
    "MAYFLY_HANDLER_NOT_FOUND",
    `functions.${one.name}.handler is "${one.handler}", but ${one.entry.file} has no such handler.`,
    { hint: ofClass ?? (near === undefined ? `It has:\n${list(own)}` : `Did you mean "${near}"?`) },
  );
}

/** What is said if a class, or a method of its instances, was named. */
function hintForClass(ways: readonly string[], found: FoundHandlers, entry: Entry): string | undefined {
  const names = new Set(ways.flatMap((path) => path.split(".")[0] ?? []));
  const meant = found.classes.find((one) => one.entry.file === entry.file && names.has(one.name));
  return meant === undefined ? undefined : classHint(meant, entry);
}

function onlyHandler(one: ResolvedFunction, own: readonly FoundHandler[]): string {
  const [only, another] = own;
  if (only !== undefined && another === undefined) return only.handler;
  const has = only === undefined ? "no handler that can be seen" : "several handlers";
  throw new Fault(
    "MAYFLY_HANDLER_UNCLEAR",
    `${one.entry.file} has ${has}; functions.${one.name}.handler must say which one ${one.name} runs.`,
    only === undefined ? {} : { hint: `One of:\n${list(own)}` },
  );
}

/** What a setting can name in an entry: with the module's path in any length before it, or by the export alone. */
function exportsMeant(setting: string, entry: Entry): readonly string[] {
  const alone = withoutFolder(setting);
  const isExport = !alone.includes("/") && splitSetting(`file.${alone}`).length > 0;
  return [exportMeant(setting, entry), isExport ? alone : undefined].filter((path) => path !== undefined);
}

/** Whether it is one of the exports that reading the code can't judge, or something inside one; whoever names it knows. */
function isPossible(exportPath: string, possible: readonly PossibleHandler[]): boolean {
  return possible.some((one) => exportPath === one.exportPath || exportPath.startsWith(`${one.exportPath}.`));
}

function list(handlers: readonly FoundHandler[]): string {
  return handlers.map(({ handler }) => `  ${handler}`).join("\n");
}

/**
 * Two functions may share a handler, but one string must not mean two files.
 * @throws Fault MAYFLY_HANDLER_CLASH
 */
export function checkClashes(functions: readonly ResolvedFunction[]): void {
  const owners = new Map<string, ResolvedFunction>();
  for (const one of functions) {
    // Without a dot it is the export's name alone, and the file is the entry.
    if (one.handler === undefined || !one.handler.includes(".")) continue;
    const other = owners.get(one.handler);
    if (other !== undefined && other.entry.file !== one.entry.file) throw clash(one.handler, other, one);
    owners.set(one.handler, one);
  }
}

function clash(handler: string, first: ResolvedFunction, second: ResolvedFunction): Fault {
  const inFull = ({ entry }: ResolvedFunction): string =>
    `"${entry.module}.${exportMeant(handler, entry) ?? withoutFolder(handler)}"`;
  return new Fault(
    "MAYFLY_HANDLER_CLASH",
    `The handler "${handler}" means ${first.entry.module} for functions.${first.name} and ${second.entry.module} for functions.${second.name}.`,
    { hint: `Write the whole path: ${inFull(first)} and ${inFull(second)}.` },
  );
}

/**
 * The handlers that stream if nothing else is said, with the whole path of their modules.
 * @param handlers handler strings by the name of the function
 * @throws Fault MAYFLY_STREAM_CLASH when the URL of another function with the same handler doesn't stream
 */
export function streamingHandlers(
  functions: readonly ResolvedFunction[],
  handlers: ReadonlyMap<string, string>,
): readonly string[] {
  const whole = (one: ResolvedFunction): string =>
    one.web === undefined ? wholeHandler(handlers.get(one.name) ?? "", one.entry) : one.name;
  const streaming = new Map(functions.filter((one) => one.stream).map((one) => [whole(one), one]));
  for (const one of functions) {
    const other = streaming.get(whole(one));
    if (!one.url || one.stream || other === undefined || RESPONSE_MODE_VARIABLE in one.environment) continue;
    throw new Fault(
      "MAYFLY_STREAM_CLASH",
      `functions.${other.name} and functions.${one.name} have the handler "${whole(one)}" in common, and the URL of the first streams, that of the second doesn't.`,
      { hint: `Say it to the second by itself: environment: { ${RESPONSE_MODE_VARIABLE}: "buffered" }` },
    );
  }
  return [...streaming.keys()].toSorted();
}
