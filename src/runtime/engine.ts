/**
 * What the runtime needs of the JavaScript engine and can't have cheaply from a `node:` module. One file an engine
 * implements it; everything else in this folder is engine-neutral.
 */
export interface Engine {
  readonly name: string;
  readonly connect: (host: string, port: number, events: SocketEvents) => Promise<ByteSocket>;
  /** A value as Node.js's `util.inspect` would show it on few lines. (`node:util` itself costs 7 ms to load.) */
  readonly inspect: (value: unknown) => string;
  /** Writes one line to standard output and returns once the kernel has it: a frozen process flushes nothing. */
  readonly writeLine: (line: string) => void;
}

export interface SocketEvents {
  data(bytes: Uint8Array): void;
  /** Called once, for an orderly end as for an error. */
  closed(error: Error | undefined): void;
}

export interface ByteSocket {
  /** Queues the bytes. Resolves when the kernel has taken them all; rejects if the connection closes first. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
  /** Whether this socket keeps the process alive. */
  setRef(ref: boolean): void;
}
