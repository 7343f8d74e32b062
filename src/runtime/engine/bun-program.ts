import type { ChildEnd, Program, ProgramCommand, ProgramEvents } from "./engine.ts";

/** How long after its exit a program's output may stay open: what it has started can hold it forever. */
const OUTPUT_AFTER_EXIT_MS = 250;

/** The implementation of `Engine.startProgram`. */
export function startProgram(command: ProgramCommand, events: ProgramEvents): Program {
  let exited!: (end: ChildEnd) => void;
  const exit = new Promise<ChildEnd>((resolve) => {
    exited = resolve;
  });
  const child = Bun.spawn({
    cmd: [command.path, ...command.args],
    cwd: command.folder,
    env: { ...command.environment },
    stdio: ["ignore", "pipe", "pipe"],
    onExit: ({ exitCode, signalCode }) =>
      exited({ code: exitCode, signal: signalCode === null ? null : `${signalCode}` }),
  });
  const outputs = [
    read(child.stdout, (bytes) => events.output("stdout", bytes)),
    read(child.stderr, (bytes) => events.output("stderr", bytes)),
  ];
  void exit.then(async (end) => {
    await Promise.race([Promise.all(outputs), Bun.sleep(OUTPUT_AFTER_EXIT_MS)]);
    events.ended(end);
  });
  return { pid: child.pid, kill: (signal) => child.kill(signal) };
}

async function read(stream: ReadableStream<Uint8Array>, chunk: (bytes: Uint8Array) => void): Promise<void> {
  for await (const bytes of stream) chunk(bytes);
}

/** The implementation of `Engine.freePort`. */
export function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = server;
  server.stop(true);
  return port;
}
