import type { PluginContext } from "rolldown";
import type { PlannedModule } from "./chunk-plan.ts";
import { hasTopLevelAwait } from "./top-level-await.ts";

/** A module of a program, and what it asks for. */
export interface LinkedModule extends PlannedModule {
  /** In front of the others: what is outside of the program, such as the engine's modules. */
  readonly outside: readonly string[];
  /** Whether it may export what others do. */
  readonly passesOn: boolean;
}

/** Mayfly's own sources do nothing while they are evaluated, nor does what stands for a module of the engine. */
const OWN = /[\\/]node_modules[\\/]mayfly[\\/]src[\\/]|^\0mayfly-stand-in\//;

const PASSES_ON = /\bexport\s*[*{]/;

/** The modules that a bundler found, by their ids, and the one that a start begins with. */
export function moduleGraph(context: PluginContext): {
  readonly start: string;
  readonly modules: ReadonlyMap<string, LinkedModule>;
} {
  const modules = new Map<string, LinkedModule>();
  let start = "";
  const isInside = (id: string): boolean => typeof context.getModuleInfo(id)?.code === "string";
  for (const id of context.getModuleIds()) {
    const info = context.getModuleInfo(id);
    if (info === null || info.code === null) continue;
    if (info.isEntry) start = id;
    const free = OWN.test(id);
    modules.set(id, {
      imports: info.importedIds.filter(isInside),
      outside: info.importedIds.filter((one) => !isInside(one)),
      loads: info.dynamicallyImportedIds.filter(isInside),
      passesOn: !free && PASSES_ON.test(info.code),
      free,
      waits: !free && info.inputFormat !== "cjs" && hasTopLevelAwait(id, info.code),
    });
  }
  return { start, modules };
}
