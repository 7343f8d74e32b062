import { relative, sep } from "node:path";
import type { PackageFile } from "../package/package-files.ts";
import { bundleServer, type ServerBundle, type ServerBundleRequest } from "./server-bundle.ts";

/**
 * Bundles what a program has run apart from it, such as workers, each with all that it imports, and what those have run.
 * @param scripts absolute paths, by where they are looked for in the package
 * @throws SourceFault as `bundleServer` does
 */
export async function bundleWorkers(
  scripts: ReadonlyMap<string, string>,
  request: Omit<ServerBundleRequest, "script" | "role">,
): Promise<Pick<ServerBundle, "files" | "sources" | "warnings">> {
  const files = new Map<string, PackageFile>();
  const sources: string[] = [];
  const warnings: string[] = [];
  const all = new Map(scripts);
  // A Map's entries grow while they are walked.
  for (const [place, path] of all) {
    const script = relative(request.root, path).split(sep).join("/");
    const bundled = await bundleServer({ ...request, script, role: "apart" });
    for (const file of bundled.files) files.set(file.name, file);
    const entry = files.get(script);
    // TypeScript that is named as what is made of it.
    if (entry !== undefined) files.set(place, { ...entry, name: place });
    sources.push(...bundled.sources);
    warnings.push(...bundled.warnings);
    for (const [inside, file] of bundled.scripts) if (!all.has(inside)) all.set(inside, file);
  }
  return { files: [...files.values()], sources, warnings };
}
