import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import { engine } from "../local/support/engine.ts";
import type { CommandRequest } from "./command-server.ts";
import type { CommandResult } from "./run-mayfly.ts";

const SERVER = join(import.meta.dirname, "command-server.ts");

let server: ChildProcess | undefined;
let isBusy = false;
/** Projects that were built with a config: a module is loaded once in a process, and it may say something else by now. */
const withConfig = new Set<string>();

/**
 * Runs a command in a process that has run others: a small build takes 0.5 s of processor time there, and 0.95 in a
 * process of its own. One per worker, gone with it.
 * @returns `undefined` where it can't: it runs another, or has read the project's config before
 */
export async function runWarm(request: CommandRequest): Promise<CommandResult | undefined> {
  if (isBusy || withConfig.has(request.cwd)) return undefined;
  if (readdirSync(request.cwd).some((name) => name.startsWith("mayfly.config."))) withConfig.add(request.cwd);
  isBusy = true;
  server ??= startServer();
  const running = server;
  let stopListening = (): void => undefined;
  try {
    return await new Promise((resolve, reject) => {
      const ended = (code: number | null, signal: NodeJS.Signals | null): void =>
        reject(new Error(`mayfly ${request.args.join(" ")} ended the process (${code ?? signal})`));
      running.once("message", resolve).once("exit", ended);
      stopListening = () => running.off("message", resolve).off("exit", ended);
      running.send(request);
    });
  } finally {
    stopListening();
    if (!running.connected) server = undefined;
    isBusy = false;
  }
}

/** As bin/mayfly.js starts the command line. */
function startServer(): ChildProcess {
  const flags = [`--config=${devNull}`, "--no-env-file", "--no-install", SERVER];
  const child = spawn(engine, flags, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, MAYFLY_NODE: process.execPath, BUN_JSC_useFTLJIT: "0", BUN_JSC_useTailCalls: "0" },
  });
  child.unref();
  child.channel?.unref();
  return child;
}
