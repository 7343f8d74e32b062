import type { PluginContext } from "rolldown";

/** ES modules that CommonJS requires, and what they import: the bundler wraps them in functions. */
export interface RequiredModules {
  readonly modules: ReadonlySet<string>;
  /** Whether other ES modules import any of them. */
  readonly imported: boolean;
}

/** Once all modules are read. */
export function requiredModules(context: PluginContext): RequiredModules {
  const importers: string[] = [];
  const modules = new Set<string>();
  for (const id of context.getModuleIds()) {
    const info = context.getModuleInfo(id);
    if (info?.inputFormat === "es" && !id.startsWith("\0")) importers.push(id);
    if (info?.inputFormat !== "cjs" || id.startsWith("\0")) continue;
    for (const imported of info.importedIds) if (isEsModule(context, imported)) modules.add(imported);
  }
  // A Set's values grow while they are walked.
  for (const id of modules) {
    for (const imported of context.getModuleInfo(id)?.importedIds ?? [])
      if (isEsModule(context, imported)) modules.add(imported);
  }
  const imported =
    modules.size > 0 &&
    importers.some((id) => !modules.has(id) && context.getModuleInfo(id)?.importedIds.some((one) => modules.has(one)));
  return { modules, imported };
}

function isEsModule(context: PluginContext, id: string): boolean {
  const info = context.getModuleInfo(id);
  return info?.inputFormat === "es" && info.code !== null && !id.startsWith("\0");
}
