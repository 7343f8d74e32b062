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
  /** Told what it prints, on either stream, as it comes. */
  readonly onOutput?: (text: string) => void;
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
  const { cwd, env, onOutput = () => undefined } = place;
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const stop = (): void => void child.kill();
  process.once("exit", stop);
  const output = { stdout: "", stderr: "" };
  const collect = (name: "stdout" | "stderr") => (chunk: string) => {
    output[name] += chunk;
    onOutput(chunk);
  };
  child.stdout.setEncoding("utf8").on("data", collect("stdout"));
  child.stderr.setEncoding("utf8").on("data", collect("stderr"));
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
