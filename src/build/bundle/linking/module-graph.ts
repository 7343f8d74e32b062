import type { PluginContext } from "rolldown";
import type { PlannedModule } from "./planned-module.ts";
import { requiredModules } from "./required-modules.ts";
import { ROOT_ORDER } from "./root-order.ts";
import { hasTopLevelAwait } from "./top-level-await.ts";
import { isStandIn, standInOf } from "./wrapped-loads.ts";

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
  const all = [...context.getModuleIds()].flatMap((id) => context.getModuleInfo(id) ?? []);
  // Asked for once: each time it is copied.
  const codes = new Map(all.map(({ id, code }) => [id, code]));
  const { modules: required } = requiredModules(context);
  const isInside = (id: string): boolean => typeof codes.get(id) === "string";
  for (const info of all) {
    const { id } = info;
    const code = codes.get(id);
    if (typeof code !== "string" || isStandIn(id) || id === ROOT_ORDER) continue;
    if (info.isEntry) start = id;
    const free = OWN.test(id);
    modules.set(id, {
      imports: info.importedIds.filter(isInside),
      outside: info.importedIds.filter((one) => !isInside(one)),
      loads: info.dynamicallyImportedIds.flatMap((one) => loadedBy(context, one)).filter(isInside),
      passesOn: !free && PASSES_ON.test(code),
      free,
      wrapped: info.inputFormat === "cjs" || required.has(id),
      quiet: info.moduleSideEffects === false,
      waits: !free && info.inputFormat !== "cjs" && hasTopLevelAwait(id, code),
    });
  }
  return { start, modules };
}

function loadedBy(context: PluginContext, id: string): readonly string[] {
  const standIn = standInOf(id);
  return standIn === undefined ? [id] : (context.getModuleInfo(standIn)?.dynamicallyImportedIds ?? []);
}
