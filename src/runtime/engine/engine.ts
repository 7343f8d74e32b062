/**
 * What the runtime needs of the JavaScript engine and can't have cheaply from a `node:` module. The files
 * beside this one that are named after an engine implement it; the rest of the runtime is engine-neutral.
 */
export interface Engine {
  readonly name: string;
  readonly connect: (host: string, port: number, events: SocketEvents) => Promise<ByteSocket>;
  /** Rejects if the program can't be started. Loaded only where a host needs it. */
  readonly startChild: (command: ChildCommand, events: ChildEvents) => Promise<ChildProcess>;
  /** Throws if the program can't be started. Loaded only where a host needs it. */
  readonly startProgram: (command: ProgramCommand, events: ProgramEvents) => Promise<Program>;
  /** A TCP port of the loopback interface that nobody listens on. */
  readonly freePort: () => Promise<number>;
  /** The text of a file; `undefined` where there is none. */
  readonly readText: (path: string) => Promise<string | undefined>;
  /** A value as Node.js's `util.inspect` would show it on few lines. (`node:util` itself costs 7 ms to load.) */
  readonly inspect: (value: unknown) => string;
  /** Has what the Fetch standard defines do as in Node.js where it does otherwise. To be called before user code sees it. */
  readonly webTypesLikeNode: () => void;
  /** The same for forms, after it. Loaded only where programs have forms. */
  readonly formsLikeNode: () => Promise<void>;
  /** The same for what an abort, a timeout and `structuredClone` fail with. */
  readonly domExceptionsLikeNode: () => void;
  /** The same for the errors of modules that can't be found. */
  readonly moduleErrorsLikeNode: () => void;
  /** The same for the files of frames, which lie below the folder with the function's code. */
  readonly callSitesLikeNode: (taskRoot: string) => void;
  /** The same for what lists the modules that are loaded. */
  readonly moduleCacheLikeNode: () => Promise<void>;
  /** The same for what lists the listeners of the process. */
  readonly processEventsLikeNode: () => Promise<void>;
  /** The same for responses to which code gives a socket of its own. Loads the engine's HTTP. */
  readonly ownSocketsLikeNode: () => Promise<void>;
  /** Tells code that asks the engine what was started: a path of the engine's own otherwise. */
  readonly startedFrom: (path: string) => void;
  /** Ends the delay with which the build has it compile hot code, if there is one. */
  readonly endJitDelay: () => void;
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
  /** Whether it hands out what arrives: where it doesn't, the other side has to wait before long. */
  setReading(reading: boolean): void;
}

export interface ChildCommand {
  readonly path: string;
  readonly args: readonly string[];
  /** All of the child's variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** The child has been started already, by the process that became this one. */
  readonly running?: RunningChild;
}

/** Descriptors are this process's ends of those that the child has. */
export interface RunningChild {
  readonly pid: number;
  /** Leads to the child's descriptor 3. */
  readonly input: number;
  /** Comes from its descriptor 4. */
  readonly output: number;
  readonly stdout: number;
  readonly stderr: number;
}

export interface ChildEvents {
  /** What the child writes to its descriptor 4. */
  data(bytes: Uint8Array): void;
  /** The child has closed its descriptor 4: nothing more comes from it. Its end follows. */
  closed(): void;
  output(stream: "stdout" | "stderr", bytes: Uint8Array): void;
  /** Called once, when the child has exited and all that it had written has been handed on. */
  ended(end: ChildEnd): void;
}

/** One of the two is set. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface ChildProcess {
  readonly pid: number;
  /** Queues the bytes for the child's descriptor 3. Resolves when the kernel has them; rejects if the child is gone. */
  write(bytes: Uint8Array): Promise<void>;
  kill(): void;
}

/** A program of the user's, which knows nothing of Mayfly. */
export interface ProgramCommand {
  /** Absolute, or a name to be found in `PATH`. */
  readonly path: string;
  readonly args: readonly string[];
  /** All of its variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it runs. */
  readonly folder: string;
}

export type ProgramEvents = Pick<ChildEvents, "output" | "ended">;

export interface Program {
  readonly pid: number;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}
