import { PROGRAM, withoutPlace } from "./bun-place.ts";

/** What is no path: parts of the engine, and what `vm` was told. */
const PATH = /^(?!\[|[a-z]+:)[^/].*\/[^/]+$|^[^/[:]+\.[cm]?[jt]sx?$/;

/**
 * Has frames that a library asks for their file, as callsites, depd and bindings do, say the module's place in the package,
 * where the text of a stack has it from the project on.
 */
export function callSitesLikeNode(taskRoot: string): void {
  const prototype: unknown = callSitePrototype();
  if (typeof prototype !== "object" || prototype === null) return;
  const text: unknown = Reflect.get(prototype, "toString");
  if (typeof text === "function")
    Reflect.set(prototype, "toString", function (this: unknown): string {
      return withoutPlace(String(Reflect.apply(text, this, [])));
    });
  for (const name of ["getFileName", "getScriptNameOrSourceURL"]) {
    const get: unknown = Reflect.get(prototype, name);
    if (typeof get !== "function") continue;
    Reflect.set(prototype, name, function (this: unknown): unknown {
      const file: unknown = Reflect.apply(get, this, []);
      return typeof file === "string" ? placeOf(file, taskRoot) : file;
    });
  }
}

function placeOf(file: string, taskRoot: string): string | undefined {
  // Evaluated code has no file.
  if (file.startsWith(`file://${PROGRAM}`)) return undefined;
  if (file.startsWith(PROGRAM)) return `${taskRoot}/${file.slice(PROGRAM.length)}`;
  return PATH.test(file) ? `${taskRoot}/${file}` : file;
}

function callSitePrototype(): unknown {
  // oxlint-disable-next-line typescript/unbound-method -- it is put back as it was
  const format = Error.prepareStackTrace;
  try {
    Error.prepareStackTrace = (_error, frames) => frames;
    const frames: unknown = new Error("frames").stack;
    return Array.isArray(frames) && frames.length > 0 ? Object.getPrototypeOf(frames[0]) : undefined;
  } finally {
    if (format === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
    else Error.prepareStackTrace = format;
  }
}
