import { resolveFrom } from "../engine/bun-resolve.ts";
import { fileUrl } from "./task-root.ts";

const RELATIVE = /^(?:\.{0,2}\/|\.{1,2}$)/;

/**
 * `import.meta.resolve` of Node.js: what is no package is a URL, whether there is a file or not.
 * @param filename of the module that asks
 * @throws Error ERR_MODULE_NOT_FOUND
 */
export function resolveUrl(specifier: string, filename: string): string {
  if (RELATIVE.test(specifier)) return new URL(specifier, fileUrl(filename)).href;
  if (URL.canParse(specifier)) return new URL(specifier).href;
  const found = resolvePackage(specifier, filename);
  return found.startsWith("/") ? fileUrl(found) : found;
}

/**
 * What `import()` may be given so that it finds what the module at `filename` means.
 * @throws Error ERR_MODULE_NOT_FOUND
 */
export function importable(specifier: string, filename: string): string {
  const isFile = RELATIVE.test(specifier) || specifier.startsWith("file:");
  if (!isFile) return URL.canParse(specifier) ? specifier : resolvePackage(specifier, filename);
  const url = new URL(specifier, fileUrl(filename));
  const path = decodeURIComponent(url.pathname);
  const found = resolveFrom(path, folderOf(filename));
  if (found === undefined) throw Object.assign(notFound(`module '${path}'`, filename), { url: url.href });
  return found + url.search;
}

function resolvePackage(specifier: string, filename: string): string {
  const found = resolveFrom(specifier, folderOf(filename));
  if (found !== undefined) return found;
  const parts = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1);
  throw notFound(`package '${parts.join("/")}'`, filename);
}

function folderOf(filename: string): string {
  return filename.slice(0, filename.lastIndexOf("/")) || "/";
}

const CODE = "ERR_MODULE_NOT_FOUND";

function notFound(what: string, importer: string): Error {
  const error = new Error(`Cannot find ${what} imported from ${importer}`);
  // The stack is put into words when it is read, and names the code as Node.js does.
  error.name = `Error [${CODE}]`;
  Reflect.get(error, "stack");
  Reflect.deleteProperty(error, "name");
  return Object.assign(error, { code: CODE });
}
