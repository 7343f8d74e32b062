/**
 * A function that starts `process.execPath` with a script, as `child_process.fork` does, starts this bootstrap: it has to be
 * the engine for it, as Node.js is there. A second runtime would take the function's invocations.
 *
 * Returns whether that is what this process is for.
 */
export function runScript(): boolean {
  const args = process.argv.slice(2);
  const isForked = process.send !== undefined;
  const flags = args.findIndex((one) => !one.startsWith("-"));
  // The engine's own command line knows them; but another program would have no channel to the parent.
  if (flags !== 0 && !isForked) beEngine(args);
  const [script = "", ...rest] = args.slice(Math.max(flags, 0));
  const path = scriptPath(script);
  // A container image says the handler as an argument.
  if (path === undefined && !isForked) return false;
  process.argv = [process.execPath, path ?? script, ...rest];
  // It fails, and ends, as a program does.
  void import(path ?? script);
  return true;
}

function scriptPath(script: string): string | undefined {
  const { createRequire } = process.getBuiltinModule("node:module");
  const path = process.getBuiltinModule("node:path");
  try {
    return createRequire(`${process.cwd()}/`).resolve(path.resolve(script));
  } catch {
    // No module of that name, which is told when it is imported, or is a handler's.
    return undefined;
  }
}

function beEngine(args: readonly string[]): void {
  // In Node.js since 22.15 and in Bun; the type packages of older Node.js don't know it.
  const execve: unknown = Reflect.get(process, "execve");
  if (typeof execve !== "function") throw new Error("the process could not be replaced");
  const { execPath, env } = process;
  Reflect.apply(execve, process, [execPath, [execPath, ...args], { ...env, BUN_BE_BUN: "1" }]);
}
