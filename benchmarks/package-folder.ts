import { cpSync, existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { joined, lengthOf } from "../src/support/slices.ts";
import { writeZip } from "../src/build/package/zip.ts";

const Manifest = z.object({
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});

/**
 * Copies packages and what they depend on to `folder`/node_modules, each to where it was.
 * @param roots folders with a node_modules, the first that has a package gives it
 * @throws Error for a package that is in none of them
 */
export function copyPackages(names: readonly string[], roots: readonly string[], folder: string): void {
  const done = new Set<string>();
  const copy = (source: string, root: string): void => {
    if (done.has(source)) return;
    done.add(source);
    // Packages nested in it come with it.
    cpSync(source, join(folder, relative(root, source)), { recursive: true, dereference: true });
    const { dependencies = {}, optionalDependencies = {} } = Manifest.parse(
      JSON.parse(readFileSync(join(source, "package.json"), "utf8")),
    );
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = resolve(name, source, root);
      if (found !== undefined) copy(found, root);
      else if (name in dependencies) throw new Error(`${source} needs ${name}, which is not installed`);
    }
  };
  for (const name of names) {
    const root = roots.find((one) => existsSync(join(one, "node_modules", name, "package.json")));
    if (root === undefined) throw new Error(`${name} is not installed`);
    copy(join(root, "node_modules", name), root);
  }
}

/** As Node.js looks for it: upwards. */
function resolve(name: string, from: string, root: string): string | undefined {
  for (let place = from; place.startsWith(root); place = dirname(place)) {
    const candidate = join(place, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
  }
  return undefined;
}

/** What a folder weighs as a package: all as `mayfly build` packs it. */
export function packageSize(folder: string): { readonly zippedBytes: number; readonly unzippedBytes: number } {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    lstatSync(join(folder, name)).isFile(),
  );
  const entries = files.map((name) => ({
    name,
    data: [readFileSync(join(folder, name))],
    executable: (statSync(join(folder, name)).mode & 0o100) !== 0,
  }));
  const zip = writeZip(entries, (data) => [Bun.deflateSync(joined(data), { library: "libdeflate", level: 6 })]);
  return { zippedBytes: lengthOf(zip), unzippedBytes: entries.reduce((sum, { data }) => sum + lengthOf(data), 0) };
}
