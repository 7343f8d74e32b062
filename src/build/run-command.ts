import { spawn } from "node:child_process";

export interface CommandOutcome {
  /** The exit code; 1 after a signal. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command is run with. It gets no input. */
export interface CommandPlace {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs a command to its end; asked to end itself, this process doesn't leave it behind.
 * @returns undefined when there is no such command
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  place: CommandPlace,
): Promise<CommandOutcome | undefined> {
  const child = spawn(command, args, { ...place, stdio: ["ignore", "pipe", "pipe"] });
  const stop = (): void => void child.kill();
  process.once("exit", stop);
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output.stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (output.stderr += chunk));
  try {
    return await new Promise<CommandOutcome | undefined>((settle, reject) => {
      child.on("error", (error) => {
        if ("code" in error && error.code === "ENOENT") settle(undefined);
        else reject(error);
      });
      child.on("close", (status) => settle({ code: status ?? 1, ...output }));
    });
  } finally {
    process.off("exit", stop);
  }
}
