import { runCommandLine } from "../../src/cli/command-line.ts";
import type { CommandResult } from "./run-mayfly.ts";

/** One command to run, as a process would be given it. */
export interface CommandRequest {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
}

process.on("message", (request: CommandRequest) => {
  void answer(request);
});
process.once("disconnect", () => process.exit());

async function answer({ args, cwd, environment }: CommandRequest): Promise<void> {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  process.exitCode = 0;
  const [stdout, stderr] = [captured(process.stdout), captured(process.stderr)];
  const code = await runCommandLine(args);
  process.send?.({ code, stdout: stdout(), stderr: stderr() } satisfies CommandResult);
}

/** Takes what is written from here on. */
function captured(stream: NodeJS.WriteStream): () => string {
  const chunks: string[] = [];
  stream.write = (chunk: string | Uint8Array) => {
    chunks.push(typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk));
    return true;
  };
  return () => chunks.join("");
}
