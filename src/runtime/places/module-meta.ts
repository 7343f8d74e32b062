import { fileUrl, taskRoot } from "./task-root.ts";
import { resolveUrl } from "./resolve-at.ts";

/** What Node.js tells a module about itself. */
export interface ModuleMeta {
  readonly dirname: string;
  readonly filename: string;
  readonly resolve: (specifier: string) => string;
  readonly url: string;
}

const made = new Map<string, ModuleMeta>();

/**
 * The `import.meta` of a module, one and the same for each that asks, wherever the build can't write the field itself.
 * @param place of the module from the task root, with `/`
 */
export function metaOf(place: string): ModuleMeta {
  const known = made.get(place);
  if (known !== undefined) return known;
  const filename = `${taskRoot()}/${place}`;
  const dirname = filename.slice(0, filename.lastIndexOf("/"));
  const meta: ModuleMeta = {
    dirname,
    filename,
    resolve: (specifier: string) => resolveUrl(specifier, filename),
    url: fileUrl(filename),
  };
  Object.setPrototypeOf(meta, null);
  // The engine's names for the same, of which code for Node.js sees nothing.
  const file = filename.slice(dirname.length + 1);
  const others = { dir: dirname, path: filename, file, main: false, env: process.env };
  for (const [name, value] of Object.entries(others)) Object.defineProperty(meta, name, { value, configurable: true });
  made.set(place, meta);
  return meta;
}
