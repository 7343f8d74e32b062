import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Fault } from "../../fault.ts";
import { readField } from "../../support/read-field.ts";
import { fetchEngine } from "./engine-cache.ts";
import { ENGINE_VERSION, ENGINES, type EnginePin } from "./engine-pins.ts";
import { type BuildTarget, hostTarget, sameTarget } from "../target.ts";

/**
 * The engine to put into a bootstrap for `target`: `undefined` for the one that runs this code, else
 * the path of the package that is installed, cached or fetched from the npm registry.
 * @throws Fault MAYFLY_ENGINE_VERSION, MAYFLY_ENGINE_DOWNLOAD
 */
export async function findEngine(
  target: BuildTarget,
  root: string,
  progress: (step: string) => void,
): Promise<string | undefined> {
  if (Bun.version !== ENGINE_VERSION) {
    throw new Fault("MAYFLY_ENGINE_VERSION", `The engine is Bun ${Bun.version}; this Mayfly needs ${ENGINE_VERSION}.`, {
      hint: "Start it as mayfly (bin/mayfly.js), which finds its own engine, and install its dependencies as locked.",
    });
  }
  if (sameTarget(target, hostTarget())) return undefined;
  if (target.os !== "linux") throw new Error(`There is no engine for ${target.os} ${target.arch} on another machine.`);
  const pin = ENGINES[target.arch];
  progress(`Getting the engine for ${target.arch}`);
  return installedEngine(pin) ?? (await fetchEngine(pin, root));
}

/** Package managers can be told to install for more platforms than the one they run on. */
function installedEngine(pin: EnginePin): string | undefined {
  const require = createRequire(import.meta.url);
  let manifest: string;
  try {
    manifest = require.resolve(`${pin.package}/package.json`);
  } catch {
    // The usual case: only the host's engine is installed.
    return undefined;
  }
  const version = readField(require(manifest), "version");
  const path = join(dirname(manifest), "bin", "bun");
  return version === ENGINE_VERSION && existsSync(path) ? path : undefined;
}
