import type { ByteSocket, Engine, SocketEvents } from "./engine.ts";

declare module "bun" {
  /** In the engine, and missing from its types. */
  function connect<Data = undefined>(options: FdSocketOptions<Data>): Promise<Socket<Data>>;
}

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
  endJitDelay: () => Bun.unsafe.setJITPolicy(1),
  writeLine: (line) => writeLine(line),
};

function inspect(value: unknown): string {
  try {
    return Bun.inspect(value, { compact: true, depth: 6 });
  } catch {
    // A log call is no place to fail for a proxy's traps or the value's own inspection.
    return "[a value that can't be shown]";
  }
}

interface PendingWrite {
  bytes: Uint8Array;
  done(): void;
  failed(error: Error): void;
}

/** Connects to a server, or takes over a descriptor that is connected already. */
export async function openSocket(
  peer: { readonly hostname: string; readonly port: number } | { readonly fd: number },
  events: SocketEvents,
): Promise<ByteSocket> {
  const queue: PendingWrite[] = [];
  let closed = false;

  const flush = (socket: Bun.Socket): void => {
    for (let head = queue[0]; head !== undefined; head = queue[0]) {
      const written = socket.write(head.bytes);
      if (written < head.bytes.length) {
        // The kernel's buffer is full (or -1: the socket is gone, and `close` follows): `drain` calls again.
        head.bytes = head.bytes.subarray(Math.max(written, 0));
        return;
      }
      queue.shift();
      head.done();
    }
  };
  const end = (error: Error | undefined): void => {
    if (closed) return;
    closed = true;
    for (const write of queue.splice(0)) write.failed(error ?? new Error("The connection was closed"));
    events.closed(error);
  };

  const handlers: Bun.SocketHandler<undefined> = {
    data: (_socket, bytes) => events.data(bytes),
    drain: flush,
    // A server that will send no more answers nothing more: waiting for it to close as well could take forever.
    end: (half) => {
      half.end();
      end(undefined);
    },
    close: (_socket, error) => end(error),
    error: (_socket, error) => end(error),
  };
  const socket = await ("fd" in peer
    ? Bun.connect<undefined>({ fd: peer.fd, socket: handlers })
    : Bun.connect<undefined>({ ...peer, socket: handlers }));
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Error("The connection was closed"));
        queue.push({ bytes, done: resolve, failed: reject });
        if (queue.length === 1) flush(socket);
      }),
    close: () => {
      socket.end();
      end(undefined);
    },
    setRef: (ref) => (ref ? socket.ref() : socket.unref()),
    setReading: (reading) => {
      if (reading) socket.resume();
      else socket.pause();
    },
  };
}
