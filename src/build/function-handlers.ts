import { Fault } from "../fault.ts";
import { suggest } from "../project/suggest.ts";
import type { ResolvedFunction } from "../project/types.ts";
import { modulesMeant } from "./handler-string.ts";
import type { FoundHandler, FoundHandlers } from "./handlers.ts";

/**
 * The handler string of a function in the config, checked against what its entry exports.
 * @throws Fault MAYFLY_HANDLER_NOT_FOUND, MAYFLY_HANDLER_UNCLEAR
 */
export function handlerOf(one: ResolvedFunction, found: FoundHandlers): string {
  const own = found.handlers.filter(({ entry }) => entry.file === one.entry.file);
  const isOpen = found.open.some(({ file }) => file === one.entry.file);
  if (one.handler === undefined) return onlyHandler(one, own);

  const wanted = one.handler.replace(/^\.\//, "");
  const match = own.find((candidate) => names(wanted, candidate));
  if (match !== undefined) return match.handler;
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

/** By the string as the build gives it, by the export alone, or by another length of the path. */
function names(wanted: string, { handler, exportPath, entry }: FoundHandler): boolean {
  if (wanted === handler || wanted === exportPath) return true;
  return wanted.endsWith(`.${exportPath}`) && modulesMeant(wanted, [entry]).length > 0;
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
