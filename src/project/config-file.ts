import { pathToFileURL } from "node:url";
import * as configApi from "../config.ts";
import { Fault } from "../fault.ts";
import { checkConfig, type CheckedConfig } from "./config-schema.ts";
import { readEngineMessages } from "./engine-messages.ts";
import { SourceFault } from "./source-fault.ts";

/**
 * Runs and checks a config file.
 * @throws Fault MAYFLY_CONFIG_LOAD when it can't be run, MAYFLY_CONFIG when it says something wrong
 */
export async function loadConfig(file: string): Promise<Omit<CheckedConfig, "problems">> {
  const { problems, ...config } = checkConfig(await importDefault(file));
  if (problems.length > 0) {
    const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
    throw new Fault("MAYFLY_CONFIG", `${file} has ${count}:\n${problems.map((one) => `  ${one}`).join("\n")}`, {
      hint: "The keys are described in docs/build.md; defineConfig makes your editor check them.",
    });
  }
  return config;
}

async function importDefault(file: string): Promise<unknown> {
  provideMayfly();
  let module: unknown;
  try {
    module = await import(pathToFileURL(file).href);
  } catch (cause) {
    const problems = readEngineMessages(cause);
    if (problems !== undefined) {
      const placed = problems.map((problem) => ({ ...problem, file: problem.file ?? file }));
      throw new SourceFault("MAYFLY_CONFIG_LOAD", `${file} can't be read.`, placed, { cause });
    }
    const what = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    throw new Fault("MAYFLY_CONFIG_LOAD", `${file} threw while it was loaded.`, { hint: what, cause });
  }
  if (typeof module === "object" && module !== null && "default" in module) return module.default;
  throw new Fault("MAYFLY_CONFIG_LOAD", `${file} has no default export.`, {
    hint: 'export default defineConfig({ functions: { … } });  // import { defineConfig } from "mayfly"',
  });
}

let provided = false;

/** Under `npx mayfly` the project has no `mayfly` to import; and with one, this version's rules count. */
function provideMayfly(): void {
  if (provided) return;
  provided = true;
  Bun.plugin({
    name: "mayfly",
    setup(build) {
      build.module("mayfly", () => ({ loader: "object", exports: { ...configApi } }));
    },
  });
}
