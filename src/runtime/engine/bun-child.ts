import { endOf, spawnProcess } from "./bun-process.ts";
import { runningChild, type StartedChild } from "./bun-running-child.ts";
import { openSocket } from "./bun-socket.ts";
import type { ChildCommand, ChildEvents, ChildProcess } from "./engine.ts";

/** A child that closes its channel is about to exit, with a status worth telling. */
const EXIT_AFTER_CLOSE_MS = 1_000;

/** The implementation of `Engine.startChild`. */
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
  void endOf(exit, [channelClosed, ...outputs]).then((end) => {
    input.close();
    events.ended(end);
  });
  return { pid: child.pid, write: (bytes) => input.write(bytes), kill: child.kill };
}

function spawn(command: ChildCommand): StartedChild {
  const child = spawnProcess(command, ["socket-fd", "socket-fd"]);
  return {
    pid: child.pid,
    input: descriptor(child.channels[0]),
    output: descriptor(child.channels[1]),
    read: child.read,
    exit: () => child.exit,
    kill: () => child.kill("SIGKILL"),
  };
}

function descriptor(entry: unknown): number {
  if (typeof entry !== "number") throw new Error("The engine gave the child no channel");
  return entry;
}
