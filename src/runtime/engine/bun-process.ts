import type { ChildEnd, Program, ProgramCommand } from "./engine.ts";

/** How long after its exit a process's output may stay open: what it has started can hold it forever. */
const OUTPUT_AFTER_EXIT_MS = 250;

type SpawnCommand = Omit<ProgramCommand, "folder"> & Partial<Pick<ProgramCommand, "folder">>;

export interface SpawnedProcess extends Program {
  /** Descriptors of this process, one for each channel asked for. */
  readonly channels: readonly unknown[];
  readonly exit: Promise<ChildEnd>;
  /** Reads what the process prints, to its end. */
  readonly read: (stream: "stdout" | "stderr", chunk: (bytes: Uint8Array) => void) => Promise<void>;
}

/**
 * `channels` become the process's descriptors from 3 on. Throws if it can't be started. `node:child_process` would cost
 * 10 ms before the process even starts.
 */
export function spawnProcess(command: SpawnCommand, channels: readonly "socket-fd"[] = []): SpawnedProcess {
  let exited!: (end: ChildEnd) => void;
  const exit = new Promise<ChildEnd>((resolve) => {
    exited = resolve;
  });
  const child = Bun.spawn({
    cmd: [command.path, ...command.args],
    ...(command.folder !== undefined && { cwd: command.folder }),
    env: { ...command.environment },
    stdio: ["ignore", "pipe", "pipe", ...channels],
    onExit: ({ exitCode, signalCode }) =>
      exited({ code: exitCode, signal: signalCode === null ? null : `${signalCode}` }),
  });
  return {
    pid: child.pid,
    channels: child.stdio.slice(3),
    exit,
    read: async (stream, chunk) => {
      for await (const bytes of child[stream]) chunk(bytes);
    },
    kill: (signal) => child.kill(signal),
  };
}

/** How a process ended, once what it printed and sent has been read, or can't be waited for any longer. */
export async function endOf(exit: Promise<ChildEnd>, outputs: readonly Promise<void>[]): Promise<ChildEnd> {
  const end = await exit;
  await Promise.race([Promise.all(outputs), Bun.sleep(OUTPUT_AFTER_EXIT_MS)]);
  return end;
}
