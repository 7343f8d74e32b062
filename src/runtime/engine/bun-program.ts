import { endOf, spawnProcess } from "./bun-process.ts";
import type { Program, ProgramCommand, ProgramEvents } from "./engine.ts";

/** The implementation of `Engine.startProgram`. */
export function startProgram(command: ProgramCommand, events: ProgramEvents): Program {
  const child = spawnProcess(command);
  const outputs = (["stdout", "stderr"] as const).map((stream) =>
    child.read(stream, (bytes) => events.output(stream, bytes)),
  );
  void endOf(child.exit, outputs).then((end) => events.ended(end));
  return child;
}

/** The implementation of `Engine.freePort`. */
export function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = server;
  server.stop(true);
  return port;
}
