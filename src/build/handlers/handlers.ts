import type { Entry } from "../../project/types.ts";
import { moduleCode } from "../bundle/linking/module-code.ts";
import { type ExportedClass, type ModuleExports, readExports } from "./exports.ts";
import { handlerString } from "./handler-string.ts";
import { noExports } from "./no-exports.ts";

/** A handler that the artifact has. */
export interface FoundHandler {
  /** What `_HANDLER` is set to: as short as it can be while it means this one. */
  readonly handler: string;
  readonly entry: Entry;
  /** `handle`, `api.users.list`. */
  readonly exportPath: string;
}

export type PossibleHandler = Omit<FoundHandler, "handler">;

export interface FoundHandlers {
  readonly handlers: readonly FoundHandler[];
  /** Exports that may be handlers, or hold some, for a config to name. */
  readonly possible: readonly PossibleHandler[];
  /** Classes that entries export, which can't be called. */
  readonly classes: readonly (ExportedClass & { readonly entry: Entry })[];
  /** Entries whose exports reading the code can't all see. */
  readonly open: readonly Entry[];
  readonly warnings: readonly string[];
}

/** Source: AWS Lambda API reference, CreateFunction, `Handler`. */
const LAMBDA_HANDLER = /^\S{1,128}$/;

/**
 * Lists the handlers of each entry without running any of its code.
 * @throws SourceFault when an entry or what it imports by path doesn't compile
 * @throws Fault MAYFLY_NO_EXPORTS for an entry in which nothing can be a handler, MAYFLY_HANDLER_CLASH
 */
export async function findHandlers(
  root: string,
  entries: readonly Entry[],
  external: readonly string[],
): Promise<FoundHandlers> {
  const handlers: FoundHandler[] = [];
  const possible: PossibleHandler[] = [];
  const classes: FoundHandlers["classes"][number][] = [];
  const open: Entry[] = [];
  const warnings: string[] = [];
  for (const entry of entries) {
    const found = await exportsOf(entry, root, external);
    if (found.handlers.length === 0 && !found.open) throw noExports(entry, found.classes);
    classes.push(...found.classes.map((one) => ({ ...one, entry })));
    if (found.open) open.push(entry);
    if (found.problem !== undefined) warnings.push(`${entry.file}: its handlers can't be listed: ${found.problem}`);
    for (const exportPath of found.handlers) {
      const handler = handlerString(entry, exportPath, entries);
      if (!LAMBDA_HANDLER.test(handler)) {
        warnings.push(`Lambda takes no handler "${handler}": at most 128 characters without spaces. Rename the file.`);
      }
      handlers.push({ handler, entry, exportPath });
    }
    possible.push(...found.possible.map((exportPath) => ({ entry, exportPath })));
  }
  return { handlers, possible, classes, open, warnings };
}

async function exportsOf(entry: Entry, root: string, external: readonly string[]): Promise<ModuleExports> {
  // Packages are only imported: their code says nothing about which exports this file has.
  return readExports(await moduleCode(root, entry.file, external));
}
