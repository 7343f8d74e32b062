import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { runWarm } from "./warm-command.ts";

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  /** Without the lines that tell of slow steps: whether they are there depends on the machine and what else it does. */
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** All of it; this process's own when it isn't given. */
  readonly environment?: NodeJS.ProcessEnv;
  /** For standard input. */
  readonly input?: string;
  /** Told all of the error output so far, whenever there is more. */
  readonly onStderr?: (text: string, interrupt: () => void) => void;
  /** Set where the process itself is the point; a build that isn't about it may run in one that has built before. */
  readonly ownProcess?: boolean;
}

export const COMMAND: string = resolve(import.meta.dirname, "../../bin/mayfly.js");

/** Runs the real `mayfly` command to its end. */
export async function runMayfly(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { cwd = process.cwd(), environment = process.env, input, onStderr, ownProcess = false } = options;
  if (args[0] === "build" && input === undefined && onStderr === undefined && !ownProcess) {
    const result = await runWarm({ args, cwd, environment });
    if (result !== undefined) return { ...result, stderr: withoutProgress(result.stderr) };
  }
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: environment,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    cwd,
  });
  if (child.stdout === null || child.stderr === null) throw new Error("the command has no pipes");
  child.stdin?.end(input);
  let seen = "";
  child.stderr.on("data", (chunk: Buffer) => {
    seen += chunk.toString();
    onStderr?.(seen, () => child.kill("SIGINT"));
  });
  const ended = new Promise<number | null>((settle, reject) => {
    child.once("error", reject);
    child.once("close", settle);
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr: withoutProgress(stderr) };
}

/** What is left of an error output that is no terminal without `Compiling for x86_64 …`. */
export function withoutProgress(stderr: string): string {
  return stderr.replace(/^[A-Z].* …\n/gm, "");
}
