import { isAbsolute } from "node:path";
import type { Plugin, PluginContext } from "rolldown";
import { standInOf } from "./wrapped-loads.ts";

/** The second module that the bundler is asked for. */
export const ROOT_ORDER = "\0mayfly-root-order";
/** The roots by their number: not every plugin resolves what it has called so itself. */
const ROOT = /^mayfly-root:(\d+)$/;

/**
 * Within a chunk the bundler has modules in the order in which it comes to them, and it goes through what is loaded by
 * `import()` sorted by name: what a lazy part shares with who loads it might then be evaluated in the order of that part.
 * So it is given a module that imports all roots, each behind those that load it; nothing of it is in the program.
 * @param start the module that a start begins with
 */
export function rootOrder(start: string): Plugin {
  const roots = new Set<string>();
  return {
    name: "mayfly-root-order",
    resolveId: {
      filter: { id: [/^\0mayfly-root-order$/, ROOT] },
      handler: (id) => [...roots][Number(ROOT.exec(id)?.[1])] ?? id,
    },
    load: {
      filter: { id: /^\0mayfly-root-order$/ },
      async handler() {
        roots.clear();
        const first = await this.resolve(start);
        if (first !== null) roots.add(first.id);
        // A Set's values grow while they are walked.
        for (const root of roots) await collect(this, root, roots);
        const code = [...roots].map((_, index) => `import "mayfly-root:${index}";\n`).join("");
        return { code, moduleType: "js" };
      },
    },
  };
}

/** Adds what is loaded by what a root brings in. */
async function collect(context: PluginContext, root: string, roots: Set<string>): Promise<void> {
  const modules = new Set([root]);
  // As is this.
  for (const id of modules) {
    const { importedIds, dynamicallyImportedIds } = await context.load({ id });
    for (const imported of importedIds.filter(isInside)) modules.add(imported);
    for (const loaded of dynamicallyImportedIds) {
      const stood = standInOf(loaded);
      const targets = stood === undefined ? [loaded] : (await context.load({ id: stood })).dynamicallyImportedIds;
      for (const target of targets.filter(isInside)) roots.add(target);
    }
  }
}

/** What is outside of the program is called as it is written. */
function isInside(id: string): boolean {
  return id.startsWith("\0") || isAbsolute(id);
}
