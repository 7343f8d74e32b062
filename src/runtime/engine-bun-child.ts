import { openSocket } from "./engine-bun.ts";
import type { ChildCommand, ChildEnd, ChildEvents, ChildProcess } from "./engine.ts";

/** How long after its exit a child's output may stay open: what the child has started can hold it forever. */
const OUTPUT_AFTER_EXIT_MS = 250;
/** A child that closes its channel is about to exit, with a status worth telling. */
const EXIT_AFTER_CLOSE_MS = 1_000;

/** The implementation of `Engine.startChild`. `node:child_process` would cost 10 ms before the child even starts. */
export async function startChild(command: ChildCommand, events: ChildEvents): Promise<ChildProcess> {
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

  let closed!: () => void;
  const channelClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const outputs = [
    read(child.stdout, (bytes) => events.output("stdout", bytes)),
    read(child.stderr, (bytes) => events.output("stderr", bytes)),
  ];
  const input = await openSocket(
    { fd: descriptor(child.stdio[3]) },
    { data: () => undefined, closed: () => undefined },
  );
  // Opened only now, so that no byte arrives before there is a way to answer.
  await openSocket({ fd: descriptor(child.stdio[4]) }, { data: (bytes) => events.data(bytes), closed });

  void channelClosed.then(() => {
    events.closed();
    const late = setTimeout(() => child.kill("SIGKILL"), EXIT_AFTER_CLOSE_MS);
    void exit.then(() => clearTimeout(late));
  });
  void exit.then(async (end) => {
    await Promise.race([Promise.all([channelClosed, ...outputs]), Bun.sleep(OUTPUT_AFTER_EXIT_MS)]);
    input.close();
    events.ended(end);
  });
  return { pid: child.pid, write: (bytes) => input.write(bytes), kill: () => child.kill("SIGKILL") };
}

async function read(stream: ReadableStream<Uint8Array>, chunk: (bytes: Uint8Array) => void): Promise<void> {
  for await (const bytes of stream) chunk(bytes);
}

function descriptor(entry: number | null | undefined): number {
  if (typeof entry !== "number") throw new Error("The engine gave the child no channel");
  return entry;
}
