import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import * as configApi from "../config.ts";
import { readField } from "../support/read-field.ts";
import { systemErrorCode } from "../support/system-error.ts";
import type { ConfigAnswer } from "./config-answer.ts";
import { checkConfig } from "./config-schema.ts";
import { readEngineMessages } from "./engine-messages.ts";

// A config is a program, and this is its process: whatever it does, it does here. See config-file.ts for the other side.
const [, , file = ""] = process.argv;
/** What the other side reads from. */
const ANSWERS = 3;

// Of this process alone: what a config starts and leaves running is its own.
delete process.env["BUN_FEATURE_FLAG_NO_ORPHANS"];
process.on("unhandledRejection", (reason) => tell(threw(reason)));
process.on("uncaughtException", (error) => tell(threw(error)));

const answer = await run();
// What it rejects without anybody waiting for it is heard of in the next turn.
await setImmediate();
await setImmediate();
tell(answer);

async function run(): Promise<ConfigAnswer> {
  provideMayfly();
  let module: unknown;
  try {
    module = await import(pathToFileURL(file).href);
  } catch (cause) {
    const problems = readEngineMessages(cause);
    return problems === undefined ? threw(cause) : { kind: "source", problems };
  }
  if (typeof module !== "object" || module === null || !("default" in module)) {
    return {
      kind: "fault",
      message: `${file} has no default export.`,
      hint: 'export default defineConfig({ functions: { … } });  // import { defineConfig } from "mayfly"',
    };
  }
  if (module.default instanceof Promise) {
    return { kind: "fault", message: `${file} exports a promise.`, hint: "Wait for it: export default await …" };
  }
  try {
    return { kind: "config", config: checkConfig(module.default) };
  } catch (cause) {
    // A getter of its own.
    return threw(cause);
  }
}

function threw(cause: unknown): ConfigAnswer {
  return { kind: "fault", message: `${file} threw while it was loaded.`, hint: described(cause) };
}

function described(cause: unknown): string {
  try {
    return String(readField(cause, "stack") ?? readField(cause, "message") ?? cause);
  } catch {
    return "what it threw can't be shown";
  }
}

/** Says it, and ends: what the config still has under way is nothing to wait for. */
function tell(value: ConfigAnswer): never {
  const text = Buffer.from(`${JSON.stringify(value)}\n`);
  for (let done = 0; done < text.length;) {
    try {
      done += writeSync(ANSWERS, text, done);
    } catch (error) {
      // The other side hasn't read the first part yet.
      if (systemErrorCode(error) !== "EAGAIN") throw error;
    }
  }
  return process.exit(0);
}

/** Under `npx mayfly` the project has no `mayfly` to import; and with one, this version's rules count. */
function provideMayfly(): void {
  Bun.plugin({
    name: "mayfly",
    setup(build) {
      build.module("mayfly", () => ({ loader: "object", exports: { ...configApi } }));
    },
  });
}
