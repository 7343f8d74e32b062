import type { ByteSocket, SocketEvents } from "./engine.ts";

declare module "bun" {
  /** In the engine, and missing from its types. */
  function connect<Data = undefined>(options: FdSocketOptions<Data>): Promise<Socket<Data>>;
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
