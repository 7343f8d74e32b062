import type { Plugin } from "rolldown";
import { assets, COMPILED_IN } from "./assets.ts";
import { linkOptions } from "./link-options.ts";
import { runBundler } from "./run-bundler.ts";
import { onlyExports } from "./sloppy-exports.ts";
import { sloppyModules } from "./sloppy-modules.ts";
import { typeOnlyModules } from "./type-only-modules.ts";

const MAYFLY = /^mayfly(?:[/:]|$)/;

/**
 * A module with what it imports of the project, as one ES module that only imports packages.
 * @throws SourceFault MAYFLY_SYNTAX, MAYFLY_UNRESOLVED_IMPORT
 * @throws Fault MAYFLY_BUNDLE
 */
export async function moduleCode(root: string, file: string, external: readonly string[]): Promise<string> {
  const { chunks } = await runBundler({
    root,
    input: { ...linkOptions({ root, entry: file, external: [...external, MAYFLY] }) },
    output: { format: "esm", dir: root, codeSplitting: false, minify: false, comments: false },
    plugins: [packagesOutside(), assets(root, COMPILED_IN).plugin, typeOnlyModules(), sloppyModules(root, onlyExports)],
  });
  return chunks[0]?.code ?? "";
}

function packagesOutside(): Plugin {
  return {
    name: "mayfly-packages-outside",
    resolveId: {
      filter: { id: /^[^./\0]/ },
      async handler(specifier, importer, { kind }) {
        if (importer === undefined) return undefined;
        const found = await this.resolve(specifier, importer, { kind, skipSelf: true });
        return found !== null && /[\\/]node_modules[\\/]/.test(found.id) ? { id: specifier, external: true } : found;
      },
    },
  };
}
