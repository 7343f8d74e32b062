import { openSocket } from "./bun.ts";
import { runningChild, type StartedChild } from "./bun-running-child.ts";
import type { ChildCommand, ChildEnd, ChildEvents, ChildProcess } from "./engine.ts";

/** How long after its exit a child's output may stay open: what the child has started can hold it forever. */
const OUTPUT_AFTER_EXIT_MS = 250;
/** A child that closes its channel is about to exit, with a status worth telling. */
const EXIT_AFTER_CLOSE_MS = 1_000;

/** The implementation of `Engine.startChild`. `node:child_process` would cost 10 ms before the child even starts. */
export async function startChild(command: ChildCommand, events: ChildEvents): Promise<ChildProcess> {
  const child = command.running === undefined ? spawn(command) : runningChild(command.running);

  let closed!: () => void;
  const channelClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const outputs = (["stdout", "stderr"] as const).map((stream) =>
    child.read(stream, (bytes) => events.output(stream, bytes)),
  );
  const input = await openSocket({ fd: child.input }, { data: () => undefined, closed: () => undefined });
  // Opened only now, so that no byte arrives before there is a way to answer.
  await openSocket({ fd: child.output }, { data: (bytes) => events.data(bytes), closed });
  const exit = child.exit(channelClosed);

  void channelClosed.then(() => {
    events.closed();
    const late = setTimeout(child.kill, EXIT_AFTER_CLOSE_MS);
    void exit.then(() => clearTimeout(late));
  });
  void exit.then(async (end) => {
    await Promise.race([Promise.all([channelClosed, ...outputs]), Bun.sleep(OUTPUT_AFTER_EXIT_MS)]);
    input.close();
    events.ended(end);
  });
  return { pid: child.pid, write: (bytes) => input.write(bytes), kill: child.kill };
}

function spawn(command: ChildCommand): StartedChild {
  let exited!: (end: ChildEnd) => void;
  const exit = new Promise<ChildEnd>((resolve) => {
    exited = resolve;
  });
  const child = Bun.spawn({
    cmd: [command.path, ...command.args],
    env: { ...command.environment },
    stdio: ["ignore", "pipe", "pipe", "socket-fd", "socket-fd"],
    onExit: ({ exitCode, signalCode }) =>
      exited({ code: exitCode, signal: signalCode === null ? null : `${signalCode}` }),
  });
  return {
    pid: child.pid,
    input: descriptor(child.stdio[3]),
    output: descriptor(child.stdio[4]),
    read: async (stream, chunk) => {
      for await (const bytes of child[stream]) chunk(bytes);
    },
    exit: () => exit,
    kill: () => child.kill("SIGKILL"),
  };
}

function descriptor(entry: number | null | undefined): number {
  if (typeof entry !== "number") throw new Error("The engine gave the child no channel");
  return entry;
}
