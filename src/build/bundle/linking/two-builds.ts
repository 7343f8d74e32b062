import type { Plugin } from "rolldown";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { readField } from "../../../support/read-field.ts";
import { Again } from "./again.ts";

/** Said to begin again: more is known of the packages now. */
export class TwoBuilds extends Again {}

/**
 * Chooses for packages with both a "module" and a "main" (those without "exports"): ES modules for who imports them, of
 * which what nobody uses is left out, and CommonJS for who requires them, as they were written against. But never both in one
 * program, where a class would be two: what anybody requires is CommonJS for all.
 */
export function twoBuilds(): Plugin {
  const mains = new Map<string, string | undefined>();
  const required = new Set<string>();
  const imported = new Set<string>();
  return {
    name: "mayfly-two-builds",
    resolveId: {
      filter: { id: /^(?:@[^/]+\/)?[^./@\0:][^/\0:]*$/ },
      async handler(specifier, importer, { kind, custom }) {
        if (importer === undefined) return undefined;
        const found = await this.resolve(specifier, importer, { kind, skipSelf: true, ...(custom && { custom }) });
        if (found === null || found.external !== false) return found;
        if (!mains.has(found.id)) mains.set(found.id, mainBeside(found.id, specifier));
        const main = mains.get(found.id);
        if (main === undefined) return found;
        if (kind === "require-call") required.add(found.id);
        else if (!required.has(found.id)) {
          imported.add(found.id);
          return found;
        }
        return { ...found, id: main };
      },
    },
    buildEnd(error) {
      if (error !== undefined) return;
      const both = [...imported].filter((file) => required.has(file));
      imported.clear();
      if (both.length > 0) throw new TwoBuilds(both.join(", "));
    },
  };
}

/** The file of the package's "main", where the other file is its "module". */
function mainBeside(file: string, name: string): string | undefined {
  const folder = `${sep}node_modules${sep}${name.split("/").join(sep)}${sep}`;
  const at = file.lastIndexOf(folder);
  if (at < 0) return undefined;
  const root = file.slice(0, at + folder.length);
  const description = join(root, "package.json");
  if (!existsSync(description)) return undefined;
  const manifest: unknown = JSON.parse(readFileSync(description, "utf8"));
  const [main, module] = [readField(manifest, "main"), readField(manifest, "module")];
  if (typeof main !== "string" || typeof module !== "string" || !isFileOf(join(root, module), file)) return undefined;
  const path = join(root, main);
  return [path, `${path}.js`, join(path, "index.js")].find((one) => existsSync(one) && statSync(one).isFile());
}

function isFileOf(field: string, file: string): boolean {
  return file === field || file === `${field}.js` || file === join(field, "index.js");
}
