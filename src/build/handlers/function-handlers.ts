import { Fault } from "../../fault.ts";
import { suggest } from "../../support/suggest.ts";
import type { ResolvedFunction } from "../../project/types.ts";
import { modulesMeant, wholeHandler } from "./handler-string.ts";
import type { FoundHandler, FoundHandlers, PossibleHandler } from "./handlers.ts";

/**
 * The handler string of a function in the config, checked against what its entry exports.
 * @throws Fault MAYFLY_HANDLER_NOT_FOUND, MAYFLY_HANDLER_UNCLEAR
 */
export function handlerOf(one: ResolvedFunction, found: FoundHandlers): string {
  const own = found.handlers.filter(({ entry }) => entry.file === one.entry.file);
  const isOpen = found.open.some(({ file }) => file === one.entry.file);
  if (one.handler === undefined) return onlyHandler(one, own);

  const wanted = one.handler.replace(/^\.\//, "");
  const match = own.find((candidate) => wanted === candidate.handler || names(wanted, candidate));
  if (match !== undefined) return match.handler;
  const possible = found.possible.filter(({ entry }) => entry.file === one.entry.file);
  const trusted = amongPossible(wanted, possible);
  if (trusted !== undefined) return trusted;
  if (isOpen) return wanted.includes(".") ? wanted : `${one.entry.module}.${wanted}`;
  const known = own.flatMap(({ handler, exportPath }) => [handler, exportPath]);
  const near = suggest(wanted, known);
  throw new Fault(
    "MAYFLY_HANDLER_NOT_FOUND",
    `functions.${one.name}.handler is "${one.handler}", but ${one.entry.file} has no such handler.`,
    { hint: near === undefined ? `It has:\n${list(own)}` : `Did you mean "${near}"?` },
  );
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

/** By the export alone, or with the module's path in any length. */
function names(wanted: string, { exportPath, entry }: PossibleHandler): boolean {
  if (wanted === exportPath) return true;
  return wanted.endsWith(`.${exportPath}`) && modulesMeant(wanted, [entry]).length > 0;
}

/** One of the exports that reading the code can't judge, or something inside one; whoever names it knows. */
function amongPossible(wanted: string, possible: readonly PossibleHandler[]): string | undefined {
  for (let end = wanted.length; end > 0; end = wanted.lastIndexOf(".", end - 1)) {
    const start = wanted.slice(0, end);
    const match = possible.find((candidate) => names(start, candidate));
    if (match !== undefined) return `${match.entry.module}.${match.exportPath}${wanted.slice(end)}`;
  }
  return undefined;
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
  const exportPath = handler.slice(handler.indexOf(".", handler.lastIndexOf("/") + 1) + 1);
  return new Fault(
    "MAYFLY_HANDLER_CLASH",
    `The handler "${handler}" means ${first.entry.module} for functions.${first.name} and ${second.entry.module} for functions.${second.name}.`,
    { hint: `Write the whole path: "${first.entry.module}.${exportPath}" and "${second.entry.module}.${exportPath}".` },
  );
}

/** What a function says for itself goes before what its package says. */
const RESPONSE_MODE = "MAYFLY_RESPONSE_MODE";

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
    if (!one.url || one.stream || other === undefined || RESPONSE_MODE in one.environment) continue;
    throw new Fault(
      "MAYFLY_STREAM_CLASH",
      `functions.${other.name} and functions.${one.name} have the handler "${whole(one)}" in common, and the URL of the first streams, that of the second doesn't.`,
      { hint: `Say it to the second by itself: environment: { ${RESPONSE_MODE}: "buffered" }` },
    );
  }
  return [...streaming.keys()].toSorted();
}
