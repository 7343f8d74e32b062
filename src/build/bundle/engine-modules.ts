import { builtinModules } from "node:module";

/** That the engine has among its modules under the names of packages: whoever imports one means the installed package. */
const PACKAGES: ReadonlySet<string> = new Set(["undici", "ws"]);

/** By their bare names: Node.js's modules, and the engine's own. */
export const ENGINE_MODULES: readonly string[] = builtinModules.filter((name) => !PACKAGES.has(name));

export function isEnginePackage(specifier: string): boolean {
  return PACKAGES.has(specifier);
}

/** Whether a specifier means a module of the engine, wherever it stands. */
export function isEngineModule(specifier: string): boolean {
  return /^(?:node|bun):/.test(specifier) || ENGINE_MODULES.includes(specifier);
}
