import { domExceptionsLikeNode } from "./bun-dom-exception.ts";
import { moduleErrorsLikeNode } from "./bun-errors.ts";
import { callSitesLikeNode } from "./bun-frames.ts";
import { openSocket } from "./bun-socket.ts";
import { webTypesLikeNode } from "./bun-web.ts";
import type { Engine } from "./engine.ts";

// Taken before the console is replaced. Bun writes it straight to the descriptor: `process.stdout` would load
// `node:stream` and `node:tty`, 5 to 10 ms of start-up.
const writeLine = console.log.bind(console);

export const bunEngine: Engine = {
  name: `bun/${Bun.version}`,
  connect: (host, port, events) => openSocket({ hostname: host, port }, events),
  startChild: async (command, events) => (await import("./bun-child.ts")).startChild(command, events),
  startProgram: async (command, events) => (await import("./bun-program.ts")).startProgram(command, events),
  freePort: async () => (await import("./bun-program.ts")).freePort(),
  readText: async (path) => {
    const file = Bun.file(path);
    return (await file.exists()) ? file.text() : undefined;
  },
  inspect,
  webTypesLikeNode,
  formsLikeNode: async () => (await import("./bun-forms.ts")).formsLikeNode(),
  domExceptionsLikeNode,
  moduleErrorsLikeNode,
  callSitesLikeNode,
  moduleCacheLikeNode: async () => (await import("./bun-module-cache.ts")).moduleCacheLikeNode(),
  processEventsLikeNode: async () => (await import("./bun-process-events.ts")).processEventsLikeNode(),
  ownSocketsLikeNode: async () => (await import("./bun-http.ts")).ownSocketsLikeNode(),
  startedFrom: (path) => void Reflect.set(Bun, "main", path),
  endJitDelay: () => Bun.unsafe.setJITPolicy(1),
  writeLine: (line) => writeLine(line),
};

/** Whether an error is shown as the engine does it: with lines of the compiled code, which may have thousands of characters. */
function isExcerpt(text: string): boolean {
  return /\d \| /.test(text) && /^\s+at /m.test(text);
}

function inspect(value: unknown): string {
  try {
    const text = Bun.inspect(value, { compact: true, depth: 6 });
    return isExcerpt(text) ? process.getBuiltinModule("node:util").inspect(value, { depth: 6 }) : text;
  } catch {
    // A log call is no place to fail for a proxy's traps or the value's own inspection.
    return "[a value that can't be shown]";
  }
}
