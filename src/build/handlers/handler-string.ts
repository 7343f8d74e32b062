import { Fault } from "../../fault.ts";
import type { Entry } from "../../project/types.ts";

/**
 * The string that names an export of an entry: with the shortest end of the module's path that means
 * this module and no other.
 * @throws Fault MAYFLY_HANDLER_CLASH when not even the whole path does
 */
export function handlerString(entry: Entry, exportPath: string, entries: readonly Entry[]): string {
  const segments = entry.module.split("/");
  for (let count = 1; count <= segments.length; count++) {
    const handler = `${segments.slice(-count).join("/")}.${exportPath}`;
    const [meant, ...others] = modulesMeant(handler, entries);
    if (meant === entry && others.length === 0) return handler;
  }
  const whole = `${entry.module}.${exportPath}`;
  const other = modulesMeant(whole, entries).find((one) => one !== entry);
  throw new Fault(
    "MAYFLY_HANDLER_CLASH",
    `The handler "${whole}" of ${entry.file} could also be in ${other?.file ?? "another file"}.`,
    { hint: "Rename one of the files." },
  );
}

/** A handler string of an entry with the whole path of its module: `src/hello.handle` for `hello.handle`. */
export function wholeHandler(handler: string, { module }: Entry): string {
  for (const path of [module, module.replace(/\/index$/, "")]) {
    const segments = path.split("/");
    for (let start = 0; start < segments.length; start++) {
      const name = segments.slice(start).join("/");
      if (handler.startsWith(`${name}.`)) return module + handler.slice(name.length);
    }
  }
  return handler;
}

/** The modules that a handler string can mean, found as the runtime finds them (src/runtime/hosts/typescript/resolve.ts). */
export function modulesMeant(handler: string, entries: readonly Entry[]): readonly Entry[] {
  const slash = handler.lastIndexOf("/") + 1;
  const parts = handler.slice(slash).split(".");
  // hello.worker.handle: a file hello.worker.ts comes before an export worker.handle of hello.ts.
  for (let count = parts.length - 1; count > 0; count--) {
    const found = modulesNamed(handler.slice(0, slash) + parts.slice(0, count).join("."), entries);
    if (found.length > 0) return found;
  }
  return [];
}

function modulesNamed(name: string, entries: readonly Entry[]): readonly Entry[] {
  for (const whole of [name, `${name}/index`]) {
    const exact = entries.filter(({ module }) => module === whole);
    if (exact.length > 0) return exact;
  }
  return entries.filter(({ module }) => module.endsWith(`/${name}`));
}
